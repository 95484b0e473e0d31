/** The function, class or the like that a change lies in, by how lines are indented. */
import { definedIn, indentOf } from './definition';

export interface Enclosing {
  /** Line numbers from 1, both included. */
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

/** Lines that are looked at upwards and downwards. */
const UP = 200;
const DOWN = 200;

/**
 * From the line upwards, by ever smaller indentation, to the first line that defines something; from there down to the
 * first line that is indented as little.
 *
 * @param lines of the file after the change
 * @param number of the changed line, from 1
 */
export function enclosingOf(lines: readonly string[], number: number): Enclosing | undefined {
  let at = Math.min(number, lines.length) - 1;
  let least = indentOf(lines[at] ?? '') ?? Number.POSITIVE_INFINITY;
  let name = definedIn(lines[at] ?? '');
  for (let steps = 0; name === undefined && steps < UP; steps += 1) {
    at -= 1;
    if (at < 0) return undefined;
    const line = lines[at] ?? '';
    const indent = indentOf(line);
    if (indent === undefined || indent >= least) continue;
    least = indent;
    name = definedIn(line);
  }
  return name === undefined ? undefined : { start: at + 1, end: endOf(lines, at), name };
}

/** A closing bracket at the same indentation belongs to it. */
function endOf(lines: readonly string[], start: number): number {
  const own = indentOf(lines[start] ?? '') ?? 0;
  let last = start;
  for (let at = start + 1; at < lines.length && at <= start + DOWN; at += 1) {
    const line = lines[at] ?? '';
    const indent = indentOf(line);
    if (indent === undefined) continue;
    if (indent > own) last = at;
    else return /^\s*[)\]}]|^\s*end\b/.test(line.slice(0, 200)) ? at + 1 : last + 1;
  }
  return last + 1;
}

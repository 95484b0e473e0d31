/**
 * Finds secrets in text that anybody may have written.
 *
 * An expression never sees more than a window of the text. Windows overlap by as much as an expression looks ahead, so
 * nothing is missed for lying across two, and what is longer is walked to its end in the text itself. Work is linear in
 * the text: what was walked over is not looked at again by the same expression.
 */
import { PATTERNS, REACH, type Pattern } from './patterns';
import { endOfPem } from './pem-end';

export interface FoundSecret {
  readonly kind: string;
  /** UTF-16 units from the beginning of the text. */
  readonly start: number;
  readonly end: number;
}

/** UTF-16 units of the text that an expression begins in at once. */
export const WINDOW = 4_096;

/** Of the text before a window, for what an expression asks of it. */
const BEFORE = 16;

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isLetter = (code: number): boolean => (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
const isOf = (characters: string) => {
  const codes = new Set([...characters].map((each) => each.charCodeAt(0)));
  return (code: number): boolean => isDigit(code) || isLetter(code) || codes.has(code);
};

const GOES_ON = { token: isOf('_-'), dotted: isOf('_-.~+/='), base64: isOf('+/=_-') };

/** Where a run of characters ends. */
function endOfRun(text: string, from: number, isPart: (code: number) => boolean): number {
  let end = from;
  while (end < text.length && isPart(text.charCodeAt(end))) end += 1;
  return end;
}

/** Characters of a line break, or of one as JSON writes it; 0 where there is none. */
export function lineBreakAt(text: string, at: number): number {
  let end = at;
  for (;;) {
    const code = text.charCodeAt(end);
    if (code === 10 || code === 13) end += 1;
    else if (code === 92 && end - at < 16) {
      let letter = end + 1;
      while (letter - end < 4 && text.charCodeAt(letter) === 92) letter += 1;
      const next = text.charCodeAt(letter);
      if (next !== 110 && next !== 114) return end - at;
      end = letter + 1;
    } else return end - at;
    if (end - at >= 16) return end - at;
  }
}

/** Shorter lines than these are not what a wrapped token goes on with. */
const WRAPPED_LINE = 20;

interface Walk {
  readonly end: number;
  /** Dots in what was walked over. */
  readonly dots: number;
}

/** A token of parts between dots, which may be wrapped until all of its three parts have begun. */
function walkDotted(text: string, from: number, start: number): Walk {
  let end = endOfRun(text, from, GOES_ON.dotted);
  let counted = start;
  let dots = 0;
  for (;;) {
    for (; counted < end; counted += 1) if (text.charCodeAt(counted) === 46) dots += 1;
    const line = dots < 2 ? lineBreakAt(text, end) : 0;
    if (line === 0) return { end, dots };
    const next = endOfRun(text, end + line, GOES_ON.dotted);
    if (next - end - line < WRAPPED_LINE) return { end, dots };
    end = next;
  }
}

/** @returns undefined where what should follow does not */
function walk({ goesOn }: Pattern, text: string, start: number, matched: number): Walk | undefined {
  if (goesOn === undefined) return { end: matched, dots: 0 };
  if (goesOn === 'dotted') return walkDotted(text, matched, start);
  const end = goesOn === 'pem' ? endOfPem(text, matched) : endOfRun(text, matched, GOES_ON[goesOn]);
  return end === undefined ? undefined : { end, dots: 0 };
}

const isHex = (code: number): boolean =>
  isDigit(code) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102);

/** Whether a word begins there: behind none of its characters, or behind a character that is written as an escape. */
function beginsWord(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  if (at === 0 || !(isDigit(before) || isLetter(before))) return true;
  // \n, \t and their like; \u000a, \x0a; %0A
  if (text.charCodeAt(at - 2) === 92 && 'nrtbfv0'.includes(text.charAt(at - 1))) return true;
  if (!isHex(before) || !isHex(text.charCodeAt(at - 2))) return false;
  if (text.charCodeAt(at - 3) === 37 || text.startsWith('\\x', at - 4)) return true;
  return text.startsWith('\\u', at - 6);
}

/** Longest that an expression's acceptance looks at: what is longer is told by its beginning. */
const LOOKED_AT = 512;

function search(
  pattern: Pattern,
  text: string,
  window: string,
  offset: number,
  range: [number, number],
  found: FoundSecret[],
): number {
  const { expression, accepts, kind } = pattern;
  let from = range[0];
  for (;;) {
    expression.lastIndex = from - offset;
    // bounded: a window
    const match = expression.exec(window);
    if (match === null || match.index + offset >= range[1]) return from;
    const lead = match.groups?.['lead'] ?? '';
    const start = match.index + offset + lead.length;
    const matched = start + (match.groups?.['secret'] ?? match[0]).length;
    from = match.index + offset + 1;
    if (pattern.beginsWord && !beginsWord(text, start)) continue;
    const walked = walk(pattern, text, start, matched);
    if (walked === undefined) continue;
    const { end, dots } = walked;
    const isOne = accepts?.(text.slice(start, Math.min(end, start + LOOKED_AT)), lead, dots) ?? true;
    if (isOne) found.push({ kind, start, end });
    // What was walked over is not walked again.
    if (isOne || end > matched) from = Math.max(from, end);
  }
}

/** Of those that overlap the one that stands first in the list names what all of them cover. */
function merged(found: readonly FoundSecret[]): FoundSecret[] {
  const rank = new Map(PATTERNS.map(({ kind }, index) => [kind, index]));
  const sorted = [...found].sort((a, b) => a.start - b.start || b.end - a.end);
  const spans: FoundSecret[] = [];
  for (const each of sorted) {
    const last = spans.at(-1);
    if (last === undefined || each.start >= last.end) spans.push(each);
    else
      spans[spans.length - 1] = {
        kind: (rank.get(each.kind) ?? 0) < (rank.get(last.kind) ?? 0) ? each.kind : last.kind,
        start: last.start,
        end: Math.max(last.end, each.end),
      };
  }
  return spans;
}

/** @returns the secrets from front to back, none over another; yields after each window, so that others get their turn */
export function* findSecretsInSteps(text: string): Generator<void, FoundSecret[]> {
  const found: FoundSecret[] = [];
  const from = PATTERNS.map(() => 0);
  for (let start = 0; start < text.length; start += WINDOW) {
    const end = Math.min(start + WINDOW, text.length);
    const offset = Math.max(0, start - BEFORE);
    const window = text.slice(offset, end + REACH);
    PATTERNS.forEach((pattern, index) => {
      const begin = Math.max(start, from[index] ?? 0);
      if (begin < end) from[index] = search(pattern, text, window, offset, [begin, end], found);
    });
    yield;
  }
  return merged(found);
}

import { isObject, type Json } from '../../synth/hcl/expressions';
import { soleInterpolation } from '../../synth/hcl/strings';
import { code, LONGEST_SPAN } from '../code-span';

/** Differences of one value that are still worth reading one by one. */
const MOST = 8;

/** What tells one nested block of a list from the others. */
const KEYS = ['key', 'name', 'label', 'container_path', 'host', 'slug'];

function textOf(value: Json | undefined): string {
  if (typeof value !== 'string') return JSON.stringify(value ?? null).replace(/\s+/g, ' ');
  let text: string | undefined;
  try {
    text = soleInterpolation(value);
  } catch {
    text = undefined;
  }
  return (text ?? JSON.stringify(value)).replace(/\s+/g, ' ').trim();
}

/** A value as people write it: expressions without their `${…}`, texts in quotes. */
export const written = (value: Json | undefined): string => show(value, textOf(value));

/** Characters of what two long values have in common that are still shown before their difference. */
const LEAD = 24;

/** Two values, of long ones the part that begins shortly before they differ. */
export function writtenPair(before: Json | undefined, after: Json | undefined): string {
  const texts = [textOf(before), textOf(after)] as const;
  let same = 0;
  while (same < texts[0].length && texts[0][same] === texts[1][same]) same += 1;
  const skip = Math.max(...texts.map(({ length }) => length)) > LONGEST_SPAN ? same - LEAD : 0;
  const [left, right] = texts.map((text) => (skip > 0 ? `…${text.slice(skip)}` : text));
  return `${show(before, left ?? '')} → ${show(after, right ?? '')}`;
}

const show = (value: Json | undefined, text: string): string =>
  value === undefined || value === null ? 'nothing' : code(text);

interface Difference {
  readonly at: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

function itemsByKey(value: Json): ReadonlyMap<string, Json> | undefined {
  if (isObject(value)) return new Map(Object.entries(value));
  if (!Array.isArray(value)) return undefined;
  const items = value as readonly Json[];
  if (!items.every(isObject)) return undefined;
  const key = KEYS.find((name) => items.every((item) => typeof item[name] === 'string'));
  if (key !== undefined) return new Map(items.map((item) => [item[key] as string, item]));
  return new Map(items.map((item, i) => [items.length === 1 ? '' : String(i + 1), item]));
}

const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join('.');

/** A map that is new or gone as a whole is read entry by entry; a block among others of its kind is read as one. */
const isWhole = (at: string, items: ReadonlyMap<string, Json> | undefined): boolean =>
  items !== undefined && items.size > 0 && !at.includes('.');

function differences(before: Json | undefined, after: Json | undefined, at: string): Difference[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const items = [before, after].map((value) => (value === undefined ? undefined : itemsByKey(value)));
  const [left, right] = items.map((one, side) =>
    one === undefined && [before, after][side] === undefined && isWhole(at, items[1 - side])
      ? new Map<string, Json>()
      : one,
  );
  if (left === undefined || right === undefined) return [{ at, before, after }];
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((key) =>
    differences(left.get(key), right.get(key), joined(at, key)),
  );
}

/** What is different in two values, one sentence for each place. */
export function describeDifference(before: Json | undefined, after: Json | undefined, at = ''): string[] {
  const found = differences(before, after, at).map((one) => {
    const where = one.at === '' ? '' : `${code(one.at)}: `;
    if (one.before === undefined) return `${where}${written(one.after)} added`;
    if (one.after === undefined) return `${where}${written(one.before)} removed`;
    return `${where}${writtenPair(one.before, one.after)}`;
  });
  if (found.length <= MOST) return found;
  return [...found.slice(0, MOST), `and ${found.length - MOST} differences more`];
}

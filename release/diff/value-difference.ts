import { isObject, type Json } from '../../src/synth/hcl-expressions';
import { soleInterpolation } from '../../src/synth/hcl-strings';
import { code } from '../code-span';

/** Differences of one value that are still worth reading one by one. */
const MOST = 8;

/** What tells one nested block of a list from the others. */
const KEYS = ['key', 'name', 'label', 'container_path', 'host', 'slug'];

/** A value as people write it: expressions without their `${…}`, texts in quotes. */
export function written(value: Json | undefined): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value !== 'string') return code(JSON.stringify(value));
  try {
    return code(soleInterpolation(value) ?? JSON.stringify(value));
  } catch {
    return code(JSON.stringify(value));
  }
}

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

function differences(before: Json | undefined, after: Json | undefined, at: string): Difference[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const [left, right] = [before, after].map((value) => (value === undefined ? undefined : itemsByKey(value)));
  if (left === undefined || right === undefined) {
    return [{ at, before, after }];
  }
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
    return `${where}${written(one.before)} → ${written(one.after)}`;
  });
  if (found.length <= MOST) return found;
  return [...found.slice(0, MOST), `and ${found.length - MOST} differences more`];
}

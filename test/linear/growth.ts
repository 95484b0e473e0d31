/** Ways to make one place of a JSON value longer: every string, list and object of it, by so and so many. */

export interface Growth {
  /** Where, and how. */
  readonly name: string;
  /** A copy of the value with that place made longer. */
  grow(count: number): unknown;
}

type Step = string | number;

/** Characters for one more of a long text; entries cost more than that. */
const TEXT = 16;

/** Puts a value in the place of another, in a copy. */
function replaced(value: unknown, path: readonly Step[], change: (old: unknown) => unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return change(value);
  if (Array.isArray(value))
    return value.map((each: unknown, index) => (index === first ? replaced(each, rest, change) : each));
  return Object.fromEntries(
    Object.entries(value as object).map(([name, each]) => [
      name,
      name === first ? replaced(each, rest, change) : (each as unknown),
    ]),
  );
}

/** The same with every string in it made another one. */
function renamed(value: unknown, by: string): unknown {
  if (typeof value === 'string') return value + by;
  if (Array.isArray(value)) return value.map((each) => renamed(each, by));
  if (value === null || typeof value !== 'object') return value;
  // What tells of which kind it is stays.
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      ['type', 'role', 'ttl', 'media_type'].includes(name) ? (each as unknown) : renamed(each, by),
    ]),
  );
}

const rows = <T>(count: number, of: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => of(index));

const OF_TEXT: Readonly<Record<string, (old: string, count: number) => string>> = {
  'capitals and small letters behind': (old, count) => old + 'aA'.repeat((count * TEXT) / 2),
  'blanks behind': (old, count) => old + ' '.repeat(count * TEXT),
  'what is no letter in front': (old, count) => '_é"\\'.repeat((count * TEXT) / 4) + old,
};

const OF_LISTS: Readonly<Record<string, (old: readonly unknown[], count: number) => unknown[]>> = {
  'the same again': (old, count) => [...old, ...rows(count, () => old.at(-1) ?? null)],
  'others like it': (old, count) => [
    ...old,
    ...rows(count, (index) => renamed(old.at(-1) ?? {}, `${index}`)),
  ],
};

const OF_OBJECTS: Readonly<Record<string, (old: object, count: number) => object>> = {
  'more members': (old, count) => ({
    ...old,
    ...Object.fromEntries(rows(count, (index) => [`member_${index}`, { type: 'string' }])),
  }),
};

const ways = <T>(
  value: unknown,
  path: readonly Step[],
  by: Readonly<Record<string, (old: T, count: number) => unknown>>,
): Growth[] =>
  Object.entries(by).map(([how, change]) => ({
    name: `${path.join('.') || 'all'}: ${how}`,
    grow: (count) => replaced(value, path, (old) => change(old as T, count)),
  }));

/**
 * Every place of a value, and of what is inside it.
 *
 * @param isBrief whether one way to make text longer is enough: what reads the value looks at no letter of it
 */
export function growthsOf(value: unknown, isBrief = false): Growth[] {
  const ofText = isBrief ? Object.fromEntries(Object.entries(OF_TEXT).slice(0, 1)) : OF_TEXT;
  const found: Growth[] = [];
  const look = (each: unknown, path: readonly Step[]): void => {
    if (typeof each === 'string') found.push(...ways(value, path, ofText));
    else if (Array.isArray(each)) {
      found.push(...ways(value, path, OF_LISTS));
      each.forEach((inner, index) => look(inner, [...path, index]));
    } else if (each !== null && typeof each === 'object') {
      found.push(...ways(value, path, OF_OBJECTS));
      for (const [name, inner] of Object.entries(each)) look(inner, [...path, name]);
    }
  };
  look(value, []);
  return found;
}

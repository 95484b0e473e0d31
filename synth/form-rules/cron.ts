interface Field {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  /** Words that stand for numbers, from the first one on. */
  readonly words?: readonly string[];
}

const SECONDS: Field = { name: 'seconds', first: 0, last: 59 };

const FIELDS: readonly Field[] = [
  { name: 'minutes', first: 0, last: 59 },
  { name: 'hours', first: 0, last: 23 },
  { name: 'day of month', first: 1, last: 31 },
  {
    name: 'month',
    first: 1,
    last: 12,
    words: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  },
  { name: 'day of week', first: 0, last: 6, words: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
];

const ENTRY = /^(?:([*?])|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/;

/** The numbers a field stands for; nothing when it is none. */
function valuesOf({ first, last, words = [] }: Field, text: string): Set<number> | undefined {
  const numberOf = (word: string): number => {
    const index = words.indexOf(word.toLowerCase());
    return index >= 0 ? first + index : /^\d+$/.test(word) ? Number(word) : NaN;
  };
  const found = new Set<number>();
  for (const entry of text.split(',')) {
    const [, all, from = '', to, step] = ENTRY.exec(entry) ?? [];
    if (all === undefined && from === '') return undefined;
    const low = all === undefined ? numberOf(from) : first;
    const high = all !== undefined || (to === undefined && step !== undefined) ? last : numberOf(to ?? from);
    const pace = step === undefined ? 1 : Number(step);
    if (!(low >= first && high <= last && low <= high && pace >= 1)) return undefined;
    for (let at = low; at <= high; at += pace) found.add(at);
  }
  return found;
}

/** When a schedule comes up: per field, beginning with the minutes. */
export type Schedule = readonly ReadonlySet<number>[];

/** The schedule of five fields; nothing when the text is none. */
export function scheduleOf(text: string): Schedule | undefined {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== FIELDS.length) return undefined;
  const values = FIELDS.map((field, i) => valuesOf(field, fields[i] ?? ''));
  return values.every((one) => one !== undefined) ? values : undefined;
}

/** What is wrong with the fields of a schedule; their number is the caller's to check. */
export function cronFault(text: string, begins: 'seconds' | 'minutes'): string | undefined {
  const kinds = begins === 'seconds' ? [SECONDS, ...FIELDS] : FIELDS;
  const fields = text.trim().split(/\s+/);
  const wrong = kinds.find((kind, i) => valuesOf(kind, fields[i] ?? '') === undefined);
  return (
    wrong &&
    `the field for ${wrong.name} must be "*", or numbers from ${wrong.first} to ${wrong.last} as in "1,3", "1-5", "*/2", ` +
      `got "${fields[kinds.indexOf(wrong)]}"`
  );
}

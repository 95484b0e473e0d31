/** What an alert says: sentences of ours with names of others' in them, kept apart so that a channel can show each as text. */

/** A name, or whatever else somebody chose. */
export interface Name {
  readonly name: string;
}

export type Words = readonly (string | Name)[];

export interface AlertWords {
  /** One sentence. */
  readonly title: Words;
  /** What else there is to know, by a label of ours. */
  readonly facts: readonly (readonly [label: string, value: Words])[];
  readonly whatToDo: string;
}

/** Characters of a name. */
const LONGEST_NAME = 80;

/** Characters that are not seen, or that turn what stands around them: controls, marks of direction, line separators. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/** Of one line, with nothing in it that is not seen. */
export function nameOf(value: string): Name {
  const start = value.slice(0, LONGEST_NAME * 4);
  // bounded: cut above
  const seen = start.replace(UNSEEN, ' ').trim();
  const characters = Array.from(seen);
  const isWhole = characters.length <= LONGEST_NAME && start.length === value.length;
  return { name: isWhole ? seen : `${characters.slice(0, LONGEST_NAME).join('')}…` };
}

/** A sentence; what is put into it is a name, but for numbers. */
export function say(texts: TemplateStringsArray, ...values: readonly (string | number)[]): Words {
  return texts.flatMap((text, at) => {
    const value = values[at];
    const before = text === '' ? [] : [text];
    if (value === undefined) return before;
    return typeof value === 'number' ? [...before, String(value)] : [...before, nameOf(value)];
  });
}

/** Where everything is text anyhow. */
export const asText = (words: Words): string =>
  words.map((part) => (typeof part === 'string' ? part : part.name)).join('');

const isWords = (value: unknown): value is Words =>
  Array.isArray(value) &&
  value.every(
    (part) =>
      typeof part === 'string' ||
      (typeof part === 'object' && part !== null && typeof (part as { name?: unknown }).name === 'string'),
  );

/** Of the store: another version of the gateway may have written it. */
export function readWords(value: unknown): AlertWords {
  const { title, facts, whatToDo } = (value ?? {}) as Partial<Record<keyof AlertWords, unknown>>;
  return {
    title: isWords(title) ? title : ['An alert that this version of the gateway cannot read.'],
    facts: (Array.isArray(facts) ? (facts as unknown[]) : []).filter(
      (fact): fact is readonly [string, Words] =>
        Array.isArray(fact) && typeof fact[0] === 'string' && isWords(fact[1]),
    ),
    whatToDo: typeof whatToDo === 'string' ? whatToDo : '',
  };
}

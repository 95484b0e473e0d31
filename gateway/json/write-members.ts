/** Writes JSON as `JSON.stringify` does, but for the long strings that the client sent: they go on as it wrote them. */
import { LEAST_LENGTH, type SentStrings } from './sent-strings';

type Fields = Readonly<Record<string, unknown>>;

/** Lists and objects inside one another; what is deeper is written anew. */
const DEEPEST = 8;

/** The words conversations are made of, quoted once for all. */
const WORDS: ReadonlyMap<string, string> = new Map(
  [
    ...[
      'assistant',
      'content',
      'function',
      'image',
      'role',
      'system',
      'text',
      'tool',
      'tool_result',
      'tool_use',
    ],
    ...['tool_use_id', 'type', 'user'],
  ].map((word) => [word, JSON.stringify(word)]),
);

const quote = (word: string): string => WORDS.get(word) ?? JSON.stringify(word);

/**
 * The members of an object as JSON, without the braces around them.
 *
 * @param names the members that the client's strings are looked for in; all others are written anew
 */
export function writeJsonMembers(
  fields: object,
  strings: SentStrings | undefined,
  names: readonly string[],
): string {
  if (strings === undefined || strings.isEmpty) return JSON.stringify(fields).slice(1, -1);
  const writer = new Writer(strings);
  for (const [name, value] of Object.entries(fields) as [string, unknown][])
    writer.member(name, value, names.includes(name) ? 0 : DEEPEST);
  return writer.end();
}

/** Gathers pieces of JSON. Whatever follows a brace or bracket begins with a comma, which is taken away again. */
class Writer {
  readonly #pieces: string[] = [];

  constructor(readonly strings: SentStrings) {}

  end(): string {
    this.#pieces[0] = '';
    return this.#pieces.join('');
  }

  member(name: string, value: unknown, depth: number): void {
    if (value === undefined) return;
    this.#pieces.push(',', quote(name), ':');
    this.#value(value, depth);
  }

  #value(value: unknown, depth: number): void {
    if (typeof value === 'string') this.#pieces.push(this.#string(value));
    else if (value === null || typeof value !== 'object' || depth >= DEEPEST)
      this.#pieces.push(JSON.stringify(value) ?? 'null');
    else if (Array.isArray(value)) this.#list(value, depth + 1);
    else if (!this.#isText(value as Fields)) this.#object(value as Fields, depth + 1);
  }

  #string(value: string): string {
    if (value.length < LEAST_LENGTH) return quote(value);
    return this.strings.jsonOf(value) ?? JSON.stringify(value);
  }

  /** Writes the object most conversations have most of, in fewer steps than any other. */
  #isText(fields: Fields): boolean {
    const { type, text } = fields;
    if (type !== 'text' || typeof text !== 'string') return false;
    const names = Object.keys(fields);
    if (names.length !== 2 || names[0] !== 'type') return false;
    this.#pieces.push('{"type":"text","text":', this.#string(text), '}');
    return true;
  }

  #list(values: readonly unknown[], depth: number): void {
    const first = this.#pieces.length;
    for (const value of values) {
      this.#pieces.push(',');
      this.#value(value, depth);
    }
    this.#enclose(first, '[', ']');
  }

  #object(fields: Fields, depth: number): void {
    const first = this.#pieces.length;
    for (const name of Object.keys(fields)) this.member(name, fields[name], depth);
    this.#enclose(first, '{', '}');
  }

  /** @param first the place of the first comma, if anything was written since */
  #enclose(first: number, opening: string, closing: string): void {
    this.#pieces[first] = opening;
    this.#pieces.push(closing);
  }
}

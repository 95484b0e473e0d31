/** Writes JSON as `JSON.stringify` does, but for the long strings that the client sent: they go on as it wrote them. */
import { JsonMembers, jsonPart, type JsonPart } from './json-members';
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
 * The members of an object as JSON.
 *
 * @param names the members that the client's strings are looked for in; all others are written anew
 */
export function writeJsonMembers(
  fields: object,
  strings: SentStrings | undefined,
  names: readonly string[],
): JsonMembers {
  if (strings === undefined || strings.isEmpty)
    return new JsonMembers([jsonPart(JSON.stringify(fields).slice(1, -1))]);
  const writer = new Writer(strings);
  const depthOf = (name: string): number => (names.includes(name) ? 0 : DEEPEST);
  writer.members(fields as Fields, depthOf);
  return writer.end();
}

/** Gathers JSON: the long strings, and what is between them in one part each. */
class Writer {
  readonly #parts: JsonPart[] = [];
  #short = '';

  constructor(readonly strings: SentStrings) {}

  end(): JsonMembers {
    this.#parts.push(jsonPart(this.#short));
    return new JsonMembers(this.#parts);
  }

  /** @param depthOf how deep a member's value counts as lying */
  members(fields: Fields, depthOf: (name: string) => number): void {
    let isFirst = true;
    for (const name of Object.keys(fields)) {
      const value = fields[name];
      if (value === undefined) continue;
      this.#short += `${isFirst ? '' : ','}${quote(name)}:`;
      isFirst = false;
      this.#value(value, depthOf(name));
    }
  }

  #value(value: unknown, depth: number): void {
    if (typeof value === 'string') this.#string(value);
    else if (value === null || typeof value !== 'object' || depth >= DEEPEST)
      this.#short += JSON.stringify(value) ?? 'null';
    else if (Array.isArray(value)) this.#list(value, depth + 1);
    else if (!this.#isText(value as Fields)) {
      this.#short += '{';
      this.members(value as Fields, () => depth + 1);
      this.#short += '}';
    }
  }

  #string(value: string): void {
    if (value.length < LEAST_LENGTH) this.#short += quote(value);
    else {
      this.#parts.push(jsonPart(this.#short), this.strings.partOf(value) ?? jsonPart(JSON.stringify(value)));
      this.#short = '';
    }
  }

  /** Writes the object most conversations have most of, in fewer steps than any other. */
  #isText(fields: Fields): boolean {
    const { type, text } = fields;
    if (type !== 'text' || typeof text !== 'string') return false;
    const names = Object.keys(fields);
    if (names.length !== 2 || names[0] !== 'type') return false;
    this.#short += '{"type":"text","text":';
    this.#string(text);
    this.#short += '}';
    return true;
  }

  #list(values: readonly unknown[], depth: number): void {
    this.#short += '[';
    for (let index = 0; index < values.length; index += 1) {
      if (index > 0) this.#short += ',';
      this.#value(values[index], depth);
    }
    this.#short += ']';
  }
}

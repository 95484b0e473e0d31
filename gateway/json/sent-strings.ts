/**
 * The long strings of a body as its client wrote them in JSON.
 *
 * Most of a call is text that goes on as it came. Escaping it anew costs more than all else that is done with it, so
 * whoever writes the call takes the text's own JSON instead. It is found by the string's value: a value that was
 * changed on the way is found no more, whoever changed it.
 */
import { jsonPart, type JsonPart } from './json-members';

/** UTF-16 units of the shortest that is kept: a shorter one is escaped in no more time than it takes to find. */
export const LEAST_LENGTH = 128;

/** Of one length; a body made of more is one made to be slow to search. */
const MOST_ALIKE = 8;

interface SentString {
  readonly value: string;
  readonly json: string;
}

export class SentStrings {
  readonly #byLength = new Map<number, SentString[]>();

  /** @param isAscii whether all that the client sent is ASCII */
  constructor(readonly isAscii = false) {}

  get isEmpty(): boolean {
    return this.#byLength.size === 0;
  }

  /** @param json a JSON string, with its quotes, that stands for the value */
  add(value: string, json: string): void {
    if (value.length < LEAST_LENGTH) return;
    const alike = this.#byLength.get(value.length);
    if (alike === undefined) this.#byLength.set(value.length, [{ value, json }]);
    else if (alike.length < MOST_ALIKE) alike.push({ value, json });
  }

  /** A JSON string that stands for the value; undefined when the client is not known to have sent it. */
  jsonOf(value: string): string | undefined {
    return this.#byLength.get(value.length)?.find((each) => each.value === value)?.json;
  }

  /** As `jsonOf`, to be written. */
  partOf(value: string): JsonPart | undefined {
    const text = this.jsonOf(value);
    if (text === undefined) return undefined;
    return this.isAscii ? { text, bytes: text.length } : jsonPart(text);
  }
}

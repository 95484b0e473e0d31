/**
 * Bounds what a body may hold before it is parsed.
 *
 * Bytes alone do not: a few megabytes of small lists take a parser, and all that reads its result, many times as
 * long as the same bytes of text, and no other call is served meanwhile.
 */
import { GatewayError } from '../errors';

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;

/** Bytes of a string that are looked at one by one before the rest is searched: most strings are short. */
const SHORT_STRING = 64;

/** Counts what opens an object or a list or goes on with one, so that JSON text cannot hold more values than that. */
export class ElementAllowance {
  #left: number;

  constructor(readonly most: number) {
    this.#left = most;
  }

  /**
   * Throws `body_too_many_elements` when this text and those before it hold more than is allowed.
   *
   * A text has no more elements than bytes. A body that would be allowed twice as many is taken for the most it could
   * hold, uncounted: text that is parsed later was in its strings, and cannot hold more than that once again.
   */
  take(json: Buffer, param = 'request_body'): void {
    const isFirst = this.#left === this.most;
    const count = isFirst && json.length * 2 <= this.most ? json.length : countElements(json, this.#left);
    if (count > this.#left)
      throw new GatewayError('body_too_many_elements', {
        message: `${param}: the request holds more than the ${this.most} JSON elements this gateway reads. Send fewer messages, tool calls or tools, or large data as one string, which is a single element however long it is.`,
        param,
      });
    this.#left -= count;
  }
}

/** Elements of a JSON text, without what its strings hold; stops soon after `most`. Also ends on what is no JSON. */
export function countElements(json: Buffer, most: number): number {
  let count = 0;
  for (let place = 0; place < json.length; place += 1) {
    const byte = json[place];
    if (byte === QUOTE) place = endOfString(json, place + 1);
    else if (byte === COMMA || byte === OPEN_LIST || byte === OPEN_OBJECT) {
      count += 1;
      if (count > most) return count;
    }
  }
  return count;
}

/** Where the string that begins here has its closing quote; the text's end when it has none. */
function endOfString(json: Buffer, start: number): number {
  let place = start;
  for (;;) {
    const near = Math.min(json.length, place + SHORT_STRING);
    while (place < near) {
      const byte = json[place];
      if (byte === QUOTE) return place;
      place += byte === BACKSLASH ? 2 : 1;
    }
    if (place >= json.length) return json.length;
    const quote = json.indexOf(QUOTE, place);
    if (quote === -1) return json.length;
    let first = quote;
    while (first > place && json[first - 1] === BACKSLASH) first -= 1;
    const isEscaped = (quote - first) % 2 === 1;
    if (!isEscaped) return quote;
    place = quote + 1;
  }
}

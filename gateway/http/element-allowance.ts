/**
 * Bounds what a body may hold before it is parsed.
 *
 * Bytes alone do not: a few megabytes of small lists take a parser, and all that reads its result, many times as
 * long as the same bytes of text, and no other call is served meanwhile. Names are looked up and compared, and what is
 * nested is gone through by functions that call themselves, so how long and how deep they are is bounded as well.
 */
import { GatewayError } from '../errors';
import { cut } from '../model/cut';
import { beyondLimit, mostOf } from '../model/request-limits';
import { NameCount } from './name-count';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Units of a string that are looked at one by one before the rest is searched: most strings are short. */
const SHORT_STRING = 32;

const DEEPEST = mostOf('jsonDepth');
const LONGEST_NAME = mostOf('memberName');
const MOST_MEMBERS = mostOf('objectMembers');

const MOST_NAMES = mostOf('distinctNames');
/** Characters of a member: a name of one letter, its value and what is between them. */
const SHORTEST_MEMBER = 6;

/** Characters of a name that an error shows. */
const LONGEST_SHOWN = 64;

/** Looks over what opens an object or a list or goes on with one: JSON text cannot hold more values than that. */
export class ElementAllowance {
  #left: number;
  /** Undefined: a text so short cannot have too many. */
  #names: NameCount | undefined;

  constructor(readonly most: number) {
    this.#left = most;
  }

  /**
   * Throws `body_too_many_elements` when this text and those before it hold more than is allowed, `body_too_deep` or
   * `request_invalid` when one of the limits of its shape is passed. Says nothing about what is no JSON.
   */
  take(json: string, param = 'request_body'): void {
    // Text that is parsed later was in the strings of the first, and is no longer than that.
    if (json.length > MOST_NAMES * SHORTEST_MEMBER) this.#names ??= new NameCount(MOST_NAMES);
    this.#left -= lookOver(json, param, this.#left, this.#names, this.most);
  }
}

/** What is noted of a list in the place of an object's members. */
const LIST = -1;
/** Members so far of each object that is open, outermost first. One for all: a text is looked over in one go. */
const open = new Int32Array(DEEPEST + 1);

/** Elements of a JSON text, without what its strings hold. Also ends on what is no JSON. */
export const countElements = (json: string): number =>
  lookOver(json, 'request_body', Number.MAX_SAFE_INTEGER, undefined, Number.MAX_SAFE_INTEGER);

function lookOver(
  json: string,
  param: string,
  left: number,
  names: NameCount | undefined,
  most: number,
): number {
  let depth = 0;
  let count = 0;
  /** The next string is a name, unless it turns out to be none. */
  let isName = false;
  const end = json.length;
  for (let place = 0; place < end; place += 1) {
    const unit = json.charCodeAt(place);
    if (unit === QUOTE) {
      const close = endOfString(json, place + 1);
      if (isName) {
        isName = false;
        const length = close - place - 1;
        if (length > LONGEST_NAME) throw longName(json, param, place + 1, length);
        if (names?.add(json, place + 1, close) === false) throw manyNames(param);
      }
      place = close;
    } else if (unit === COMMA) {
      count += 1;
      if (count > left) throw tooMany(param, most);
      const members = open[depth] as number;
      if (depth > 0 && members !== LIST) {
        isName = true;
        if (members >= MOST_MEMBERS) throw beyondLimit(param, 'objectMembers', 'more in one object');
        open[depth] = members + 1;
      }
    } else if (unit === OPEN_LIST || unit === OPEN_OBJECT) {
      count += 1;
      if (count > left) throw tooMany(param, most);
      depth += 1;
      if (depth > DEEPEST) throw tooDeep(param);
      isName = unit === OPEN_OBJECT;
      open[depth] = isName ? 1 : LIST;
    } else if (unit === CLOSE_LIST || unit === CLOSE_OBJECT) {
      if (depth > 0) depth -= 1;
      isName = false;
    } else if (unit === COLON) isName = false;
  }
  return count;
}

/** Where the string that begins here has its closing quote; the text's end when it has none. */
function endOfString(json: string, start: number): number {
  const near = Math.min(json.length, start + SHORT_STRING);
  let place = start;
  while (place < near) {
    const unit = json.charCodeAt(place);
    if (unit === QUOTE) return place;
    place += unit === BACKSLASH ? 2 : 1;
  }
  for (;;) {
    const quote = json.indexOf('"', place);
    if (quote === -1) return json.length;
    let first = quote;
    while (first > place && json.charCodeAt(first - 1) === BACKSLASH) first -= 1;
    const isEscaped = (quote - first) % 2 === 1;
    if (!isEscaped) return quote;
    place = quote + 1;
  }
}

const tooMany = (param: string, most: number): GatewayError =>
  new GatewayError('body_too_many_elements', {
    message: `${param}: the request holds more than the ${most} JSON elements this gateway reads. Send fewer messages, tool calls or tools, or large data as one string, which is a single element however long it is.`,
    param,
  });

const tooDeep = (param: string): GatewayError =>
  new GatewayError('body_too_deep', {
    message: `${param}: lists and objects are nested more than ${DEEPEST} levels deep. Send what is inside them flatter, or as a string.`,
    param,
  });

function longName(json: string, param: string, start: number, length: number): GatewayError {
  const shown = cut(json.slice(start, start + length), LONGEST_SHOWN);
  return beyondLimit(param, 'memberName', `a member's name of ${length}: ${JSON.stringify(shown)}…`);
}

const manyNames = (param: string): GatewayError =>
  beyondLimit(param, 'distinctNames', 'more different names');

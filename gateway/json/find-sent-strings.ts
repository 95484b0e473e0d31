/**
 * Finds the long strings of a JSON text that was parsed, by going through text and result side by side.
 *
 * What a string stands for is the parser's word alone; the text only says where it stands. Of a member that an object
 * has twice the parser keeps one: such a text tells nothing, and all of it is written anew.
 */
import { LEAST_LENGTH, SentStrings } from './sent-strings';

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Lists and objects inside one another; deeper ones are passed over. No protocol has its text that deep. */
const DEEPEST = 16;

/** Of the text, that its long strings make up: short values take longer to go through than long ones save. */
const LEAST_SHARE = 2 / 3;

type Fields = Readonly<Record<string, unknown>>;

/**
 * @param text JSON text of an object
 * @param parsed what it was parsed as
 * @param names the members that text is looked for in
 * @param isAscii whether all of the text is ASCII
 */
export function findSentStrings(
  text: string,
  parsed: unknown,
  names: readonly string[],
  isAscii = false,
): SentStrings {
  const strings = new SentStrings(isAscii);
  if (!isFields(parsed)) return strings;
  // Where there is less to find, finding takes longer than is saved.
  const enough = text.length * LEAST_SHARE;
  let found = 0;
  for (const name of names) found += longUnits(parsed[name], enough - found, 1);
  if (found < enough) return strings;
  const looked = Object.entries(parsed).map(([name, value]) => [
    name,
    names.includes(name) ? value : undefined,
  ]);
  const finder = new Finder(text, strings);
  finder.read(Object.fromEntries(looked));
  return finder.isSure ? strings : new SentStrings();
}

const isFields = (value: unknown): value is Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** UTF-16 units of the long strings in a value; stops once there are enough. */
function longUnits(value: unknown, enough: number, depth: number): number {
  if (typeof value === 'string') return value.length < LEAST_LENGTH ? 0 : value.length;
  if (value === null || typeof value !== 'object' || depth > DEEPEST) return 0;
  let units = 0;
  for (const inner of Array.isArray(value) ? (value as unknown[]) : Object.values(value)) {
    units += longUnits(inner, enough - units, depth + 1);
    if (units >= enough) break;
  }
  return units;
}

/** Reads text that is known to be JSON. */
class Finder {
  #at = 0;
  /** No object that was looked into has a member twice. */
  isSure = true;

  constructor(
    readonly text: string,
    readonly strings: SentStrings,
  ) {}

  /** @param value what the text at this place was parsed as; undefined: it is passed over */
  read(value: unknown, depth = 0): void {
    const first = this.#next();
    if (value === undefined || depth > DEEPEST) this.#pass(first);
    else if (first === QUOTE) this.#string(value);
    else if (first === OPEN_LIST && Array.isArray(value)) this.#list(value, depth + 1);
    else if (first === OPEN_OBJECT && isFields(value)) this.#object(value, depth + 1);
    else this.#pass(first);
  }

  #string(value: unknown): void {
    const start = this.#at;
    this.#passString();
    if (typeof value === 'string' && value.length >= LEAST_LENGTH)
      this.strings.add(value, this.text.slice(start, this.#at));
  }

  // By the text alone, as an object's members are: of a member that comes twice the parser may have fewer or more.
  #list(values: readonly unknown[], depth: number): void {
    this.#at += 1;
    let index = 0;
    for (let next = this.#next(); next !== CLOSE_LIST; next = this.#next()) {
      if (next === COMMA) this.#at += 1;
      this.read(values[index], depth);
      index += 1;
    }
    this.#at += 1;
  }

  #object(fields: Fields, depth: number): void {
    this.#at += 1;
    let count = 0;
    for (let next = this.#next(); next !== CLOSE_OBJECT; next = this.#next()) {
      if (next === COMMA) {
        this.#at += 1;
        this.#next();
      }
      const start = this.#at + 1;
      this.#passString();
      // A name that is written with escapes is not found; it counts all the same.
      const value = fields[this.text.slice(start, this.#at - 1)];
      this.#next();
      // The colon.
      this.#at += 1;
      this.read(value, depth);
      count += 1;
    }
    this.#at += 1;
    if (count !== Object.keys(fields).length) this.isSure = false;
  }

  /** Goes to the next character that is no blank, and gives it. */
  #next(): number {
    for (;;) {
      const unit = this.text.charCodeAt(this.#at);
      if (unit !== SPACE && unit !== LINE_FEED && unit !== CARRIAGE_RETURN && unit !== TAB) return unit;
      this.#at += 1;
    }
  }

  #pass(first: number): void {
    if (first === QUOTE) this.#passString();
    else if (first === OPEN_LIST || first === OPEN_OBJECT) this.#passNested();
    else this.#passWord();
  }

  #passString(): void {
    let end = this.text.indexOf('"', this.#at + 1);
    while (this.#isEscaped(end)) end = this.text.indexOf('"', end + 1);
    this.#at = end + 1;
  }

  #isEscaped(quote: number): boolean {
    let first = quote;
    while (this.text.charCodeAt(first - 1) === BACKSLASH) first -= 1;
    return (quote - first) % 2 === 1;
  }

  /** A list or an object, with all that is in it. */
  #passNested(): void {
    let open = 0;
    do {
      const unit = this.text.charCodeAt(this.#at);
      if (unit === QUOTE) {
        this.#passString();
        continue;
      }
      if (unit === OPEN_LIST || unit === OPEN_OBJECT) open += 1;
      else if (unit === CLOSE_LIST || unit === CLOSE_OBJECT) open -= 1;
      this.#at += 1;
    } while (open > 0);
  }

  /** A number, true, false or null. */
  #passWord(): void {
    for (;;) {
      const unit = this.text.charCodeAt(this.#at);
      if (unit === COMMA || unit === CLOSE_LIST || unit === CLOSE_OBJECT || unit <= SPACE) return;
      this.#at += 1;
    }
  }
}

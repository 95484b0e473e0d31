/**
 * Renames members of an object at the top of a JSON text that comes in pieces, cut anywhere. What is no name of such a
 * member passes at once and as it is, also what is no JSON.
 */

/** Characters of a name as it may be written: each as an escape of six. */
const LONGEST_WRITTEN = 64 * 6 + 2;

export class MemberNames {
  readonly #names: ReadonlyMap<string, string>;
  #depth = 0;
  #isInText = false;
  #isEscaped = false;
  /** The next text is the name of a member at the top. */
  #isNameNext = false;
  /** Pieces of such a name as far as it has come; undefined outside of one. */
  #name: string[] | undefined;
  #nameLength = 0;

  /** @param names of few characters, by those they stand for */
  constructor(names: ReadonlyMap<string, string>) {
    this.#names = names;
  }

  /** What may be passed on by now. */
  push(json: string): string {
    let out = '';
    let from = 0;
    for (let at = 0; at < json.length; at += 1) {
      const sign = json[at] as string;
      if (!this.#isInText) {
        if (sign === '"' && this.#isNameNext) {
          out += json.slice(from, at);
          from = at;
          this.#name = [];
          this.#nameLength = 0;
        }
        this.#readOutside(sign);
      } else if (this.#isEscaped) this.#isEscaped = false;
      else if (sign === '\\') this.#isEscaped = true;
      else if (sign === '"') {
        this.#isInText = false;
        if (this.#name === undefined) continue;
        out += this.#rename(json.slice(from, at + 1));
        from = at + 1;
      }
    }
    const rest = json.slice(from);
    if (this.#name === undefined) return out + rest;
    this.#name.push(rest);
    this.#nameLength += rest.length;
    // None of those that were sent is as long.
    return this.#nameLength > LONGEST_WRITTEN ? out + this.end() : out;
  }

  /** What is left of a text that ended inside a name. */
  end(): string {
    const left = this.#name?.join('') ?? '';
    this.#name = undefined;
    return left;
  }

  #readOutside(sign: string): void {
    if (sign === '"') {
      this.#isInText = true;
      this.#isNameNext = false;
    } else if (sign === '{' || sign === '[') {
      this.#depth += 1;
      this.#isNameNext = this.#depth === 1 && sign === '{';
    } else if (sign === '}' || sign === ']') {
      this.#depth -= 1;
      this.#isNameNext = false;
    } else if (sign === ',') this.#isNameNext = this.#depth === 1;
  }

  #rename(last: string): string {
    const written = (this.#name ?? []).join('') + last;
    this.#name = undefined;
    try {
      const other = this.#names.get(JSON.parse(written) as string);
      return other === undefined ? written : JSON.stringify(other);
    } catch {
      return written;
    }
  }
}

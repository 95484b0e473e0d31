/** Finds where a JSON object that comes in pieces is over. Each character is looked at once. */

const [QUOTE, BACKSLASH, OPENING, CLOSING] = [0x22, 0x5c, 0x7b, 0x7d];
const BLANKS: readonly number[] = [0x20, 0x09, 0x0a, 0x0d];

export class JsonEnd {
  #state: 'blank' | 'open' | 'over' | 'other' = 'blank';
  #depth = 0;
  #isInText = false;
  #isEscaped = false;

  /** Nothing but white space has come. */
  get isBlank(): boolean {
    return this.#state === 'blank';
  }

  get isOver(): boolean {
    return this.#state === 'over';
  }

  /** @returns how many characters of the piece belong to the object, and what is before it */
  push(piece: string): number {
    for (let at = 0; at < piece.length; at += 1) {
      if (this.#state === 'over') return at;
      this.#look(piece.charCodeAt(at));
    }
    return piece.length;
  }

  #look(unit: number): void {
    if (this.#state === 'blank' && !BLANKS.includes(unit)) this.#state = unit === OPENING ? 'open' : 'other';
    if (this.#state !== 'open') return;
    if (this.#isEscaped) this.#isEscaped = false;
    else if (unit === QUOTE) this.#isInText = !this.#isInText;
    else if (this.#isInText) this.#isEscaped = unit === BACKSLASH;
    else if (unit === OPENING) this.#depth += 1;
    else if (unit === CLOSING && (this.#depth -= 1) === 0) this.#state = 'over';
  }
}

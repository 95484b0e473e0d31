/**
 * How many different names a body has, without keeping one of them.
 *
 * Each name sets one bit of many, picked by a hash that nobody outside can foretell. Two names may share a bit, so it
 * counts a few too few: what the limit spares is a parser's table of names, which a few more do no harm.
 */
import { randomInt } from 'node:crypto';

const BITS = 1 << 20;
const SEED = randomInt(2 ** 31);

export class NameCount {
  readonly #bits = new Uint8Array(BITS / 8);
  #left: number;

  constructor(most: number) {
    this.#left = most;
  }

  /** @returns whether there are no more than are taken */
  add(json: string, start: number, end: number): boolean {
    let hash = SEED;
    for (let place = start; place < end; place += 1)
      hash = Math.imul(hash ^ json.charCodeAt(place), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    const bit = (hash ^ (hash >>> 13)) & (BITS - 1);
    const mask = 1 << (bit & 7);
    const byte = this.#bits[bit >>> 3] as number;
    if ((byte & mask) !== 0) return true;
    this.#bits[bit >>> 3] = byte | mask;
    this.#left -= 1;
    return this.#left >= 0;
  }
}

/**
 * Ids of tool calls in a form that a provider takes: what one server writes ("functions.read:0", an empty one, a whole
 * thought), another refuses.
 */
import { createHash } from 'node:crypto';
import { cut } from './cut';

/** Characters that Bedrock's own protocol and most servers take. */
const LONGEST = 64;
/** Of what a number is added to: room for it. */
const LONGEST_STEM = LONGEST - 8;

/**
 * Of letters, digits, "_" and "-" alone, as Anthropic takes them, and each given out once. An id becomes the same each
 * time its conversation is sent, however much is added: what a provider has cached of it stays true.
 */
export class PlainIds {
  readonly #used = new Set<string>();
  /** The highest number added so far, by what it was added to. */
  readonly #numbers = new Map<string, number>();

  next(asked: string): string {
    const base = plainId(asked);
    let id = base;
    if (this.#used.has(id)) {
      const stem = base.slice(0, LONGEST_STEM);
      let number = this.#numbers.get(stem) ?? 1;
      for (; this.#used.has(id); id = `${stem}_${number}`) number += 1;
      this.#numbers.set(stem, number);
    }
    this.#used.add(id);
    return id;
  }
}

const PLAIN = /^[A-Za-z0-9_-]+$/;

export function plainId(id: string): string {
  // bounded: `LONGEST`
  if (id.length <= LONGEST && PLAIN.test(id)) return id;
  return cut(id, LONGEST).replace(/[^A-Za-z0-9_-]/g, '_') || 'call';
}

/**
 * Of any characters, but not too many and not none: some models know their calls by the very ids they gave them. Of two
 * different ids none become the same.
 */
export const shortId = (id: string): string =>
  id !== '' && id.length <= LONGEST && !id.startsWith(MADE) ? id : MADE + hashOf(id);

/** Before an id that was made; one that begins so by itself is made anew, lest it is taken for another's. */
const MADE = 'call_x';
/** Characters of the hash, 186 bits; with them an id is one that every server takes. */
const HASH_LENGTH = 31;

// Of UTF-16: in UTF-8 all halves of a character are the same.
const hashOf = (id: string): string =>
  createHash('sha256').update(Buffer.from(id, 'utf16le')).digest('base64url').slice(0, HASH_LENGTH);

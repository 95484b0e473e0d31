/**
 * Members of a JSON object, written once and sent with others before them, which differ each time.
 *
 * They are bytes from the start and have room for the others: what is as long as a conversation costs more by each
 * copy of it than by all else that is done to send it, and by the collections of garbage that the copies bring on.
 */

/** Bytes for the members before them: a model's name, token limit and the like. */
const ROOM = 512;

/** A part of the JSON text, and how many bytes it is in UTF-8. */
export interface JsonPart {
  readonly text: string;
  readonly bytes: number;
}

export const jsonPart = (text: string): JsonPart => ({ text, bytes: Buffer.byteLength(text) });

export class JsonMembers {
  readonly #bytes: Buffer;
  #isRoomTaken = false;

  /** @param parts one after the other, without the braces around them */
  constructor(parts: readonly JsonPart[]) {
    this.#bytes = Buffer.allocUnsafe(parts.reduce((sum, { bytes }) => sum + bytes, ROOM + 1));
    let place = ROOM;
    for (const { text, bytes } of parts) {
      // What is ASCII is copied as it is.
      this.#bytes.write(text, place, bytes === text.length ? 'latin1' : 'utf8');
      place += bytes;
    }
    this.#bytes.write('}', place, 'latin1');
  }

  /** UTF-8 bytes of the members. */
  get length(): number {
    return this.#bytes.length - ROOM - 1;
  }

  /**
   * The whole object. The bytes are the caller's to send, not to change: the first to ask gets no copy.
   *
   * @param opening its brace, and the members before these with a comma behind each
   */
  after(opening: string): Buffer {
    const length = Buffer.byteLength(opening);
    // Whoever asked first may still be sending.
    if (this.#isRoomTaken || length > ROOM)
      return Buffer.concat([Buffer.from(opening), this.#bytes.subarray(ROOM)]);
    this.#isRoomTaken = true;
    this.#bytes.write(opening, ROOM - length);
    return this.#bytes.subarray(ROOM - length);
  }

  toString(): string {
    return this.#bytes.toString('utf8', ROOM, this.#bytes.length - 1);
  }
}

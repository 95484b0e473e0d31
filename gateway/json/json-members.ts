/**
 * Members of a JSON object, written once and sent with others before them, which differ each time.
 *
 * They are bytes from the start and have room for the others: what is as long as a conversation costs more by each
 * copy of it than by all else that is done to send it, and by the collections of garbage that the copies bring on.
 */

/** Bytes for the members before them: a model's name, token limit and the like. */
const ROOM = 512;

export class JsonMembers {
  readonly #bytes: Buffer;
  #isRoomTaken = false;

  /** @param parts JSON text, one part after the other, without the braces around it */
  constructor(parts: readonly string[]) {
    const lengths = parts.map((part) => Buffer.byteLength(part));
    this.#bytes = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + length, ROOM + 1));
    let place = ROOM;
    parts.forEach((part, index) => {
      const length = lengths[index] ?? 0;
      // What is ASCII is copied as it is; telling costs less than encoding.
      this.#bytes.write(part, place, length === part.length ? 'latin1' : 'utf8');
      place += length;
    });
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

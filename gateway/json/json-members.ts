/**
 * Members of a JSON object, written once and sent with others before them, which differ each time.
 *
 * They are written from their values alone: no text that a client sent stands in for one. They are bytes from the
 * start and have room for the others: what is as long as a conversation costs more by each copy of it than by all else
 * that is done to send it, and by the collections of garbage that the copies bring on.
 */

/** Bytes for the members before them: a model's name, token limit and the like. */
const ROOM = 512;

export class JsonMembers {
  readonly #bytes: Buffer;
  #isRoomTaken = false;

  /** @param fields at least one member that is not undefined; those that are undefined are left out */
  constructor(fields: object) {
    const text = JSON.stringify(fields).slice(1);
    const bytes = Buffer.byteLength(text);
    this.#bytes = Buffer.allocUnsafe(ROOM + bytes);
    // What is ASCII is copied as it is.
    this.#bytes.write(text, ROOM, bytes === text.length ? 'latin1' : 'utf8');
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

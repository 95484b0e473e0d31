/** Puts the line ends of an event stream in one form, as the format has three of them; a mark of byte order goes. */

const [NEWLINE, RETURN] = [0x0a, 0x0d];
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

export class LineEnds {
  /** The first bytes, while they may be a mark of byte order. Undefined: they were none, or are gone. */
  #first: Buffer | undefined = Buffer.alloc(0);
  /** The last byte was a return: a newline right behind it is the same line end. */
  #isReturned = false;

  write(chunk: Buffer): Buffer {
    const bytes = this.#first === undefined ? chunk : this.#withoutMark(this.#first, chunk);
    // Most streams have none.
    if (bytes.length === 0 || (!this.#isReturned && !bytes.includes(RETURN))) return bytes;
    const written = Buffer.allocUnsafe(bytes.length);
    let length = 0;
    for (const byte of bytes) {
      if (byte !== NEWLINE || !this.#isReturned) written[length++] = byte === RETURN ? NEWLINE : byte;
      this.#isReturned = byte === RETURN;
    }
    return written.subarray(0, length);
  }

  #withoutMark(first: Buffer, chunk: Buffer): Buffer {
    const bytes = Buffer.concat([first, chunk]);
    const most = Math.min(bytes.length, BYTE_ORDER_MARK.length);
    const mayBeMark = bytes.subarray(0, most).equals(BYTE_ORDER_MARK.subarray(0, most));
    if (mayBeMark && bytes.length < BYTE_ORDER_MARK.length) {
      this.#first = bytes;
      return Buffer.alloc(0);
    }
    this.#first = undefined;
    return mayBeMark ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes;
  }
}

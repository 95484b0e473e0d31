/**
 * Members of a JSON object, written once and sent with others before them, which differ each time.
 *
 * They are written from their values alone: no text that a client sent stands in for one. They are bytes from the
 * start and have room for the others: what is as long as a conversation costs more by each copy of it than by all else
 * that is done to send it, and by the collections of garbage that the copies bring on.
 */

/** Bytes for the members before them: a model's name, token limit and the like. */
const ROOM = 512;

/** Of a list, that are written at once: the first by itself, then so many. */
const ENTRIES = 16;

/** A part of the JSON text, and how many bytes it is in UTF-8. */
interface Part {
  readonly text: string;
  readonly bytes: number;
}

export class JsonMembers {
  readonly #bytes: Buffer;
  #isRoomTaken = false;

  /** @param fields JSON values by name, at least one that is not undefined; those that are undefined are left out */
  constructor(fields: object) {
    const parts = partsOf(fields);
    this.#bytes = Buffer.allocUnsafe(parts.reduce((sum, { bytes }) => sum + bytes, ROOM));
    let place = ROOM;
    for (const { text, bytes } of parts) {
      // What is ASCII is copied as it is.
      this.#bytes.write(text, place, bytes === text.length ? 'latin1' : 'utf8');
      place += bytes;
    }
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

/**
 * What `JSON.stringify` writes, but for the opening brace, in parts: one character beyond Latin-1, as the prompts have,
 * doubles the time and the memory of all that is written with it. The prompt comes first in its list.
 */
function partsOf(fields: object): readonly Part[] {
  const parts: Part[] = [];
  const add = (text: string): void => void parts.push({ text, bytes: Buffer.byteLength(text) });
  let before = '';
  for (const [name, value] of Object.entries(fields) as [string, unknown][]) {
    if (value === undefined) continue;
    before += `${JSON.stringify(name)}:`;
    if (!Array.isArray(value) || value.length < 2) {
      add(before + JSON.stringify(value));
      before = ',';
      continue;
    }
    before += '[';
    for (let start = 0, end = 1; start < value.length; start = end, end += ENTRIES) {
      add(before);
      add(JSON.stringify(value.slice(start, end)).slice(1, -1));
      before = ',';
    }
    before = '],';
  }
  add(`${before.slice(0, -1)}}`);
  return parts;
}

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

const END = Buffer.from('}');

/** A part of the JSON text, and how many bytes it is in UTF-8. */
interface Part {
  readonly text: string;
  readonly bytes: number;
}

export class JsonMembers {
  readonly #bytes: Buffer;
  readonly #leadEnd: number;
  #isRoomTaken = false;

  /**
   * @param fields JSON values by name, at least one that is not undefined; those that are undefined are left out
   * @param lead names of the first fields, which may be asked for by themselves. @default all
   */
  constructor(fields: object, lead: readonly string[] = []) {
    const { parts, leadBytes } = partsOf(fields, lead);
    this.#bytes = Buffer.allocUnsafe(parts.reduce((sum, { bytes }) => sum + bytes, ROOM));
    this.#leadEnd = leadBytes === undefined ? this.#bytes.length - 1 : ROOM + leadBytes;
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

  /** UTF-8 bytes of the members that are named first. */
  get leadLength(): number {
    return this.#leadEnd - ROOM;
  }

  /** As `after`, with the members that are named first alone; always a copy. */
  leadAfter(opening: string): Buffer {
    return Buffer.concat([Buffer.from(opening), this.#bytes.subarray(ROOM, this.#leadEnd), END]);
  }

  /** Whether that text stands somewhere in the members. */
  has(text: string): boolean {
    return this.#bytes.subarray(ROOM).includes(text);
  }

  /** How often that text stands in the members, without overlaps. */
  count(text: string): number {
    const bytes = this.#bytes.subarray(ROOM);
    let found = 0;
    for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + text.length)) found += 1;
    return found;
  }

  /** The bytes of the members that are named first, to be read only. */
  get lead(): Buffer {
    return this.#bytes.subarray(ROOM, this.#leadEnd);
  }

  toString(): string {
    return this.#bytes.toString('utf8', ROOM, this.#bytes.length - 1);
  }
}

interface Parts {
  readonly parts: readonly Part[];
  /** Undefined: all of them. */
  readonly leadBytes: number | undefined;
}

/**
 * What `JSON.stringify` writes, but for the opening brace, in parts: one character beyond Latin-1, as the prompts have,
 * doubles the time and the memory of all that is written with it. The prompt comes first in its list.
 */
function partsOf(fields: object, lead: readonly string[]): Parts {
  const parts: Part[] = [];
  const add = (text: string): void => void parts.push({ text, bytes: Buffer.byteLength(text) });
  let before = '';
  let leadBytes: number | undefined;
  for (const [name, value] of Object.entries(fields) as [string, unknown][]) {
    if (value === undefined) continue;
    // What is still to be written of the member before, without the comma behind it.
    if (leadBytes === undefined && lead.length > 0 && !lead.includes(name))
      leadBytes = parts.reduce((sum, { bytes }) => sum + bytes, Math.max(0, before.length - 1));
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
  return { parts, leadBytes };
}

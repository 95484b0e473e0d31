/** Cuts AWS's event stream (`application/vnd.amazon.eventstream`) into its messages, however its bytes were cut. */
import { EventStreamCodec } from '@smithy/core/event-streams';
import { UnreadableStream } from '../unreadable-stream';

type Message = ReturnType<EventStreamCodec['decode']>;

/** Bytes: length and sum of the prelude, sum of the whole. */
const SHORTEST = 16;
/** Bytes; AWS sends none above 16 MiB. */
const LONGEST = 16 * 1024 * 1024;

export interface Frame {
  readonly headers: Message['headers'];
  readonly body: string;
}

const codec = new EventStreamCodec(
  (bytes: Uint8Array | string) => (typeof bytes === 'string' ? bytes : asBuffer(bytes).toString('utf8')),
  (text) => Buffer.from(text, 'utf8'),
);

/** Bytes that are there room for at first. */
const ROOM = 4 * 1024;

export class FrameReader {
  readonly #onFrame: (frame: Frame) => void;
  /** The frame that is not whole yet. Its room doubles, so that many small pieces cost no more than one large. */
  #bytes = Buffer.allocUnsafe(0);
  #size = 0;
  /** Bytes of that frame, as soon as its first four are there. */
  #wanted = 0;

  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame;
  }

  /** Whether the bytes so far end with a whole frame. */
  get isWhole(): boolean {
    return this.#size === 0;
  }

  /** Throws an UnreadableStream when the bytes are no event stream. */
  push(chunk: Buffer): void {
    const bytes = this.#with(chunk);
    let start = 0;
    try {
      while (bytes.length - start >= Math.max(4, this.#wanted)) {
        if (this.#wanted === 0) this.#wanted = readLength(bytes, start);
        else {
          const end = start + this.#wanted;
          const frame = decode(bytes.subarray(start, end));
          start = end;
          this.#wanted = 0;
          this.#onFrame(frame);
        }
      }
    } finally {
      this.#keep(bytes, start);
    }
  }

  /** What is there, with the chunk behind it. */
  #with(chunk: Buffer): Buffer {
    if (this.#size === 0) return chunk;
    const size = this.#size + chunk.length;
    if (size > this.#bytes.length) this.#grow(size);
    chunk.copy(this.#bytes, this.#size);
    return this.#bytes.subarray(0, size);
  }

  #grow(size: number): void {
    const larger = Buffer.allocUnsafe(Math.max(ROOM, size, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#size);
    this.#bytes = larger;
  }

  #keep(bytes: Buffer, start: number): void {
    const size = bytes.length - start;
    if (size > this.#bytes.length) {
      this.#size = 0;
      this.#grow(size);
    }
    if (start > 0 || this.#size === 0) bytes.copy(this.#bytes, 0, start);
    this.#size = size;
    // What a long frame took is not held for short ones.
    if (size === 0) this.#bytes = Buffer.allocUnsafe(0);
  }
}

function readLength(bytes: Buffer, start: number): number {
  const length = bytes.readUInt32BE(start);
  if (length < SHORTEST || length > LONGEST) throw new UnreadableStream(`a frame of ${length} bytes`);
  return length;
}

/** Checks both sums. */
function decode(bytes: Buffer): Frame {
  try {
    const { headers, body } = codec.decode(bytes);
    return { headers, body: asBuffer(body).toString('utf8') };
  } catch (fault) {
    throw new UnreadableStream('a frame that cannot be read', { cause: fault });
  }
}

/** A header's text; undefined when it is missing or of another type. */
export function headerOf({ headers }: Frame, name: string): string | undefined {
  const header = headers[name];
  return header?.type === 'string' ? header.value : undefined;
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

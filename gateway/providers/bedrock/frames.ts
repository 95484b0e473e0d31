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

export class FrameReader {
  readonly #onFrame: (frame: Frame) => void;
  /** Pieces of the frame that is not whole yet; put together once, so that many small ones cost no more than one. */
  #pieces: Buffer[] = [];
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
    this.#pieces.push(chunk);
    this.#size += chunk.length;
    while (this.#size >= Math.max(4, this.#wanted)) {
      const bytes = this.#pieces.length === 1 ? (this.#pieces[0] ?? chunk) : Buffer.concat(this.#pieces);
      this.#pieces = [bytes];
      if (this.#wanted === 0) this.#wanted = readLength(bytes);
      else this.#take(bytes);
      if (this.#size === 0) return;
    }
  }

  #take(bytes: Buffer): void {
    const wanted = this.#wanted;
    this.#pieces = bytes.length === wanted ? [] : [bytes.subarray(wanted)];
    this.#size -= wanted;
    this.#wanted = 0;
    this.#onFrame(decode(bytes.subarray(0, wanted)));
  }
}

function readLength(bytes: Buffer): number {
  const length = bytes.readUInt32BE(0);
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

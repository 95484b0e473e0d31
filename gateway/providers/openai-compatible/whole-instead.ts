/** A whole answer where a stream was asked for, as servers send it that know no other. */
import type { StreamEvent } from '../../model/answer';
import { isJsonObject } from '../messages/read-answer';
import { UnreadableStream } from '../unreadable-stream';
import { ChatChunks } from './chat-chunks';

/** Bytes; an answer of the most output tokens stays far below. */
const LONGEST = 8 * 1024 * 1024;
const OPENING = 0x7b;
const BLANKS: readonly number[] = [0x20, 0x09, 0x0a, 0x0d];

export class WholeInstead {
  readonly #listener: (event: StreamEvent) => void;
  readonly #parts: Buffer[] = [];
  #size = 0;
  /** Undefined: only white space has come. */
  #isWhole: boolean | undefined;
  #chunks: ChatChunks | undefined;

  constructor(listener: (event: StreamEvent) => void) {
    this.#listener = listener;
  }

  /** Undefined when it is a stream. */
  get mended(): readonly string[] | undefined {
    return this.#chunks?.mended;
  }

  /** @returns whether the bytes are part of a whole answer @throws UnreadableStream when it is too long */
  take(bytes: Buffer): boolean {
    if (this.#isWhole === undefined) {
      const first = bytes.find((byte) => !BLANKS.includes(byte));
      if (first !== undefined) this.#isWhole = first === OPENING;
    }
    if (this.#isWhole !== true) return false;
    this.#size += bytes.length;
    if (this.#size > LONGEST) throw new UnreadableStream('a whole answer is too long');
    // The bytes are the transport's, which may use them again.
    this.#parts.push(Buffer.from(bytes));
    return true;
  }

  /** @returns whether there was one; what it says is told then */
  end(): boolean {
    if (this.#isWhole !== true) return false;
    const chunks = new ChatChunks(this.#listener, 'whole');
    this.#chunks = chunks;
    chunks.mend('not_streamed');
    const answer = parse(Buffer.concat(this.#parts.splice(0)).toString('utf8'));
    if (!isJsonObject(answer)) chunks.break();
    else chunks.accept(answer);
    chunks.done();
    return true;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Collects a body as it comes.
 *
 * A chunk can be a single byte, and as a Buffer of its own it would hold a hundred times as much; so small ones are put
 * together in blocks. A large one is kept as it is: it holds little more than itself, and copying it would cost.
 */

/** Bytes from which on a chunk is kept. */
const WORTH_KEEPING = 4 * 1024;
const SMALLEST_BLOCK = 4 * 1024;
const LARGEST_BLOCK = 64 * 1024;

export class BodyPieces {
  #pieces: Buffer[] = [];
  /** The chunk that came first: a short body is that one alone. */
  #first: Buffer | undefined;
  #block: Buffer | undefined;
  /** Where the block's bytes begin that are no piece yet, and where they end. */
  #begun = 0;
  #filled = 0;
  #length = 0;

  /** @param allocate is told of bytes before they are held, and throws when they must not be */
  constructor(readonly allocate: (bytes: number) => void) {}

  add(chunk: Buffer): void {
    const isFirst = this.#length === 0;
    if (isFirst) {
      this.allocate(chunk.buffer.byteLength);
      this.#first = chunk;
    } else {
      const first = this.#first;
      this.#first = undefined;
      if (first) this.#put(first, true);
      this.#put(chunk, false);
    }
    this.#length += chunk.length;
  }

  /** What has come, in pieces; nothing is held here after it. */
  take(): Buffer[] {
    this.#cut();
    const pieces = this.#first ? [this.#first] : this.#pieces;
    this.#first = undefined;
    this.#block = undefined;
    this.#pieces = [];
    return pieces;
  }

  #put(chunk: Buffer, isCounted: boolean): void {
    if (isWorthKeeping(chunk)) {
      this.#cut();
      if (!isCounted) this.allocate(chunk.buffer.byteLength);
      this.#pieces.push(chunk);
      return;
    }
    for (let done = 0; done < chunk.length;) {
      const block = this.#block ?? this.#open();
      const copied = chunk.copy(block, this.#filled, done);
      done += copied;
      this.#filled += copied;
      if (this.#filled < block.length) continue;
      this.#cut();
      this.#block = undefined;
    }
  }

  #open(): Buffer {
    const size = Math.min(LARGEST_BLOCK, Math.max(SMALLEST_BLOCK, this.#length));
    this.allocate(size);
    this.#block = Buffer.allocUnsafeSlow(size);
    this.#begun = 0;
    this.#filled = 0;
    return this.#block;
  }

  /** Makes a piece of what is in the block; what is free of it is filled later. */
  #cut(): void {
    if (this.#block && this.#filled > this.#begun)
      this.#pieces.push(this.#block.subarray(this.#begun, this.#filled));
    this.#begun = this.#filled;
  }
}

/** Whether it is long, and most of the memory that it holds. */
const isWorthKeeping = ({ length, buffer }: Buffer): boolean =>
  length >= WORTH_KEEPING && length * 2 >= buffer.byteLength;

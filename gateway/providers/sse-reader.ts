/** Splits a server-sent event stream into the data of its events, however its bytes were cut. */
import { StringDecoder } from 'node:string_decoder';
import { UnreadableStream } from './unreadable-stream';

/** Characters; a single event beyond it is no honest answer. */
const LONGEST_EVENT = 8 * 1024 * 1024;

const CARRIAGE_RETURN = 0x0d;

export class SseReader {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onData: (data: string) => void;
  readonly #line = new OpenLine();
  #data: string[] = [];
  #size = 0;

  constructor(onData: (data: string) => void) {
    this.#onData = onData;
  }

  /** Throws an UnreadableStream when an event is too long. */
  push(chunk: Buffer): void {
    const text = this.#decoder.write(chunk);
    let start = 0;
    // What came before was searched when it came.
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      const line = this.#line.end(text.slice(start, end));
      start = end + 1;
      this.#read(line.charCodeAt(line.length - 1) === CARRIAGE_RETURN ? line.slice(0, -1) : line);
    }
    this.#line.add(start === 0 ? text : text.slice(start));
    if (this.#line.length + this.#size > LONGEST_EVENT)
      throw new UnreadableStream('an event of the stream is too long');
  }

  #read(line: string): void {
    if (line === '') return this.#dispatch();
    if (!line.startsWith('data:')) return;
    const value = line.charCodeAt(5) === 32 ? line.slice(6) : line.slice(5);
    this.#size += value.length;
    this.#data.push(value);
  }

  #dispatch(): void {
    if (this.#data.length === 0) return;
    const data = this.#data.length === 1 ? (this.#data[0] ?? '') : this.#data.join('\n');
    this.#data = [];
    this.#size = 0;
    this.#onData(data);
  }
}

/** Pieces that are put together at a time. */
const MOST_PIECES = 256;

/** A line whose end has not come. Its pieces are put together few times, however many they are. */
class OpenLine {
  #begun = '';
  #pieces: string[] = [];
  length = 0;

  add(piece: string): void {
    if (piece === '') return;
    this.length += piece.length;
    this.#pieces.push(piece);
    if (this.#pieces.length < MOST_PIECES) return;
    // Not searched or indexed, so the two are only put beside each other.
    this.#begun += this.#pieces.join('');
    this.#pieces = [];
  }

  /** The whole line; the next one is begun. */
  end(last: string): string {
    if (this.length === 0) return last;
    this.#pieces.push(last);
    const line = this.#begun + this.#pieces.join('');
    this.#begun = '';
    this.#pieces = [];
    this.length = 0;
    return line;
  }
}

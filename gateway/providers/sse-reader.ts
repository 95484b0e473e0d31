/** Splits a server-sent event stream into the data of its events, however its bytes were cut. */
import { StringDecoder } from 'node:string_decoder';
import { UnreadableStream } from './unreadable-stream';

/** Characters; a single event beyond it is no honest answer. */
const LONGEST_EVENT = 8 * 1024 * 1024;

export class SseReader {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onData: (data: string) => void;
  /** What came after the last line end. */
  #rest = '';
  /** Where in `#rest` no line end can be any more. */
  #searched = 0;
  #data: string[] = [];
  #size = 0;

  constructor(onData: (data: string) => void) {
    this.#onData = onData;
  }

  /** Throws an UnreadableStream when an event is too long. */
  push(chunk: Buffer): void {
    const text = this.#rest + this.#decoder.write(chunk);
    let start = 0;
    let end = text.indexOf('\n', this.#searched);
    while (end !== -1) {
      this.#line(
        text.charCodeAt(end - 1) === 13 && end > start ? text.slice(start, end - 1) : text.slice(start, end),
      );
      start = end + 1;
      end = text.indexOf('\n', start);
    }
    this.#rest = start === 0 ? text : text.slice(start);
    this.#searched = this.#rest.length;
    if (this.#rest.length + this.#size > LONGEST_EVENT)
      throw new UnreadableStream('an event of the stream is too long');
  }

  #line(line: string): void {
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

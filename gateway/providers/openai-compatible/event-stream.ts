/** Reads the chunks of a streamed chat completion. */
import type { StreamEvent } from '../../model/answer';
import type { Usage } from '../../model/usage';
import { isJsonObject } from '../messages/read-answer';
import type { EventReader } from '../provider';
import { SseReader } from '../sse-reader';
import { isUnreadable } from '../unreadable-stream';
import { ChatChunks } from './chat-chunks';
import { LineEnds } from './line-ends';
import { WholeInstead } from './whole-instead';

export class ChatEventReader implements EventReader {
  readonly #chunks: ChatChunks;
  readonly #lineEnds = new LineEnds();
  readonly #sse = new SseReader((data) => this.#read(data));
  readonly #whole: WholeInstead;
  #isOver = false;

  constructor(listener: (event: StreamEvent) => void) {
    this.#chunks = new ChatChunks(listener, 'stream');
    this.#whole = new WholeInstead(listener);
  }

  get mended(): readonly string[] {
    return this.#whole.mended ?? this.#chunks.mended;
  }

  push(chunk: Buffer): void {
    if (this.#isOver || this.#chunks.isEnded) return;
    try {
      const bytes = this.#lineEnds.write(chunk);
      if (!this.#whole.take(bytes)) this.#sse.push(bytes);
    } catch (fault) {
      if (!isUnreadable(fault)) throw fault;
      this.#chunks.break();
    }
  }

  end(): void {
    if (this.#isOver || this.#chunks.isEnded) return;
    // Some servers leave out the blank line behind their last word.
    this.push(Buffer.from('\n\n'));
    this.#isOver = true;
    if (!this.#whole.end()) this.#chunks.end();
  }

  get usageSoFar(): Usage | undefined {
    return this.#chunks.usageSoFar;
  }

  #read(data: string): void {
    if (this.#chunks.isEnded || data.trim() === '') return;
    if (data.trim() === '[DONE]') return this.#chunks.done();
    const chunk = parse(data);
    if (chunk === undefined) return this.#readLines(data);
    if (isJsonObject(chunk)) this.#chunks.accept(chunk);
  }

  /** Some servers leave out the blank lines between all of their words. */
  #readLines(data: string): void {
    if (!data.includes('\n')) return this.#chunks.break();
    this.#chunks.mend('blank_lines');
    // bounded: an event is bounded by its framing
    for (const line of data.split('\n')) this.#read(line);
  }
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

/** One open page that hears what is new: server-sent events (WHATWG HTML, section 9.2), each a name and a line of JSON. */
import type { ServerResponse } from 'node:http';
import { identify, type Exchange } from '../../http/exchange';
import { GUARD } from '../answer';

export const LIVE_PATH = '/ui/live';

/** Bytes that a reader may leave unread before it is cut off. */
const MOST_UNREAD = 64 * 1024;
/** Milliseconds after which something is said, so that proxies do not take the stream for dead. */
const SILENCE_MS = 15_000;

export class LiveStream {
  readonly #response: ServerResponse;
  /** What was said last, by the event's name: it is not said again. */
  readonly #said = new Map<string, string>();
  #saidAt = performance.now();

  constructor({ id, response }: Exchange) {
    this.#response = response;
    response.writeHead(200, {
      ...GUARD,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // A proxy that gathers answers would keep them for itself (nginx, "X-Accel-Buffering").
      'x-accel-buffering': 'no',
      ...identify(id),
    });
    response.write(':\n\n');
  }

  get isOver(): boolean {
    return this.#response.destroyed || this.#response.writableEnded;
  }

  /** Says it where it is news. */
  say(event: string, data: unknown): void {
    const text = JSON.stringify(data);
    if (this.#said.get(event) === text) return;
    this.#said.set(event, text);
    this.#write(`event: ${event}\ndata: ${text}\n\n`);
  }

  /** To be called now and then. */
  breathe(): void {
    if (performance.now() - this.#saidAt >= SILENCE_MS) this.#write(':\n\n');
  }

  /** @param why `session`: it has ended, so that there is no use in coming back; `closing`: the gateway ends */
  end(why: 'session' | 'closing'): void {
    if (this.isOver) return;
    this.#write(`event: over\ndata: ${JSON.stringify({ why })}\n\n`);
    this.#response.end();
  }

  #write(text: string): void {
    if (this.isOver) return;
    if (this.#response.writableLength > MOST_UNREAD) return void this.#response.destroy();
    this.#saidAt = performance.now();
    this.#response.write(text);
  }
}

/** The event stream of the public API: server-sent events. */
import type { Usage } from '../../model/usage';
import { MessageEvents, type Listener } from '../messages/message-events';
import { isJsonObject } from '../messages/read-answer';
import type { EventReader } from '../provider';
import { SseReader } from '../sse-reader';
import { isUnreadable } from '../unreadable-stream';

export class AnthropicEventReader implements EventReader {
  readonly #events: MessageEvents;
  readonly #sse: SseReader;

  constructor(listener: Listener) {
    this.#events = new MessageEvents(listener);
    this.#sse = new SseReader((data) => this.#read(data));
  }

  push(chunk: Buffer): void {
    try {
      this.#sse.push(chunk);
    } catch (fault) {
      if (!isUnreadable(fault)) throw fault;
      this.#events.end("The provider's stream cannot be read.");
    }
  }

  end(): void {
    this.#events.end();
  }

  get usageSoFar(): Usage | undefined {
    return this.#events.usageSoFar;
  }

  #read(data: string): void {
    let event: unknown;
    try {
      event = JSON.parse(data);
    } catch {
      return this.#events.end("The provider's stream cannot be read.");
    }
    if (isJsonObject(event)) this.#events.accept(event, data);
  }
}

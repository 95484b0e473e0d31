/** The stream of InvokeModelWithResponseStream: events of the Messages format, packed into AWS's frames. */
import { ERRORS, type ErrorCode } from '../../errors';
import type { Usage } from '../../model/usage';
import { MessageEvents, type Listener } from '../messages/message-events';
import type { EventReader } from '../provider';
import { isUnreadable } from '../unreadable-stream';
import { exceptionOf } from './exceptions';
import { messageOf, parseObject } from './json';
import { FrameReader, headerOf, type Frame } from './frames';

const UNREADABLE = "The provider's stream cannot be read.";
/** Bedrock's own count and timing, in the last event; nothing of Anthropic's format. */
const METRICS = 'amazon-bedrock-invocationMetrics';

export class BedrockEventReader implements EventReader {
  readonly #events: MessageEvents;
  readonly #frames: FrameReader;

  constructor(listener: Listener) {
    this.#events = new MessageEvents(listener);
    this.#frames = new FrameReader((frame) => this.#read(frame));
  }

  push(chunk: Buffer): void {
    try {
      this.#frames.push(chunk);
    } catch (fault) {
      if (!isUnreadable(fault)) throw fault;
      this.#events.end(UNREADABLE);
    }
  }

  end(): void {
    this.#events.end();
  }

  get usageSoFar(): Usage | undefined {
    return this.#events.usageSoFar;
  }

  #read(frame: Frame): void {
    switch (headerOf(frame, ':message-type')) {
      case 'event':
        // Other kinds of events may come one day; what they say is not the answer.
        if (headerOf(frame, ':event-type') === 'chunk') this.#readChunk(frame.body);
        return;
      case 'exception':
        return this.#fail(headerOf(frame, ':exception-type'), messageOf(parseObject(frame.body)));
      case 'error':
        return this.#fail(headerOf(frame, ':error-code'), headerOf(frame, ':error-message'));
    }
  }

  #readChunk(body: string): void {
    const packed = parseObject(body)?.['bytes'];
    const data = typeof packed === 'string' ? Buffer.from(packed, 'base64').toString('utf8') : '';
    const event = parseObject(data);
    if (!event) return this.#events.end(UNREADABLE);
    if (!(METRICS in event)) return this.#events.accept(event, data);
    this.#events.accept(Object.fromEntries(Object.entries(event).filter(([name]) => name !== METRICS)));
  }

  #fail(exception: string | undefined, message: string | undefined): void {
    const { code, passMessage } = exceptionOf(exception) ?? { code: 'provider_failed' };
    const type = ERROR_TYPES[code] ?? 'api_error';
    this.#events.accept({
      type: 'error',
      error: { type, message: (passMessage && message) || ERRORS[code].message },
    });
  }
}

/** As Anthropic calls the same in a stream of its own. */
const ERROR_TYPES: Partial<Readonly<Record<ErrorCode, string>>> = {
  provider_overloaded: 'overloaded_error',
  provider_rate_limited: 'rate_limit_error',
  provider_rejected: 'invalid_request_error',
};

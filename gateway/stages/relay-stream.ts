/**
 * An answer that is streamed. Its head is held back until the first content, so that a failure before it is still
 * an ordinary error, or another deployment's turn.
 */
import type { CallContext } from '../call-context';
import { GatewayError, type ErrorCode } from '../errors';
import { identify } from '../http-exchange';
import { isContent, type StreamErrorKind, type StreamEvent } from '../model/answer';
import type { StreamWriter } from '../protocols/protocol';
import type { EventReader, Provider, UpstreamHeaders } from '../providers/provider';
import { sanitize } from '../providers/sanitize';
import type { UpstreamCall } from '../providers/transport';
import { frameOf } from './answer-frame';
import { refusal, type Attempt, type Settled } from './relay';

const LONGEST_ERROR_BODY = 256 * 1024;

const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

const ERROR_CODES: Readonly<Record<StreamErrorKind, ErrorCode>> = {
  overloaded: 'provider_overloaded',
  rate_limited: 'provider_rate_limited',
  rejected: 'provider_rejected',
  failed: 'provider_failed',
  broken: 'provider_stream_broken',
};

export class StreamAttempt implements Attempt {
  readonly #writer: StreamWriter;
  readonly #reader: EventReader;
  #status = 0;
  #headers: UpstreamHeaders = {};
  #errorBody = '';
  /** Written out at the end of each chunk of the provider's. */
  #out = '';
  #isShown = false;
  #isOver = false;
  #slowTimer: NodeJS.Timeout | undefined;

  constructor(
    readonly call: CallContext,
    readonly provider: Provider,
    readonly upstream: UpstreamCall,
    readonly settled: Settled,
  ) {
    this.#writer = call.protocol.streamWriter(frameOf(call, provider));
    this.#reader = provider.eventReader((event) => this.#accept(event));
  }

  head(status: number, headers: UpstreamHeaders): void {
    this.#status = status;
    this.#headers = headers;
    if (status === 200) this.call.bill = { known: false };
  }

  data(chunk: Buffer): void {
    if (this.#isOver) return;
    if (this.#status !== 200) {
      if (this.#errorBody.length < LONGEST_ERROR_BODY) this.#errorBody += chunk.toString('utf8');
      return;
    }
    this.#reader.push(chunk);
    this.#flush();
  }

  end(): void {
    if (this.#isOver) return;
    if (this.#status !== 200)
      return this.#close(() =>
        this.settled(refusal(this.provider.readError(this.#status, this.#headers, this.#errorBody))),
      );
    this.#reader.end();
  }

  fail(error: GatewayError, wasSent: boolean): void {
    if (this.#isOver) return;
    if (wasSent && this.#status === 0) this.call.bill = { known: false };
    this.#break(error, this.call.bill === undefined);
  }

  leave(): void {
    clearTimeout(this.#slowTimer);
    this.upstream.resume();
  }

  #accept(event: StreamEvent): void {
    if (this.#isOver) return;
    if (event.type === 'error') return this.#acceptError(event);
    if (event.type === 'stop' && event.usage) this.call.bill = { known: true, usage: event.usage };
    this.#out += this.#writer.write(event);
    if (!this.#isShown && isContent(event)) this.#show();
    if (event.type === 'end') this.#finish();
  }

  #acceptError(event: Extract<StreamEvent, { type: 'error' }>): void {
    const error = new GatewayError(ERROR_CODES[event.kind], { message: sanitize(event.message) });
    // A refusal that comes as the stream's first word is one like any other; what broke off later may be billed.
    const isRefusal = !this.#isShown && event.kind !== 'broken';
    if (isRefusal) this.call.bill = undefined;
    this.#break(error, isRefusal && refusal(error).mayTryNext);
    this.upstream.abort();
  }

  #show(): void {
    const { call } = this;
    this.#isShown = true;
    call.firstTokenMs = call.elapsedMs;
    if (call.isClientGone) return;
    call.exchange.response.writeHead(200, {
      ...STREAM_HEADERS,
      ...call.headers,
      ...identify(call.exchange.id),
    });
  }

  #flush(): void {
    if (!this.#isShown || this.#out === '' || this.#isOver) return;
    const text = this.#out;
    this.#out = '';
    const { response } = this.call.exchange;
    if (this.call.isClientGone || response.write(text)) return;
    // The client reads slower than the provider writes: memory must not fill with what waits.
    this.upstream.pause();
    clearTimeout(this.#slowTimer);
    this.#slowTimer = setTimeout(() => response.destroy(), this.call.services.limits.slowReaderMs);
    response.once('drain', () => {
      clearTimeout(this.#slowTimer);
      this.upstream.resume();
    });
  }

  #finish(): void {
    if (!this.#isShown) this.#show();
    this.#close(() => {
      if (!this.call.isClientGone) this.call.exchange.response.end(this.#out);
      this.settled();
    });
  }

  /** Ends the attempt with an error: as an answer of its own before the first content, inside the stream after it. */
  #break(error: GatewayError, mayTryNext: boolean): void {
    this.#close(() => {
      if (!this.#isShown) return this.settled({ error, mayTryNext });
      this.call.error = error;
      if (!this.call.isClientGone) this.call.exchange.response.end(this.#out + this.#writer.fail(error));
      this.settled();
    });
  }

  #close(say: () => void): void {
    this.#isOver = true;
    clearTimeout(this.#slowTimer);
    say();
  }
}

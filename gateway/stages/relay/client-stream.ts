/**
 * The client's side of a streamed answer, over all attempts.
 *
 * Its head is held back until the first content, so that a failure before it is still an ordinary error. But only for
 * one interval of silence: then the head goes out with a first sign of life, lest something on the way takes the
 * connection for dead. Another deployment may still answer after that; a failure of all is an error in the stream.
 */
import type { CallContext } from '../../call-context';
import type { GatewayError } from '../../errors';
import { cutOffUnread, identify } from '../../http/exchange';
import { KEEP_ALIVE } from '../../protocols/keep-alive';
import type { UpstreamCall } from '../../providers/transport';
import { frameOf } from '../answer-frame';
import { clientOf } from '../audit';
import { COST, costHeader } from '../settle';

const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

export class ClientStream {
  #isOpen = false;
  /** Something was written since the last look. */
  #isBusy = false;
  /** Cuts off a client that does not read. */
  #slowTimer: NodeJS.Timeout | undefined;
  // One timer for the whole stream that looks whether there was something, instead of one set anew by each chunk.
  readonly #keepAliveTimer: NodeJS.Timeout;

  constructor(readonly call: CallContext) {
    this.#keepAliveTimer = setTimeout(() => this.#keepAlive(), call.services.limits.keepAliveMs);
  }

  /** Whether the status is out, so that an error can only be told inside the stream. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The first content is there: the head says who answers. */
  open(): void {
    this.#writeHead(this.call.headers);
  }

  /** Writes text of the wire; holds the provider back while the client has not read what it was sent before. */
  write(text: string, upstream: UpstreamCall): void {
    const { response } = this.call.exchange;
    this.#isBusy = true;
    if (this.call.isClientGone || response.write(text)) return;
    // The client reads slower than the provider writes: memory must not fill with what waits.
    upstream.pause();
    clearTimeout(this.#slowTimer);
    this.#slowTimer = setTimeout(() => response.destroy(), this.call.services.limits.slowReaderMs);
    response.once('drain', () => {
      clearTimeout(this.#slowTimer);
      upstream.resume();
    });
  }

  end(text: string): void {
    this.close();
    if (this.call.isClientGone) return;
    const { response } = this.call.exchange;
    const cost = this.#takesTrailers ? costHeader(this.call) : undefined;
    if (cost !== undefined && this.#isOpen) response.addTrailers({ [COST]: cost });
    response.end(text);
    cutOffUnread(response, this.call.services.limits.slowReaderMs);
  }

  /** Ends the stream with an error; its client is not let into a loop of such answers. */
  fail(error: GatewayError, text = this.call.protocol.streamWriter(frameOf(this.call)).fail(error)): void {
    const { call } = this;
    call.error = error;
    if (!call.isClientGone) call.services.interruptedClients.note(call.key.id, clientOf(call));
    this.end(text);
  }

  /** Nothing is said by itself any more. */
  close(): void {
    clearTimeout(this.#keepAliveTimer);
    clearTimeout(this.#slowTimer);
  }

  #keepAlive(): void {
    if (this.call.isClientGone) return;
    if (!this.#isBusy) this.#giveSignOfLife();
    this.#isBusy = false;
    this.#keepAliveTimer.refresh();
  }

  #giveSignOfLife(): void {
    const { exchange, protocol, headers } = this.call;
    // Who will answer, and at which attempt, is not known yet.
    delete headers['x-gateway-deployment'];
    delete headers['x-gateway-attempts'];
    this.#writeHead(headers);
    if (!exchange.response.writableNeedDrain) exchange.response.write(KEEP_ALIVE[protocol.dialect]);
  }

  /** Said by `te`, as HTTP has it: what follows a body is lost on most clients, and irritates some. */
  get #takesTrailers(): boolean {
    const { te } = this.call.exchange.request.headers;
    // bounded: a header or an address is no longer than Node takes
    return (
      te !== undefined &&
      String(te)
        .split(',')
        .some((one) => one.trim().toLowerCase() === 'trailers')
    );
  }

  #writeHead(headers: Readonly<Record<string, string>>): void {
    const { exchange, isClientGone } = this.call;
    if (this.#isOpen || isClientGone) return;
    this.#isOpen = true;
    exchange.response.writeHead(200, {
      ...STREAM_HEADERS,
      ...headers,
      ...(this.#takesTrailers ? { trailer: COST } : {}),
      ...identify(exchange.id),
    });
  }
}

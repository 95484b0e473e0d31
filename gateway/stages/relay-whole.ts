/** An answer that is sent in one piece. */
import type { CallContext } from '../call-context';
import { asGatewayError, sendJson } from '../http-exchange';
import { GatewayError } from '../errors';
import type { Provider, UpstreamHeaders } from '../providers/provider';
import { frameOf } from './answer-frame';
import { refusal, type Attempt, type Settled } from './relay';

/** Bytes; an answer of the most output tokens stays far below. */
const LONGEST_ANSWER = 64 * 1024 * 1024;

export class WholeAttempt implements Attempt {
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #status = 0;
  #headers: UpstreamHeaders = {};

  constructor(
    readonly call: CallContext,
    readonly provider: Provider,
    readonly settled: Settled,
  ) {}

  head(status: number, headers: UpstreamHeaders): void {
    this.#status = status;
    this.#headers = headers;
    if (status === 200) this.call.bill = { known: false };
  }

  data(chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size <= LONGEST_ANSWER) this.#chunks.push(chunk);
  }

  end(): void {
    const text = Buffer.concat(this.#chunks).toString('utf8');
    if (this.#status !== 200)
      return this.settled(refusal(this.provider.readError(this.#status, this.#headers, text)));
    try {
      this.#answer(text);
      this.settled();
    } catch (fault) {
      this.settled({ error: asGatewayError(fault), mayTryNext: false });
    }
  }

  fail(error: GatewayError, wasSent: boolean): void {
    // A call that may have arrived may be billed, and asking again could cost twice.
    if (wasSent && this.#status === 0) this.call.bill = { known: false };
    const isBilled = this.call.bill !== undefined;
    this.settled({ error, mayTryNext: !isBilled });
  }

  leave(): void {
    // Nothing is written before the end, so there is nothing to stop.
  }

  #answer(text: string): void {
    const { call } = this;
    if (this.#size > LONGEST_ANSWER) throw new GatewayError('provider_failed');
    const answer = this.provider.readAnswer(text);
    if (answer.usage) call.bill = { known: true, usage: answer.usage };
    call.firstTokenMs = call.elapsedMs;
    if (call.isClientGone) return;
    const frame = frameOf(call, this.provider);
    sendJson(call.exchange, 200, call.protocol.renderAnswer(answer, frame), call.headers);
  }
}

/** An answer that is sent in one piece. */
import { GatewayError } from '../../errors';
import { cutOffUnread, sendJson } from '../../http/exchange';
import { withClientNames } from '../../providers/fit/tool-names';
import type { UpstreamHeaders } from '../../providers/provider';
import { withOwnNames } from '../../providers/messages/own-names';
import { readWaitMs } from '../../providers/retry-after';
import { isUnreadable } from '../../providers/unreadable-stream';
import { takeOutCalls } from '../../enforcement/withheld-calls';
import { frameOf } from '../answer-frame';
import { COST, costHeader } from '../settle';
import { callableTools } from '../withhold-tools';
import type { AnswerReader, Asked } from './asked';
import { billOf } from './bill';
import { failureOf, type Failure } from './failure';

/** Bytes; an answer of the most output tokens stays far below. */
const LONGEST_ANSWER = 64 * 1024 * 1024;

export class WholeAttempt implements AnswerReader {
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #status = 0;
  #headers: UpstreamHeaders = {};

  constructor(readonly asked: Asked) {}

  head(status: number, headers: UpstreamHeaders): void {
    this.#status = status;
    this.#headers = headers;
    if (status === 200) this.asked.call.bill = { known: false };
  }

  data(chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size <= LONGEST_ANSWER) this.#chunks.push(chunk);
  }

  end(): void {
    const text = Buffer.concat(this.#chunks).toString('utf8');
    this.asked.settled(this.#status === 200 ? this.#answer(text) : this.#refuse(text));
  }

  fail(error: GatewayError, wasSent: boolean): void {
    // A call that may have arrived may be billed.
    if (wasSent && this.#status === 0) this.asked.call.bill = { known: false };
    this.asked.settled(failureOf(error));
  }

  leave(): void {
    // Nothing is written before the end, so there is nothing to stop.
  }

  #refuse(text: string): Failure {
    const error = this.asked.provider.readError(this.#status, this.#headers, text);
    return failureOf(error, { waitMs: readWaitMs(this.#headers) });
  }

  #answer(text: string): Failure | undefined {
    try {
      this.#show(text);
      return undefined;
    } catch (fault) {
      if (isUnreadable(fault)) return failureOf(new GatewayError('provider_failed', { cause: fault }));
      if (!(fault instanceof GatewayError)) throw fault;
      return failureOf(fault);
    }
  }

  #show(text: string): void {
    const { call, provider } = this.asked;
    if (this.#size > LONGEST_ANSWER) throw new GatewayError('provider_failed');
    const { propertyNames, toolNames } = call.bodies.get(provider) ?? {};
    const read = provider.readAnswer(text);
    // The names of parameters are those of tools as they were sent.
    const named = propertyNames ? withOwnNames(read, propertyNames) : read;
    const given = toolNames ? withClientNames(named, toolNames) : named;
    call.bill = billOf(call, given);
    call.mended = given.mended ?? [];
    call.answerId = given.id;
    if (given.fault) throw given.fault;
    const callable = callableTools(call, provider);
    const answer = callable ? takeOutCalls(given, callable) : given;
    call.content?.beginAnswer();
    call.content?.hearWhole(answer);
    call.firstTokenMs = call.elapsedMs;
    this.asked.answered();
    if (call.isClientGone) return;
    const cost = costHeader(call);
    sendJson(call.exchange, 200, call.protocol.renderAnswer(answer, frameOf(call, provider)), {
      ...call.headers,
      ...(cost === undefined ? {} : { [COST]: cost }),
    });
    cutOffUnread(call.exchange.response, call.services.limits.slowReaderMs);
  }
}

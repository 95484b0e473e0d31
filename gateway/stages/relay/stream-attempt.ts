/** An answer that is streamed. Until its first content it may still be another deployment's turn. */
import { GatewayError, type ErrorCode } from '../../errors';
import { isContent, type StreamErrorKind, type StreamEvent } from '../../model/answer';
import type { Usage } from '../../model/usage';
import type { StreamWriter } from '../../protocols/protocol';
import { withClientName, type ToolNames } from '../../providers/fit/tool-names';
import type { EventReader, UpstreamHeaders } from '../../providers/provider';
import { StreamedOwnNames } from '../../providers/messages/own-names';
import { readWaitMs } from '../../providers/retry-after';
import { sanitize } from '../../providers/sanitize';
import { StreamedCalls } from '../../enforcement/withheld-calls';
import { frameOf } from '../answer-frame';
import { callableTools } from '../withhold-tools';
import type { AnswerReader, Asked } from './asked';
import { billOf, billSoFar } from './bill';
import type { ClientStream } from './client-stream';
import { failureOf } from './failure';

const LONGEST_ERROR_BODY = 256 * 1024;
/** Characters held back before the first content; an honest answer has a few hundred. */
const LONGEST_OPENING = 1024 * 1024;

const ERROR_CODES: Readonly<Record<StreamErrorKind, ErrorCode>> = {
  overloaded: 'provider_overloaded',
  rate_limited: 'provider_rate_limited',
  rejected: 'provider_rejected',
  failed: 'provider_failed',
  broken: 'provider_stream_broken',
};

export class StreamAttempt implements AnswerReader {
  readonly #writer: StreamWriter;
  readonly #reader: EventReader;
  /** Where names of parameters were changed. */
  readonly #names: StreamedOwnNames | undefined;
  /** Where names of tools were changed; those of parameters go by the tools' names as they were sent. */
  readonly #toolNames: ToolNames | undefined;
  /** Where tools are withheld. */
  readonly #calls: StreamedCalls | undefined;
  #status = 0;
  #headers: UpstreamHeaders = {};
  #errorBody = '';
  /** Written out at the end of each chunk of the provider's. */
  #out = '';
  #usageSoFar: Usage | undefined;
  #isShown = false;
  #isOver = false;

  constructor(
    readonly asked: Asked,
    readonly client: ClientStream,
  ) {
    this.#writer = asked.call.protocol.streamWriter(frameOf(asked.call, asked.provider));
    const callable = callableTools(asked.call, asked.provider);
    const { propertyNames, toolNames } = asked.call.bodies.get(asked.provider) ?? {};
    this.#names = propertyNames && new StreamedOwnNames(propertyNames);
    this.#toolNames = toolNames;
    this.#calls = callable && new StreamedCalls(callable);
    asked.call.content?.beginAnswer();
    this.#reader = asked.provider.eventReader((event) => this.#accept(event));
  }

  head(status: number, headers: UpstreamHeaders): void {
    this.#status = status;
    this.#headers = headers;
    if (status === 200) this.asked.call.bill = { known: false };
  }

  data(chunk: Buffer): void {
    if (this.#isOver) return;
    if (this.#status !== 200) {
      if (this.#errorBody.length < LONGEST_ERROR_BODY) this.#errorBody += chunk.toString('utf8');
      return;
    }
    this.#reader.push(chunk);
    this.#noteUsage();
    this.#flush();
  }

  /** Heard to the end or not, this much is owed. */
  #noteUsage(): void {
    const { usageSoFar } = this.#reader;
    if (usageSoFar === this.#usageSoFar) return;
    this.#usageSoFar = usageSoFar;
    this.asked.call.bill = billSoFar(this.asked.call, usageSoFar);
  }

  end(): void {
    if (this.#isOver) return;
    if (this.#status !== 200)
      return this.#break(this.asked.provider.readError(this.#status, this.#headers, this.#errorBody));
    this.#reader.end();
  }

  fail(error: GatewayError, wasSent: boolean): void {
    if (this.#isOver) return;
    // A call that may have arrived may be billed.
    if (wasSent && this.#status === 0) this.asked.call.bill = { known: false };
    this.#break(error);
  }

  leave(): void {
    this.client.close();
    this.asked.upstream.resume();
  }

  #accept(event: StreamEvent): void {
    if (this.#isOver) return;
    const { call } = this.asked;
    if (event.type === 'error') return this.#acceptError(event);
    if (event.type === 'start') call.answerId = event.id;
    if (event.type === 'stop' || event.type === 'usage') call.bill = billOf(call, event);
    // There is more of the answer than its usage covers.
    if (event.type === 'usage' && !event.usage && !event.usageFault) {
      call.bill = { known: false };
      call.bill = billSoFar(call, this.#reader.usageSoFar);
    }
    if (this.#names === undefined) this.#hold(event);
    else for (const own of this.#names.take(event)) this.#hold(own);
    if (event.type === 'end') this.#finish();
  }

  /** Gives the client its names of tools, and takes out what it does not get. */
  #hold(sent: StreamEvent): void {
    const event = this.#toolNames ? withClientName(sent, this.#toolNames) : sent;
    if (this.#calls === undefined) this.#put(event);
    else for (const left of this.#calls.take(event)) this.#put(left);
  }

  #put(event: StreamEvent): void {
    this.asked.call.content?.hear(event);
    this.#out += this.#writer.write(event);
    if (!this.#isShown && isContent(event)) this.#show();
  }

  #acceptError(event: Extract<StreamEvent, { type: 'error' }>): void {
    // A refusal that comes as the stream's first word is one like any other; what broke off later may be billed.
    const { call } = this.asked;
    if (!this.#isShown && event.kind !== 'broken' && !call.bill?.known) call.bill = undefined;
    this.#break(new GatewayError(ERROR_CODES[event.kind], { message: sanitize(event.message) }));
    this.asked.upstream.abort();
  }

  #show(): void {
    const { call } = this.asked;
    this.#isShown = true;
    call.firstTokenMs = call.elapsedMs;
    this.asked.answered();
    this.client.open();
  }

  #flush(): void {
    if (this.#out === '' || this.#isOver) return;
    if (!this.#isShown) {
      if (this.#out.length > LONGEST_OPENING) this.#reader.end();
      return;
    }
    const text = this.#out;
    this.#out = '';
    this.client.write(text, this.asked.upstream);
  }

  #finish(): void {
    if (!this.#isShown) this.#show();
    this.asked.call.mended = this.#reader.mended ?? [];
    this.#isOver = true;
    this.client.end(this.#out);
    this.asked.settled();
  }

  /** Ends the attempt with an error: inside the stream once something was shown. */
  #break(error: GatewayError): void {
    this.#isOver = true;
    this.asked.call.mended = this.#reader.mended ?? [];
    const isShown = this.#isShown;
    if (isShown) this.client.fail(error, this.#out + this.#writer.fail(error));
    const waitMs = this.#status === 0 ? undefined : readWaitMs(this.#headers);
    this.asked.settled(failureOf(error, { isShown, waitMs }));
  }
}

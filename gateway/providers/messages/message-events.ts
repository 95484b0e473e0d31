/** Reads the events of a streamed answer in the format of Anthropic's Messages API, whatever framing they came in. */
import { cut } from '../../model/cut';
import type { StopReason, StreamErrorKind, StreamEvent } from '../../model/answer';
import type { Usage } from '../../model/usage';
import { StreamedUsage } from './message-usage';
import { isJsonObject, readStopReason, type Json } from './read-answer';
import { refusalWords } from './refusal-words';

/** Names are the provider's; one that would break the framing is none. */
const EVENT_NAME = /^[a-z_]{1,64}$/;
const LONGEST_NAME = 64;

export type Listener = (event: StreamEvent) => void;

export class MessageEvents {
  readonly #listener: Listener;
  #isStarted = false;
  /** Has come, and with it the usage. */
  #stopReason: StopReason | undefined;
  #isStopped = false;
  #isEnded = false;
  /** The provider's number of the tool block that is open. */
  #openTool: number | undefined;
  readonly #usage = new StreamedUsage();

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  get usageSoFar(): Usage | undefined {
    return this.#usage.told;
  }

  /** @param data the event as JSON, where the framing has it as text */
  accept(event: Json, data?: string): void {
    if (this.#isEnded) return;
    this.#passOn(event, data);
    switch (event['type']) {
      case 'message_start':
        return this.#start(event['message']);
      case 'content_block_start':
        return this.#blockStart(event);
      case 'content_block_delta':
        return this.#blockDelta(event);
      case 'content_block_stop':
        if (this.#openTool === event['index']) this.#closeTool();
        return;
      case 'message_delta':
        return this.#messageDelta(event);
      case 'message_stop':
        // Without its reason nobody can tell whether it is whole, nor what it cost.
        if (this.#isStopped) this.#finish({ type: 'end' });
        else this.end();
        return;
      case 'error':
        return this.#finish(readErrorEvent(event['error']));
    }
  }

  /** The bytes have ended: without the provider's last word the answer is broken, however whole it looks. */
  end(message = "The provider's answer broke off before its end."): void {
    if (!this.#isEnded) this.#finish({ type: 'error', kind: 'broken', message });
  }

  #passOn(event: Json, data: string | undefined): void {
    const name = event['type'];
    if (typeof name !== 'string' || !EVENT_NAME.test(cut(name, LONGEST_NAME + 1)) || name === 'error') return;
    if (name === 'message_start' ? this.#isStarted : name === 'message_stop' && !this.#isStopped) return;
    // bounded: an event is bounded by its framing, and each of its characters is looked at once
    const isLine = data !== undefined && !/[\r\n]/.test(data);
    this.#listener({ type: 'message-event', name, event, data: isLine ? data : JSON.stringify(event) });
  }

  #start(message: unknown): void {
    const fields = isJsonObject(message) ? message : {};
    this.#usage.start(fields['usage']);
    // Real streams have had it twice.
    if (this.#isStarted) return;
    this.#isStarted = true;
    const id = typeof fields['id'] === 'string' ? fields['id'] : 'unnamed';
    this.#listener({ type: 'start', id, usage: this.#usage.soFar });
  }

  #blockStart(event: Json): void {
    const block = isJsonObject(event['content_block']) ? event['content_block'] : {};
    // A message spliced into another leaves a tool block open.
    this.#closeTool();
    if (block['type'] === 'text' && typeof block['text'] === 'string' && block['text'] !== '')
      this.#listener({ type: 'text', text: block['text'] });
    if (block['type'] === 'redacted_thinking' && typeof block['data'] === 'string')
      this.#listener({ type: 'redacted-thinking', data: block['data'] });
    if (block['type'] !== 'tool_use') return;
    const { id, name } = block;
    // A client can neither run nor answer what has no name.
    if (typeof id !== 'string' || id === '' || typeof name !== 'string' || name === '')
      return this.end("The provider's stream cannot be read.");
    this.#openTool = Number(event['index']);
    this.#listener({ type: 'tool-start', id, name });
    const input = block['input'];
    if (isJsonObject(input) && Object.keys(input).length > 0)
      this.#listener({ type: 'tool-input', json: JSON.stringify(input) });
  }

  #blockDelta(event: Json): void {
    const delta = isJsonObject(event['delta']) ? event['delta'] : {};
    switch (delta['type']) {
      case 'text_delta':
        if (typeof delta['text'] === 'string') this.#listener({ type: 'text', text: delta['text'] });
        return;
      case 'thinking_delta':
        if (typeof delta['thinking'] === 'string')
          this.#listener({ type: 'thinking', text: delta['thinking'] });
        return;
      case 'signature_delta':
        if (typeof delta['signature'] === 'string')
          this.#listener({ type: 'signature', signature: delta['signature'] });
        return;
      case 'input_json_delta':
        if (typeof delta['partial_json'] === 'string' && this.#openTool === event['index'])
          this.#listener({ type: 'tool-input', json: delta['partial_json'] });
    }
  }

  #messageDelta(event: Json): void {
    this.#usage.delta(event['usage']);
    const delta = isJsonObject(event['delta']) ? event['delta'] : {};
    if (typeof delta['stop_reason'] === 'string') {
      this.#closeTool();
      this.#isStopped = this.#isStarted;
      const isKnown = this.#stopReason === 'refusal';
      this.#stopReason = readStopReason(delta['stop_reason']);
      if (this.#stopReason === 'refusal' && !isKnown)
        this.#listener({ type: 'refusal', text: refusalWords(delta['stop_details']) });
    }
    // Again for each that follows: it has the larger totals.
    if (this.#stopReason !== undefined)
      this.#listener({ type: 'stop', reason: this.#stopReason, ...this.#usage.reading });
  }

  #closeTool(): void {
    if (this.#openTool === undefined) return;
    this.#openTool = undefined;
    this.#listener({ type: 'tool-end' });
  }

  #finish(event: StreamEvent): void {
    this.#isEnded = true;
    this.#listener(event);
  }
}

const ERROR_KINDS: Readonly<Record<string, StreamErrorKind>> = {
  invalid_request_error: 'rejected',
  overloaded_error: 'overloaded',
  rate_limit_error: 'rate_limited',
};

function readErrorEvent(error: unknown): StreamEvent {
  const fields = isJsonObject(error) ? error : {};
  const type = String(fields['type']);
  const message =
    typeof fields['message'] === 'string' ? fields['message'] : 'The provider reported an error.';
  return { type: 'error', kind: ERROR_KINDS[type] ?? 'failed', message };
}

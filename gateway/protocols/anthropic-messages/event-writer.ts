/** Writes a streamed answer as the provider streams it, but for the model's name. Text in, text out. */
import { renderErrorBody, type GatewayError } from '../../errors';
import type { MessageEvent, StreamEvent } from '../../model/answer';
import { isFields } from '../fields';
import type { AnswerFrame, StreamWriter } from '../protocol';

export class MessageEventWriter implements StreamWriter {
  readonly #frame: AnswerFrame;

  constructor(frame: AnswerFrame) {
    this.#frame = frame;
  }

  /** Everything shows as the provider's own event; what was read out of it is said by that already. */
  write(event: StreamEvent): string {
    if (event.type !== 'message-event') return '';
    const data = event.name === 'message_start' ? this.#start(event) : event.data;
    return `event: ${event.name}\ndata: ${data}\n\n`;
  }

  /** An error in the stream; no message_stop follows, so that a broken answer is never taken for a whole one. */
  fail(error: GatewayError): string {
    return `event: error\ndata: ${renderErrorBody(error, 'anthropic', this.#frame.requestId)}\n\n`;
  }

  #start({ event }: MessageEvent): string {
    const message = isFields(event['message']) ? event['message'] : {};
    return JSON.stringify({ ...event, message: { ...message, model: this.#frame.model } });
  }
}

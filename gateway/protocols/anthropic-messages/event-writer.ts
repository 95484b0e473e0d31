/** Writes a streamed answer as the provider streams it, but for the model's name. Text in, text out. */
import { renderErrorBody, type GatewayError } from '../../errors';
import type { MessageEvent, StreamEvent } from '../../model/answer';
import { isFields } from '../fields';
import type { AnswerFrame, StreamWriter } from '../protocol';
import { BlockWriter } from './block-writer';

export class MessageEventWriter implements StreamWriter {
  readonly #frame: AnswerFrame;
  /** Whether the provider's own events have come: everything is said by them then. */
  #isPassedOn = false;
  #blocks: BlockWriter | undefined;

  constructor(frame: AnswerFrame) {
    this.#frame = frame;
  }

  write(event: StreamEvent): string {
    if (event.type !== 'message-event') {
      if (this.#isPassedOn) return '';
      this.#blocks ??= new BlockWriter(this.#frame);
      return this.#blocks.write(event);
    }
    this.#isPassedOn = true;
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

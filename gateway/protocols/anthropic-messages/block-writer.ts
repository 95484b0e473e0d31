/** Writes the answer of a provider that speaks another protocol as the events of Anthropic's, block by block. */
import type { StreamEvent } from '../../model/answer';
import type { Usage } from '../../model/usage';
import { messageId } from '../answer-id';
import type { AnswerFrame } from '../protocol';
import { renderUsage, stopDetails, STOP_REASONS } from './render-answer';

type Frame = Pick<AnswerFrame, 'model' | 'guessedInput'>;
type Kind = 'text' | 'thinking' | 'redacted_thinking' | 'tool_use';

export class BlockWriter {
  readonly #frame: Frame;
  #index = -1;
  #open: Kind | undefined;
  /** Why there is no answer, as far as it was said. */
  readonly #refusal: string[] = [];

  constructor(frame: Frame) {
    this.#frame = frame;
  }

  write(event: StreamEvent): string {
    switch (event.type) {
      case 'start':
        return this.#start(event);
      case 'refusal':
        this.#refusal.push(event.text);
        // Ours are no words of the model's: they are told beside the stop reason alone.
        return event.isOurs ? '' : this.write({ type: 'text', text: event.text });
      case 'text':
        return (
          this.#in('text', '{"type":"text","text":""}') +
          this.#delta(`{"type":"text_delta","text":${JSON.stringify(event.text)}}`)
        );
      case 'thinking':
        return (
          this.#in('thinking', '{"type":"thinking","thinking":"","signature":""}') +
          this.#delta(`{"type":"thinking_delta","thinking":${JSON.stringify(event.text)}}`)
        );
      case 'signature':
        return this.#delta(`{"type":"signature_delta","signature":${JSON.stringify(event.signature)}}`);
      case 'redacted-thinking':
        return (
          this.#close() +
          this.#begin(
            'redacted_thinking',
            `{"type":"redacted_thinking","data":${JSON.stringify(event.data)}}`,
          )
        );
      case 'tool-start': {
        const { id, name } = event;
        return (
          this.#close() + this.#begin('tool_use', JSON.stringify({ type: 'tool_use', id, name, input: {} }))
        );
      }
      case 'tool-input':
        return this.#delta(`{"type":"input_json_delta","partial_json":${JSON.stringify(event.json)}}`);
      case 'tool-end':
        return this.#close();
      case 'stop':
        return this.#close() + this.#stop(event);
      case 'end':
        return line('message_stop', '{"type":"message_stop"}');
      case 'message-event':
      case 'usage':
      case 'error':
        return '';
    }
  }

  #start({ id, usage }: Extract<StreamEvent, { type: 'start' }>): string {
    const message = {
      id: messageId(id),
      type: 'message',
      role: 'assistant',
      model: this.#frame.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: renderUsage(this.#inputOf(usage)),
    };
    return line('message_start', JSON.stringify({ type: 'message_start', message }));
  }

  /** As the provider told it by now; else a guess, which clients go by until the end. */
  #inputOf(usage: Usage): Usage {
    const isTold = usage.input + usage.cacheRead + usage.cacheWrite > 0;
    return isTold ? usage : { ...usage, input: this.#frame.guessedInput ?? 0 };
  }

  /** The whole usage, which clients put in the place of what they knew: other protocols tell it at the end only. */
  #stop({ reason, usage }: Extract<StreamEvent, { type: 'stop' }>): string {
    const delta = {
      stop_reason: STOP_REASONS[reason],
      stop_sequence: null,
      ...stopDetails(reason, this.#refusal),
    };
    const told = usage ? renderUsage(usage) : { output_tokens: 0 };
    return line('message_delta', JSON.stringify({ type: 'message_delta', delta, usage: told }));
  }

  #in(kind: Kind, block: string): string {
    return this.#open === kind ? '' : this.#close() + this.#begin(kind, block);
  }

  #begin(kind: Kind, block: string): string {
    this.#open = kind;
    this.#index += 1;
    return line(
      'content_block_start',
      `{"type":"content_block_start","index":${this.#index},"content_block":${block}}`,
    );
  }

  #delta(delta: string): string {
    return line(
      'content_block_delta',
      `{"type":"content_block_delta","index":${this.#index},"delta":${delta}}`,
    );
  }

  #close(): string {
    if (this.#open === undefined) return '';
    this.#open = undefined;
    return line('content_block_stop', `{"type":"content_block_stop","index":${this.#index}}`);
  }
}

const line = (name: string, data: string): string => `event: ${name}\ndata: ${data}\n\n`;

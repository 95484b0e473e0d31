/** Writes the events of a streamed answer as OpenAI's chunks. Text in, text out: no promise, no object kept. */
import { renderErrorBody, type GatewayError } from '../../errors';
import type { StreamEvent } from '../../model/answer';
import { NO_USAGE, type Usage } from '../../model/usage';
import type { AnswerFrame, StreamWriter } from '../protocol';
import { completionId, FINISH_REASONS, renderUsage } from './render-answer';

export class ChunkWriter implements StreamWriter {
  readonly #frame: AnswerFrame;
  /** Everything of a chunk up to its choices, the same for all of a stream. */
  #head = '';
  #id = '';
  /** Own count of tool calls; the provider's numbers count other blocks too. */
  #toolIndex = -1;
  #hasArguments = false;
  #usage: Usage = NO_USAGE;

  constructor(frame: AnswerFrame) {
    this.#frame = frame;
    this.#name('unnamed');
  }

  write(event: StreamEvent): string {
    switch (event.type) {
      case 'start':
        this.#name(event.id);
        return this.#delta('{"role":"assistant","content":""}');
      case 'text':
        return this.#delta(`{"content":${JSON.stringify(event.text)}}`);
      case 'thinking':
        return this.#delta(`{"reasoning_content":${JSON.stringify(event.text)}}`);
      case 'tool-start':
        this.#toolIndex += 1;
        this.#hasArguments = false;
        return this.#delta(
          `{"tool_calls":[{"index":${this.#toolIndex},"id":${JSON.stringify(event.id)},"type":"function","function":{"name":${JSON.stringify(event.name)},"arguments":""}}]}`,
        );
      case 'tool-input':
        this.#hasArguments ||= event.json !== '';
        return this.#arguments(event.json);
      case 'tool-end':
        // Clients parse what was gathered, and nothing is no JSON.
        return this.#hasArguments ? '' : this.#arguments('{}');
      case 'stop':
        this.#usage = event.usage;
        return this.#delta('{}', JSON.stringify(FINISH_REASONS[event.reason]));
      case 'end':
        return `${this.#frame.includeUsage ? this.#usageChunk() : ''}data: [DONE]\n\n`;
      case 'message-event':
      case 'error':
        return '';
    }
  }

  /** An error in the stream; no [DONE] follows, so that a broken answer is never taken for a whole one. */
  fail(error: GatewayError): string {
    return `data: ${renderErrorBody(error, 'openai', this.#frame.requestId)}\n\n`;
  }

  #name(id: string): void {
    this.#id = completionId(id);
    const { created, model } = this.#frame;
    this.#head = `data: {"id":${JSON.stringify(this.#id)},"object":"chat.completion.chunk","created":${created},"model":${JSON.stringify(model)},"choices":[`;
  }

  #delta(delta: string, finishReason = 'null'): string {
    return `${this.#head}{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finishReason}}]}\n\n`;
  }

  #arguments(json: string): string {
    if (json === '') return '';
    return this.#delta(
      `{"tool_calls":[{"index":${this.#toolIndex},"function":{"arguments":${JSON.stringify(json)}}}]}`,
    );
  }

  #usageChunk(): string {
    return `${this.#head}],"usage":${JSON.stringify(renderUsage(this.#usage))}}\n\n`;
  }
}

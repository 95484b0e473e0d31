/** Writes the events of a streamed answer as OpenAI's legacy completions have them: its text alone. */
import { renderErrorBody, type GatewayError } from '../../errors';
import type { StreamEvent } from '../../model/answer';
import type { Usage } from '../../model/usage';
import { FINISH_REASONS, renderUsage } from '../openai-chat/render-answer';
import { completionId } from '../answer-id';
import type { AnswerFrame, StreamWriter } from '../protocol';

export class CompletionWriter implements StreamWriter {
  readonly #frame: AnswerFrame;
  readonly #head: string;
  #isStopped = false;
  #usage: Usage | undefined;

  constructor(frame: AnswerFrame) {
    this.#frame = frame;
    const { created, model } = frame;
    this.#head = `data: {"id":${JSON.stringify(completionId(frame))},"object":"text_completion","created":${created},"model":${JSON.stringify(model)},"choices":[`;
  }

  write(event: StreamEvent): string {
    switch (event.type) {
      case 'text':
      case 'refusal':
        return this.#chunk(event.text, 'null');
      case 'stop':
        return this.#stop(event);
      case 'end':
        return `${this.#frame.includeUsage ? this.#usageChunk() : ''}data: [DONE]\n\n`;
      default:
        return '';
    }
  }

  /** An error in the stream; no [DONE] follows, so that a broken answer is never taken for a whole one. */
  fail(error: GatewayError): string {
    return `data: ${renderErrorBody(error, 'openai', this.#frame.requestId)}\n\n`;
  }

  /** Providers may say it twice, the second time with the larger usage; clients expect one reason. */
  #stop({ reason, usage }: Extract<StreamEvent, { type: 'stop' }>): string {
    this.#usage = usage ?? this.#usage;
    if (this.#isStopped) return '';
    this.#isStopped = true;
    return this.#chunk('', JSON.stringify(FINISH_REASONS[reason]));
  }

  #chunk(text: string, finishReason: string): string {
    return `${this.#head}{"text":${JSON.stringify(text)},"index":0,"logprobs":null,"finish_reason":${finishReason}}]}\n\n`;
  }

  #usageChunk(): string {
    return this.#usage ? `${this.#head}],"usage":${JSON.stringify(renderUsage(this.#usage))}}\n\n` : '';
  }
}

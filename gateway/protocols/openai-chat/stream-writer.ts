/** Writes the events of a streamed answer as OpenAI's chunks. Text in, text out: no promise, no object kept. */
import { renderErrorBody, type GatewayError } from '../../errors';
import type { StreamEvent } from '../../model/answer';
import type { Usage } from '../../model/usage';
import { chatId } from '../answer-id';
import type { AnswerFrame, StreamWriter } from '../protocol';
import { finishReason, renderUsage, type ThinkingBlock } from './render-answer';

export class ChunkWriter implements StreamWriter {
  readonly #frame: AnswerFrame;
  /** Everything of a chunk up to its choices, the same for all of a stream. */
  readonly #head: string;
  /** Own count of tool calls; the provider's numbers count other blocks too. */
  #toolIndex = -1;
  #hasArguments = false;
  /** The call under way is the answer itself. */
  #isAnswer = false;
  /** Thoughts since the last signature, which is given for all of them. */
  #thoughts: string[] = [];
  #isStopped = false;
  #usage: Usage | undefined;

  constructor(frame: AnswerFrame) {
    this.#frame = frame;
    const { created, model } = frame;
    this.#head = `data: {"id":${JSON.stringify(chatId(frame))},"object":"chat.completion.chunk","created":${created},"model":${JSON.stringify(model)},"choices":[`;
  }

  write(event: StreamEvent): string {
    switch (event.type) {
      case 'start':
        return this.#delta('{"role":"assistant","content":""}');
      case 'text':
        return this.#text(event.text);
      case 'thinking':
        this.#thoughts.push(event.text);
        return this.#delta(`{"reasoning_content":${JSON.stringify(event.text)}}`);
      case 'refusal':
        return this.#delta(`{"refusal":${JSON.stringify(event.text)}}`);
      case 'signature':
        return this.#sign(event.signature);
      case 'redacted-thinking':
        return this.#thinkingBlock({ type: 'redacted_thinking', data: event.data });
      case 'tool-start':
        return this.#toolStart(event.id, event.name);
      case 'tool-input':
        this.#hasArguments ||= event.json !== '';
        return this.#arguments(event.json);
      case 'tool-end':
        // Clients parse what was gathered, and nothing is no JSON.
        return this.#hasArguments ? '' : this.#arguments('{}');
      case 'stop':
        return this.#stop(event);
      case 'end':
        return `${this.#frame.includeUsage ? this.#usageChunk() : ''}data: [DONE]\n\n`;
      case 'message-event':
      case 'usage':
      case 'error':
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
    return this.#delta('{}', JSON.stringify(finishReason(reason, this.#frame, this.#toolIndex >= 0)));
  }

  #delta(delta: string, finishReason = 'null'): string {
    return `${this.#head}{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finishReason}}]}\n\n`;
  }

  #text(text: string): string {
    return this.#delta(`{"content":${JSON.stringify(text)}}`);
  }

  /** The thoughts once more and whole: a client that keeps them must give back each with its signature. */
  #sign(signature: string): string {
    const thinking = this.#thoughts.join('');
    this.#thoughts = [];
    return this.#thinkingBlock({ type: 'thinking', thinking, signature });
  }

  #thinkingBlock(block: ThinkingBlock): string {
    return this.#delta(`{"thinking_blocks":[${JSON.stringify(block)}]}`);
  }

  #toolStart(id: string, name: string): string {
    this.#hasArguments = false;
    this.#isAnswer = name === this.#frame.answerTool;
    if (this.#isAnswer) return '';
    this.#toolIndex += 1;
    if (this.#isFunction)
      return this.#delta(`{"function_call":{"name":${JSON.stringify(name)},"arguments":""}}`);
    return this.#delta(
      `{"tool_calls":[{"index":${this.#callIndex},"id":${JSON.stringify(id)},"type":"function","function":{"name":${JSON.stringify(name)},"arguments":""}}]}`,
    );
  }

  /** The call under way is the one that the older form has a place for. */
  get #isFunction(): boolean {
    return this.#frame.callsOneFunction === true && this.#toolIndex === 0;
  }

  get #callIndex(): number {
    return this.#frame.callsOneFunction === true ? this.#toolIndex - 1 : this.#toolIndex;
  }

  #arguments(json: string): string {
    if (json === '') return '';
    if (this.#isAnswer) return this.#text(json);
    if (this.#isFunction) return this.#delta(`{"function_call":{"arguments":${JSON.stringify(json)}}}`);
    return this.#delta(
      `{"tool_calls":[{"index":${this.#callIndex},"function":{"arguments":${JSON.stringify(json)}}}]}`,
    );
  }

  #usageChunk(): string {
    return this.#usage ? `${this.#head}],"usage":${JSON.stringify(renderUsage(this.#usage))}}\n\n` : '';
  }
}

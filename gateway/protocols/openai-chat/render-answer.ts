/** Writes a whole answer, and the pieces a stream shares with it, as OpenAI chat completions have them. */
import type { AnswerBlock, ModelAnswer, StopReason } from '../../model/answer';
import type { Usage } from '../../model/usage';
import { chatId } from '../answer-id';
import type { AnswerFrame } from '../protocol';

export const FINISH_REASONS: Readonly<Record<StopReason, string>> = {
  end: 'stop',
  max_tokens: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
};

/** @param isCalling whether a call of a tool is before the client: whoever asked for an answer in a form has it, and none */
export function finishReason(
  reason: StopReason,
  { answerTool, callsOneFunction }: Pick<AnswerFrame, 'answerTool' | 'callsOneFunction'>,
  isCalling: boolean,
): string {
  if (reason === 'tool_use' && !isCalling && answerTool !== undefined) return FINISH_REASONS.end;
  return reason === 'tool_use' && callsOneFunction ? 'function_call' : FINISH_REASONS[reason];
}

/**
 * Usage in both dialects: `prompt_tokens` includes what went through the cache, as OpenAI counts; the two fields at
 * the top are Anthropic's, which some clients read.
 */
export function renderUsage(usage: Usage): Record<string, unknown> {
  const prompt = usage.input + usage.cacheWrite + usage.cacheRead;
  return {
    prompt_tokens: prompt,
    completion_tokens: usage.output,
    total_tokens: prompt + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cacheRead },
    cache_creation_input_tokens: usage.cacheWrite,
    cache_read_input_tokens: usage.cacheRead,
  };
}

/** Thoughts as LiteLLM's clients keep them, to give them back with the signature they are valid with. */
export type ThinkingBlock =
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'redacted_thinking'; readonly data: string };

export function renderAnswer(answer: ModelAnswer, frame: AnswerFrame): string {
  const parts = new Parts(frame);
  for (const block of answer.blocks) parts.add(block);
  return JSON.stringify({
    id: chatId(frame),
    object: 'chat.completion',
    created: frame.created,
    model: frame.model,
    choices: [
      {
        index: 0,
        message: parts.message(),
        logprobs: null,
        finish_reason: parts.finishReason(answer.stopReason),
      },
    ],
    ...(answer.usage ? { usage: renderUsage(answer.usage) } : {}),
  });
}

class Parts {
  readonly #texts: string[] = [];
  readonly #thoughts: string[] = [];
  readonly #thinkingBlocks: ThinkingBlock[] = [];
  readonly #calls: { readonly id: string; readonly type: 'function'; readonly function: object }[] = [];
  readonly #refusals: string[] = [];

  constructor(readonly frame: Pick<AnswerFrame, 'answerTool' | 'callsOneFunction'>) {}

  add(block: AnswerBlock): void {
    switch (block.type) {
      case 'text':
        this.#texts.push(block.text);
        return;
      case 'refusal':
        this.#refusals.push(block.text);
        return;
      case 'thinking':
        this.#thoughts.push(block.text);
        if (block.signature)
          this.#thinkingBlocks.push({
            type: 'thinking',
            thinking: block.text,
            signature: block.signature,
          });
        return;
      case 'redacted_thinking':
        this.#thinkingBlocks.push(block);
        return;
      case 'tool_use': {
        const input = JSON.stringify(block.input ?? {});
        if (block.name === this.frame.answerTool) this.#texts.push(input);
        else
          this.#calls.push({
            id: block.id,
            type: 'function',
            function: { name: block.name, arguments: input },
          });
      }
    }
  }

  message(): Record<string, unknown> {
    const [texts, thoughts, blocks] = [this.#texts, this.#thoughts, this.#thinkingBlocks];
    const refusal = this.#refusals.length > 0 ? this.#refusals.join('') : null;
    const isSaid = this.#calls.length > 0 || refusal !== null;
    // A second call has no place in the older form; it is not lost for that.
    const calls = this.frame.callsOneFunction ? this.#calls.slice(1) : this.#calls;
    const [first] = this.frame.callsOneFunction ? this.#calls : [];
    return {
      role: 'assistant',
      content: texts.length > 0 || !isSaid ? texts.join('') : null,
      refusal,
      ...(thoughts.length > 0 ? { reasoning_content: thoughts.join('') } : {}),
      ...(blocks.length > 0 ? { thinking_blocks: blocks } : {}),
      ...(first === undefined ? {} : { function_call: first.function }),
      ...(calls.length > 0 ? { tool_calls: calls } : {}),
    };
  }

  finishReason(reason: StopReason): string {
    return finishReason(reason, this.frame, this.#calls.length > 0);
  }
}

/** Writes a whole answer, and the pieces a stream shares with it, as OpenAI chat completions have them. */
import type { AnswerBlock, ModelAnswer, StopReason } from '../../model/answer';
import type { Usage } from '../../model/usage';
import { answerId } from '../answer-id';
import type { AnswerFrame } from '../protocol';

export const FINISH_REASONS: Readonly<Record<StopReason, string>> = {
  end: 'stop',
  max_tokens: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
};

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

export const completionId = (upstreamId: string): string => answerId('chatcmpl-', upstreamId);

/** Thoughts as LiteLLM's clients keep them, to give them back with the signature they are valid with. */
export type ThinkingBlock =
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'redacted_thinking'; readonly data: string };

export function renderAnswer(answer: ModelAnswer, frame: AnswerFrame): string {
  const parts = new Parts(frame.answerTool);
  for (const block of answer.blocks) parts.add(block);
  return JSON.stringify({
    id: completionId(answer.id),
    object: 'chat.completion',
    created: frame.created,
    model: frame.model,
    choices: [
      {
        index: 0,
        message: parts.message(),
        logprobs: null,
        finish_reason: FINISH_REASONS[parts.stopReason(answer.stopReason)],
      },
    ],
    ...(answer.usage ? { usage: renderUsage(answer.usage) } : {}),
  });
}

class Parts {
  readonly #texts: string[] = [];
  readonly #thoughts: string[] = [];
  readonly #thinkingBlocks: ThinkingBlock[] = [];
  readonly #calls: unknown[] = [];

  constructor(readonly answerTool: string | undefined) {}

  add(block: AnswerBlock): void {
    switch (block.type) {
      case 'text':
        this.#texts.push(block.text);
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
        if (block.name === this.answerTool) this.#texts.push(input);
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
    const [texts, thoughts, blocks, calls] = [this.#texts, this.#thoughts, this.#thinkingBlocks, this.#calls];
    return {
      role: 'assistant',
      content: texts.length > 0 || calls.length === 0 ? texts.join('') : null,
      refusal: null,
      ...(thoughts.length > 0 ? { reasoning_content: thoughts.join('') } : {}),
      ...(blocks.length > 0 ? { thinking_blocks: blocks } : {}),
      ...(calls.length > 0 ? { tool_calls: calls } : {}),
    };
  }

  /** Whoever asked for an answer in a form has it, and called no tool. */
  stopReason(reason: StopReason): StopReason {
    return reason === 'tool_use' && this.answerTool !== undefined && this.#calls.length === 0
      ? 'end'
      : reason;
  }
}

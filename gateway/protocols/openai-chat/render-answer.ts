/** Writes a whole answer, and the pieces a stream shares with it, as OpenAI chat completions have them. */
import type { ModelAnswer, StopReason } from '../../model/answer';
import type { Usage } from '../../model/usage';
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

export const completionId = (upstreamId: string): string => `chatcmpl-${upstreamId}`;

export function renderAnswer(answer: ModelAnswer, frame: AnswerFrame): string {
  const texts: string[] = [];
  const thoughts: string[] = [];
  const calls: unknown[] = [];
  for (const block of answer.blocks) {
    if (block.type === 'text') texts.push(block.text);
    else if (block.type === 'thinking') thoughts.push(block.text);
    else
      calls.push({
        id: block.id,
        type: 'function',
        function: { name: block.name, arguments: JSON.stringify(block.input ?? {}) },
      });
  }
  return JSON.stringify({
    id: completionId(answer.id),
    object: 'chat.completion',
    created: frame.created,
    model: frame.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: texts.length > 0 || calls.length === 0 ? texts.join('') : null,
          refusal: null,
          ...(thoughts.length > 0 ? { reasoning_content: thoughts.join('') } : {}),
          ...(calls.length > 0 ? { tool_calls: calls } : {}),
        },
        logprobs: null,
        finish_reason: FINISH_REASONS[answer.stopReason],
      },
    ],
    usage: renderUsage(answer.usage),
  });
}

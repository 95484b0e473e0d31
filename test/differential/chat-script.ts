/** An answer of Claude's as an OpenAI-compatible endpoint gives the same. */
import type { ScriptedAnswer, StopReason } from '../standins/anthropic';
import type { ScriptedAnswer as ScriptedChat } from '../standins/openai-compatible';

const FINISH: Readonly<Partial<Record<StopReason, string>>> = {
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'content_filter',
  tool_use: 'tool_calls',
};

export function asChatScript({
  content = [],
  stopReason = 'end_turn',
  usage = {},
}: ScriptedAnswer): ScriptedChat {
  const { input_tokens = 0, output_tokens = 0 } = usage;
  const { cache_creation_input_tokens: written = 0, cache_read_input_tokens: read = 0 } = usage;
  return {
    thoughts: content.flatMap((block) => (block.type === 'thinking' ? [block.thinking] : [])),
    text: content.flatMap((block) => (block.type === 'text' ? block.pieces : [])),
    calls: content.flatMap((block) => (block.type === 'tool_use' ? [block] : [])),
    finishReason: FINISH[stopReason] ?? 'stop',
    usage: {
      prompt_tokens: input_tokens + written + read,
      completion_tokens: output_tokens,
      prompt_tokens_details: { cached_tokens: read },
      cache_creation_input_tokens: written,
    },
  };
}

/** Of an endpoint an error and no answer: it bills, shows nothing, and does not say why. */
export const isSilent = ({ content = [], stopReason = 'end_turn' }: ScriptedAnswer): boolean =>
  content.length === 0 && FINISH[stopReason] === undefined;

/** What is told of it. */
export const SILENT = /without any text, thoughts or tool call/;

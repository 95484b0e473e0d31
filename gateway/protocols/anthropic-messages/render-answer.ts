/** A whole answer as the provider gave it, but for the model's name: the client gets back the one it asked for. */
import type { AnswerBlock, ModelAnswer, StopReason } from '../../model/answer';
import type { Usage } from '../../model/usage';
import { messageId } from '../answer-id';
import type { AnswerFrame } from '../protocol';

export const STOP_REASONS: Readonly<Record<StopReason, string>> = {
  end: 'end_turn',
  max_tokens: 'max_tokens',
  tool_use: 'tool_use',
  refusal: 'refusal',
};

export function renderUsage(usage: Usage | undefined): Record<string, number> {
  return {
    input_tokens: usage?.input ?? 0,
    cache_creation_input_tokens: usage?.cacheWrite ?? 0,
    cache_read_input_tokens: usage?.cacheRead ?? 0,
    output_tokens: usage?.output ?? 0,
  };
}

export function renderAnswer(answer: ModelAnswer, frame: AnswerFrame): string {
  return JSON.stringify({ ...(answer.message ?? messageOf(answer)), model: frame.model });
}

/** What Anthropic says beside that stop reason; other providers know no categories. */
export const stopDetails = (reason: StopReason, words: readonly string[]): Record<string, unknown> =>
  reason === 'refusal'
    ? { stop_details: { type: 'refusal', category: null, explanation: words.join('') || null } }
    : {};

/** For an answer of a provider that speaks another protocol. */
function messageOf({ id, blocks, stopReason, usage }: ModelAnswer): Record<string, unknown> {
  return {
    id: messageId(id),
    type: 'message',
    role: 'assistant',
    content: blocks.filter((block) => block.type !== 'refusal' || !block.isOurs).map(contentOf),
    stop_reason: STOP_REASONS[stopReason],
    stop_sequence: null,
    ...stopDetails(
      stopReason,
      blocks.flatMap((block) => (block.type === 'refusal' ? [block.text] : [])),
    ),
    usage: renderUsage(usage),
  };
}

function contentOf(block: AnswerBlock): Record<string, unknown> {
  switch (block.type) {
    case 'thinking':
      // An empty signature is that of a model that signs none: they are given back to no other.
      return { type: 'thinking', thinking: block.text, signature: block.signature ?? '' };
    case 'refusal':
      return { type: 'text', text: block.text };
    case 'tool_use':
      return { ...block, input: block.input ?? {} };
    default:
      return { ...block };
  }
}

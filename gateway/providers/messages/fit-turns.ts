/** The conversation as a model takes it that does not think just now, or that does not go on from what was begun. */
import type { ModelDocument } from '../../config/document';
import type { ContentBlock, Turn } from '../../model/request';

const GO_ON = '(go on from here)';

/** @param isThinking whether thoughts may be given back */
export function fitTurns(turns: readonly Turn[], model: ModelDocument, isThinking: boolean): readonly Turn[] {
  const kept = isThinking ? turns : turns.map(withoutThoughts).filter(({ content }) => content.length > 0);
  if (model.prefill !== false || kept.at(-1)?.role !== 'assistant') return kept;
  return [...kept, { role: 'user', content: [{ type: 'text', text: GO_ON }] }];
}

const isThought = ({ type }: ContentBlock): boolean => type === 'thinking' || type === 'redacted_thinking';

function withoutThoughts(turn: Turn): Turn {
  return turn.content.some(isThought)
    ? { ...turn, content: turn.content.filter((block) => !isThought(block)) }
    : turn;
}

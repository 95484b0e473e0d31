/**
 * An assistant's turn with its tool calls last. Clients that split a turn, or were interrupted in it, have words behind a
 * call; then its result does not follow it at once, for which providers refuse the whole conversation.
 */
import type { ContentBlock, Turn } from './request';

/** @returns the very same turns where each call is followed by its results already */
export function callsLast(turns: readonly Turn[]): readonly Turn[] {
  if (!turns.some((turn, at) => isCalling(turn) && (isSplit(turns, at) || hasWordsBehind(turn))))
    return turns;
  const ordered: Turn[] = [];
  for (const turn of turns) {
    const last = ordered.at(-1);
    if (last !== undefined && turn.role === 'assistant' && isCalling(last)) {
      const content = [...last.content];
      for (const block of turn.content) content.push(block);
      ordered[ordered.length - 1] = { ...last, content };
    } else ordered.push(turn);
  }
  return ordered.map((turn) => (hasWordsBehind(turn) ? { ...turn, content: inOrder(turn.content) } : turn));
}

const isCall = ({ type }: ContentBlock): boolean => type === 'tool_use';
const isCalling = ({ role, content }: Turn): boolean => role === 'assistant' && content.some(isCall);
const isSplit = (turns: readonly Turn[], at: number): boolean => turns[at + 1]?.role === 'assistant';

function hasWordsBehind(turn: Turn): boolean {
  if (turn.role !== 'assistant') return false;
  const first = turn.content.findIndex(isCall);
  return first !== -1 && turn.content.slice(first).some((block) => !isCall(block));
}

const inOrder = (content: readonly ContentBlock[]): ContentBlock[] => [
  ...content.filter((block) => !isCall(block)),
  ...content.filter(isCall),
];

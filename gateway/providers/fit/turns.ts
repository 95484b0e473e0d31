/** The conversation as a model takes it: its thoughts, who instructs it between the turns, and how it ends. */
import type { ModelDocument } from '../../config/document';
import { GatewayError } from '../../errors';
import type { ContentBlock, ModelRequest, TextBlock, Turn } from '../../model/request';
import type { FittedReasoning } from './reasoning';

export interface FittedTurns {
  readonly system: readonly TextBlock[];
  readonly turns: readonly Turn[];
  readonly dropped: readonly string[];
}

const GO_ON = '(go on from here)';

/** The very same turns where the model takes them as they are. */
export function fitTurns(
  { dialect, system, turns }: ModelRequest,
  model: ModelDocument,
  { givesThoughtsBack }: FittedReasoning,
): FittedTurns {
  const dropped: string[] = [];
  const kept = givesThoughtsBack
    ? turns
    : turns.map(withoutThoughts).filter(({ content }) => content.length > 0);
  const placed =
    model.system_turns !== true && kept.some(isInstructing) ? place(kept, model) : { head: [], turns: kept };
  if (placed.turns !== kept) dropped.push('messages.system');
  const asked = model.prefill === false ? askOn(placed.turns) : placed.turns;
  if (asked !== placed.turns && dialect === 'anthropic') dropped.push('messages.prefill');
  return { system: placed.head.length > 0 ? [...system, ...placed.head] : system, turns: asked, dropped };
}

const isThought = ({ type }: ContentBlock): boolean => type === 'thinking' || type === 'redacted_thinking';

function withoutThoughts(turn: Turn): Turn {
  return turn.content.some(isThought)
    ? { ...turn, content: turn.content.filter((block) => !isThought(block)) }
    : turn;
}

/** Of a model that does not go on from an answer that was begun for it: with a word of the user's behind it. */
function askOn(turns: readonly Turn[]): readonly Turn[] {
  let end = turns.length;
  // What was not even begun.
  while (turns[end - 1]?.role === 'assistant' && turns[end - 1]?.content.length === 0) end -= 1;
  const kept = end === turns.length ? turns : turns.slice(0, end);
  if (kept.at(-1)?.role !== 'assistant') return kept;
  return [...kept, { role: 'user', content: [{ type: 'text', text: GO_ON }] }];
}

const isInstructing = ({ role }: Turn): boolean => role === 'system';

/**
 * What instructs between the turns, as text of the user's turn before it: that stands in the same place each time the
 * conversation is sent, so that what was cached of it stays true. Before the first turn it is what the request's own
 * `system` is; behind an answer it waits for the user's next turn, which may hold the results of that answer's calls.
 */
function place(
  turns: readonly Turn[],
  { name }: ModelDocument,
): { readonly head: readonly TextBlock[]; readonly turns: readonly Turn[] } {
  const head: TextBlock[] = [];
  const placed: Turn[] = [];
  /** Behind an answer. */
  let waiting: TextBlock[] = [];
  /** The content of the last turn placed, where it is no longer the client's. */
  let open: ContentBlock[] | undefined;
  const put = (turn: Turn, content: ContentBlock[]): void => {
    open = content;
    placed.push({ role: turn.role, content });
  };
  for (const turn of turns) {
    if (turn.role !== 'system') {
      open = undefined;
      if (turn.role !== 'user' || waiting.length === 0) placed.push(turn);
      else put(turn, turn.content.concat(waiting));
      if (turn.role === 'user') waiting = [];
      continue;
    }
    const last = placed.at(-1);
    if (last?.role === 'user' && open === undefined) {
      placed.pop();
      put(last, [...last.content]);
    }
    const texts = last === undefined ? head : last.role === 'user' ? (open ?? []) : waiting;
    for (const block of turn.content as TextBlock[]) texts.push(last === undefined ? block : marked(block));
  }
  if (waiting.length > 0) placed.push({ role: 'user', content: waiting });
  if (placed.length > 0) return { head, turns: placed };
  throw new GatewayError('request_invalid', {
    message: `messages.0.role: the model ${name} takes no "system" message, and there is no other. Send its text in the request's own "system", and a message of the user.`,
    param: 'messages.0.role',
  });
}

/** In the words in which Claude Code tells what is not the person's. */
const marked = (block: TextBlock): TextBlock => ({
  ...block,
  text: `<system-reminder>\n${block.text}\n</system-reminder>`,
});

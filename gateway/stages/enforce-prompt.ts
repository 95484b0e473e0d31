/** Puts the level's prompt in front of everything else the model is told, exactly once. */
import type { CallContext } from '../call-context';
import { GatewayError } from '../errors';
import type { TextBlock, Turn } from '../model/request';

export function enforcePrompt(call: CallContext): void {
  const { prompts } = call.services;
  const prompt = prompts.textOf(call.entitlement.level);
  if (prompt === undefined) throw new GatewayError('prompt_unavailable');
  if (prompt === '') return;
  // Assistants carry a copy in their own instructions, perhaps of another level; ours is the one that counts.
  const own = call.request.system.flatMap((block) => without(block, prompts.texts));
  call.request.system = [{ type: 'text', text: prompt }, ...own];
  if (call.request.turns.some(isSystem))
    call.request.turns = withoutCopies(call.request.turns, prompts.texts);
}

const isSystem = ({ role }: Turn): boolean => role === 'system';

/** Instructions between the turns outrank those before them. */
const withoutCopies = (turns: readonly Turn[], prompts: readonly string[]): Turn[] =>
  turns.flatMap((turn) => {
    if (!isSystem(turn)) return [turn];
    const content = (turn.content as TextBlock[]).flatMap((block) => without(block, prompts));
    return content.length > 0 ? [{ ...turn, content }] : [];
  });

/** Copies may sit inside one another; only text made to keep the gateway busy nests them deeper. */
const DEEPEST_COPY = 8;

function without(block: TextBlock, prompts: readonly string[]): TextBlock[] {
  let text = block.text;
  const holdsOne = () => prompts.some((prompt) => text.includes(prompt));
  // Cutting a copy out may join the pieces of another one around it.
  for (let depth = 0; depth < DEEPEST_COPY && holdsOne(); depth += 1)
    // bounded: a text is searched for text alone, and at most `DEEPEST_COPY` times
    for (const prompt of prompts) text = text.replaceAll(prompt, '');
  if (holdsOne()) return [];
  if (text === block.text) return [block];
  return text.trim() === '' ? [] : [{ ...block, text: text.trim() }];
}

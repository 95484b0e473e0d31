/** Puts the level's prompt in front of everything else the model is told, exactly once. */
import type { CallContext } from '../call-context';
import { GatewayError } from '../errors';
import type { TextBlock } from '../model/request';

export function enforcePrompt(call: CallContext): void {
  const { level } = call.entitlement;
  if (level === 'unrestricted') return;
  const { prompts } = call.services;
  const prompt = prompts.textOf(level);
  if (prompt === undefined) throw new GatewayError('prompt_unavailable');
  // Assistants carry a copy in their own instructions, perhaps of another level; ours is the one that counts.
  const own = call.request.system.flatMap((block) => without(block, prompts.texts));
  call.request.system = [{ type: 'text', text: prompt }, ...own];
}

function without(block: TextBlock, prompts: readonly string[]): TextBlock[] {
  let text = block.text;
  // Cutting a copy out may join the pieces of another one around it, so this goes on until none is left.
  for (let before = ''; before !== text;) {
    before = text;
    for (const prompt of prompts) text = text.replaceAll(prompt, '');
  }
  if (text === block.text) return [block];
  return text.trim() === '' ? [] : [{ ...block, text: text.trim() }];
}

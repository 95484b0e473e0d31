/** What a provider is asked, in one form, and its answer: it tells by its text what it understood. */
import { createHash } from 'node:crypto';
import { text, type ScriptedAnswer } from '../standins/anthropic';
import { isObject, list, type Json } from '../standins/anthropic/call';

const MEMBERS = ['max_tokens', 'temperature', 'stop_sequences', 'tools', 'tool_choice'];

/** Whole, but for what a gateway may choose by itself: the prompt in front, cache marks, the model's other name. */
export function askedOf(body: Json, prompt: string): Json {
  const system =
    typeof body['system'] === 'string' ? [{ type: 'text', text: body['system'] }] : list(body['system']);
  return {
    ...Object.fromEntries(MEMBERS.map((name) => [name, unmarked(body[name])])),
    system: system.map(unmarked).filter((block) => !(isObject(block) && block['text'] === prompt)),
    messages: list(body['messages']).map(unmarked),
  };
}

function unmarked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unmarked);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([name]) => name !== 'cache_control');
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, one]) => [name, unmarked(one)]),
  );
}

/** The answer with a first word that stands for all that was asked. */
export function answerTo(body: Json, prompt: string, answer: ScriptedAnswer): ScriptedAnswer {
  const asked = createHash('sha256')
    .update(JSON.stringify(askedOf(body, prompt)))
    .digest('hex');
  return { ...answer, content: [text(`${asked.slice(0, 16)} `), ...(answer.content ?? [])] };
}

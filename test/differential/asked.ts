/** What a provider is asked, in one form, so that it can be compared with what another way brings it. */
import { isObject, list, type Json } from '../standins/anthropic/call';

const MEMBERS = ['max_tokens', 'temperature', 'stop_sequences', 'tools', 'tool_choice'];

/**
 * A body in the Messages format, whole, but for what a gateway may choose by itself: the prompt in front, cache marks,
 * the model's other name.
 */
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
  const result: Json = {};
  for (const name of Object.keys(value)) if (name !== 'cache_control') result[name] = unmarked(value[name]);
  return result;
}

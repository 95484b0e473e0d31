/** Reads the thoughts that a client kept for the model: in the form that LiteLLM gave them, or as the text alone. */
import type { ThinkingBlock } from '../../model/request';
import { isFields } from '../fields';

/** Only what can be given back to who signs them; of those without a signature the text alone is kept. */
export function readThoughts(value: unknown): ThinkingBlock[] {
  return Array.isArray(value) ? value.flatMap(readThought) : [];
}

function readThought(entry: unknown): ThinkingBlock[] {
  if (!isFields(entry)) return [];
  const { type, thinking, signature, data } = entry;
  if (type === 'redacted_thinking' && isFilled(data)) return [{ type, data }];
  if (type === 'thinking' && typeof thinking === 'string' && isFilled(signature))
    return [{ type, thinking, signature }];
  return [];
}

const isFilled = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Where clients put the text, by the field they got it in. */
const FIELDS = ['reasoning_content', 'reasoning'] as const;

/** Thoughts of a model that signs none, for those that want them back. */
export function readUnsigned(message: Readonly<Record<string, unknown>>): ThinkingBlock[] {
  const thinking = FIELDS.map((name) => message[name]).find(isFilled);
  return thinking === undefined ? [] : [{ type: 'thinking', thinking, signature: '' }];
}

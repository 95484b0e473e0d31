/** Reads the thoughts that a client kept for the model, in the form that LiteLLM gave them. */
import type { ThinkingBlock } from '../../model/request';
import { isFields } from '../fields';

/** Only what can be given back: thoughts without their signature are refused by who signs them, and no loss to others. */
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

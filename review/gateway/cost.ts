/** What was spent, and what may be at most. US dollars. */
import type { OfferedModel } from './models';

/** Tokens that the gateway may add to a question: the rules of its level. */
const ADDED_TOKENS = 4_000;
const MILLION = 1_000_000;

interface Usage {
  readonly prompt_tokens?: unknown;
  readonly completion_tokens?: unknown;
}

export interface CallCost {
  readonly usd: number;
  /** Not what the gateway said, but tokens times the list price. */
  readonly isEstimated: boolean;
}

/** @param header of the answer: `x-gateway-cost` */
export function costOf(header: string | null, usage: unknown, model: OfferedModel): CallCost {
  if (header !== null && /^\d{1,9}(\.\d{1,12})?$/.test(header))
    return { usd: Number(header), isEstimated: false };
  const { prompt_tokens: input, completion_tokens: output } = (usage ?? {}) as Usage;
  const tokens = (value: unknown): number => (typeof value === 'number' && value > 0 ? value : 0);
  const { price } = model;
  const usd = (tokens(input) * (price?.input ?? 0) + tokens(output) * (price?.output ?? 0)) / MILLION;
  return { usd, isEstimated: true };
}

/**
 * No question of that many bytes costs more: a token has a byte at least.
 *
 * @returns undefined: the gateway says no price
 */
export function mostOf(bytes: number, maxTokens: number, { price }: OfferedModel): number | undefined {
  if (price === undefined) return undefined;
  return ((bytes + ADDED_TOKENS) * price.dearestInput + maxTokens * price.output) / MILLION;
}

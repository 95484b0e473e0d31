/** Where a caller stands with the limits on requests and tokens, and the headers that say so. */

/** Of the tightest of the limits that hold for the call. */
export interface RateState {
  readonly requestLimit: number;
  readonly requestsLeft: number;
  readonly requestsResetMs: number;
  readonly tokenLimit: number;
  readonly tokensLeft: number;
  readonly tokensResetMs: number;
}

const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

/** OpenAI's names, which LiteLLM has too, with OpenAI's spelling of a duration. */
export const rateHeaders = (rate: RateState): Record<string, string> => ({
  'x-ratelimit-limit-requests': String(rate.requestLimit),
  'x-ratelimit-remaining-requests': String(rate.requestsLeft),
  'x-ratelimit-reset-requests': `${seconds(rate.requestsResetMs)}s`,
  'x-ratelimit-limit-tokens': String(rate.tokenLimit),
  'x-ratelimit-remaining-tokens': String(rate.tokensLeft),
  'x-ratelimit-reset-tokens': `${seconds(rate.tokensResetMs)}s`,
});

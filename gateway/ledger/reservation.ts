/** What is set aside for a call before it is made, or why nothing could be. */
import type { AccountTerms } from './account-terms';
import type { CallOrigin } from './call-record';
import type { NanoDollars } from './money';
import type { RateState } from './rate-state';

export interface ReservationRequest {
  readonly requestId: string;
  /** Every account the call is charged to, its key's first. All of them must have room for it. */
  readonly accounts: readonly AccountTerms[];
  /** Worst cost of the input. */
  readonly inputCost: NanoDollars;
  /** Worst cost of one output token. */
  readonly outputTokenCost: NanoDollars;
  /** Output tokens asked for. */
  readonly maxTokens: number;
  /** Fewest output tokens that are worth a call. */
  readonly minTokens: number;
  readonly origin: CallOrigin;
}

/**
 * Throws for what no call can come to, before the store hears of it: that decides on many at once, and has to be asked
 * about each of them again for one that it cannot take.
 */
export function checkRequest({
  inputCost,
  outputTokenCost,
  maxTokens,
  minTokens,
}: Omit<ReservationRequest, 'requestId' | 'accounts' | 'origin'>): void {
  const most = inputCost + maxTokens * outputTokenCost;
  const isWhole = [inputCost, outputTokenCost, minTokens, maxTokens, most].every(Number.isSafeInteger);
  if (!isWhole || inputCost < 0 || outputTokenCost < 0 || minTokens < 1 || maxTokens < minTokens)
    throw new Error(
      `no call comes to ${inputCost} and ${minTokens} to ${maxTokens} tokens at ${outputTokenCost} nano-dollars`,
    );
}

export interface Reservation {
  readonly requestId: string;
  readonly accounts: readonly AccountTerms[];
  readonly amount: NanoDollars;
  /** Output tokens that every budget has room for, at most those asked for. */
  readonly maxTokens: number;
}

/** `closed`: until an administrator opens the account again. */
export type RefusalReason = 'closed' | 'budget' | 'parallel' | 'requests' | 'tokens';

export interface Refusal {
  readonly reason: RefusalReason;
  /** The account that has no room. */
  readonly account: AccountTerms;
  readonly spent: NanoDollars;
  readonly reserved: NanoDollars;
  /** With what an administrator has added for a while. */
  readonly budget: NanoDollars;
}

export type ReservationOutcome =
  | { readonly granted: true; readonly reservation: Reservation; readonly rate: RateState | undefined }
  | { readonly granted: false; readonly refusal: Refusal; readonly rate: RateState | undefined };

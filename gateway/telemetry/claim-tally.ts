/** What came of workspaces' claims, since the process began. */
import type { ErrorCode } from '../errors';

export type ClaimOutcome = 'issued' | 'reused' | ErrorCode;

export interface ClaimTally {
  note(outcome: ClaimOutcome): void;
  readonly counts: ReadonlyMap<ClaimOutcome, number>;
}

export function createClaimTally(): ClaimTally {
  const counts = new Map<ClaimOutcome, number>();
  return {
    counts,
    note: (outcome) => void counts.set(outcome, (counts.get(outcome) ?? 0) + 1),
  };
}

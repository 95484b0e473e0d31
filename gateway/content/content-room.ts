/** How much of what is said a process holds on its way to Langfuse, and what has become of it since the process began. */

/** What became of the content of a call. */
export type ContentOutcome =
  /** It is in the call's span. */
  | 'sent'
  /** The process held as much as it may: the span has metadata only. */
  | 'no_room'
  /** The call has no trace. */
  | 'not_sampled'
  /** The span itself was lost: Langfuse was away for too long, or refused it. */
  | 'lost';

export interface ContentRoom {
  /** Bytes that are held now. */
  readonly held: number;
  readonly outcomes: ReadonlyMap<ContentOutcome, number>;
  /** Secrets that were masked, by kind. */
  readonly masked: ReadonlyMap<string, number>;
  /** @returns whether there was room; then it is held until it is given back */
  take(bytes: number): boolean;
  give(bytes: number): void;
  note(outcome: ContentOutcome): void;
  noteMasked(counts: ReadonlyMap<string, number>): void;
}

/** @param most bytes that may be held at once */
export function createContentRoom(most: number): ContentRoom {
  let held = 0;
  const outcomes = new Map<ContentOutcome, number>();
  const masked = new Map<string, number>();
  return {
    get held() {
      return held;
    },
    outcomes,
    masked,
    take(bytes) {
      if (held + bytes > most) return false;
      held += bytes;
      return true;
    },
    give(bytes) {
      held -= bytes;
    },
    note: (outcome) => void outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1),
    noteMasked(counts) {
      for (const [kind, count] of counts) masked.set(kind, (masked.get(kind) ?? 0) + count);
    },
  };
}

/**
 * Remembers for a moment why a key was refused, so that an agent that asks again and again costs nearly nothing.
 *
 * Never longer than a second: a raised budget holds after that, also when another gateway process was told of it. A
 * refusal that the end of a call under way may mend is forgotten when this process sees one end. Only who has a body read
 * too often for nothing is told it for longer (`refuse-often.ts`).
 */
import type { GatewayError } from '../errors';
import type { NanoDollars } from './money';
import type { RateState } from './rate-state';
import type { Refusal } from './reservation';

export interface StandingRefusal {
  readonly error: GatewayError;
  readonly rate: RateState | undefined;
  /** Only calls that may cost so much are refused for it. Undefined: every call is. */
  readonly fromCost: NanoDollars | undefined;
}

export interface RefusalMemory {
  /** What every call of the key would be told. */
  find(keyId: string): StandingRefusal | undefined;
  /** What a call of the key would be told that costs so much at least. */
  findFor(keyId: string, cost: NanoDollars): StandingRefusal | undefined;
  /** What a call of the key was told last, if nothing is known to have changed since; for a minute at most. */
  standing(keyId: string): StandingRefusal | undefined;
  note(keyId: string, refusal: Refusal, standing: StandingRefusal): void;
  /** A call of the key was admitted. */
  noteAdmission(keyId: string): void;
  /** A call charged to these accounts has ended. */
  noteEnd(accountIds: readonly string[]): void;
  /** An administrator has changed something. */
  forget(): void;
}

const LONGEST_MS = 800;
/** Then one call is let through to see what holds now; for so long the others are still told what held. */
const GRACE_MS = 200;
/** For keys that are told what they were told before, whatever they ask now. */
const LONGEST_STANDING_MS = 60_000;
const MOST_REMEMBERED = 10_000;

interface Remembered extends StandingRefusal {
  until: number;
  readonly standsUntil: number;
  /** The window of the budget that refused. */
  readonly windowEnd: Date | undefined;
}

/** @param now tells when a budget window has ended */
export function createRefusalMemory(now: () => Date): RefusalMemory {
  const refusals = new Map<string, Remembered>();
  /** Keys refused by an account's calls under way, by account. */
  const waiting = new Map<string, Set<string>>();

  function recall(keyId: string, known: Remembered): Remembered | undefined {
    if (known.windowEnd && known.windowEnd <= now()) {
      refusals.delete(keyId);
      return undefined;
    }
    const isOver = known.until <= performance.now();
    if (isOver) known.until = performance.now() + GRACE_MS;
    return isOver ? undefined : known;
  }

  return {
    find(keyId) {
      const known = refusals.get(keyId);
      return known && known.fromCost === undefined ? recall(keyId, known) : undefined;
    },
    findFor(keyId, cost) {
      const known = refusals.get(keyId);
      return known?.fromCost !== undefined && cost >= known.fromCost ? recall(keyId, known) : undefined;
    },
    standing(keyId) {
      const known = refusals.get(keyId);
      const isOver =
        known === undefined ||
        known.standsUntil <= performance.now() ||
        (known.windowEnd !== undefined && known.windowEnd <= now());
      return isOver ? undefined : known;
    },
    note(keyId, { reason, account }, standing) {
      if (refusals.size >= MOST_REMEMBERED) {
        refusals.clear();
        waiting.clear();
      }
      const { rate } = standing;
      const resetMs =
        reason === 'requests' ? rate?.requestsResetMs : reason === 'tokens' ? rate?.tokensResetMs : undefined;
      const within = (ms: number): number => performance.now() + Math.min(ms, resetMs ?? ms);
      refusals.set(keyId, {
        ...standing,
        until: within(LONGEST_MS),
        standsUntil: within(LONGEST_STANDING_MS),
        windowEnd: account.window.end,
      });
      if (reason === 'parallel') {
        const keys = waiting.get(account.id) ?? new Set<string>();
        waiting.set(account.id, keys.add(keyId));
      }
    },
    noteAdmission: (keyId) => void refusals.delete(keyId),
    noteEnd(accountIds) {
      if (waiting.size === 0) return;
      for (const id of accountIds) {
        for (const keyId of waiting.get(id) ?? []) refusals.delete(keyId);
        waiting.delete(id);
      }
    },
    forget() {
      refusals.clear();
      waiting.clear();
    },
  };
}

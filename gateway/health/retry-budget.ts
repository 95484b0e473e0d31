/**
 * Bounds how many attempts beyond the first there may be over all calls, so that an outage of every provider is not
 * multiplied by the gateway: clients try again by themselves.
 *
 * A share of the calls and a few a second besides, so that a quiet gateway may always try; Finagle's defaults
 * (https://twitter.github.io/finagle/guide/Clients.html#retries). Once a deployment is known to fail it is not asked
 * first any more (`deployment-health.ts`), so an outage of one of several takes next to nothing from this.
 */

const SHARE_OF_CALLS = 0.2;
const PER_SECOND = 10;
/** What is saved up at most: as many calls as may be under way when a deployment fails. */
const MOST = 100;

export interface RetryBudget {
  noteCall(): void;
  /** Takes one attempt; false when there is none left. */
  take(): boolean;
}

/** @param now a clock in milliseconds that only runs forward */
export function createRetryBudget(now: () => number = () => performance.now()): RetryBudget {
  let saved = MOST;
  let countedAt = now();
  return {
    noteCall() {
      saved = Math.min(MOST, saved + SHARE_OF_CALLS);
    },
    take() {
      const moment = now();
      saved = Math.min(MOST, saved + ((moment - countedAt) / 1000) * PER_SECOND);
      countedAt = moment;
      if (saved < 1) return false;
      saved -= 1;
      return true;
    },
  };
}

/** Lets the pieces of reports through one after the other, with pauses that belong to calls. */
import { setTimeout as delay } from 'node:timers/promises';

export interface Pace {
  take<T>(work: () => Promise<T>): Promise<T>;
}

/** While there are calls, reports have a tenth of the time at most. */
const PAUSE = 9;
const LONGEST_PAUSE_MS = 3_000;
/** Milliseconds after which a piece goes beside one that does not end: somebody holds what it wants to read. */
const LONGEST_WAIT_MS = 2_000;

/** @param isBusy whether calls are under way */
export function createPace(isBusy: () => boolean): Pace {
  let last: Promise<void> = Promise.resolve();
  return {
    async take(work) {
      const before = last;
      let next: () => void = () => {};
      last = new Promise((resolve) => (next = resolve));
      const over = new AbortController();
      await Promise.race([before, delay(LONGEST_WAIT_MS, undefined, { signal: over.signal })]).finally(() =>
        over.abort(),
      );
      const start = performance.now();
      try {
        return await work();
      } finally {
        if (isBusy()) setTimeout(next, Math.min(LONGEST_PAUSE_MS, PAUSE * (performance.now() - start)));
        else next();
      }
    },
  };
}

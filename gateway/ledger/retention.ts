/** Turns calls that are old enough into daily sums, in small steps, by one gateway process at a time. */
import { setTimeout as delay } from 'node:timers/promises';
import { describeFault, type Logger } from '../log';
import type { Database } from '../store/database';
import { ROLL_UP } from './statements';

export interface Retention {
  /** Does now what it does by itself every hour; says how many calls became sums. */
  run(): Promise<number>;
  close(): void;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Calls a step: some tens of milliseconds, after which others get their turn. */
const MOST_AT_ONCE = 2_000;
const PAUSE_MS = 20;

/** @param daysKept whole days of UTC, today not counted, whose calls stay single */
export function keepRetention(
  database: Database,
  logger: Logger,
  daysKept: () => number,
  now: () => Date,
): Retention {
  const closing = new AbortController();

  async function run(): Promise<number> {
    const before = new Date(now().getTime() - daysKept() * DAY_MS).toISOString().slice(0, 10);
    let total = 0;
    while (!closing.signal.aborted) {
      const [row] = await database.run<{ rolled: number | null }>('roll-up', ROLL_UP, [before, MOST_AT_ONCE]);
      const rolled = row?.rolled ?? 0;
      total += rolled;
      if (rolled < MOST_AT_ONCE) break;
      await delay(PAUSE_MS, undefined, { ref: false });
    }
    if (total > 0) logger.info('old calls became daily sums', { calls: total, before });
    return total;
  }

  async function live(): Promise<void> {
    for (;;) {
      await delay(HOUR_MS, undefined, { ref: false, signal: closing.signal });
      await run().catch((fault: unknown) => logger.warn('roll-up put off', { ...describeFault(fault) }));
    }
  }
  // Ends by being aborted.
  live().catch(() => {});

  return { run, close: () => closing.abort() };
}

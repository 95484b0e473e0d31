/** Turns calls that are old enough into daily sums, in small steps, by one gateway process at a time. */
import { setTimeout as delay } from 'node:timers/promises';
import { describeFault, type Logger } from '../log';
import type { Database } from '../store/database';
import { dayAt } from './calendar-day';
import { KNOWN_CLIENTS } from './known-clients';
import { OLD_TASKS, OLDEST_CALL, ROLL_UP } from './statements';
import type { CallSums } from './sums/follow-calls';

export interface Retention {
  /** Does now what it does by itself every hour; says how many calls became sums. */
  run(): Promise<number>;
  close(): void;
}

const HOUR_MS = 3_600_000;
/** Calls a step: some tens of milliseconds, after which others get their turn. */
const MOST_AT_ONCE = 2_000;
const PAUSE_MS = 20;

export interface RetentionTerms {
  /** Whole days, today not counted, whose calls stay single. */
  readonly days: number;
  readonly timeZone: string;
}

export function keepRetention(
  database: Database,
  logger: Logger,
  termsNow: () => RetentionTerms,
  sums: Pick<CallSums, 'followUntil'>,
  now: () => Date,
): Retention {
  const closing = new AbortController();

  async function run(): Promise<number> {
    const { days, timeZone } = termsNow();
    const before = dayAt(now(), timeZone, days);
    // Only what the other sums have come to may go.
    await sums.followUntil(before.start);
    let total = 0;
    while (!closing.signal.aborted) {
      const [row] = await database.run<{ oldest: Date | null }>('oldest-call', OLDEST_CALL, []);
      if (row?.oldest == null || row.oldest >= before.start) break;
      const day = dayAt(row.oldest, timeZone);
      const values = [day.date, day.start, day.end, MOST_AT_ONCE, KNOWN_CLIENTS];
      const [step] = await database.run<{ rolled: number | null }>('roll-up', ROLL_UP, values);
      // None, although there are some: another process has them.
      if (!step?.rolled) break;
      total += step.rolled;
      await delay(PAUSE_MS, undefined, { ref: false });
    }
    // Which calls belong together is told no longer than the calls are.
    while (!closing.signal.aborted) {
      const gone = await database.run('old-tasks', OLD_TASKS, [before.start, MOST_AT_ONCE]);
      if (gone.length < MOST_AT_ONCE) break;
      await delay(PAUSE_MS, undefined, { ref: false });
    }
    if (total > 0) logger.info('old calls became daily sums', { calls: total, before: before.date });
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

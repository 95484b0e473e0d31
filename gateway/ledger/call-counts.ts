/** Counts the calls of each quarter of an hour that is over; what is counted stays right by triggers of the store. */
import { setTimeout as delay } from 'node:timers/promises';
import { describeFault, type Logger } from '../log';
import type { Database } from '../store/database';

export interface CallCounts {
  /** Does now what it does by itself; says how many quarters were counted. */
  run(): Promise<number>;
  close(): Promise<void>;
}

const EVERY_MS = 300_000;
/** Of quarters a step, some milliseconds each on a busy site; others get their turn after it. */
const MOST_AT_ONCE = 48;
const PAUSE_MS = 20;
/** As in `follow_moved_call`. */
const LOCK = 4_710_815_025;

/**
 * The first quarter that is not over for good, in SQL: a call's time is that of its transaction's begin, which no statement
 * of a gateway outlives by minutes.
 */
export const FIRST_OPEN = "quarter_of(clock_timestamp() - interval '10 minutes')";

/** Those before the oldest call, and those that a clock which was ahead has left. */
const TIDY = `
delete from call_counts
where quarter >= ${FIRST_OPEN} or quarter < coalesce((select quarter_of(min(finished_at)) from calls), 'infinity')`;

/** $1 most quarters. */
const COUNT = `
with first as (
  select coalesce(
    (select max(quarter) + interval '15 minutes' from call_counts),
    (select quarter_of(min(finished_at)) from calls)
  ) as at
)
insert into call_counts (quarter, calls)
select q.at, (
  select count(*) from calls where finished_at >= q.at and finished_at < q.at + interval '15 minutes'
)
from first cross join lateral generate_series(
  first.at,
  least(first.at + $1::integer * interval '15 minutes', ${FIRST_OPEN}) - interval '15 minutes',
  interval '15 minutes'
) as q (at)
returning quarter`;

export function keepCallCounts(database: Database, logger: Logger): CallCounts {
  const closing = new AbortController();

  const step = (): Promise<number> =>
    database.transaction(async (statements) => {
      const [lock] = await statements.run<{ mine: boolean }>(
        'call-counts-lock',
        'select pg_try_advisory_xact_lock($1) as mine',
        [LOCK],
      );
      // Another process is at it, or a counted call is just being changed.
      if (!lock?.mine) return 0;
      await statements.run('call-counts-tidy', TIDY, []);
      return (await statements.run('call-counts', COUNT, [MOST_AT_ONCE])).length;
    });

  async function run(): Promise<number> {
    let total = 0;
    while (!closing.signal.aborted) {
      const counted = await step();
      total += counted;
      if (counted < MOST_AT_ONCE) break;
      await delay(PAUSE_MS, undefined, { ref: false });
    }
    return total;
  }

  const live = (async () => {
    while (!closing.signal.aborted) {
      await delay(EVERY_MS, undefined, { ref: false, signal: closing.signal }).catch(() => {});
      if (closing.signal.aborted) return;
      await run().catch((fault: unknown) => logger.warn('calls not counted', { ...describeFault(fault) }));
    }
  })();

  return {
    run,
    async close() {
      closing.abort();
      await live;
    },
  };
}

/** Adds calls that ended to the sums, in small steps, outside the statements that book them, by one process at a time. */
import { setTimeout as delay } from 'node:timers/promises';
import { describeFault, type Logger } from '../../log';
import type { Database } from '../../store/database';
import { dayAt } from '../calendar-day';
import { KNOWN_CLIENTS } from '../known-clients';
import { DURATION_BOUNDS } from './duration-bounds';

export interface CallSums {
  /** Does now what it does by itself every few seconds; says how many calls were added. */
  follow(): Promise<number>;
  /** Until the sums have all calls from before an instant, whoever adds them; for some seconds at most. */
  followUntil(instant: Date): Promise<void>;
  /** Begins anew, from daily sums and all single calls. What the former do not say is lost: kinds of errors, durations. */
  restart(): Promise<void>;
  close(): void;
}

export const FOLLOW_MS = 2_000;
/** Calls a step: some hundredths of a second of the store's time. */
const MOST_AT_ONCE = 2_000;
const PAUSE_MS = 20;
/** Steps through calls of before there were insights, after which new calls get their turn. */
const MOST_OLDER_STEPS = 50;
/** Looks whether another process has added them. */
const MOST_LOOKS = 100;
const LOOK_MS = 100;

/**
 * Nothing can end before `settled` any more. A booking takes its moment once it holds its accounts, and so has a number
 * as a transaction by then; what has one and is not over may end after its beginning. The second is for the instant
 * between the two, and for clocks that are set back a little.
 * https://www.postgresql.org/docs/current/monitoring-stats.html
 */
export const UNFOLLOWED = `
  with settled as materialized (
    select least(clock_timestamp() - interval '1 second', min(xact_start)) as until
    from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and backend_xid is not null
  )
  select until::text as until, (select daily_sums_through <> 'infinity' from sums_state) as has_old,
    (select older_until <> since from insights_state) as has_older, (
    select min(finished_at) from calls where finished_at > (select followed_until from sums_state)
  ) as oldest
  from settled`;
/** $1 day, $2 its first instant, $3 before which to stay, $4 most calls, $5 clients told apart, $6 bounds of durations. */
export const FOLLOW = `
  select followed from follow_calls($1::date, $2::timestamptz, least($3::timestamptz, $7::timestamptz), $4::integer,
    $5::text[], $6::integer[])`;

const ARE_UNTIL = `
  select s.daily_sums_through = 'infinity' and not exists (
    select from calls c where c.finished_at > s.followed_until and c.finished_at < $1::timestamptz
  ) as are
  from sums_state s`;

interface Unfollowed {
  readonly until: string;
  readonly has_old: boolean;
  readonly has_older: boolean;
  readonly oldest: Date | null;
}

export function followCalls(
  database: Database,
  logger: Logger,
  timeZoneNow: () => string,
  intervalMs = FOLLOW_MS,
): CallSums {
  const closing = new AbortController();

  /** Day by day: there may be years of them. */
  async function addDailySums(): Promise<void> {
    while (!closing.signal.aborted) {
      const [row] = await database.run<{ day: unknown }>(
        'sums-add-day',
        'select add_daily_sums() as day',
        [],
      );
      if (row?.day == null) break;
      await delay(PAUSE_MS, undefined, { ref: false });
    }
  }

  /** After an upgrade: calls that were followed before insights were. */
  async function addOlder(): Promise<void> {
    for (let step = 0; step < MOST_OLDER_STEPS && !closing.signal.aborted; step += 1) {
      const [row] = await database.run<{ more: boolean | null }>(
        'insights-add-older',
        'select add_older_to_insights($1::integer) as more',
        [MOST_AT_ONCE],
      );
      if (row?.more !== true) break;
      await delay(PAUSE_MS, undefined, { ref: false });
    }
  }

  async function follow(): Promise<number> {
    let total = 0;
    while (!closing.signal.aborted) {
      const [row] = await database.run<Unfollowed>('sums-unfollowed', UNFOLLOWED, []);
      if (row?.has_old) await addDailySums();
      if (row?.oldest == null) {
        if (row?.has_older) await addOlder();
        break;
      }
      const day = dayAt(row.oldest, timeZoneNow());
      const values = [day.date, day.start, row.until, MOST_AT_ONCE, KNOWN_CLIENTS, DURATION_BOUNDS, day.end];
      const [step] = await database.run<{ followed: string }>('sums-follow', FOLLOW, values);
      // None, although there are some: another process adds them, or they have not settled yet.
      if (!Number(step?.followed)) break;
      total += Number(step?.followed);
      await delay(PAUSE_MS, undefined, { ref: false });
    }
    return total;
  }

  async function followUntil(instant: Date): Promise<void> {
    for (let look = 0; look < MOST_LOOKS && !closing.signal.aborted; look += 1) {
      await follow();
      const [row] = await database.run<{ are: boolean }>('sums-are-until', ARE_UNTIL, [instant]);
      if (row?.are !== false) return;
      await delay(LOOK_MS, undefined, { ref: false });
    }
  }

  async function live(): Promise<void> {
    let isFailing = false;
    for (;;) {
      await delay(intervalMs, undefined, { ref: false, signal: closing.signal });
      try {
        await follow();
        isFailing = false;
      } catch (fault) {
        // Pages read the rows meanwhile.
        if (!isFailing && !closing.signal.aborted)
          logger.warn('sums of calls fall behind', { ...describeFault(fault), stack: undefined });
        isFailing = true;
      }
    }
  }
  // Ends by being aborted.
  live().catch(() => {});

  return {
    follow,
    followUntil,
    async restart() {
      await database.run('sums-restart', 'select restart_sums()', []);
      await addDailySums();
    },
    close: () => closing.abort(),
  };
}

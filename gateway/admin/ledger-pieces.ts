/** The ledger in pieces: calls in the order in which they ended, sums day by day. */
import type { Statements } from '../store/database';

/** Calls a piece: some hundredths of a second of the store's time, for as long as which calls feel it. */
export const CALLS_A_PIECE = 2_000;
/**
 * Seconds that a settlement may take to be seen. Calls that ended before that are what they were, but for estimates whose
 * exact cost comes late and for calls that become sums; those that ended since are looked at in one statement.
 */
const SETTLED_SECONDS = 60;

/** Times as Postgres writes them: to the microsecond. */
export interface CallPiece {
  readonly after: string;
  readonly until: string;
}

/** Calls that are settled for good, piece by piece. The last one's `until` is where the rest begins. */
export async function* settledCalls(statements: Statements): AsyncGenerator<CallPiece> {
  for (let after = '-infinity'; ;) {
    const [row] = await statements.run<{ until: string | null; is_full: boolean }>(
      'ledger-piece',
      `with settled as (select clock_timestamp() - make_interval(secs => ${SETTLED_SECONDS}) as until),
       piece as (
         select finished_at from calls where finished_at > $1::timestamptz and finished_at <= (select until from settled)
         order by finished_at limit ${CALLS_A_PIECE}
       )
       select max(finished_at)::text as until, count(*) = ${CALLS_A_PIECE} as is_full from piece`,
      [after],
    );
    if (row?.until == null) return;
    yield { after, until: row.until };
    after = row.until;
    if (!row.is_full) return;
  }
}

/** The days that have sums, oldest first, each found by one look into the index. */
export async function daysOfSums(statements: Statements): Promise<readonly string[]> {
  const rows = await statements.run<{ day: string }>('ledger-days-of-sums', DAYS_OF_SUMS, []);
  return rows.map(({ day }) => day);
}

export const DAYS_OF_SUMS = `
with recursive days as (
  select min(day) as day from daily_sums
  union all
  select (select min(day) from daily_sums s where s.day > days.day) from days where days.day is not null
)
select to_char(day, 'YYYY-MM-DD') as day from days where day is not null order by 1`;

/** Days to which the sums that follow calls counted some, each with its beginning; as Postgres writes them. */
export async function followedDays(statements: Statements): Promise<readonly (readonly [string, string])[]> {
  const rows = await statements.run<{ day: string; starts_at: string }>(
    'ledger-followed-days',
    'select distinct day::text, starts_at::text from followed_days order by 2',
    [],
  );
  return rows.map(({ day, starts_at }) => [day, starts_at]);
}

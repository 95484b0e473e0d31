/**
 * Whether every account has spent what its calls came to: made again from single calls and from the sums of old ones.
 *
 * A call counts to the window it was booked in where that is kept, else to the one it ended in. Which side of a
 * window's beginning a call was booked on is decided by a gateway's clock, and its time is the store's: within five
 * minutes of it either side is right. Left out are accounts of which the rows cannot tell: a sum from before the
 * accounts were kept with sums, a sum of a day in which spend was set or a window began, an estimate that was corrected
 * after spend was set.
 *
 * What lies behind is added up piece by piece, in statements of several moments, and the last minutes in one with the
 * accounts themselves. What differs then may have changed on the way (a window that began, an estimate that was
 * corrected): it is added up once more in one statement, and only what differs there is wrong.
 */
import type { Statements } from '../store/database';
import { daysOfSums, settledCalls } from './ledger-pieces';
import { OF_PIECE } from './ledger-checks';

export interface SpentFinding {
  readonly about: string;
  readonly expected: string;
  readonly found: string;
}

/** Accounts whose sums are held at once: some tens of megabytes. */
const ACCOUNTS_AT_ONCE = 200_000;
/** Accounts that are compared in one statement. */
export const COMPARED_AT_ONCE = 5_000;
const AGAIN_AT_ONCE = 20;

/** The last reset of an account in the window it has now. */
const RESET = `left join lateral (
  select at, after_nano from spend_resets s
  where s.account_id = a.id and s.window_start = a.window_start order by s.at desc, s.id desc limit 1
) as reset on true`;

/** SQL for what the calls `c` that `where` names are to their accounts `u`, of the state `s`. */
const SINGLE = (calls: string): string => `
  select s.id, sum(c.cost_nano) filter (where not n.is_near and (c.booked_in = s.window_start
      or c.booked_in is null and c.finished_at >= s.window_start)) as nano,
    sum(c.cost_nano) filter (where n.is_near) as near_nano,
    bool_or(s.reset_at is not null and c.booked_in = s.window_start and not c.estimated) as is_unknown
  from ${calls} c join state s on s.id = c.charged_id
    cross join lateral (
      select c.booked_in is distinct from s.window_start and c.finished_at between
        s.window_start - interval '5 minutes' and s.window_start + interval '5 minutes' as is_near
    ) as n
  where s.reset_at is null or c.finished_at > s.reset_at
  group by s.id`;

const SUMMED = (sums: string): string => `
  select s.id, sum(d.cost_nano) filter (where d.starts_at >= greatest(s.window_start, s.reset_at)) as nano,
    bool_or(d.starts_at > s.reset_at - interval '25 hours' and d.starts_at <= s.reset_at
      or d.starts_at > s.window_start - interval '22 hours' and d.starts_at < s.window_start) as is_unknown
  from ${sums} d join state s on s.id = d.charged_id
  group by s.id`;

const CHARGED_CALLS = (where: string): string => `(
  select u.charged_id, u.booked_in, c.finished_at, c.cost_nano, c.estimated
  from calls c cross join lateral unnest(c.account_ids, c.account_windows) as u (charged_id, booked_in) where ${where}
)`;
const CHARGED_SUMS = (where: string): string => `(
  select u.charged_id, d.starts_at, d.cost_nano
  from daily_sums d cross join lateral unnest(coalesce(d.account_ids, array[d.account_id])) as u (charged_id)
  where ${where}
)`;

/** Of a piece: only the accounts that it charges. */
const STATE_OF_PIECE = `state as materialized (
  select a.id, a.window_start, reset.at as reset_at
  from (select distinct charged_id from piece) as p join accounts a on a.id = p.charged_id ${RESET}
)`;
/** The window and reset that a sum holds for. */
const HOLDS_FOR = `concat_ws(' ', s.window_start, s.reset_at)`;

/** $1 and $2 as in `OF_PIECE`, $3 and $4 the first and the last id. */
const PIECE_OF_CALLS = `
with piece as materialized (select * from ${CHARGED_CALLS(OF_PIECE)} as c where charged_id between $3 and $4),
${STATE_OF_PIECE}
select s.id, ${HOLDS_FOR} as holds_for, p.nano, p.near_nano, p.is_unknown
from (${SINGLE('piece')}) as p join state s on s.id = p.id`;

/** $1 day, $2 and $3 the first and the last id. */
const PIECE_OF_SUMS = `
with piece as materialized (select * from ${CHARGED_SUMS('d.day = $1::date')} as d where charged_id between $2 and $3),
${STATE_OF_PIECE}
select s.id, ${HOLDS_FOR} as holds_for, p.nano, 0 as near_nano, p.is_unknown
from (${SUMMED('piece')}) as p join state s on s.id = p.id`;

/** Sums from before accounts were kept with them say nothing about shared accounts. @param newest when the last of them began */
const COMPARABLE = (newest: string): string => `(exists (select from keys k where k.account_id = s.id)
  or s.window_start > coalesce(${newest}::timestamptz, '-infinity'))`;

/** $1 day. */
const NEWEST_WITHOUT = `
select max(starts_at)::text as at from daily_sums where day = $1::date and account_ids is null`;

const STATE = (which: string): string => `state as materialized (
  select a.id, a.label, a.spent_nano, a.window_start, reset.at as reset_at, coalesce(reset.after_nano, 0) as base
  from accounts a ${RESET} where ${which}
)`;

/** $1 where the pieces ended, $2 and $3 the first and the last id, $4 as for `COMPARABLE`. */
const COMPARE = `
with ${STATE('a.id between $2 and $3')},
tail as (${SINGLE(CHARGED_CALLS('c.finished_at > $1::timestamptz'))})
select s.id, ${HOLDS_FOR} as holds_for, s.spent_nano, s.base + coalesce(tail.nano, 0) as nano,
  coalesce(tail.near_nano, 0) as near_nano, tail.is_unknown is true as is_unknown, ${COMPARABLE('$4')} as is_comparable
from state s left join tail on tail.id = s.id`;

/** $1 accounts, $2 as for `COMPARABLE`. */
const AGAIN = `
with ${STATE('a.id = any ($1::bigint[])')},
single as (${SINGLE(CHARGED_CALLS('c.account_ids && $1::bigint[]'))}),
summed as (${SUMMED(CHARGED_SUMS('coalesce(d.account_ids, array[d.account_id]) && $1::bigint[]'))}),
charged as (
  select s.label, s.spent_nano, s.base + coalesce(single.nano, 0) + coalesce(summed.nano, 0) as nano,
    coalesce(single.near_nano, 0) as near_nano
  from state s left join single on single.id = s.id left join summed on summed.id = s.id
  where single.is_unknown is not true and summed.is_unknown is not true and ${COMPARABLE('$2')}
)
select label as about, nano::text || case when near_nano > 0 then ' to ' || nano + near_nano else '' end as expected,
  spent_nano::text as found
from charged where spent_nano < nano or spent_nano > nano + near_nano order by label`;

interface Sums {
  holdsFor: string;
  nano: bigint;
  near: bigint;
  isUnknown: boolean;
}

interface SumsRow {
  id: string;
  holds_for: string;
  nano: string | null;
  near_nano: string | null;
  is_unknown: boolean;
}

interface ComparedRow extends SumsRow {
  spent_nano: string;
  is_comparable: boolean;
}

export interface SpentCheck {
  readonly lookedAt: number;
  readonly findings: readonly SpentFinding[];
}

/** @param onPiece told after each piece */
export async function checkSpent(
  statements: Statements,
  mostFindings: number,
  onPiece: () => void,
): Promise<SpentCheck> {
  const [range] = await statements.run<{ last: string | null }>(
    'spent-range',
    'select max(id) as last from accounts',
    [],
  );
  const last = Number(range?.last ?? 0);
  const days = await daysOfSums(statements);
  const newest = await newestWithout(statements, days);
  let lookedAt = 0;
  const doubtful: string[] = [];
  for (let first = 1; first <= last; first += ACCOUNTS_AT_ONCE) {
    const to = Math.min(last, first + ACCOUNTS_AT_ONCE - 1);
    const found = await checkRange(statements, { first, last: to, days, newest }, onPiece);
    lookedAt += found.lookedAt;
    doubtful.push(...found.doubtful);
  }
  const findings: SpentFinding[] = [];
  for (let at = 0; at < doubtful.length && findings.length < mostFindings; at += AGAIN_AT_ONCE) {
    const ids = doubtful.slice(at, at + AGAIN_AT_ONCE);
    findings.push(
      ...(await statements.run<SpentFinding & Record<string, string>>('spent-again', AGAIN, [ids, newest])),
    );
    onPiece();
  }
  return { lookedAt, findings: findings.slice(0, mostFindings) };
}

/** When the newest day began that has sums without their accounts; null: there are none such. */
async function newestWithout(statements: Statements, days: readonly string[]): Promise<string | null> {
  for (const day of [...days].reverse()) {
    const [row] = await statements.run<{ at: string | null }>('spent-without', NEWEST_WITHOUT, [day]);
    if (row?.at != null) return row.at;
  }
  return null;
}

interface Range {
  /** Ids of accounts. */
  readonly first: number;
  readonly last: number;
  readonly days: readonly string[];
  readonly newest: string | null;
}

async function checkRange(
  statements: Statements,
  { first, last, days, newest }: Range,
  onPiece: () => void,
): Promise<{ lookedAt: number; doubtful: string[] }> {
  const sums = new Map<string, Sums>();
  const doubtful = new Set<string>();
  const add = (rows: readonly SumsRow[]): void => {
    for (const { id, holds_for, nano, near_nano, is_unknown } of rows) {
      const known = sums.get(id);
      if (known !== undefined && known.holdsFor !== holds_for) doubtful.add(id);
      sums.set(id, {
        holdsFor: holds_for,
        nano: (known?.nano ?? 0n) + BigInt(nano ?? 0),
        near: (known?.near ?? 0n) + BigInt(near_nano ?? 0),
        isUnknown: known?.isUnknown === true || is_unknown,
      });
    }
  };
  let end = '-infinity';
  for await (const { after, until } of settledCalls(statements)) {
    add(await statements.run<SumsRow>('spent-calls', PIECE_OF_CALLS, [after, until, first, last]));
    end = until;
    onPiece();
  }
  for (const day of days) {
    add(await statements.run<SumsRow>('spent-sums', PIECE_OF_SUMS, [day, first, last]));
    onPiece();
  }
  let lookedAt = 0;
  for (let from = first; from <= last; from += COMPARED_AT_ONCE) {
    const to = Math.min(last, from + COMPARED_AT_ONCE - 1);
    for (const row of await statements.run<ComparedRow>('spent-compare', COMPARE, [end, from, to, newest])) {
      const before = sums.get(row.id);
      const isUnknown = row.is_unknown || before?.isUnknown === true || !row.is_comparable;
      if (before !== undefined && before.holdsFor !== row.holds_for) doubtful.add(row.id);
      if (isUnknown) continue;
      lookedAt += 1;
      const nano = BigInt(row.nano ?? 0) + (before?.nano ?? 0n);
      const near = BigInt(row.near_nano ?? 0) + (before?.near ?? 0n);
      const spent = BigInt(row.spent_nano);
      if (spent < nano || spent > nano + near) doubtful.add(row.id);
    }
    onPiece();
  }
  return { lookedAt, doubtful: [...doubtful] };
}

/**
 * What must be true of the ledger, as data: each check is one statement, and so looks at one moment, also while calls
 * are under way. Of tables that grow without end it looks at a piece at a time.
 */

export interface LedgerCheck {
  readonly name: string;
  /**
   * What there is a piece of: calls that ended after $1 and not after $2, sums of the day $1, the sums that follow calls of
   * the day $1 that began at $2. @default all at once, where there is little or an index has it
   */
  readonly piece?: 'calls' | 'sums' | 'followed';
  /** Rows `about`, `expected`, `found` of what is wrong. */
  readonly wrong: string;
  /** How many there are to look at. @default the lines of the pieces */
  readonly all?: string;
}

/** What every account has spent is made again in `spent-check.ts`. */
export const SPENT_CHECK =
  'what an account has spent is the sum of its calls in its window, since its last reset';

const COUNT = (table: string): string => `select count(*) as looked_at from ${table}`;

/** Calls of a piece, as `c`. */
export const OF_PIECE = 'c.finished_at > $1::timestamptz and c.finished_at <= $2::timestamptz';

/**
 * Of one moment: the day's single calls, what has become daily sums, and what is still to be taken out of the sums. A day
 * that the policy had begin otherwise by the time its calls became daily sums has no such sum.
 */
const FOLLOWED = `
  with stretches as (select since, through from followed_days where day = $1::date and starts_at = $2::timestamptz),
  expected as (
    select coalesce(sum(n), 0)::bigint as calls, coalesce(sum(nano), 0)::bigint as nano from (
      select count(*) as n, sum(c.cost_nano) as nano from stretches s
        join calls c on c.finished_at > s.since and c.finished_at <= s.through
      union all select sum(calls), sum(cost_nano) from daily_sums where day = $1::date
      union all select count(*), sum(r.cost_nano) from stretches s
        join replaced_calls r on r.finished_at > s.since and r.finished_at <= s.through
    ) as parts
  ), told as (
    select 'by kind' as of, coalesce(sum(calls), 0)::bigint as calls, coalesce(sum(cost_nano), 0)::bigint as nano
    from sums_by_day where day = $1::date and starts_at = $2::timestamptz
    union all select 'by key', coalesce(sum(calls), 0), coalesce(sum(cost_nano), 0)
    from key_sums_by_day where day = $1::date and starts_at = $2::timestamptz
    union all select 'by key and kind', coalesce(sum(calls), 0), coalesce(sum(cost_nano), 0)
    from key_sums_by_kind where day = $1::date and starts_at = $2::timestamptz
  )
  select $1::date || ' ' || of as about, expected.calls || ' calls, ' || expected.nano as expected,
    told.calls || ' calls, ' || told.nano as found
  from told, expected
  where (told.calls, told.nano) <> (expected.calls, expected.nano)
    and not exists (select from daily_sums where day = $1::date and starts_at <> $2::timestamptz)`;

const RESERVED = `(
  select u.account_id, sum(amount_nano)::bigint as nano, count(*) as open
  from reservations, unnest(account_ids) as u (account_id) group by u.account_id
)`;

export const LEDGER_CHECKS: readonly LedgerCheck[] = [
  {
    name: 'what an account has reserved is the sum of its open reservations',
    all: COUNT('accounts'),
    wrong: `select a.label as about, coalesce(r.nano, 0)::text as expected, a.reserved_nano::text as found
      from accounts a left join ${RESERVED} as r on r.account_id = a.id
      where a.reserved_nano <> coalesce(r.nano, 0)`,
  },
  {
    name: 'what an account has open is the number of its reservations',
    all: COUNT('accounts'),
    wrong: `select a.label as about, coalesce(r.open, 0)::text as expected, a.open_calls::text as found
      from accounts a left join ${RESERVED} as r on r.account_id = a.id
      where a.open_calls <> coalesce(r.open, 0)`,
  },
  {
    name: 'every call belongs to a key of its account',
    piece: 'calls',
    wrong: `select c.request_id::text as about, coalesce(k.account_id::text, 'a key') as expected,
        c.account_id::text as found
      from calls c left join keys k on k.id = c.key_id
      where ${OF_PIECE} and k.account_id is distinct from c.account_id`,
  },
  {
    name: 'every call is charged to the account of its key first, and to accounts that are there',
    piece: 'calls',
    wrong: `select c.request_id::text as about, c.account_id::text as expected, c.account_ids::text as found
      from calls c where ${OF_PIECE} and (c.account_ids[1] is distinct from c.account_id
        or exists (select from unnest(c.account_ids) as u (id) where not exists (
          select from accounts a where a.id = u.id)))`,
  },
  {
    name: 'every daily sum belongs to a key of its account, and is one',
    piece: 'sums',
    wrong: `select d.day || ' ' || d.owner_name || ' ' || d.model as about,
        coalesce(k.account_id::text, 'a key') || ', no part above the whole' as expected,
        d.account_id || ', ' || d.cost_nano || ' with ' || d.estimated_nano || ' estimated' as found
      from daily_sums d left join keys k on k.id = d.key_id
      where d.day = $1::date and (k.account_id is distinct from d.account_id or d.account_ids[1] <> d.account_id
        or d.calls < 1 or d.failed_calls > d.calls or d.estimated_calls > d.calls
        or d.estimated_nano > d.cost_nano)`,
  },
  {
    name: 'the sums that follow calls are those of the calls and daily sums of their day',
    piece: 'followed',
    wrong: FOLLOWED,
  },
  {
    name: 'no call is booked that is still reserved',
    all: COUNT('reservations'),
    wrong: `select r.request_id::text as about, 'booked or reserved' as expected, 'both' as found
      from reservations r join calls c on c.request_id = r.request_id`,
  },
  {
    name: 'every reservation is of a gateway process that is known, and of accounts that are there',
    all: COUNT('reservations'),
    wrong: `select r.request_id::text as about, 'process and accounts' as expected,
        r.process_id || ', ' || r.account_ids::text as found
      from reservations r where not exists (select from gateway_processes p where p.id = r.process_id)
        or r.account_ids = '{}' or exists (select from unnest(r.account_ids) as u (id) where not exists (
          select from accounts a where a.id = u.id))`,
  },
  {
    name: 'every account of a key or workspace has a key',
    all: COUNT('accounts'),
    wrong: `select a.label as about, 'a key' as expected, 'none' as found
      from accounts a where (starts_with(a.label, 'key/') or starts_with(a.label, 'workspace/'))
        and not exists (select from keys k where k.account_id = a.id)`,
  },
  {
    name: 'every key that replaced another is of the same account',
    all: 'select count(*) as looked_at from keys where rotated_to is not null',
    wrong: `select k.hash as about, k.account_id::text as expected, heir.account_id::text as found
      from keys k join keys heir on heir.id = k.rotated_to where heir.account_id <> k.account_id`,
  },
];

/** Of every check there is. */
export const CHECK_NAMES: readonly string[] = [...LEDGER_CHECKS.map(({ name }) => name), SPENT_CHECK];

/**
 * What must be true of the ledger, as data: each check is one statement, and so looks at one moment, also while calls
 * are under way.
 */

export interface LedgerCheck {
  readonly name: string;
  /** Rows `about`, `expected`, `found` of what is wrong. */
  readonly wrong: string;
  /** How many there are to look at. */
  readonly all: string;
}

const COUNT = (table: string): string => `select count(*) as looked_at from ${table}`;

const RESERVED = `(
  select u.account_id, sum(amount_nano)::bigint as nano, count(*) as open
  from reservations, unnest(account_ids) as u (account_id) group by u.account_id
)`;

/**
 * What every account was charged in its window, made again from single calls and from the sums of old ones.
 *
 * A call counts to the window it was booked in where that is kept, else to the one it ended in. Which side of a
 * window's beginning a call was booked on is decided by a gateway's clock, and its time is the store's: within five
 * minutes of it either side is right. Left out are accounts of which the rows cannot tell: a sum from before the
 * accounts were kept with sums, a sum of a day in which spend was set or a window began, an estimate that was corrected
 * after spend was set.
 */
const CHARGED = `
with state as (
  select a.id, a.label, a.spent_nano, a.window_start, reset.at as reset_at, coalesce(reset.after_nano, 0) as base
  from accounts a left join lateral (
    select at, after_nano from spend_resets s
    where s.account_id = a.id and s.window_start = a.window_start order by s.at desc, s.id desc limit 1
  ) as reset on true
), single as (
  select s.id, sum(c.cost_nano) filter (where not n.is_near and (u.booked_in = s.window_start
      or u.booked_in is null and c.finished_at >= s.window_start)) as nano,
    sum(c.cost_nano) filter (where n.is_near) as near_nano,
    bool_or(s.reset_at is not null and u.booked_in = s.window_start and not c.estimated) as is_unknown
  from calls c cross join lateral unnest(c.account_ids, c.account_windows) as u (account_id, booked_in)
    join state s on s.id = u.account_id
    cross join lateral (
      select u.booked_in is distinct from s.window_start and c.finished_at between
        s.window_start - interval '5 minutes' and s.window_start + interval '5 minutes' as is_near
    ) as n
  where s.reset_at is null or c.finished_at > s.reset_at
  group by s.id
), summed as (
  select s.id, sum(d.cost_nano) filter (where d.starts_at >= greatest(s.window_start, s.reset_at)) as nano,
    bool_or(d.starts_at > s.reset_at - interval '25 hours' and d.starts_at <= s.reset_at
      or d.starts_at > s.window_start - interval '22 hours' and d.starts_at < s.window_start) as is_unknown
  from daily_sums d cross join lateral unnest(coalesce(d.account_ids, array[d.account_id])) as u (account_id)
    join state s on s.id = u.account_id
  group by s.id
), charged as (
  select s.label, s.spent_nano, s.base + coalesce(single.nano, 0) + coalesce(summed.nano, 0) as nano,
    coalesce(single.near_nano, 0) as near_nano
  from state s left join single on single.id = s.id left join summed on summed.id = s.id
  where single.is_unknown is not true and summed.is_unknown is not true
    and (exists (select from keys k where k.account_id = s.id)
      or not exists (select from daily_sums d where d.account_ids is null and d.starts_at >= s.window_start))
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
    name: 'what an account has spent is the sum of its calls in its window, since its last reset',
    all: `${CHARGED} select count(*) as looked_at from charged`,
    wrong: `${CHARGED} select label as about,
        nano::text || case when near_nano > 0 then ' to ' || nano + near_nano else '' end as expected,
        spent_nano::text as found
      from charged where spent_nano < nano or spent_nano > nano + near_nano`,
  },
  {
    name: 'every call belongs to a key of its account',
    all: COUNT('calls'),
    wrong: `select c.request_id::text as about, coalesce(k.account_id::text, 'a key') as expected,
        c.account_id::text as found
      from calls c left join keys k on k.id = c.key_id where k.account_id is distinct from c.account_id`,
  },
  {
    name: 'every call is charged to the account of its key first, and to accounts that are there',
    all: COUNT('calls'),
    wrong: `select c.request_id::text as about, c.account_id::text as expected, c.account_ids::text as found
      from calls c where c.account_ids[1] is distinct from c.account_id
        or exists (select from unnest(c.account_ids) as u (id) where not exists (
          select from accounts a where a.id = u.id))`,
  },
  {
    name: 'every daily sum belongs to a key of its account, and is one',
    all: COUNT('daily_sums'),
    wrong: `select d.day || ' ' || d.owner_name || ' ' || d.model as about,
        coalesce(k.account_id::text, 'a key') || ', no part above the whole' as expected,
        d.account_id || ', ' || d.cost_nano || ' with ' || d.estimated_nano || ' estimated' as found
      from daily_sums d left join keys k on k.id = d.key_id
      where k.account_id is distinct from d.account_id or d.account_ids[1] <> d.account_id or d.calls < 1
        or d.failed_calls > d.calls or d.estimated_calls > d.calls or d.estimated_nano > d.cost_nano`,
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

/**
 * Whether the account adds up: every sum the ledger keeps, made again from its rows. Read-only; while calls are under
 * way it looks at one moment, as all of it is one statement a check.
 */
import { toDollars } from '../ledger/money';
import type { Statements } from '../store/database';

export interface Finding {
  readonly check: string;
  readonly about: string;
  readonly expected: string;
  readonly found: string;
}

export interface AccountCheck {
  readonly ok: boolean;
  readonly checks: readonly {
    readonly name: string;
    readonly looked_at: number;
    readonly findings: number;
  }[];
  readonly findings: readonly Finding[];
  /** Calls whose usage never arrived, booked at their whole reservation. */
  readonly estimated: { readonly calls: number; readonly spend: number };
  readonly reservations: { readonly open: number; readonly reserved: number; readonly oldest: string | null };
}

interface CheckRow {
  about: string;
  expected: string;
  found: string;
}

interface Check {
  readonly name: string;
  /** Rows that are wrong. */
  readonly wrong: string;
  /** How many there are to look at. */
  readonly all: string;
}

const MOST_FINDINGS = 100;

const CHECKS: readonly Check[] = [
  {
    name: 'what an account has reserved is the sum of its open reservations',
    all: 'select count(*) as looked_at from accounts',
    wrong: `select a.label as about, coalesce(r.nano, 0)::text as expected, a.reserved_nano::text as found
      from accounts a left join (
        select u.account_id, sum(amount_nano)::bigint as nano
        from reservations, unnest(account_ids) as u (account_id) group by u.account_id
      ) as r on r.account_id = a.id
      where a.reserved_nano <> coalesce(r.nano, 0)`,
  },
  {
    name: 'what an account has open is the number of its reservations',
    all: 'select count(*) as looked_at from accounts',
    wrong: `select a.label as about, coalesce(r.open, 0)::text as expected, a.open_calls::text as found
      from accounts a left join (
        select u.account_id, count(*) as open from reservations, unnest(account_ids) as u (account_id)
        group by u.account_id
      ) as r on r.account_id = a.id
      where a.open_calls <> coalesce(r.open, 0)`,
  },
  {
    // Of keys only: old calls become sums by key, so what they added to owners and teams cannot be made again.
    name: 'what a key has spent is the sum of its calls in its window, since its last reset',
    all: 'select count(*) as looked_at from accounts where spent_nano > 0',
    wrong: `select a.label as about, booked.nano::text as expected, a.spent_nano::text as found
      from accounts a
      left join lateral (
        select at, after_nano from spend_resets s
        where s.account_id = a.id and s.at >= a.window_start order by s.at desc, s.id desc limit 1
      ) as reset on true
      cross join lateral (
        select coalesce(reset.after_nano, 0)
          + coalesce((select sum(c.cost_nano) from calls c where c.account_id = a.id
              and c.finished_at >= greatest(a.window_start, reset.at)), 0)
          + coalesce((select sum(d.cost_nano) from daily_sums d where d.account_id = a.id
              and d.day::timestamp at time zone 'UTC' >= greatest(a.window_start, reset.at)), 0) as nano
      ) as booked
      where a.spent_nano <> booked.nano and exists (select from keys where keys.account_id = a.id)`,
  },
  {
    name: 'every call belongs to a key of its account',
    all: 'select count(*) as looked_at from calls',
    wrong: `select c.request_id::text as about, k.account_id::text as expected, c.account_id::text as found
      from calls c join keys k on k.id = c.key_id where k.account_id <> c.account_id`,
  },
  {
    name: 'no call is booked that is still reserved',
    all: 'select count(*) as looked_at from reservations',
    wrong: `select r.request_id::text as about, 'booked or reserved' as expected, 'both' as found
      from reservations r join calls c on c.request_id = r.request_id`,
  },
  {
    name: 'every key that replaced another is of the same account',
    all: 'select count(*) as looked_at from keys where rotated_to is not null',
    wrong: `select k.hash as about, k.account_id::text as expected, heir.account_id::text as found
      from keys k join keys heir on heir.id = k.rotated_to where heir.account_id <> k.account_id`,
  },
];

export async function checkAccounts(statements: Statements): Promise<AccountCheck> {
  const findings: Finding[] = [];
  const checks: { name: string; looked_at: number; findings: number }[] = [];
  for (const { name, all, wrong } of CHECKS) {
    const [looked] = await statements.run<{ looked_at: string }>('', all, []);
    const rows = await statements.run<CheckRow>('', `${wrong} limit ${MOST_FINDINGS}`, []);
    checks.push({ name, looked_at: Number(looked?.looked_at ?? 0), findings: rows.length });
    findings.push(...rows.map((row) => ({ check: name, ...row })));
  }
  const [estimated] = await statements.run<{ calls: string; nano: string }>(
    'check-estimated',
    'select coalesce(sum(estimated_calls), 0) as calls, coalesce(sum(estimated_nano), 0) as nano from spend_lines where estimated_calls > 0',
    [],
  );
  const [open] = await statements.run<{ count: string; nano: string; oldest: Date | null }>(
    'check-open',
    'select count(*), coalesce(sum(amount_nano), 0) as nano, min(made_at) as oldest from reservations',
    [],
  );
  return {
    ok: findings.length === 0,
    checks,
    findings,
    estimated: { calls: Number(estimated?.calls ?? 0), spend: toDollars(Number(estimated?.nano ?? 0)) },
    reservations: {
      open: Number(open?.count ?? 0),
      reserved: toDollars(Number(open?.nano ?? 0)),
      oldest: open?.oldest?.toISOString() ?? null,
    },
  };
}

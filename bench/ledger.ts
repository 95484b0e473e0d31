/**
 * Ledgers of any size, made by Postgres itself: people, keys, days, models and sizes that follow from a seed, and
 * accounts that add up. For tests and benchmarks; the tables must be there and empty.
 */
import type { QueryResultRow } from 'pg';
import { KNOWN_CLIENTS } from '../gateway/ledger/known-clients';
import { DURATION_BOUNDS } from '../gateway/ledger/sums/duration-bounds';

export interface LedgerShape {
  /** Calls, single and summed together. */
  readonly rows: number;
  readonly keys: number;
  readonly people: number;
  /** Days that have calls; the last one is `until`. */
  readonly days: number;
  readonly models: number;
  readonly templates: number;
  /** IANA name of the time zone of the days. */
  readonly timeZone: string;
  /** Last day, YYYY-MM-DD. */
  readonly until: string;
  /** The oldest so many days become daily sums. */
  readonly summedDays: number;
  readonly seed: number;
}

export const LARGE: Omit<LedgerShape, 'until'> = {
  rows: 2_000_000,
  keys: 20_000,
  people: 5_000,
  days: 27,
  models: 12,
  templates: 8,
  timeZone: 'America/Sao_Paulo',
  summedDays: 1,
  seed: 1,
};

/** The same in small: what CI has time for. */
export const SMALL: Omit<LedgerShape, 'until'> = {
  ...LARGE,
  rows: 50_000,
  keys: 3_000,
  people: 700,
  summedDays: 3,
};

/** A hash of a secret that is none. */
export const hashOfKey = (number: number): string => number.toString(16).padStart(64, 'k');
export const ownerOfPerson = (number: number): string => `owner-${number}`;

/** Runs one statement; with values, by the extended protocol. */
export type Run = <Row extends QueryResultRow>(text: string, values?: readonly unknown[]) => Promise<Row[]>;

/** A number from 0 up to 1 that follows from `of`, the seed $1 and a number of its own. */
const chance = (of: string, own: number): string =>
  `((hashint8extended(${of}, $1::bigint * 100 + ${own}) & 1073741823) / 1073741824.0::double precision)`;

/** Names as people have them: of every script, and such as spreadsheets and terminals stumble over. */
const NAMES = `(array['ann', 'Björk', '李雷', '=1+1', 'O''Neil, "Tip"', '-bob', 'zoë'])`;

const PEOPLE = `
insert into owner_names (name, owner_id) select 'person-' || n, 'owner-' || n from generate_series(1, $1::integer) n`;

const ACCOUNTS = `
insert into accounts (label, window_start)
select 'key/' || n, case when n % 2 = 0 then '-infinity' else $5::timestamptz end from generate_series(1, $1::integer) n
union all select 'owner/owner-' || n, $5 from generate_series(1, $2::integer) n
union all select 'template/template-' || n, $4 from generate_series(1, $3::integer) n`;

const WORKSPACES = `
insert into workspaces (id, name, deployment, owner_id, template_name, template_version, newest_claim_at)
select 'w-' || n, 'dev-' || n, 'd', 'owner-' || 1 + n % $2::integer, 'template-' || 1 + n % $3::integer, 'v1', now()
from generate_series(1, $1::integer) n where n % 5 <> 0`;

/** Every fifth key is of no workspace and no template. */
const KEYS = `
insert into keys (hash, prefix, last_four, scope, account_id, owner_id, owner_name, workspace_id, workspace_name,
  template_name, valid_from, alias)
select lpad(to_hex(n), 64, 'k'), 'sk-made', right('000' || n, 4), case when n % 5 = 0 then 'user' else 'workspace' end,
  a.id, 'owner-' || 1 + n % $2::integer, ${NAMES}[1 + (n % $2::integer) % 7] || '-' || n % $2::integer,
  case when n % 5 <> 0 then 'w-' || n end, case when n % 5 <> 0 then 'dev-' || n end,
  case when n % 5 <> 0 then 'template-' || 1 + n % $3::integer end, now(), case when n % 3 = 0 then 'alias-' || n end
from generate_series(1, $1::integer) n join accounts a on a.label = 'key/' || n
order by n`;

/**
 * In the order of time, as a ledger has them. Some stand exactly at a midnight of the time zone, some a microsecond
 * before it. Every key has one call at least, a few have most of them; every fifth call names no session. $1 seed, $2
 * calls, $3 keys, $4 models, $5 days, $6 first day, $7 time zone, $8 and $9 the first and last number of a piece.
 */
const CALLS = `
insert into calls (request_id, finished_at, key_id, account_id, account_ids, scope, owner_id, owner_name, workspace_id,
  workspace_name, template_name, level, protocol, model, model_asked, provider, deployment, attempts, streamed,
  input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, cost_nano, estimated, latency_ms, first_token_ms,
  status, error_type, client, session)
with starts as (
  select array_agg(($6::date + d)::timestamp at time zone $7::text order by d) as at
  from generate_series(0, $5::integer) d
), made as (
  select n, case when n <= $3 then n else 1 + floor($3 * power(${chance('n', 1)}, 3))::integer end as key_number,
    (n - 1) * $5::bigint / $2 as day, ${chance('n', 2)} as kind, ${chance('n', 3)} as size
  from generate_series($8::integer, $9::integer) n
), charged as (
  select k.*, row_number() over (order by k.id) as number, array_remove(array[k.account_id, o.id, t.id], null) as accounts
  from keys k left join accounts o on o.label = 'owner/' || k.owner_id
    left join accounts t on t.label = 'template/' || k.template_name
)
select md5($1::text || '-' || n)::uuid,
  case n % 997
    when 0 then starts.at[day + 1]
    when 1 then starts.at[day + 2] - interval '1 microsecond'
    else starts.at[day + 1] + (starts.at[day + 2] - starts.at[day + 1])
      * ((n - 1 - ceil(day * $2 / $5::double precision)) / ($2 / $5::double precision + 1))
  end,
  c.id, c.account_id, c.accounts, c.scope, c.owner_id, c.owner_name, c.workspace_id, c.workspace_name, c.template_name,
  'standard', case when kind < 0.5 then 'openai-chat' else 'anthropic-messages' end,
  'model-' || floor(${chance('n', 4)} * $4)::integer, 'asked', case when kind > 0.02 then 'provider-' || n % 3 end,
  case when kind > 0.02 then 'deployment-' || n % 4 end, 1, n % 2 = 0, floor(20000 * size)::bigint,
  floor(2000 * kind)::bigint, case when n % 4 = 0 then floor(9000 * kind)::bigint else 0 end,
  case when n % 3 = 0 then floor(90000 * size)::bigint else 0 end,
  1 + floor(40000000 * power(size, 4))::bigint + (n % 1009) * 7, kind between 0.3 and 0.31, 900 + n % 5000,
  case when n % 2 = 0 then 200 end, case when kind < 0.05 then 500 else 200 end,
  case when kind < 0.05 then 'provider_failed' end, 'node',
  case when n % 5 > 0 then 'session-' || day || '-' || made.key_number || '-' || n % 3 end
from made cross join starts join charged c on c.number = made.key_number
order by n`;

/** What each account has spent since its window began. */
const SPENT = `
update accounts a set spent_nano = c.nano
from (
  select u.id, sum(cost_nano)::bigint as nano
  from calls cross join lateral unnest(account_ids) as u (id) join accounts x on x.id = u.id
  where finished_at >= x.window_start
  group by u.id
) as c
where a.id = c.id`;

const ROWS_AT_ONCE = 250_000;

async function isFollowed(run: Run, until: Date): Promise<boolean> {
  const [row] = await run<{ is: boolean }>(
    "select followed_until >= $1::timestamptz - interval '1 microsecond' as is from sums_state",
    [until],
  );
  return row?.is ?? false;
}

/** Fills the store's tables. Calls are in the order of time; the accounts' sums are those of the calls. */
export async function generateLedger(run: Run, shape: LedgerShape): Promise<void> {
  const { rows, keys, people, days, models, templates, timeZone, until, summedDays, seed } = shape;
  const startOf = async (daysAgo: number): Promise<Date> => {
    const [row] = await run<{ at: Date }>(
      'select ($1::date - $2::integer)::timestamp at time zone $3::text as at',
      [until, daysAgo, timeZone],
    );
    return row?.at ?? new Date(0);
  };
  await run(PEOPLE, [people]);
  await run(ACCOUNTS, [keys, people, templates, await startOf(20), await startOf(3)]);
  await run(WORKSPACES, [keys, people, templates]);
  await run(KEYS, [keys, people, templates]);
  await run('analyze accounts, keys');
  // Made after the rows they are made of far sooner than with each of them.
  const indexes = await run<{ name: string; definition: string }>(
    "select indexname as name, indexdef as definition from pg_indexes where tablename = 'calls' and indexname <> 'calls_pkey'",
  );
  for (const { name } of indexes) await run(`drop index ${name}`);
  const [first] = await run<{ day: string }>(
    "select to_char($1::date - $2::integer + 1, 'YYYY-MM-DD') as day",
    [until, days],
  );
  // In pieces, so that none of them is put in order on the disk.
  for (let from = 1; from <= rows; from += ROWS_AT_ONCE) {
    const to = Math.min(rows, from + ROWS_AT_ONCE - 1);
    await run(CALLS, [seed, rows, keys, models, days, first?.day, timeZone, from, to]);
  }
  await run(SPENT);
  for (const { definition } of indexes) await run(definition);
  await run('vacuum analyze calls');
  await run('select add_daily_sums()');
  for (let day = days - 1; day >= 0; day -= 1) {
    const values = [until, day, await startOf(day), await startOf(day - 1), KNOWN_CLIENTS, DURATION_BOUNDS];
    // None: a gateway that runs there is at it as well.
    for (;;) {
      const steps = await run(
        'select follow_calls($1::date - $2::integer, $3, $4::timestamptz, 2147483647, $5::text[], $6::integer[])',
        values,
      );
      if (steps.length > 0 || (await isFollowed(run, values[3] as Date))) break;
    }
  }
  for (let day = days - 1; day >= days - summedDays; day -= 1)
    await run('select roll_up_calls(($1::date - $2::integer), $3, $4, 2147483647, $5)', [
      until,
      day,
      await startOf(day),
      await startOf(day - 1),
      KNOWN_CLIENTS,
    ]);
  await run('vacuum analyze calls');
  await run('vacuum analyze accounts');
  await run('analyze daily_sums');
}

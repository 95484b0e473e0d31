/** What a key's holder may know about it: scope, level, models, limits, and the account. Dollars as numbers. */
import { toDollars, toNano } from '../ledger/money';
import type { Database } from '../store/database';
import type { Entitlement } from './entitlement';
import { scopeLabel, type KeyRecord } from './key-record';

const USAGE_DAYS = 31;

interface AccountRow {
  window_start: Date;
  spent_nano: string;
  reserved_nano: string;
}

interface UsageRow {
  date: string;
  model: string;
  calls: string;
  input_tokens: string;
  output_tokens: string;
  cache_write_tokens: string;
  cache_read_tokens: string;
  cost_nano: string;
}

/** The terms of a key, without its account: what a workspace is told with its key. */
export function describeTerms(key: KeyRecord, entitlement: Entitlement): Record<string, unknown> {
  return {
    scope: scopeLabel(key),
    level: entitlement.level,
    models: entitlement.models.map(({ name }) => name),
    max_budget: entitlement.scope.max_budget,
    budget_duration: entitlement.scope.budget_duration,
    expires_at: entitlement.expiresAt.toISOString(),
  };
}

/** The body of `GET /api/v1/keys/info`. */
export async function describeKey(
  database: Database,
  key: KeyRecord,
  entitlement: Entitlement,
): Promise<Record<string, unknown>> {
  const [account, usage] = await Promise.all([readAccount(database, key), readUsage(database, key)]);
  const { window, scope } = entitlement;
  // An account keeps the former window's figures until its next call.
  const spent = account && account.window_start >= window.start ? Number(account.spent_nano) : 0;
  const reserved = Number(account?.reserved_nano ?? 0);
  return {
    ...describeTerms(key, entitlement),
    key_name: `sk-...${key.lastFour}`,
    key_prefix: key.prefix,
    owner: { id: key.ownerId, name: key.ownerName },
    workspace: key.workspaceId === null ? null : { id: key.workspaceId, name: key.workspaceName },
    template: key.templateName,
    limits: {
      rpm_limit: scope.rpm_limit,
      tpm_limit: scope.tpm_limit,
      max_parallel_requests: scope.max_parallel_requests,
    },
    spend: toDollars(spent),
    reserved: toDollars(reserved),
    budget_left: toDollars(Math.max(0, toNano(scope.max_budget) - spent - reserved)),
    window_start: window.end === undefined ? null : window.start.toISOString(),
    window_end: window.end?.toISOString() ?? null,
    usage: usage.map((row) => ({
      date: row.date,
      model: row.model,
      calls: Number(row.calls),
      input_tokens: Number(row.input_tokens),
      output_tokens: Number(row.output_tokens),
      cache_write_tokens: Number(row.cache_write_tokens),
      cache_read_tokens: Number(row.cache_read_tokens),
      spend: toDollars(Number(row.cost_nano)),
    })),
  };
}

async function readAccount(database: Database, key: KeyRecord): Promise<AccountRow | undefined> {
  const rows = await database.run<AccountRow>(
    'account-read',
    `select case when window_start = '-infinity' then 'epoch'::timestamptz else window_start end as window_start,
       spent_nano, reserved_nano from accounts where id = $1`,
    [key.accountId],
  );
  return rows[0];
}

/** By day (UTC) and model, newest first. */
function readUsage(database: Database, key: KeyRecord): Promise<UsageRow[]> {
  return database.run<UsageRow>(
    'account-usage',
    `select to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD') as date, model, count(*) as calls,
       sum(input_tokens) as input_tokens, sum(output_tokens) as output_tokens,
       sum(cache_write_tokens) as cache_write_tokens, sum(cache_read_tokens) as cache_read_tokens,
       sum(cost_nano) as cost_nano
     from calls where account_id = $1 and finished_at > now() - make_interval(days => $2)
     group by 1, 2 order by 1 desc, 2`,
    [key.accountId, USAGE_DAYS],
  );
}

/** What a key's holder may know about it: scope, level, models, limits, and the account. Dollars as numbers. */
import { toDollars, toNano } from '../ledger/money';
import { readSpendReport } from '../ledger/spend-report';
import type { Database } from '../store/database';
import type { Entitlement } from './entitlement';
import { scopeLabel, type KeyRecord } from './key-record';

interface AccountRow {
  window_start: Date;
  spent_nano: string;
  reserved_nano: string;
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

/** The body of `GET /api/v1/keys/info`: `describeStanding`, and where the money went. */
export async function describeKey(
  database: Database,
  key: KeyRecord,
  entitlement: Entitlement,
): Promise<Record<string, unknown>> {
  const [standing, { usage, ...activity }] = await Promise.all([
    describeStanding(database, key, entitlement),
    readSpendReport(database, key.ownerId, key.accountId),
  ]);
  return { ...standing, usage, activity };
}

/** Terms and account as they are now: one look-up by primary key, however many calls there were. */
export async function describeStanding(
  database: Database,
  key: KeyRecord,
  entitlement: Entitlement,
): Promise<Record<string, unknown>> {
  const account = await readAccount(database, key);
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

/** A key as the admin API shows it: LiteLLM's names where it has one, ours beside them. Never the key itself but by `viewShown`. */
import { GatewayError } from '../errors';
import { entitlementOf, type Entitlement } from '../keys/entitlement';
import type { ShownKey } from '../keys/issued-keys';
import { scopeLabel, type KeyRecord } from '../keys/key-record';
import { toDollars } from '../ledger/money';
import type { Services } from '../services';
import type { Statements } from '../store/database';
import { BUDGET_FIGURES, describeFigures, readAccounts, type Account } from './accounts';
import { anything, answer, count, flag, freeObject, listOf, orNull, string, time } from './json-schema';

export type KeyStatus =
  'active' | 'expired' | 'paused' | 'blocked' | 'suspended' | 'replaced' | 'revoked' | 'without policy';

export const KEY_FIELDS = {
  token: { ...string, description: 'SHA-256 of the key, by which it is named everywhere.' },
  token_id: string,
  key_name: string,
  key_prefix: string,
  key_alias: orNull(string),
  user_id: string,
  user_alias: string,
  team_id: orNull(string),
  scope: string,
  status: string,
  level: orNull(string),
  ...BUDGET_FIGURES,
  budget_id: orNull(string),
  rpm_limit: orNull(count),
  tpm_limit: orNull(count),
  max_parallel_requests: orNull(count),
  models: listOf(string),
  expires: orNull(time),
  blocked: flag,
  workspace_id: orNull(string),
  workspace_name: orNull(string),
  metadata: freeObject,
  created_by: string,
  created_at: time,
  updated_at: time,
  litellm_budget_table: anything,
} as const;

export const keySchema = answer(KEY_FIELDS);

/** The one answer that holds a key itself: to whoever had it made. */
export const shownSchema = answer({ ...KEY_FIELDS, key: { ...string, description: 'Shown this once.' } });

export async function viewKeys(
  services: Services,
  statements: Statements,
  records: readonly KeyRecord[],
): Promise<Record<string, unknown>[]> {
  const accounts = await readAccounts(
    statements,
    records.map(({ accountId }) => accountId),
  );
  return records.map((record) => view(services, record, accounts.get(record.accountId)));
}

export async function viewKey(
  services: Services,
  statements: Statements,
  record: KeyRecord,
): Promise<Record<string, unknown>> {
  return (await viewKeys(services, statements, [record]))[0] ?? {};
}

export async function viewShown(services: Services, statements: Statements, { key, record }: ShownKey) {
  return { ...(await viewKey(services, statements, record)), key };
}

/** What an administrator laid down, for the audit trail: no figures that change by themselves. */
export function termsOfKey(record: KeyRecord): Record<string, unknown> {
  const { limits } = record;
  return {
    key_name: `sk-...${record.lastFour}`,
    key_alias: record.alias,
    scope: scopeLabel(record),
    user_id: record.ownerId,
    level: record.level,
    models: record.models,
    max_budget: limits.maxBudget === undefined ? null : toDollars(limits.maxBudget),
    budget_duration: limits.budgetDuration ?? null,
    rpm_limit: limits.rpmLimit ?? null,
    tpm_limit: limits.tpmLimit ?? null,
    max_parallel_requests: limits.maxParallelRequests ?? null,
    budget_id: record.budgetId,
    expires: record.expiresAt?.toISOString() ?? null,
    blocked: record.blockedAt !== null,
    revoked: record.revokedAt !== null,
    metadata: record.metadata,
  };
}

function view(services: Services, record: KeyRecord, account: Account | undefined): Record<string, unknown> {
  const terms = termsNow(services, record);
  const scope = terms?.scope;
  return {
    token: record.hash,
    token_id: record.hash,
    key_name: `sk-...${record.lastFour}`,
    key_prefix: record.prefix,
    key_alias: record.alias,
    user_id: record.ownerId,
    user_alias: record.ownerName,
    team_id: record.templateName,
    scope: scopeLabel(record),
    status: statusOf(record, terms, services.now()),
    level: terms?.level ?? null,
    ...describeFigures(account, scope, terms?.window, services.now()),
    budget_id: record.budgetId,
    rpm_limit: scope?.rpm_limit ?? null,
    tpm_limit: scope?.tpm_limit ?? null,
    max_parallel_requests: scope?.max_parallel_requests ?? null,
    models: terms?.models.map(({ name }) => name) ?? [],
    expires: terms?.expiresAt.toISOString() ?? record.expiresAt?.toISOString() ?? null,
    blocked: record.blockedAt !== null,
    workspace_id: record.workspaceId,
    workspace_name: record.workspaceName,
    // People's scripts read the level here.
    metadata: { ...record.metadata, scope: scopeLabel(record), enforcement_level: terms?.level ?? null },
    created_by: record.createdBy,
    created_at: record.createdAt.toISOString(),
    updated_at: record.updatedAt.toISOString(),
    litellm_budget_table: null,
  };
}

/** Undefined when the policy knows no keys of this kind. */
export function termsNow(services: Services, record: KeyRecord): Entitlement | undefined {
  const { documents, settings, now } = services;
  try {
    return entitlementOf(record, documents.current, settings, now());
  } catch (fault) {
    if (fault instanceof GatewayError && fault.code === 'scope_without_policy') return undefined;
    throw fault;
  }
}

function statusOf(record: KeyRecord, terms: Entitlement | undefined, now: Date): KeyStatus {
  if (record.revokedAt !== null) return 'revoked';
  if (terms === undefined) return 'without policy';
  if (terms.expiresAt <= now) return 'expired';
  if (record.ownerSuspendedAt !== null) return 'suspended';
  if (record.blockedAt !== null) return 'blocked';
  if (record.pausedAt !== null) return 'paused';
  return record.isReplaced ? 'replaced' : 'active';
}

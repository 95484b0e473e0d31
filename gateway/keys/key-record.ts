/** A key as the store knows it: everything but the key. */
import { readLimits, type Limits, type LimitsRow } from './limits';

/** Why a key ended, where that is no revocation and no replacement. */
export type EndedBecause = 'workspace_deleted' | 'workspace_passed_on' | 'assistant_off';

export interface KeyRecord {
  readonly id: string;
  readonly hash: string;
  readonly accountId: string;
  readonly prefix: string;
  readonly lastFour: string;
  /** What people call it; null for keys that nobody named. */
  readonly alias: string | null;
  /** Name of the policy's scope that holds for it. */
  readonly scope: string;
  readonly ownerId: string;
  readonly ownerName: string;
  /** Every name the owner was ever seen with, in small letters. */
  readonly ownerNames: readonly string[];
  /** Every group that the newest claim or a live key of the owner names. */
  readonly ownerGroups: readonly string[];
  /** Whether a claim or Coder has said which groups the owner is in. */
  readonly areGroupsKnown: boolean;
  readonly workspaceId: string | null;
  readonly workspaceName: string | null;
  readonly templateName: string | null;
  /** Templates of all live workspaces of the owner. */
  readonly ownerTemplates: readonly string[];
  /** Null: the default level holds. */
  readonly level: string | null;
  /** What an administrator laid down for this key, by itself or by a named budget. */
  readonly limits: Limits;
  /** Gateway model names and aliases, out of those its scope allows; null: all of those. */
  readonly models: readonly string[] | null;
  /** What an administrator laid down for its owner, over all of their keys. */
  readonly ownerLimits: Limits;
  readonly ownerSuspendedAt: Date | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly budgetId: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly validFrom: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly endedBecause: EndedBecause | null;
  readonly blockedAt: Date | null;
  /** Its workspace is stopped. */
  readonly pausedAt: Date | null;
  /** Whether another key has taken its place; it works until it expires. */
  readonly isReplaced: boolean;
}

interface OwnerPart extends LimitsRow {
  budget: LimitsRow | null;
  suspended_at: string | null;
}

export interface KeyRow extends LimitsRow {
  id: string;
  hash: string;
  account_id: string;
  prefix: string;
  last_four: string;
  alias: string | null;
  scope: string;
  owner_id: string;
  owner_name: string;
  owner_names: string[];
  all_groups: string[];
  groups_known: boolean;
  owner_templates: string[];
  workspace_id: string | null;
  workspace_name: string | null;
  template_name: string | null;
  level: string | null;
  models: string[] | null;
  budget: LimitsRow | null;
  owner: OwnerPart | null;
  metadata: Record<string, unknown>;
  budget_id: string | null;
  created_by: string;
  created_at: Date;
  updated_at: Date;
  valid_from: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
  ended_because: EndedBecause | null;
  blocked_at: Date | null;
  paused_at: Date | null;
  rotated_to: string | null;
}

/** Of the table `keys`, which the statement must call by that name. */
export const KEY_COLUMNS = `id, hash, account_id, prefix, last_four, alias, scope, owner_id, owner_name, workspace_id,
  workspace_name, template_name, level, models, max_budget_nano, budget_duration, rpm_limit, tpm_limit,
  max_parallel_requests, metadata, budget_id, created_by, created_at, updated_at, valid_from,
  expires_at, revoked_at, ended_because, blocked_at, paused_at, rotated_to,
  array(select seen.name from names_of_owners seen where seen.owner_id = keys.owner_id) as owner_names,
  array(select unnest(sibling.owner_groups) from keys sibling
        where sibling.owner_id = keys.owner_id and sibling.revoked_at is null
        union select unnest(keys.owner_groups)
        union select unnest(person.groups) from owners person where person.id = keys.owner_id) as all_groups,
  (exists (select from workspaces started where started.owner_id = keys.owner_id)
     or exists (select from owners person
                where person.id = keys.owner_id and person.groups_told_at is not null)) as groups_known,
  array(select distinct sibling.template_name from keys sibling where sibling.owner_id = keys.owner_id
        and sibling.workspace_id is not null and sibling.revoked_at is null
        and sibling.template_name is not null) as owner_templates,
  (select to_jsonb(named) from budgets named where named.id = keys.budget_id) as budget,
  (select to_jsonb(person) || jsonb_build_object('budget',
     (select to_jsonb(named) from budgets named where named.id = person.budget_id))
   from owners person where person.id = keys.owner_id) as owner`;

export function toKeyRecord(row: KeyRow): KeyRecord {
  return {
    id: row.id,
    hash: row.hash,
    accountId: row.account_id,
    prefix: row.prefix,
    lastFour: row.last_four,
    alias: row.alias,
    scope: row.scope,
    ownerId: row.owner_id,
    ownerName: row.owner_name,
    ownerNames: row.owner_names,
    ownerGroups: row.all_groups,
    areGroupsKnown: row.groups_known,
    workspaceId: row.workspace_id,
    workspaceName: row.workspace_name,
    templateName: row.template_name,
    ownerTemplates: row.owner_templates,
    level: row.level,
    limits: readLimits(row, row.budget),
    models: row.models,
    ownerLimits: readLimits(row.owner, row.owner?.budget),
    ownerSuspendedAt: row.owner?.suspended_at == null ? null : new Date(row.owner.suspended_at),
    metadata: row.metadata,
    budgetId: row.budget_id,
    createdBy: row.created_by,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    validFrom: row.valid_from,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    endedBecause: row.ended_because,
    blockedAt: row.blocked_at,
    pausedAt: row.paused_at,
    isReplaced: row.rotated_to !== null,
  };
}

/** What the key is for, as people and clients see it: `workspace:<id>`, `user:ann`, `ci:<repository>`, … */
export function scopeLabel({
  scope,
  workspaceId,
  ownerId,
  ownerName,
}: Pick<KeyRecord, 'scope' | 'workspaceId' | 'ownerId' | 'ownerName'>): string {
  if (workspaceId !== null) return `${scope}:${workspaceId}`;
  if (scope === 'user') return `user:${ownerName}`;
  return ownerId.startsWith(`${scope}:`) ? ownerId : scope;
}

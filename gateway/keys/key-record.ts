/** A key as the store knows it: everything but the key. */

export interface KeyRecord {
  readonly id: string;
  readonly accountId: string;
  readonly prefix: string;
  readonly lastFour: string;
  /** Name of the policy's scope that holds for it. */
  readonly scope: string;
  readonly ownerId: string;
  readonly ownerName: string;
  /** Every name the owner was ever seen with, in small letters. */
  readonly ownerNames: readonly string[];
  readonly ownerGroups: readonly string[];
  readonly workspaceId: string | null;
  readonly workspaceName: string | null;
  readonly templateName: string | null;
  /** Null: the default level holds. */
  readonly level: string | null;
  readonly validFrom: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

export interface KeyRow {
  id: string;
  account_id: string;
  prefix: string;
  last_four: string;
  scope: string;
  owner_id: string;
  owner_name: string;
  owner_names: string[];
  owner_groups: string[];
  workspace_id: string | null;
  workspace_name: string | null;
  template_name: string | null;
  level: string | null;
  valid_from: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
}

/** Of the table `keys`, which the statement must call by that name. */
export const KEY_COLUMNS = `id, account_id, prefix, last_four, scope, owner_id, owner_name, owner_groups, workspace_id,
  workspace_name, template_name, level, valid_from, expires_at, revoked_at,
  array(select seen.name from names_of_owners seen where seen.owner_id = keys.owner_id) as owner_names`;

export function toKeyRecord(row: KeyRow): KeyRecord {
  return {
    id: row.id,
    accountId: row.account_id,
    prefix: row.prefix,
    lastFour: row.last_four,
    scope: row.scope,
    ownerId: row.owner_id,
    ownerName: row.owner_name,
    ownerNames: row.owner_names,
    ownerGroups: row.owner_groups,
    workspaceId: row.workspace_id,
    workspaceName: row.workspace_name,
    templateName: row.template_name,
    level: row.level,
    validFrom: row.valid_from,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  };
}

/** What the key is for, as people and clients see it: `workspace:<id>`, `ci`, … */
export const scopeLabel = (key: Pick<KeyRecord, 'scope' | 'workspaceId'>): string =>
  key.workspaceId === null ? key.scope : `${key.scope}:${key.workspaceId}`;

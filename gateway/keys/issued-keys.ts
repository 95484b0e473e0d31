/** What administrators do with keys: give out, change, rotate, block, take away. Each in the caller's transaction. */
import { GatewayError } from '../errors';
import { isDuplicate, type Statements } from '../store/database';
import { hashKey, lastFourOf, prefixOf, randomKey } from './key-derivation';
import { KEY_COLUMNS, toKeyRecord, type KeyRecord, type KeyRow } from './key-record';
import type { LimitsRow } from './limits';

export interface NewKey {
  /** A key made elsewhere; otherwise one is made here. */
  readonly key?: string;
  readonly scope: string;
  readonly ownerId: string;
  readonly ownerName: string;
  readonly ownerGroups?: readonly string[];
  readonly workspaceId?: string | null;
  readonly workspaceName?: string | null;
  readonly templateName?: string | null;
  readonly alias: string | null;
  readonly level: string | null;
  readonly limits: Partial<LimitsRow>;
  readonly models: readonly string[] | null;
  readonly budgetId: string | null;
  readonly expiresAt: Date | null;
  readonly validFrom: Date;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdBy: string;
  /** The account it spends from; a new one otherwise. */
  readonly accountId?: string;
}

/** A key as it is shown once. */
export interface ShownKey {
  readonly key: string;
  readonly record: KeyRecord;
}

export async function insertKey(statements: Statements, wanted: NewKey): Promise<ShownKey> {
  const key = wanted.key ?? randomKey();
  const accountId = wanted.accountId ?? (await openAccount(statements, `key/${hashKey(key)}`));
  try {
    const rows = await statements.run<KeyRow>(
      'key-insert',
      `insert into keys (hash, prefix, last_four, scope, account_id, owner_id, owner_name, owner_groups, workspace_id,
         workspace_name, template_name, alias, level, max_budget_nano, budget_duration, rpm_limit, tpm_limit,
         max_parallel_requests, models, budget_id, expires_at, valid_from, metadata, created_by)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
         $23, $24)
       returning ${KEY_COLUMNS}`,
      [
        hashKey(key),
        prefixOf(key),
        lastFourOf(key),
        wanted.scope,
        accountId,
        wanted.ownerId,
        wanted.ownerName,
        wanted.ownerGroups ?? [],
        wanted.workspaceId ?? null,
        wanted.workspaceName ?? null,
        wanted.templateName ?? null,
        wanted.alias,
        wanted.level,
        wanted.limits.max_budget_nano ?? null,
        wanted.limits.budget_duration ?? null,
        wanted.limits.rpm_limit ?? null,
        wanted.limits.tpm_limit ?? null,
        wanted.limits.max_parallel_requests ?? null,
        wanted.models,
        wanted.budgetId,
        wanted.expiresAt,
        wanted.validFrom,
        JSON.stringify(wanted.metadata),
        wanted.createdBy,
      ],
    );
    return { key, record: only(rows) };
  } catch (fault) {
    throw isDuplicate(fault) ? aliasTaken(wanted.alias) : fault;
  }
}

const aliasTaken = (alias: string | null): GatewayError =>
  new GatewayError('key_alias_taken', {
    message: `Key with alias '${alias}' already exists. Unique key aliases across all keys are required.`,
  });

export async function openAccount(statements: Statements, label: string): Promise<string> {
  const rows = await statements.run<{ id: string }>(
    'account-of-label',
    // The update changes nothing; it makes the statement return the row that is there.
    `insert into accounts (label) values ($1)
     on conflict (label) do update set label = excluded.label returning id`,
    [label],
  );
  if (rows[0] === undefined) throw new Error('the account was not opened');
  return rows[0].id;
}

/** By the key itself, its hash, or its alias. Held against other changes until the transaction ends. */
export async function holdKey(statements: Statements, keyHashOrAlias: string): Promise<KeyRecord> {
  const hash = keyHashOrAlias.startsWith('sk-') ? hashKey(keyHashOrAlias) : keyHashOrAlias;
  const rows = await statements.run<KeyRow>(
    'key-hold',
    `select ${KEY_COLUMNS} from keys
     where hash = $1 or (alias = $1 and revoked_at is null and rotated_to is null) order by id desc limit 1
     for update`,
    [hash],
  );
  if (rows[0] === undefined) throw new GatewayError('key_not_found');
  return toKeyRecord(rows[0]);
}

/** The key and those it replaced that still work: what holds for the one holds for all, or rotating would be a way out. */
const KIN = `account_id = $1 and revoked_at is null and ($2::boolean is false or id = $3)`;

const kinOf = ({ accountId, isReplaced, id }: KeyRecord): readonly unknown[] => [accountId, isReplaced, id];

export type KeyChanges = Partial<
  Record<
    | 'alias'
    | 'level'
    | 'budget_id'
    | 'models'
    | 'expires_at'
    | 'metadata'
    | 'blocked_at'
    | 'owner_id'
    | 'owner_name'
    | keyof LimitsRow,
    unknown
  >
>;

/** Of one key only; everything else about it holds for those it replaced, too. */
const OWN_COLUMNS = ['alias', 'expires_at', 'metadata'];

export async function changeKey(
  statements: Statements,
  record: KeyRecord,
  changes: KeyChanges,
): Promise<KeyRecord> {
  if (record.revokedAt !== null) throw new GatewayError('key_not_changeable');
  const set = Object.entries(changes).filter(([, value]) => value !== undefined);
  const assign = (columns: typeof set, offset: number): string =>
    [...columns.map(([column], at) => `${column} = $${at + offset}`), 'updated_at = now()'].join(', ');
  const shared = set.filter(([column]) => !OWN_COLUMNS.includes(column));
  const own = set.filter(([column]) => OWN_COLUMNS.includes(column));
  await statements.run('', `update keys set ${assign(shared, 4)} where ${KIN}`, [
    ...kinOf(record),
    ...shared.map(([, value]) => value),
  ]);
  try {
    const rows = await statements.run<KeyRow>(
      '',
      `update keys set ${assign(own, 2)} where id = $1 returning ${KEY_COLUMNS}`,
      [record.id, ...own.map(([, value]) => value)],
    );
    return only(rows);
  } catch (fault) {
    throw isDuplicate(fault) ? aliasTaken(String(changes.alias)) : fault;
  }
}

/**
 * Takes the key away, and those it replaced with it. A workspace needs a newer start to get another one: the claim it
 * has would only bring the key back.
 */
export async function revokeKey(statements: Statements, record: KeyRecord): Promise<void> {
  await statements.run(
    'keys-revoke',
    `update keys set revoked_at = now(), updated_at = now() where ${KIN}`,
    kinOf(record),
  );
  if (record.workspaceId !== null && !record.isReplaced)
    await endWorkspace(statements, record.workspaceId, record.ownerId);
}

/** Uses the newest claim up, and makes the keys of this owner underivable. */
export async function endWorkspace(
  statements: Statements,
  workspaceId: string,
  ownerId: string,
): Promise<void> {
  await statements.run(
    'workspace-end',
    `update workspaces set ended_at = now(), generation = generation + 1 where id = $1 and owner_id = $2`,
    [workspaceId, ownerId],
  );
}

/** Puts another key in the place of one, which goes on working until then, or dies at once. */
export async function replaceKey(
  statements: Statements,
  record: KeyRecord,
  graceEnd: Date | undefined,
  insert: () => Promise<ShownKey>,
): Promise<ShownKey> {
  if (record.revokedAt !== null || record.isReplaced) throw new GatewayError('key_not_changeable');
  // The name is free as soon as the key counts as replaced; by what, is known only after.
  await statements.run('key-let-go', 'update keys set rotated_to = id where id = $1', [record.id]);
  const shown = await insert();
  await statements.run(
    'key-replaced',
    `update keys set rotated_to = $2, expires_at = least(expires_at, $3::timestamptz), updated_at = now(),
       revoked_at = case when $3::timestamptz is null then now() end
     where id = $1`,
    [record.id, shown.record.id, graceEnd ?? null],
  );
  // A block goes on; raises are the account's.
  await statements.run(
    'key-inherits',
    `update keys heir set blocked_at = old.blocked_at, paused_at = old.paused_at
     from keys old where heir.id = $2 and old.id = $1`,
    [record.id, shown.record.id],
  );
  return { key: shown.key, record: await holdKey(statements, shown.record.hash) };
}

function only(rows: readonly KeyRow[]): KeyRecord {
  if (rows[0] === undefined) throw new Error('the key row was not written');
  return toKeyRecord(rows[0]);
}

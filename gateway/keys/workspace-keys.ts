/** Gives a workspace its key: the same one at every start, another one for another owner. */
import { STRICTEST, isLevel } from '../../src/levels';
import { GatewayError } from '../errors';
import type { Logger } from '../log';
import { createQueues } from '../concurrency/queues';
import type { Database, Statements } from '../store/database';
import type { SignedClaim } from './claim';
import type { WorkspaceClaim } from './claim-fields';
import { deriveWorkspaceKey, hashKey, lastFourOf, prefixOf, type KeySecrets } from './key-derivation';
import { KEY_COLUMNS, toKeyRecord, type KeyRecord, type KeyRow } from './key-record';
import type { KeyStore } from './key-store';
import { holdName, noteOwner } from './owner-names';

export interface IssuedKey {
  readonly key: string;
  readonly record: KeyRecord;
  /** Whether the workspace had this key before. */
  readonly reused: boolean;
}

export interface WorkspaceKeys {
  issue(claim: SignedClaim): Promise<IssuedKey>;
  /** The key that the workspace's claims lead to from now on, in the place of the one they led to before. */
  nextKey(statements: Statements, workspaceId: string, ownerId: string): Promise<string>;
}

interface WorkspaceRow {
  owner_id: string;
  generation: number;
  newest_claim_at: Date;
  ended_at: Date | null;
}

export function createWorkspaceKeys(
  database: Database,
  keys: KeyStore,
  secrets: KeySecrets,
  logger: Logger,
): WorkspaceKeys {
  // They lock the same row: side by side they would take every connection to the store, and wait there.
  const starts = createQueues();
  return {
    async issue(claim) {
      const issued = await starts.run(claim.workspace.id, () =>
        database.transaction(async (statements) => {
          await holdName(statements, claim.owner.name);
          const workspace = await lockWorkspace(statements, claim);
          refuseSuperseded(workspace, claim);
          await refuseSuspended(statements, claim);
          const wanted = workspace.generation + (workspace.owner_id === claim.owner.id ? 0 : 1);
          const generation = await livingGeneration(statements, claim, wanted);
          await noteClaim(statements, claim, generation);
          await noteOwner(statements, claim.owner, logger);
          return putKey(statements, claim, generation);
        }),
      );
      keys.forget();
      return issued;
    },
    async nextKey(statements, workspaceId, ownerId) {
      const rows = await statements.run<{ generation: number }>(
        'workspace-next-generation',
        'update workspaces set generation = generation + 1 where id = $1 and owner_id = $2 returning generation',
        [workspaceId, ownerId],
      );
      if (rows[0] === undefined) throw new GatewayError('key_not_changeable');
      return deriveWorkspaceKey(secrets.current, workspaceId, ownerId, rows[0].generation);
    },
  };

  /** A key that was taken away does not come back: the next generation's takes its place. */
  async function livingGeneration(
    statements: Statements,
    { workspace, owner }: WorkspaceClaim,
    wanted: number,
  ): Promise<number> {
    const key = deriveWorkspaceKey(secrets.current, workspace.id, owner.id, wanted);
    const dead = await statements.run(
      'workspace-key-dead',
      'select from keys where hash = $1 and revoked_at is not null',
      [hashKey(key)],
    );
    return dead.length > 0 ? wanted + 1 : wanted;
  }

  async function putKey(
    statements: Statements,
    claim: WorkspaceClaim,
    generation: number,
  ): Promise<IssuedKey> {
    const derive = (secret: string | Buffer) =>
      deriveWorkspaceKey(secret, claim.workspace.id, claim.owner.id, generation);
    const candidates = [secrets.current, secrets.previous]
      .filter((secret) => secret !== undefined)
      .map(derive);
    const alive = await statements.run<{ hash: string }>(
      'workspace-keys-alive',
      'select hash from keys where workspace_id = $1 and owner_id = $2 and revoked_at is null',
      [claim.workspace.id, claim.owner.id],
    );
    const known = candidates.find((key) => alive.some(({ hash }) => hash === hashKey(key)));
    const key = known ?? derive(secrets.current);
    // One live key a workspace: those of a former owner, secret or generation end with this statement. One that
    // an administrator rotated keeps its grace.
    const ended = await statements.run<{ owner_id: string; blocked_at: Date | null }>(
      'workspace-keys-end',
      `update keys set revoked_at = now(), updated_at = now()
       where workspace_id = $1 and hash <> $2 and revoked_at is null
         and not (owner_id = $3 and rotated_to is not null and expires_at > now())
       returning owner_id, blocked_at`,
      [claim.workspace.id, hashKey(key), claim.owner.id],
    );
    // A block is lifted by who laid it, not by a change of the secret.
    const block = ended.find(
      ({ owner_id, blocked_at }) => owner_id === claim.owner.id && blocked_at !== null,
    );
    const written = await writeKey(statements, claim, key, block?.blocked_at ?? null);
    const record = known === undefined ? await inheritTerms(statements, written) : written;
    return { key, record, reused: known !== undefined };
  }
}

/** The workspace's row, held against any other start until the transaction ends. */
async function lockWorkspace(statements: Statements, claim: WorkspaceClaim): Promise<WorkspaceRow> {
  const { workspace, owner, template, deployment, issuedAt } = claim;
  await statements.run(
    'workspace-first-seen',
    `insert into workspaces (id, name, deployment, owner_id, template_name, template_version, newest_claim_at)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing`,
    [workspace.id, workspace.name, deployment, owner.id, template.name, template.version, issuedAt],
  );
  const rows = await statements.run<WorkspaceRow>(
    'workspace-lock',
    'select owner_id, generation, newest_claim_at, ended_at from workspaces where id = $1 for update',
    [workspace.id],
  );
  if (rows[0] === undefined) throw new Error('the workspace row is gone');
  return rows[0];
}

function refuseSuperseded(workspace: WorkspaceRow, claim: WorkspaceClaim): void {
  const age = claim.issuedAt.getTime() - workspace.newest_claim_at.getTime();
  if (workspace.ended_at !== null && age <= 0) throw new GatewayError('claim_used_up');
  // The same time is the same start asking again: scripts retry, and answers get lost.
  if (age >= 0) return;
  throw new GatewayError('claim_superseded', {
    message: `The workspace has been started again at ${workspace.newest_claim_at.toISOString()}, after this claim was made (${claim.issuedAt.toISOString()}). Only its newest claim is accepted.`,
  });
}

/** A suspended person's workspaces keep running, and Coder may even start them. */
async function refuseSuspended(statements: Statements, { owner }: WorkspaceClaim): Promise<void> {
  const rows = await statements.run<{ suspended_at: Date | null }>(
    'owner-suspended',
    'select suspended_at from owners where id = $1',
    [owner.id],
  );
  if (rows[0]?.suspended_at != null) throw new GatewayError('owner_suspended');
}

async function noteClaim(statements: Statements, claim: SignedClaim, generation: number): Promise<void> {
  const { workspace, owner, template, deployment, issuedAt, signedBy } = claim;
  await statements.run(
    'workspace-note-claim',
    `update workspaces set name = $2, deployment = $3, owner_id = $4, template_name = $5, template_version = $6,
       newest_claim_at = $7, generation = $8, claimed_at = now(), ended_at = null, claim_signed_by = $9,
       claim_signed_for = $7 where id = $1`,
    [
      workspace.id,
      workspace.name,
      deployment,
      owner.id,
      template.name,
      template.version,
      issuedAt,
      generation,
      signedBy,
    ],
  );
}

/** What an administrator laid down for a key outlasts a while without AI, or off and on would shake it off. */
async function inheritTerms(statements: Statements, heir: KeyRecord): Promise<KeyRecord> {
  const former = `from keys former where former.account_id = $2 and former.id <> $1
    and former.created_by = 'workspace claim' order by former.id desc limit 1`;
  const rows = await statements.run<KeyRow>(
    'workspace-key-inherits',
    `update keys set (max_budget_nano, budget_duration, rpm_limit, tpm_limit, max_parallel_requests, models, budget_id,
         metadata)
       = (select max_budget_nano, budget_duration, rpm_limit, tpm_limit, max_parallel_requests, models, budget_id,
            metadata ${former})
     where id = $1 and (select ended_because ${former}) = 'assistant_off'
     returning ${KEY_COLUMNS}`,
    [heir.id, heir.accountId],
  );
  return rows[0] === undefined ? heir : toKeyRecord(rows[0]);
}

/** @param blockedAt for a key that is new; one that is there keeps its own */
async function writeKey(
  statements: Statements,
  claim: WorkspaceClaim,
  key: string,
  blockedAt: Date | null,
): Promise<KeyRecord> {
  const { workspace, owner, template } = claim;
  const accounts = await statements.run<{ id: string }>(
    'account-of-workspace',
    // The update changes nothing; it makes the statement return the row that is there.
    `insert into accounts (label) values ($1)
     on conflict (label) do update set label = excluded.label returning id`,
    [`workspace/${workspace.id}/${owner.id}`],
  );
  const rows = await statements.run<KeyRow>(
    'workspace-key-write',
    `insert into keys (hash, prefix, last_four, scope, account_id, owner_id, owner_name, owner_groups, workspace_id,
       workspace_name, template_name, level, valid_from, blocked_at)
     values ($1, $2, $3, 'workspace', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
     on conflict (hash) do update set owner_name = excluded.owner_name, owner_groups = excluded.owner_groups,
       workspace_name = excluded.workspace_name, template_name = excluded.template_name, level = excluded.level,
       valid_from = excluded.valid_from, paused_at = null, updated_at = now()
     returning ${KEY_COLUMNS}`,
    [
      hashKey(key),
      prefixOf(key),
      lastFourOf(key),
      accounts[0]?.id,
      owner.id,
      owner.name,
      owner.groups,
      workspace.id,
      workspace.name,
      template.name,
      isLevel(claim.level) ? claim.level : STRICTEST,
      claim.issuedAt,
      blockedAt,
    ],
  );
  if (rows[0] === undefined) throw new Error('the key row was not written');
  return toKeyRecord(rows[0]);
}

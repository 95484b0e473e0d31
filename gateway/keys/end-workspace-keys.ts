/** Ends what a workspace has of keys, with the reason that their holders are told. */
import { noteAction } from '../admin/audit-trail';
import type { Statements } from '../store/database';
import { endWorkspace } from './issued-keys';
import type { EndedBecause } from './key-record';

export interface EndedWorkspace {
  readonly workspaceId: string;
  readonly ownerId: string;
  readonly because: EndedBecause;
  /** Who is named in the trail. */
  readonly actor: string;
  readonly requestId: string | null;
}

/**
 * Resolves to how many keys ended. The caller's transaction holds the workspace's row.
 *
 * Where AI was only switched off, one may choose it again: what an administrator blocked stays as it is, or off and on
 * would be a way out, and so does a key that an administrator made.
 */
export async function endWorkspaceKeys(
  statements: Statements,
  { workspaceId, ownerId, because, actor, requestId }: EndedWorkspace,
): Promise<number> {
  const rows = await statements.run<{ hash: string }>(
    'workspace-keys-ended-because',
    `update keys set revoked_at = now(), updated_at = now(), ended_because = $2
     where workspace_id = $1 and revoked_at is null
       and ($2 <> 'assistant_off' or (blocked_at is null and created_by = 'workspace claim'))
     returning hash`,
    [workspaceId, because],
  );
  if (because === 'assistant_off' && rows.length === 0) return 0;
  await endWorkspace(statements, workspaceId, ownerId);
  for (const { hash } of rows)
    await noteAction(statements, {
      actor,
      action: because === 'assistant_off' ? 'workspace/assistant-off' : 'workspace/ended',
      target: hash,
      requestId,
      before: null,
      after: { workspace_id: workspaceId, because },
    });
  return rows.length;
}

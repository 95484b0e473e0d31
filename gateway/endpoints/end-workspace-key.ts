/**
 * `DELETE /api/v1/keys/workspace`: a workspace that was started without AI gives its key back. Whoever holds a key may
 * end it: that costs its holder the key, and the next start with an assistant brings another.
 */
import { GatewayError } from '../errors';
import { sendJson, type Exchange } from '../http/exchange';
import { endWorkspaceKeys } from '../keys/end-workspace-keys';
import type { Services } from '../services';
import { findNamedKey, refuseGone } from '../stages/authenticate';

export async function endOwnWorkspaceKey(services: Services, exchange: Exchange): Promise<void> {
  const key = await findNamedKey(services, exchange);
  // A workspace that was stopped has a key that waits: it is given back all the same.
  refuseGone(key);
  const { workspaceId, ownerId, createdBy } = key;
  if (workspaceId === null || createdBy !== 'workspace claim') throw new GatewayError('key_not_of_claim');
  const ended = await services.database.transaction(async (statements) => {
    // As a start does, and before its keys: nobody waits for the other.
    await statements.run(
      'workspace-hold',
      'select from workspaces where id = $1 and owner_id = $2 for update',
      [workspaceId, ownerId],
    );
    return endWorkspaceKeys(statements, {
      workspaceId,
      ownerId,
      because: 'assistant_off',
      actor: `workspace:${workspaceId}`,
      requestId: exchange.id,
    });
  });
  services.keys.forget();
  services.logger.info('workspace key given back', {
    request_id: exchange.id,
    workspace: workspaceId,
    ended,
  });
  sendJson(exchange, 200, JSON.stringify({ ended: ended > 0 }));
}

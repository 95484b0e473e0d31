/** Books what the call cost and gives its reservation back: in every case, however the call ended. */
import type { CallContext } from '../call-context';
import type { CallRecord } from '../ledger/ledger';
import { costOf } from '../ledger/money';
import { windowAt } from '../ledger/window';
import { NO_USAGE } from '../model/usage';
import { clientOf, statusOf } from './audit';

export async function settle(call: CallContext): Promise<void> {
  const { reservation, services, entitlement, exchange, directory } = call;
  if (reservation === undefined) return;
  const record = recordOf(call, reservation.amount);
  await services.settlements.run(exchange.id, () =>
    // Booked in the window that holds when it is booked.
    services.ledger.settle(
      reservation,
      windowAt(entitlement.scope.budget_duration, services.now(), directory.document.time_zone),
      record,
    ),
  );
}

function recordOf(call: CallContext, reserved: number): CallRecord {
  const { key, request, served, bill } = call;
  const usage = bill?.known ? bill.usage : NO_USAGE;
  const isUnknown = bill?.known === false;
  const price = served?.deployment.price;
  return {
    keyId: key.id,
    scope: key.scope,
    ownerId: key.ownerId,
    ownerName: key.ownerName,
    workspaceId: key.workspaceId,
    workspaceName: key.workspaceName,
    templateName: key.templateName,
    level: call.entitlement.level,
    protocol: call.protocol.name,
    model: call.model.name,
    modelAsked: request.model.slice(0, 128),
    provider: served?.provider.name ?? null,
    deployment: served?.deployment.id ?? null,
    attempts: call.attempts,
    streamed: request.stream,
    inputTokens: usage.input,
    outputTokens: usage.output,
    cacheWriteTokens: usage.cacheWrite,
    cacheReadTokens: usage.cacheRead,
    cost: isUnknown ? reserved : price ? costOf(usage, price) : 0,
    estimated: isUnknown,
    latencyMs: call.elapsedMs,
    firstTokenMs: call.firstTokenMs ?? null,
    status: statusOf(call),
    errorType: call.error?.type ?? null,
    client: clientOf(call),
  };
}

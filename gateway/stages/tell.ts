/** Tells those who keep figures, traces and alerts of a call that has ended. */
import type { CallContext } from '../call-context';
import type { EndedCall } from '../telemetry/ended-call';
import { clientOf, statusOf } from './audit';
import { recordOf } from './settle';

export function tell(call: CallContext): void {
  call.services.observers.tell(endedCall(call));
  call.content?.end();
}

export function endedCall(call: CallContext): EndedCall {
  const { exchange, reservation, served, bill } = call;
  const record = reservation && recordOf(call, reservation.amount);
  return {
    requestId: exchange.id,
    headers: exchange.request.headers,
    key: call.key,
    level: (call.entitlement as CallContext['entitlement'] | undefined)?.level,
    protocol: call.protocol.name,
    streamed: (call.request as CallContext['request'] | undefined)?.stream,
    model: (call.model as CallContext['model'] | undefined)?.name,
    provider: served?.provider.name,
    deployment: served?.deployment.id,
    attempts: call.tries,
    usage: bill?.known ? bill.usage : undefined,
    cost: record?.cost,
    isEstimated: record?.estimated ?? false,
    status: statusOf(call),
    error: call.error,
    client: clientOf(call),
    session: call.session,
    trace: call.trace,
    startedAt: call.startedAt,
    elapsedMs: call.elapsedMs,
    firstTokenMs: call.firstTokenMs,
    maxTokens: reservation === undefined ? undefined : call.maxTokens,
    answerId: call.answerId,
    content: call.content,
  };
}

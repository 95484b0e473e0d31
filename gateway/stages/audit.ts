/** One log line for each call, let through or refused: who, what, how it ended. Never content. */
import { types } from 'node:util';
import type { CallContext } from '../call-context';
import { cut } from '../model/cut';
import { traceIdOf } from '../telemetry/trace-parent';

/** Characters of an id that a provider gave. */
const LONGEST_ID = 128;

/** What the client was told by status; 499 when it had gone before it could be told. */
export function statusOf(call: CallContext): number {
  if (call.isClientGone) return 499;
  return call.error?.status ?? 200;
}

/** The client's family from its user agent: "RooCode", "opencode", "curl". */
export function clientOf(call: CallContext): string {
  const agent = call.exchange.request.headers['user-agent'] ?? '';
  // bounded: a header or an address is no longer than Node takes
  return /^[A-Za-z][\w.-]{0,39}/.exec(agent)?.[0] ?? 'unknown';
}

export function audit(call: CallContext): void {
  const { services, exchange, error, bill } = call;
  const key = call.key as CallContext['key'] | undefined;
  exchange.isLogged = true;
  services.logger.info('call', {
    request_id: exchange.id,
    trace_id: traceIdOf(exchange.request.headers),
    key_id: key?.id,
    owner: key?.ownerName,
    workspace: key?.workspaceId ?? undefined,
    enforcement_level: (call.entitlement as CallContext['entitlement'] | undefined)?.level,
    protocol: call.protocol.name,
    model: (call.model as CallContext['model'] | undefined)?.name,
    retired_model: call.retired?.name,
    deployment: call.served?.deployment.id,
    withheld_tools: call.withheldTools.length || undefined,
    // By which its provider finds it again.
    provider_answer: call.answerId === undefined ? undefined : cut(call.answerId, LONGEST_ID),
    attempts: call.attempts,
    mended: call.mended.length > 0 ? call.mended : undefined,
    tokens: bill?.known ? bill.usage : undefined,
    status: statusOf(call),
    error: error?.code,
    // What the client is not told: addresses and system codes of the failed connection.
    cause: types.isNativeError(error?.cause) ? error.cause.message : undefined,
    latency_ms: call.elapsedMs,
    first_token_ms: call.firstTokenMs,
    client: clientOf(call),
  });
}

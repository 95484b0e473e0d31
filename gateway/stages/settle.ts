/** Books what the call cost and gives its reservation back: in every case, however the call ended. */
import type { CallContext } from '../call-context';
import type { CallOrigin, CallRecord } from '../ledger/call-record';
import { writeTrail } from '../ledger/call-trail';
import { costOf, exactDollars, pricesOf } from '../ledger/money';
import type { Reservation } from '../ledger/reservation';
import { windowAt } from '../ledger/window';
import { NO_USAGE, type Usage } from '../model/usage';
import type { Services } from '../services';
import { clientOf, statusOf } from './audit';

export async function settle(call: CallContext): Promise<void> {
  const { reservation, services } = call;
  if (reservation === undefined) return;
  const { bill, served } = call;
  if (bill?.known === false)
    services.logger.warn(
      bill.soFar
        ? 'the answer broke off, so its input is booked as told and its output as set aside'
        : 'the usage is not known, so the whole reservation is booked',
      {
        request_id: reservation.requestId,
        deployment: served?.deployment.id,
        ...(bill.fault ?? { problem: 'the answer broke off before it' }),
      },
    );
  if (bill?.known) checkCount(call, bill.usage);
  const record = recordOf(call, reservation.amount);
  await book(services, reservation, { ...record, trail: trailOf(call) });
}

/** A provider whose count was too low, with all that is put on top, would let budgets be overrun. */
function checkCount({ services, exchange, weight, served }: CallContext, usage: Usage): void {
  const { input, cacheWrite, cacheRead } = usage;
  const total = input + cacheWrite + cacheRead;
  if (weight.counted === undefined || served === undefined || total <= weight.inputTokens) return;
  services.inputCounter.distrust(served.deployment);
  services.logger.error('alert', {
    alert: 'count_below_usage',
    request_id: exchange.id,
    deployment: served.deployment.id,
    bound: weight.inputTokens,
    used: total,
    consequence: 'the provider is not asked to count for that deployment again, until this process ends',
  });
}

/** Resolves after the first try. What the ledger cannot take is booked as what it can: as an estimate. */
export function book(services: Services, reservation: Reservation, record: CallRecord): Promise<void> {
  const put = (entry: CallRecord) => async () => {
    // Booked in the windows that hold when it is booked.
    const { time_zone } = services.documents.current.document;
    const starts = reservation.accounts.map(
      ({ duration }) => windowAt(duration, services.now(), time_zone).start,
    );
    await services.ledger.settle(reservation, starts, entry);
    const ids = reservation.accounts.map(({ id }) => id);
    services.refusals.noteEnd(ids);
    services.budgetQueues.noteEnd(ids);
  };
  return services.settlements.run(reservation.requestId, put(record), put(estimateOf(record, reservation)));
}

const estimateOf = (record: CallRecord, { amount }: Reservation): CallRecord => ({
  ...record,
  inputTokens: 0,
  outputTokens: 0,
  cacheWriteTokens: 0,
  cacheReadTokens: 0,
  cost: amount,
  estimated: true,
});

/** What the ledger says of a call that is yet to be made. */
export function originOf(call: CallContext): CallOrigin {
  const { key, request } = call;
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
    streamed: request.stream,
    client: clientOf(call),
    session: call.session?.id ?? null,
  };
}

/**
 * Where an answer broke off, its input is what the provider told at its beginning, and its output all that it could have
 * come to: providers do not say what they bill of an answer that nobody heard to its end.
 */
function bookedUsage({ bill, maxTokens }: CallContext): Usage {
  if (bill?.known) return bill.usage;
  return bill?.soFar ? { ...bill.soFar, output: maxTokens } : NO_USAGE;
}

/** Of a stream it is known at its end only: a trailer, for clients that take some. */
export const COST = 'x-gateway-cost';

/** US dollars that the call is booked at, for its client; undefined where nothing was set aside for it. */
export const costHeader = (call: CallContext): string | undefined =>
  call.reservation && exactDollars(bookedCost(call, call.reservation.amount, bookedUsage(call)));

function bookedCost({ bill, served, cachesForAnHour }: CallContext, reserved: number, usage: Usage): number {
  if (bill?.known === false && bill.soFar === undefined) return reserved;
  return served ? costOf(usage, served.deployment.price, cachesForAnHour) : 0;
}
/** @param partOf the call that this one's attempt was made for. @default it is a call itself */
export function trailOf(call: CallContext, partOf?: string): string {
  const { served, startedAt, tries } = call;
  return writeTrail({
    readyMs: call.readyMs,
    budgetWaitMs: Math.round(call.budgetWaitMs),
    admittedMs: call.admittedMs,
    prices: served && pricesOf(served.deployment.price, call.cachesForAnHour),
    attempts: tries.map(({ provider, deployment, startedAt: since, endedAt, error, bookedApart }) => ({
      provider,
      deployment,
      startMs: Math.round(since - startedAt),
      tookMs: Math.round(endedAt - since),
      error: error?.code,
      bookedApart,
    })),
    partOf,
  });
}

export function recordOf(call: CallContext, reserved: number): CallRecord {
  const { served, bill } = call;
  const usage = bookedUsage(call);
  return {
    origin: originOf(call),
    provider: served?.provider.name ?? null,
    deployment: served?.deployment.id ?? null,
    attempts: call.attempts,
    inputTokens: usage.input,
    outputTokens: usage.output,
    cacheWriteTokens: usage.cacheWrite,
    cacheReadTokens: usage.cacheRead,
    cost: bookedCost(call, reserved, usage),
    estimated: bill?.known === false,
    latencyMs: call.elapsedMs,
    firstTokenMs: call.firstTokenMs ?? null,
    status: statusOf(call),
    errorType: call.error?.type ?? null,
  };
}

/**
 * What refusals cost: reading a body only to refuse it is dear, so a key may have it done so often and no more.
 *
 * Beyond it the key is told, before the next body is read, the refusal that stands: a 402 stays one, since some clients
 * wait in silence on a 429. That one is for keys whose requests were refused for what they said.
 */
import type { CallContext } from '../call-context';
import { GatewayError } from '../errors';
import { refuseAgain } from './refuse-admission';

/** Bytes that are read for the price of one request. */
const BYTES_A_TOKEN = 64 * 1024;

/** In tokens of a bucket: one, and more for a long body. */
export const priceOf = (bytes: number): number => Math.max(1, bytes / BYTES_A_TOKEN);

export function refuseOften(call: CallContext): void {
  const { key, services } = call;
  const waitMs = services.refusedReads.waitMs(key.accountId);
  if (waitMs === undefined) return;
  refuseAgain(call, services.refusals.standing(key.id));
  throw new GatewayError('too_many_refused', {
    headers: { 'retry-after': String(Math.ceil(waitMs / 1_000)) },
  });
}

/** The call was refused; what the gateway itself could not do is at nobody's expense. */
export function chargeRefusal({ entrance, error, key, reservation, services }: CallContext): void {
  if (entrance === undefined || reservation !== undefined || error === undefined || error.status >= 500)
    return;
  const bytes = entrance.hold.received;
  if (bytes > 0) services.refusedReads.spend(key.accountId, priceOf(bytes));
}

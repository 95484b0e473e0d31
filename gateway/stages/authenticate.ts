/** Who is calling: the key behind the request, alive at this moment. */
import type { CallContext } from '../call-context';
import { GatewayError, type ErrorCode } from '../errors';
import { credentialOf, type Exchange } from '../http/exchange';
import { endedKey } from '../keys/ended-key';
import { isKeyShaped } from '../keys/key-derivation';
import type { KeyRecord } from '../keys/key-record';
import type { Services } from '../services';

export async function authenticate(call: CallContext): Promise<void> {
  call.key = await findKey(call.services, call.exchange);
}

/** The caller's key; throws an error of the table when there is none that holds. */
export async function findKey(services: Services, exchange: Exchange): Promise<KeyRecord> {
  const key = await findNamedKey(services, exchange);
  refuseUnusable(key);
  return key;
}

/** The caller's key, whatever became of it. Throws where it is none of this gateway's. */
export async function findNamedKey(services: Services, exchange: Exchange): Promise<KeyRecord> {
  const credential = credentialOf(exchange);
  const failed = (code: ErrorCode): GatewayError =>
    services.failedCredentials.note('data', exchange, credential ?? '', new GatewayError(code));
  if (credential === undefined) throw failed('key_missing');
  if (!credential.startsWith('sk-')) throw failed('key_malformed');
  const key = isKeyShaped(credential) ? await services.keys.find(credential) : undefined;
  if (key === undefined) throw failed('key_unknown');
  return key;
}

/** In the order of how final it is. */
export function refuseUnusable(key: KeyRecord): void {
  refuseGone(key);
  if (key.pausedAt !== null) throw endedKey('key_paused', key);
}

/** As above; that of a stopped workspace passes. */
export function refuseGone(key: KeyRecord): void {
  if (key.revokedAt !== null) throw endedKey('key_revoked', key);
  if (key.ownerSuspendedAt !== null) throw new GatewayError('owner_suspended');
  if (key.blockedAt !== null) throw endedKey('key_blocked', key);
}

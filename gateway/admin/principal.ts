/** Who is at the admin listener: the holder of the master key, or of a named admin key with a role. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { GatewayError } from '../errors';
import { credentialOf, type Exchange } from '../http/exchange';
import { hashKey, isKeyShaped } from '../keys/key-derivation';
import type { Services } from '../services';
import type { Principal } from './admin-keys';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Throws `master_key_required`, the same for everything that is none, or `too_many_failed_credentials`. */
export const identify = (services: Services, exchange: Exchange): Promise<Principal> =>
  principalOf(services, exchange, credentialOf(exchange) ?? '');

/** Whose credential it is, however it came with the request. Throws as `identify` does. */
export async function principalOf(
  services: Services,
  exchange: Exchange,
  credential: string,
): Promise<Principal> {
  const { masterKey, masterKeyPrevious } = services.settings;
  const given = digest(credential);
  if (timingSafeEqual(given, digest(masterKey))) return MASTER;
  if (masterKeyPrevious !== undefined && timingSafeEqual(given, digest(masterKeyPrevious))) {
    noteFormer(services, exchange);
    return MASTER;
  }
  const principal = isKeyShaped(credential) ? await services.adminKeys(hashKey(credential)) : undefined;
  if (principal !== undefined) return principal;
  throw services.failedCredentials.note(
    'admin',
    exchange,
    credential,
    new GatewayError('master_key_required'),
  );
}

const MASTER: Principal = { name: 'master', role: 'admin' };

/** So that it is known when nobody needs it any more. */
function noteFormer({ secretWatch }: Services, { request }: Exchange): void {
  const print = secretWatch.own.get('master')?.previous;
  if (print !== undefined) secretWatch.uses.note('master', print, request.headers['user-agent']);
}

export function refuseViewer(principal: Principal): void {
  if (principal.role !== 'admin') throw new GatewayError('role_insufficient');
}

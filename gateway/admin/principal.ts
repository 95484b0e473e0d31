/** Who is at the admin listener: the holder of the master key, or of a named admin key with a role. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { GatewayError } from '../errors';
import { credentialOf, type Exchange } from '../http/exchange';
import { hashKey, isKeyShaped } from '../keys/key-derivation';
import type { Services } from '../services';

/** A viewer may look at everything and change nothing. */
export const ROLES = ['admin', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

export interface Principal {
  /** As the audit trail names it: `master`, or an admin key's name. */
  readonly name: string;
  readonly role: Role;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Throws `master_key_required`, the same for everything that is none. */
export async function identify(services: Services, exchange: Exchange): Promise<Principal> {
  const credential = credentialOf(exchange) ?? '';
  if (timingSafeEqual(digest(credential), digest(services.settings.masterKey)))
    return { name: 'master', role: 'admin' };
  const principal = isKeyShaped(credential) ? await findAdminKey(services, credential) : undefined;
  if (principal === undefined) throw new GatewayError('master_key_required');
  return principal;
}

async function findAdminKey({ database, now }: Services, key: string): Promise<Principal | undefined> {
  const rows = await database.run<{ name: string; role: Role }>(
    'admin-key-find',
    `select name, role from admin_keys
     where hash = $1 and revoked_at is null and (expires_at is null or expires_at > $2)`,
    [hashKey(key), now()],
  );
  return rows[0];
}

export function refuseViewer(principal: Principal): void {
  if (principal.role !== 'admin') throw new GatewayError('role_insufficient');
}

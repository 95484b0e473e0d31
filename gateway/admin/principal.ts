/** Who is at the admin listener: the holder of the master key, or of a named admin key with a role. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createBatches } from '../batches';
import { GatewayError } from '../errors';
import { credentialOf, type Exchange } from '../http/exchange';
import { hashKey, isKeyShaped } from '../keys/key-derivation';
import type { Services } from '../services';
import type { Database } from '../store/database';

/** A viewer may look at everything and change nothing. */
export const ROLES = ['admin', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

export interface Principal {
  /** As the audit trail names it: `master`, or an admin key's name. */
  readonly name: string;
  readonly role: Role;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Throws `master_key_required`, the same for everything that is none, or `too_many_failed_credentials`. */
export async function identify(services: Services, exchange: Exchange): Promise<Principal> {
  const credential = credentialOf(exchange) ?? '';
  if (timingSafeEqual(digest(credential), digest(services.settings.masterKey)))
    return { name: 'master', role: 'admin' };
  const principal = isKeyShaped(credential) ? await services.adminKeys(hashKey(credential)) : undefined;
  if (principal !== undefined) return principal;
  throw services.failedCredentials.note(
    'admin',
    exchange,
    credential,
    new GatewayError('master_key_required'),
  );
}

/** Whose admin key has that hash, if it is good just now. */
export type AdminKeys = (hash: string) => Promise<Principal | undefined>;

export const createAdminKeys = (database: Database, now: () => Date): AdminKeys =>
  createBatches<Principal>(async (hashes) => {
    const rows = await database.run<{ hash: string; name: string; role: Role }>(
      'admin-keys-find',
      `select hash, name, role from admin_keys
       where hash = any($1) and revoked_at is null and (expires_at is null or expires_at > $2)`,
      [hashes, now()],
    );
    return new Map(rows.map(({ hash, name, role }) => [hash, { name, role }]));
  });

export function refuseViewer(principal: Principal): void {
  if (principal.role !== 'admin') throw new GatewayError('role_insufficient');
}

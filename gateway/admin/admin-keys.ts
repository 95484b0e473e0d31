/** Named keys of administrators, and what their roles are. */
import { createBatches } from '../concurrency/batches';
import type { Database } from '../store/database';

/** A viewer may look at everything and change nothing. */
export const ROLES = ['admin', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

export interface Principal {
  /** As the audit trail names it: `master`, or an admin key's name. */
  readonly name: string;
  readonly role: Role;
}

/** Whose admin key has that hash, if it is good just now. */
export type AdminKeys = (hash: string) => Promise<Principal | undefined>;

export const createAdminKeys = (database: Database, now: () => Date): AdminKeys =>
  createBatches<Principal>(async (hashes) => {
    const rows = await database.run<{ hash: string; name: string; role: Role }>(
      'admin-keys-find',
      `select hash, name, role from admin_keys
       where hash = any($1) and revoked_at is null and (expires_at is null or expires_at > $2)
       union all
       select former_hash, name, role from admin_keys
       where former_hash = any($1) and former_until > $2 and revoked_at is null
         and (expires_at is null or expires_at > $2)`,
      [hashes, now()],
    );
    return new Map(rows.map(({ hash, name, role }) => [hash, { name, role }]));
  });

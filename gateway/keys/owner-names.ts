/** The names that people go by. Ids decide; names are remembered for what people lay down by name. */
import { randomBytes } from 'node:crypto';
import type { Logger } from '../log';
import type { Statements } from '../store/database';
import type { WorkspaceClaim } from './claim-fields';

/**
 * Coder does not tell user names apart by capitals alone. Its names are ASCII, and so is what is folded: beyond that a
 * small letter may belong to several others (the sign of Kelvin is a k as well), and who has it would be somebody else.
 */
export const foldName = (name: string): string =>
  // bounded: a claim's name is of at most 512 characters, an administrator's word is an administrator's
  name.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase());

/** Keys of services have their purpose for an owner: `ci:<repository>`, `agent:review`. */
// bounded: a claim has no longer ids, and an administrator sets the others
export const isPerson = (ownerId: string): boolean => ownerId !== '' && !/^(ci|agent):/.test(ownerId);

/** For a key of nobody in particular: a name of its own, which Coder does not know and so does not end. */
export const newName = (): string => `user-${randomBytes(12).toString('hex')}`;

/**
 * Holds a name until the transaction ends, against everybody else who lays something down for it or learns whose it is.
 * Before anything about it is read, and before a row is held: so all wait in the same order.
 */
export async function holdName(statements: Statements, name: string): Promise<void> {
  await statements.run('owner-hold-name', 'select pg_advisory_xact_lock(hashtextextended($1, $2))', [
    foldName(name),
    LOCKS_OF_NAMES,
  ]);
}

// Any number will do as long as no other kind of lock is hashed with it.
const LOCKS_OF_NAMES = 4_710_815_003;

/**
 * Notes who a claim's owner is: the name, for ever, because a floor by name holds for everyone who was ever seen with
 * it; and the groups, which hold for all keys of the person.
 */
export async function noteOwner(
  statements: Statements,
  {
    id,
    name,
    groups,
  }: Pick<WorkspaceClaim['owner'], 'id' | 'name'> & { readonly groups?: readonly string[] },
  logger: Logger,
): Promise<void> {
  await holdName(statements, name);
  await statements.run(
    'owner-note-name',
    'insert into names_of_owners (owner_id, name) values ($1, $2) on conflict do nothing',
    [id, foldName(name)],
  );
  const boundTo = await bindName(statements, name, id);
  if (boundTo === foldName(name)) await adopt(statements, boundTo, id);
  // Keys, budgets and ledger go by id, so the newcomer has nothing of the former holder; people ought to know though.
  else if (boundTo !== id) logger.warn('user name stays bound to another user id', { name, owner_id: id });
  await statements.run(
    'owner-note',
    `insert into owners (id, name, groups, groups_told_at)
     values ($1, $2, coalesce($3::text[], '{}'), case when $3::text[] is not null then now() end)
     on conflict (id) do update set name = excluded.name, groups = coalesce($3::text[], owners.groups),
       groups_told_at = coalesce(excluded.groups_told_at, owners.groups_told_at)`,
    [id, name, groups ?? null],
  );
}

/** The owner id a name was bound to before, or is bound to from now on. */
async function bindName(statements: Statements, name: string, id: string): Promise<string> {
  const bound = await ownerOfName(statements, name);
  if (bound !== undefined) return bound;
  await statements.run(
    'owner-bind-name',
    'insert into owner_names (name, owner_id) values ($1, $2) on conflict (name) do nothing',
    [foldName(name), id],
  );
  return (await ownerOfName(statements, name)) ?? id;
}

/** Whether a claim or Coder has said which groups the person is in. */
export async function areGroupsKnown(statements: Statements, ownerId: string): Promise<boolean> {
  const rows = await statements.run(
    'owner-groups-known',
    `select from owners where id = $1 and groups_told_at is not null
     union all select from workspaces where owner_id = $1 limit 1`,
    [ownerId],
  );
  return rows.length > 0;
}

export async function ownerOfName(statements: Statements, name: string): Promise<string | undefined> {
  const rows = await statements.run<{ owner_id: string }>(
    'owner-of-name',
    'select owner_id from owner_names where name = $1',
    [foldName(name)],
  );
  return rows[0]?.owner_id;
}

/**
 * An administrator gave this person terms or keys by name, before any claim had told the id. A Coder user id is no
 * user name, so such an owner is recognised by its id being the name; the first holder of the name takes it over.
 */
async function adopt(statements: Statements, name: string, id: string): Promise<void> {
  if (name === id) return;
  const values = [name, id];
  await statements.run('owner-adopt-name', 'update owner_names set owner_id = $2 where name = $1', values);
  await statements.run(
    'owner-adopt-terms',
    `insert into owners (id, name, email, budget_id, max_budget_nano, budget_duration, rpm_limit, tpm_limit,
       max_parallel_requests, metadata)
     select $2, name, email, budget_id, max_budget_nano, budget_duration, rpm_limit, tpm_limit,
       max_parallel_requests, metadata from owners where id = $1
     on conflict (id) do nothing`,
    values,
  );
  await statements.run('owner-adopt-keys', 'update keys set owner_id = $2 where owner_id = $1', values);
  await statements.run(
    'owner-adopt-workspaces',
    'update workspaces set owner_id = $2 where owner_id = $1',
    values,
  );
  // What the person has spent under the name counts on; so it does not start anew.
  await statements.run(
    'owner-adopt-account',
    `update accounts set label = 'owner/' || $2::text where label = 'owner/' || $1::text
       and not exists (select from accounts taken where taken.label = 'owner/' || $2::text)`,
    values,
  );
  await statements.run('owner-adopt-end', 'delete from owners where id = $1', [name]);
}

/** The names that signed claims gave to user ids. Ids decide; names are remembered for what people lay down by name. */
import type { Logger } from '../log';
import type { Statements } from '../store/database';
import type { WorkspaceClaim } from './claim-fields';

/** Coder does not tell user names apart by capitals alone. */
export const foldName = (name: string): string => name.toLowerCase();

/** Notes the name of a claim's owner, for ever: a floor by name holds for everyone who was ever seen with it. */
export async function noteName(
  statements: Statements,
  { id, name }: WorkspaceClaim['owner'],
  logger: Logger,
): Promise<void> {
  await statements.run(
    'owner-note-name',
    'insert into names_of_owners (owner_id, name) values ($1, $2) on conflict do nothing',
    [id, foldName(name)],
  );
  await statements.run(
    'owner-bind-name',
    'insert into owner_names (name, owner_id) values ($1, $2) on conflict (name) do nothing',
    [name, id],
  );
  const rows = await statements.run<{ owner_id: string }>(
    'owner-of-name',
    'select owner_id from owner_names where name = $1',
    [name],
  );
  // Keys, budgets and ledger go by id, so the newcomer has nothing of the former holder; people ought to know though.
  if (rows[0]?.owner_id !== id)
    logger.warn('user name stays bound to another user id', { name, owner_id: id });
}

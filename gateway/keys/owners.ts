/** People as administrators know them: terms over all of their keys. Known by Coder user id; a name leads to the id. */
import { Collision, type Statements } from '../store/database';
import { readLimits, type Limits, type LimitsRow } from './limits';
import { foldName, holdName, isPerson, ownerOfName } from './owner-names';

export interface OwnerRecord {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly budgetId: string | null;
  readonly limits: Limits;
  readonly groups: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly suspendedAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

interface OwnerRow extends LimitsRow {
  id: string;
  name: string | null;
  email: string | null;
  budget_id: string | null;
  budget: LimitsRow | null;
  groups: string[];
  metadata: Record<string, unknown>;
  suspended_at: Date | null;
  created_at: Date;
  updated_at: Date;
}

const OWNER_COLUMNS = `owners.*,
  (select to_jsonb(named) from budgets named where named.id = owners.budget_id) as budget`;

const toOwner = (row: OwnerRow): OwnerRecord => ({
  id: row.id,
  name: row.name,
  email: row.email,
  budgetId: row.budget_id,
  limits: readLimits(row, row.budget),
  groups: row.groups,
  metadata: row.metadata,
  suspendedAt: row.suspended_at,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/** By id or by name; undefined for somebody nobody has laid anything down for. */
export async function findOwner(statements: Statements, idOrName: string): Promise<OwnerRecord | undefined> {
  const id = (await ownerOfName(statements, idOrName)) ?? idOrName;
  const rows = await statements.run<OwnerRow>(
    'owner-find',
    `select ${OWNER_COLUMNS} from owners where id = $1`,
    [id],
  );
  return rows[0] && toOwner(rows[0]);
}

export async function listOwners(statements: Statements, page: number, size: number) {
  const rows = await statements.run<OwnerRow & { total: string }>(
    'owners-list',
    `select ${OWNER_COLUMNS}, count(*) over () as total from owners order by name, id limit $1 offset $2`,
    [size, (page - 1) * size],
  );
  return { owners: rows.map(toOwner), total: Number(rows[0]?.total ?? 0) };
}

/** By what they have spent over all keys, dearest first. An account keeps its former window's figures until its next call. */
export async function listDearestOwners(statements: Statements, size: number) {
  const rows = await statements.run<OwnerRow & { total: string }>(
    'owners-dearest',
    `select ${OWNER_COLUMNS}, count(*) over () as total from owners
       left join accounts on accounts.label = 'owner/' || owners.id
     order by coalesce(accounts.spent_nano, 0) desc, owners.id limit $1`,
    [size],
  );
  return { owners: rows.map(toOwner), total: Number(rows[0]?.total ?? 0) };
}

/**
 * The owner of that id or name, from now on in any case. A name that no claim has shown yet stands for itself until
 * its holder's first start tells the id.
 */
export async function ensureOwner(statements: Statements, idOrName: string): Promise<OwnerRecord> {
  await holdName(statements, idOrName);
  const known = await findOwner(statements, idOrName);
  if (known) return known;
  const bound = await ownerOfName(statements, idOrName);
  if (bound === undefined && isName(idOrName) && isPerson(idOrName)) {
    const name = foldName(idOrName);
    await statements.run(
      'owner-reserve-name',
      'insert into owner_names (name, owner_id) values ($1, $1) on conflict (name) do nothing',
      [name],
    );
    await statements.run(
      'owner-note-reserved-name',
      'insert into names_of_owners (owner_id, name) values ($1, $1) on conflict do nothing',
      [name],
    );
    return insertOwner(statements, name, name);
  }
  return insertOwner(statements, bound ?? idOrName, idOrName);
}

async function insertOwner(statements: Statements, id: string, name: string): Promise<OwnerRecord> {
  const rows = await statements.run<OwnerRow>(
    'owner-insert',
    // The update changes nothing; it makes the statement return the row that is there.
    `insert into owners (id, name) values ($1, $2) on conflict (id) do update set id = excluded.id
     returning ${OWNER_COLUMNS}`,
    [id, name],
  );
  if (rows[0] === undefined) throw new Error('the owner row was not written');
  return toOwner(rows[0]);
}

/** Coder's ids are UUIDs, which are too long for a user name of Coder's. */
// bounded: only administrators name people here
const isName = (text: string): boolean => /^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/.test(text) && text.length <= 32;

/** Columns that an administrator sets; undefined ones stay as they are. */
export type OwnerChanges = Partial<
  Record<
    'name' | 'email' | 'budget_id' | 'metadata' | 'suspended_at' | 'suspended_by' | keyof LimitsRow,
    unknown
  >
>;

export async function changeOwner(
  statements: Statements,
  id: string,
  changes: OwnerChanges,
): Promise<OwnerRecord> {
  const set = Object.entries(changes).filter(([, value]) => value !== undefined);
  const rows = await statements.run<OwnerRow>(
    '',
    `update owners set ${[...set.map(([column], at) => `${column} = $${at + 2}`), 'updated_at = now()'].join(', ')}
     where id = $1 returning ${OWNER_COLUMNS}`,
    [id, ...set.map(([, value]) => value)],
  );
  if (rows[0] === undefined) throw new Collision('the owner row is gone');
  return toOwner(rows[0]);
}

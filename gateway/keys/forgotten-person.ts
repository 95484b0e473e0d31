/**
 * Puts a word without meaning in the place of a person, a piece at a time: keys die first, and what is under way ends;
 * then the ledger, the sums of old calls and the audit trail; the names go last, so that it can be gone on with by name
 * whatever came in between. No sum changes.
 */
import { randomBytes } from 'node:crypto';
import type { Statements } from '../store/database';
import { foldName, ownerOfName } from './owner-names';

export interface Identity {
  /** Every id that the person's rows have: Coder's, and names that stood for it before it was known. */
  readonly ids: readonly string[];
  readonly names: readonly string[];
  readonly email: string | null;
}

/** What is left to do. */
export interface ForgetStep {
  /** What stands in the person's place from now on. */
  readonly pseudonym: string;
  readonly isBegun: boolean;
  readonly isDone: boolean;
  readonly keysRevoked: number;
  /** Rows that were rewritten just now. */
  readonly rewritten: number;
  /** Calls of the person that have not ended yet. */
  readonly underWay: number;
  /** A report, a backup or the roll-up of old calls reads what would be rewritten. */
  readonly isHeldUp: boolean;
}

/** As in `roll_up_calls`: not while calls become sums, nor while a report or a backup reads them piece by piece. */
const ROLL_UP_LOCK = 4_710_815_002;
/** Rows a step: some tenths of a second. */
const ROWS_AT_ONCE = 5_000;

/** @returns undefined for somebody of whom nothing is kept */
export async function identify(statements: Statements, idOrName: string): Promise<Identity | undefined> {
  const id = (await ownerOfName(statements, idOrName)) ?? idOrName;
  const [found] = await statements.run<{ is: boolean }>(
    'forget-find',
    `select exists (select from owners where id = $1) or exists (select from keys where owner_id = $1)
       or exists (select from owner_names where owner_id = $1) or exists (select from calls where owner_id = $1)
       or exists (select from daily_sums where owner_id = $1) as is`,
    [id],
  );
  if (!found?.is) return undefined;
  const names = await statements.run<{ name: string; is_bound: boolean }>(
    'forget-names',
    `select name, bool_or(is_bound) as is_bound from (
       select name, true as is_bound from owner_names where owner_id = $1
       union all select name, false from names_of_owners where owner_id = $1
       union all select lower(owner_name), false from keys where owner_id = $1
       union all select lower(name), false from owners where id = $1 and name is not null
     ) as all_names group by name`,
    [id],
  );
  const [owner] = await statements.run<{ email: string | null }>(
    'forget-email',
    'select email from owners where id = $1',
    [id],
  );
  return {
    // Who was known by name only has that name for an id in what was booked then.
    ids: [...new Set([id, ...names.filter(({ is_bound }) => is_bound).map(({ name }) => name)])],
    names: names.map(({ name }) => foldName(name)),
    email: owner?.email ?? null,
  };
}

/** One step, in the caller's transaction. Repeated until it says that it is done. */
export async function forgetStep(statements: Statements, identity: Identity): Promise<ForgetStep> {
  const { ids } = identity;
  const [id = ''] = ids;
  const begun = await begin(statements, id);
  const { pseudonym } = begun;
  const now = {
    pseudonym,
    isBegun: begun.isNew,
    isDone: false,
    keysRevoked: begun.keysRevoked,
    rewritten: 0,
    underWay: 0,
    isHeldUp: false,
  };
  // Other processes hear of keys that died after a second.
  if (begun.isNew) return now;
  const [open] = await statements.run<{ calls: string }>(
    'forget-open',
    "select count(*) as calls from reservations where call ->> 'owner_id' = any ($1)",
    [ids],
  );
  if (Number(open?.calls) > 0) return { ...now, underWay: Number(open?.calls) };
  const [lock] = await statements.run<{ is: boolean }>(
    'forget-lock',
    `select pg_try_advisory_xact_lock(${ROLL_UP_LOCK}) as is`,
    [],
  );
  if (!lock?.is) return { ...now, isHeldUp: true };
  const calls = await statements.run(
    'forget-calls',
    `update calls set owner_id = $2, owner_name = $2, workspace_name = case when workspace_name is not null then $2 end
     where request_id in (select request_id from calls where owner_id = any ($1) limit ${ROWS_AT_ONCE}) returning 1`,
    [ids, pseudonym],
  );
  if (calls.length === ROWS_AT_ONCE) return { ...now, rewritten: calls.length };
  const [sums] = await statements.run<{ rewritten: number }>(
    'forget-sums',
    'select forget_in_sums($1, $2, $3) as rewritten',
    [ids, pseudonym, ROWS_AT_ONCE],
  );
  const rewritten = calls.length + (sums?.rewritten ?? 0);
  if (sums?.rewritten === ROWS_AT_ONCE) return { ...now, rewritten };
  const noted = await forgetInTrail(statements, identity, pseudonym);
  if (noted === ROWS_AT_ONCE) return { ...now, rewritten: rewritten + noted };
  await end(statements, identity, pseudonym);
  return { ...now, rewritten: rewritten + noted, isDone: true };
}

async function begin(
  statements: Statements,
  id: string,
): Promise<{ pseudonym: string; isNew: boolean; keysRevoked: number }> {
  const [known] = await statements.run<{ forgotten_as: string | null }>(
    'forget-known',
    'select forgotten_as from owners where id = $1 for update',
    [id],
  );
  if (known?.forgotten_as != null) return { pseudonym: known.forgotten_as, isNew: false, keysRevoked: 0 };
  const pseudonym = `person-${randomBytes(6).toString('hex')}`;
  // Suspended until it is done: no claim makes a key meanwhile.
  await statements.run(
    'forget-begin',
    `insert into owners (id, forgotten_as, suspended_at, suspended_by) values ($1, $2, now(), 'forgetting')
     on conflict (id) do update set forgotten_as = $2, suspended_at = coalesce(owners.suspended_at, now()),
       suspended_by = 'forgetting'`,
    [id, pseudonym],
  );
  const revoked = await statements.run(
    'forget-keys',
    `update keys set revoked_at = now(), updated_at = now() where owner_id = $1 and revoked_at is null returning 1`,
    [id],
  );
  await statements.run(
    'forget-workspaces',
    `update workspaces set ended_at = coalesce(ended_at, now()), generation = generation + 1 where owner_id = $1`,
    [id],
  );
  return { pseudonym, isNew: true, keysRevoked: revoked.length };
}

interface Note {
  id: string;
  target: string;
  before: unknown;
  after: unknown;
}

/** Free text about a person or a key of theirs. */
const FREE = ['metadata', 'key_alias', 'key_name', 'user_alias', 'user_email', 'workspace_name', 'tags'];

/** Rows that name the person anywhere; those of their keys, for what their names and notes may say. */
async function forgetInTrail(statements: Statements, identity: Identity, pseudonym: string): Promise<number> {
  const { ids } = identity;
  const said = [...ids, ...identity.names, ...(identity.email === null ? [] : [identity.email])];
  const words: Words = new Map(
    said.flatMap((word) => [
      [word.toLowerCase(), pseudonym],
      // The scope of a person's own key, as it is shown.
      [`user:${word.toLowerCase()}`, `user:${pseudonym}`],
      // What a silence of alerts is about.
      [`owner/${word.toLowerCase()}`, `owner/${pseudonym}`],
    ]),
  );
  const rows = await statements.run<Note & { is_of_key: boolean }>(
    'forget-trail-read',
    `select id, target, before, after, is_of_key from (
       select a.*, exists (select from keys k where k.hash = a.target and k.owner_id = any ($1)) as is_of_key
       from admin_audit a
     ) as notes
     where target = any ($1) or lower(target) = any ($2) or lower(coalesce(before::text, '')) like any ($3)
       or lower(coalesce(after::text, '')) like any ($3)
       or is_of_key and (before ?| $4 or after ?| $4)
     order by id limit ${ROWS_AT_ONCE}`,
    [ids, [...words.keys()], [...words.keys()].map(inJson), FREE],
  );
  await statements.run('forget-trail-say', "select set_config('gateway.forgets', 'a person', true)", []);
  for (const row of rows) {
    const isTheirs = row.is_of_key || words.has(row.target.toLowerCase());
    const forget = (value: unknown): unknown => withoutPerson(value, words, isTheirs);
    await statements.run(
      'forget-trail-write',
      'update admin_audit set target = $2, before = $3::jsonb, after = $4::jsonb where id = $1',
      [
        row.id,
        words.get(row.target.toLowerCase()) ?? row.target,
        row.before === null ? null : JSON.stringify(forget(row.before)),
        row.after === null ? null : JSON.stringify(forget(row.after)),
      ],
    );
  }
  await statements.run('forget-trail-end', "select set_config('gateway.forgets', '', true)", []);
  return rows.length;
}

/** A pattern for what is a whole string in JSON text, in small letters. */
const inJson = (word: string): string => {
  const text = JSON.stringify(word.toLowerCase());
  // bounded: a name, an id or an address, as an administrator or a claim gave it
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
};

/** What says who it is, in small letters, and what stands in its place. */
type Words = ReadonlyMap<string, string>;

/** @param isTheirs free text goes altogether */
function withoutPerson(value: unknown, words: Words, isTheirs: boolean): unknown {
  if (typeof value === 'string') return words.get(value.toLowerCase()) ?? value;
  if (Array.isArray(value)) return value.map((each) => withoutPerson(each, words, isTheirs));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !(isTheirs && FREE.includes(name)))
      .map(([name, each]) => [words.get(name.toLowerCase()) ?? name, withoutPerson(each, words, isTheirs)]),
  );
}

/** What leads from the name to the word, last. */
async function end(statements: Statements, { ids }: Identity, pseudonym: string): Promise<void> {
  const values = [ids, pseudonym];
  await statements.run(
    'forget-end-keys',
    `update keys set owner_id = $2, owner_name = $2, owner_groups = '{}', alias = null, metadata = '{}',
       workspace_name = case when workspace_name is not null then $2 end, created_by =
         case when created_by = any ($1) then $2 else created_by end
     where owner_id = any ($1)`,
    values,
  );
  await statements.run(
    'forget-end-accounts',
    // The owner's own, and those of their workspaces.
    `update accounts a set label = case when a.label = 'owner/' || i.id then 'owner/' || $2::text
         else left(a.label, -length(i.id)) || $2::text end
     from unnest($1::text[]) as i (id)
     where a.label = 'owner/' || i.id or starts_with(a.label, 'workspace/') and right(a.label, length(i.id) + 1) = '/' || i.id`,
    values,
  );
  await statements.run(
    'forget-end-workspaces',
    'update workspaces set owner_id = $2, name = $2 where owner_id = any ($1)',
    values,
  );
  await statements.run(
    'forget-end-poll',
    `update coder_poll set missing_owners = array(select m from unnest(missing_owners) m where m <> all ($1))`,
    [ids],
  );
  // Their names are in the words.
  await statements.run('forget-end-alerts', 'delete from alerts where owner_id = any ($1)', [ids]);
  await statements.run(
    'forget-end-silences',
    "delete from alert_silences where subject in (select 'owner/' || id from unnest($1::text[]) as i (id))",
    [ids],
  );
  await statements.run('forget-end-known-names', 'delete from names_of_owners where owner_id = any ($1)', [
    ids,
  ]);
  await statements.run('forget-end-names', 'delete from owner_names where owner_id = any ($1)', [ids]);
  await statements.run('forget-end-owner', 'delete from owners where id = any ($1)', [ids]);
}

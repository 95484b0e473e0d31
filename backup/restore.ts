/**
 * Puts a backup back: all in one transaction, so that a restore that is ended half-way leaves what was there.
 *
 * The tables are made anew by the migrations that the backup's store had, filled, and then migrated on to this version.
 */
import { once } from 'node:events';
import { from as copyFrom } from 'pg-copy-streams';
import { checkAccounts, type AccountCheck } from '../gateway/admin/account-check';
import { applyMigrations, holdMigrations, readMigrations } from '../gateway/store/migrate';
import { CliError } from '../terminal/fault';
import { nameOf, partsOf, type CheckedFile, type Part } from './check-file';
import { BackupFileError } from './frames';
import type { Section } from './manifest';
import { quoted } from './read-store';
import { migrationsFor, refuseToPutInto } from './store-there';
import { KEPT } from './tables';
import type { WhichStore } from './which-store';

export interface RestoreOptions {
  /** The site's name: its rows that are there give way. @default - rows that are there are left alone */
  readonly over?: string;
  /** Where a file that came along is written to, piece by piece. @default - it is not */
  readonly onFile?: (name: string, piece: Buffer) => Promise<void>;
  readonly stop?: AbortSignal;
}

/**
 * @param file read from end to end already
 * @returns whether the account adds up
 * @throws BackupFileError, CliError; what was there is there still then
 */
export async function restore(
  store: WhichStore,
  file: CheckedFile,
  { over, onFile, stop }: RestoreOptions = {},
): Promise<AccountCheck> {
  const { path } = file;
  const migrations = migrationsFor(file);
  const { client, statements, place } = store;
  const wanted = { file, place, ...(over === undefined ? {} : { over }) };
  await refuseToPutInto(statements, wanted);
  await client.query('begin');
  await holdMigrations(statements);
  // A gateway may have started, or rows have come, between the two.
  await refuseToPutInto(statements, wanted);
  await dropAll(store);
  await applyMigrations(statements, migrations);
  for (const { name, hasFirstRow } of KEPT) {
    const [there] = await statements.run<{ is: boolean }>('', 'select to_regclass($1) is not null as is', [
      name,
    ]);
    if (hasFirstRow === true && there?.is) await statements.run('', `delete from ${quoted(name)}`, []);
  }
  const filler = new Filler(store, onFile);
  const again = partsOf(path);
  for (let next = await again.next(); ; next = await again.next()) {
    stop?.throwIfAborted();
    if (next.done) {
      await filler.end();
      if (JSON.stringify(next.value) !== JSON.stringify(file))
        throw new BackupFileError(`${path} was changed while it was read: nothing was restored.`);
      break;
    }
    await filler.take(next.value);
  }
  for (const { afterwards } of KEPT) if (afterwards !== undefined) await statements.run('', afterwards, []);
  await setLastIds(store, file);
  await applyMigrations(statements, readMigrations());
  await client.query('commit');
  // Whoever asks first would wait for what Postgres finds out by itself within minutes.
  await client.query('analyze');
  return checkAccounts(statements);
}

/** By the names that the migrations give: what else is in the schema belongs to somebody. */
async function dropAll({ statements }: WhichStore): Promise<void> {
  const made = {
    table: new Set(['schema_migrations']),
    view: new Set<string>(),
    function: new Set<string>(),
  };
  for (const { text } of readMigrations())
    for (const [, kind = '', name = ''] of text.matchAll(
      /\bcreate (?:or replace )?(table|view|function) ("?\w+"?)/g,
    ))
      made[kind as keyof typeof made].add(name);
  for (const name of made.view) await statements.run('', `drop view if exists ${name} cascade`, []);
  for (const name of made.table) await statements.run('', `drop table if exists ${name} cascade`, []);
  const functions = await statements.run<{ signature: string }>(
    '',
    `select oid::regprocedure::text as signature from pg_proc
     where pronamespace = current_schema()::regnamespace and proname = any ($1)`,
    [[...made.function]],
  );
  for (const { signature } of functions) await statements.run('', `drop function ${signature} cascade`, []);
}

type Copy = ReturnType<typeof copyFrom>;

/** Takes the parts of a file in order, and has each in its table. */
class Filler {
  #section: Section | undefined;
  #copy: Copy | undefined;
  #ended: Promise<unknown> | undefined;

  constructor(
    readonly store: WhichStore,
    readonly onFile: RestoreOptions['onFile'],
  ) {}

  async take({ section, plain }: Part): Promise<void> {
    if (section !== this.#section) {
      await this.end();
      this.#section = section;
      if ('table' in section) await this.#begin(section);
      return;
    }
    if (!('table' in section)) return this.onFile?.(section.file, plain);
    // What the server refuses is told by the end of the copy.
    if (this.#copy?.write(plain) === false) await Promise.race([once(this.#copy, 'drain'), this.#ended]);
  }

  async end(): Promise<void> {
    this.#copy?.end();
    await this.#ended;
    const section = this.#section;
    if (section !== undefined && this.#copy !== undefined) await this.#merge(section);
    this.#copy = this.#ended = this.#section = undefined;
  }

  async #begin(section: Extract<Section, { table: string }>): Promise<void> {
    const known = KEPT.find(({ name }) => name === section.table);
    if (known === undefined)
      throw new CliError(`The backup has a table "${section.table}" that this version does not know.`);
    if (replacing(section) !== undefined)
      await this.store.client.query(
        `create temporary table rest_of_it (like ${quoted(known.name)}) on commit drop`,
      );
    const target = replacing(section) === undefined ? quoted(known.name) : 'rest_of_it';
    this.#copy = this.store.client.query(
      copyFrom(`copy ${target} (${section.columns.map(quoted).join(', ')}) from stdin`),
    );
    this.#ended = new Promise((done, failed) => this.#copy?.once('finish', done).once('error', failed));
    this.#ended.catch(() => {});
  }

  async #merge(section: Section): Promise<void> {
    const by = replacing(section);
    if (by === undefined) return;
    const table = quoted(nameOf(section));
    const columns = 'columns' in section ? section.columns.map(quoted).join(', ') : '';
    await this.store.client.query(`
      delete from ${table} t using rest_of_it r where t.${by} = r.${by};
      insert into ${table} (${columns}) select ${columns} from rest_of_it;
      drop table rest_of_it`);
  }
}

const replacing = (section: Section): string | undefined =>
  'table' in section && section.part === 'rest'
    ? KEPT.find(({ name }) => name === section.table)?.replacedBy
    : undefined;

async function setLastIds({ statements }: WhichStore, { end }: CheckedFile): Promise<void> {
  for (const [table, last] of Object.entries(end.last_ids)) {
    if (!KEPT.some(({ name }) => name === table)) continue;
    await statements.run(
      '',
      `select setval(pg_get_serial_sequence('${quoted(table)}', 'id'), greatest(last, 1), last > 0)
       from (select greatest($1::bigint, max(id)) as last from ${quoted(table)}) as known`,
      [last],
    );
  }
}

/**
 * Reads a store whole, as it is at one moment, beside gateways that run on it.
 *
 * While Postgres holds a moment it keeps every version of the accounts' rows since then, and every call has to step over
 * them. So what grows without end is read before, in pieces with a moment of their own each: calls that ended a minute
 * ago, sums of old calls, the audit trail. None of that changes any more while the backup keeps calls from becoming sums,
 * but for an estimate whose exact cost comes late, which takes the row to the calls that have just ended. At the moment
 * itself only the rest is read, and what was read before is counted again: where the count differs, all of it is read
 * anew at the moment.
 */
import { to as copyTo } from 'pg-copy-streams';
import { daysOfSums, settledCalls } from '../gateway/admin/ledger-pieces';
import { CliError } from '../terminal/fault';
import type { Migration } from './manifest';
import type { SectionWriter } from './section-writer';
import { KEPT, type KeptTable } from './tables';
import type { WhichStore } from './which-store';

export interface Moment {
  readonly at: string;
  readonly heldMs: number;
  readonly lastIds: Readonly<Record<string, number>>;
}

/** What was read in pieces is not what is there at the moment. */
export class NotSettled extends Error {}

/** As in `roll_up_calls`: calls do not become sums between two pieces, or they would be there twice or not at all. */
const ROLL_UP_LOCK = 4_710_815_002;
/** Milliseconds that a step of the roll-up, or somebody who is being forgotten, may take. */
const LOCK_LIMIT_MS = 20_000;
const IDS_A_PIECE = 5_000;
/** Estimates whose exact cost may come while the backup is made; with more, all is read at the moment. */
const MOST_ESTIMATES = 200_000;

const BEGIN = 'begin isolation level repeatable read, read only';

/** What of a table was read before the moment. */
interface Settled {
  rows: number;
  /** SQL for the rows that were read, and its values. */
  is: string;
  values: readonly string[];
}

export class StoreReader {
  readonly #columns = new Map<string, readonly string[]>();

  constructor(
    readonly store: WhichStore,
    readonly sections: SectionWriter,
    readonly migrations: readonly Migration[],
  ) {}

  /**
   * @param inPieces false: all of it at the moment
   * @throws NotSettled when the pieces cannot be used
   */
  async read(inPieces: boolean): Promise<Moment> {
    const { client } = this.store;
    await client.query(
      `set lock_timeout = ${LOCK_LIMIT_MS}; select pg_advisory_lock_shared(${ROLL_UP_LOCK})`,
    );
    try {
      const settled = new Map<string, Settled>();
      const estimates: string[] = [];
      if (inPieces) {
        settled.set('calls', await this.#callsInPieces(estimates));
        settled.set('daily_sums', await this.#sumsInPieces());
        settled.set('admin_audit', await this.#auditInPieces());
      }
      const moment = await this.#atOneMoment(settled, estimates);
      await client.query(`select pg_advisory_unlock_shared(${ROLL_UP_LOCK})`);
      return moment;
    } catch (fault) {
      if (fault instanceof NotSettled)
        await client.query(`rollback; select pg_advisory_unlock_shared(${ROLL_UP_LOCK})`);
      throw fault;
    }
  }

  async #callsInPieces(estimates: string[]): Promise<Settled> {
    const { client, statements } = this.store;
    await this.#begin('calls', 'settled');
    let rows = 0;
    let end = '-infinity';
    for await (const { after, until } of settledCalls(statements)) {
      const piece = `finished_at > '${after}' and finished_at <= '${until}'`;
      await client.query(BEGIN);
      estimates.push(
        ...(await this.#idsOf(`select request_id::text as id from calls where ${piece} and estimated`)),
      );
      if (estimates.length > MOST_ESTIMATES) throw new NotSettled();
      rows += await this.#copy('calls', piece);
      await client.query('commit');
      end = until;
    }
    return { rows, is: 'finished_at <= $1::timestamptz', values: [end] };
  }

  async #sumsInPieces(): Promise<Settled> {
    await this.#begin('daily_sums', 'settled');
    let rows = 0;
    for (const day of await daysOfSums(this.store.statements))
      rows += await this.#copy('daily_sums', `day = '${day}'`);
    return { rows, is: 'true', values: [] };
  }

  async #auditInPieces(): Promise<Settled> {
    await this.#begin('admin_audit', 'settled');
    const [row] = await this.store.statements.run<{ last: string | null }>(
      '',
      "select max(id)::text as last from admin_audit where at < clock_timestamp() - interval '1 minute'",
      [],
    );
    const last = Number(row?.last ?? 0);
    let rows = 0;
    for (let from = 0; from < last; from += IDS_A_PIECE)
      rows += await this.#copy('admin_audit', `id > ${from} and id <= ${Math.min(last, from + IDS_A_PIECE)}`);
    return { rows, is: 'id <= $1::bigint', values: [String(last)] };
  }

  async #atOneMoment(settled: ReadonlyMap<string, Settled>, estimates: readonly string[]): Promise<Moment> {
    const { client, statements } = this.store;
    await client.query(BEGIN);
    const began = performance.now();
    const [row] = await statements.run<{ at: Date }>('', 'select clock_timestamp() as at', []);
    await this.#refuseMigrated();
    const lastIds: Record<string, number> = {};
    for (const table of KEPT) {
      const before = settled.get(table.name);
      const columns = await this.#columnsOf(table.name);
      // A store from before there was such a table.
      if (columns.length === 0) continue;
      if (before !== undefined) await this.#countAgain(table, before, estimates);
      await this.#begin(table.name, before === undefined ? 'whole' : 'rest');
      const rest = before && `not (${literal(before)})`;
      await this.#copy(table.name, rest ?? table.where ?? 'true');
      const lastId = await this.#lastIdOf(table.name);
      if (lastId !== undefined) lastIds[table.name] = lastId;
    }
    await client.query('commit');
    return { at: row?.at.toISOString() ?? '', heldMs: Math.round(performance.now() - began), lastIds };
  }

  async #countAgain(
    { name, replacedBy }: KeptTable,
    { rows, is, values }: Settled,
    estimates: readonly string[],
  ): Promise<void> {
    const { statements } = this.store;
    const [counted] = await statements.run<{ rows: string }>(
      '',
      `select count(*) as rows from ${name} where ${is}`,
      values,
    );
    const [moved] =
      replacedBy === undefined || estimates.length === 0
        ? []
        : await statements.run<{ rows: string }>(
            '',
            `select count(*) as rows from ${name} where ${replacedBy} = any ($${values.length + 1}::uuid[]) and not (${is})`,
            [...values, estimates],
          );
    if (Number(counted?.rows) + Number(moved?.rows ?? 0) !== rows) throw new NotSettled();
  }

  /** A gateway of another version may have started meanwhile. */
  async #refuseMigrated(): Promise<void> {
    const applied = await readMigrationsOf(this.store);
    if (JSON.stringify(applied) === JSON.stringify(this.migrations)) return;
    throw new CliError(
      'The store was migrated by another version of the gateway meanwhile: take the backup again.',
    );
  }

  async #begin(table: string, part: 'whole' | 'settled' | 'rest'): Promise<void> {
    await this.sections.begin({ table, columns: await this.#columnsOf(table), part });
  }

  async #copy(table: string, where: string): Promise<number> {
    const columns = (await this.#columnsOf(table)).map(quoted).join(', ');
    const stream = this.store.client.query(
      copyTo(`copy (select ${columns} from ${quoted(table)} where ${where}) to stdout`),
    );
    return this.sections.put(table, stream as AsyncIterable<Buffer>);
  }

  async #columnsOf(table: string): Promise<readonly string[]> {
    const known = this.#columns.get(table);
    if (known !== undefined) return known;
    const columns = await this.#idsOf(
      `select attname as id from pg_attribute where attrelid = to_regclass('${quoted(table)}')
         and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
    );
    this.#columns.set(table, columns);
    return columns;
  }

  async #idsOf(text: string): Promise<readonly string[]> {
    return (await this.store.statements.run<{ id: string }>('', text, [])).map(({ id }) => id);
  }

  /** Ids that were given out are never given out again, also those of rows that are gone. */
  async #lastIdOf(table: string): Promise<number | undefined> {
    const { statements } = this.store;
    if (!(await this.#columnsOf(table)).includes('id')) return undefined;
    const [found] = await statements.run<{ sequence: string | null }>(
      '',
      `select pg_get_serial_sequence('${quoted(table)}', 'id') as sequence`,
      [],
    );
    if (found?.sequence == null) return undefined;
    const [row] = await statements.run<{ last: string }>(
      '',
      `select case when is_called then last_value else 0 end as last from ${found.sequence}`,
      [],
    );
    return Number(row?.last ?? 0);
  }
}

/** Names of our own tables and columns. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** COPY takes no values. These are times and ids that Postgres wrote. */
const literal = ({ is, values }: Settled): string =>
  values.reduce((text, value, at) => text.replace(`$${at + 1}`, `'${value}'`), is);

/** What the store's tables were made by. @throws CliError for a store without any */
export async function readMigrationsOf({ statements, place }: WhichStore): Promise<readonly Migration[]> {
  const [found] = await statements.run<{ is: boolean }>(
    '',
    "select to_regclass('schema_migrations') is not null as is",
    [],
  );
  if (!found?.is)
    throw new CliError(`There are no tables of a gateway in ${place}: no gateway has run on it yet.`);
  return statements.run<{ name: string; checksum: string }>(
    '',
    'select name, checksum from schema_migrations order by name',
    [],
  );
}

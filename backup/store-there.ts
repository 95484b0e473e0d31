/** What is in a store that a backup is to be put into, and whether it may be. */
import { readMigrations } from '../gateway/store/migrate';
import type { Statements } from '../gateway/store/database';
import { CliError, EXIT } from '../terminal/fault';
import { counted } from '../terminal/figures';
import type { CheckedFile } from './check-file';
import type { Migration } from './manifest';
import { PRECIOUS } from './tables';

/** Longer than a gateway takes to declare another one dead. */
const ALIVE_SECONDS = 60;

export const OVER_FLAG = '--over-what-is-there';

export interface Restored {
  readonly file: CheckedFile;
  /** The site's name, as the person has typed it. */
  readonly over?: string;
  readonly place: string;
}

/** @throws CliError for a backup whose tables this version does not know how to make */
export function migrationsFor({
  path,
  manifest,
}: CheckedFile): readonly (Migration & { readonly text: string })[] {
  const known = readMigrations();
  for (const [at, { name, checksum }] of manifest.migrations.entries()) {
    const mine = known[at];
    if (mine === undefined)
      throw new CliError(
        `${path} is newer than this version: it has "${name}", which version ${manifest.version} has brought. Restore it with that version or a newer one.`,
      );
    if (mine.name !== name || mine.checksum !== checksum)
      throw new CliError(
        `${path} is of a store whose "${name}" is not the one of this version. Restore it with version ${manifest.version}.`,
      );
  }
  return known.slice(0, manifest.migrations.length);
}

/** @throws CliError, exit code 3, where a word is missing; nothing is written then */
export async function refuseToPutInto(
  statements: Statements,
  { file, over, place }: Restored,
): Promise<void> {
  const isThere = async (table: string): Promise<boolean> =>
    (await statements.run<{ is: boolean }>('', `select to_regclass('${table}') is not null as is`, []))[0]
      ?.is === true;
  if (!(await isThere('schema_migrations'))) return;
  await refuseNewer(statements, place);
  if (await isThere('gateway_processes')) await refuseRunning(statements, place);
  const rows: string[] = [];
  for (const table of PRECIOUS) {
    if (!(await isThere(table))) continue;
    const [row] = await statements.run<{ rows: string }>('', `select count(*) as rows from ${table}`, []);
    if (Number(row?.rows) > 0) rows.push(`${counted(Number(row?.rows))} of ${table}`);
  }
  if (rows.length === 0) return;
  const [row] = (await isThere('site'))
    ? await statements.run<{ name: string }>('', 'select name from site', [])
    : [];
  const { site, begun_at } = file.manifest;
  if (row === undefined)
    throw new CliError(
      `There are rows in ${place} (${rows.join(', ')}) that no site's name is known of: name an empty database, or start the gateway of this version on it once.`,
      EXIT.refused,
    );
  if (row.name !== site)
    throw new CliError(
      `${file.path} is of ${site}, and in ${place} are the rows of another site, ${row.name}. Name an empty database.`,
      EXIT.refused,
    );
  if (over === site) return;
  throw new CliError(
    over === undefined
      ? `There are rows of ${site} in ${place}: ${rows.join(', ')}. All of them would give way to those of ${begun_at}, and what came since would be lost. To have that: ${OVER_FLAG} ${site}`
      : `${OVER_FLAG} ${over} is not the name of the site in ${place}, which is ${site}.`,
    EXIT.refused,
  );
}

async function refuseNewer(statements: Statements, place: string): Promise<void> {
  const known = new Set(readMigrations().map(({ name }) => name));
  const applied = await statements.run<{ name: string }>(
    '',
    'select name from schema_migrations order by name',
    [],
  );
  const newer = applied.find(({ name }) => !known.has(name));
  if (newer === undefined) return;
  throw new CliError(
    `The tables in ${place} are of a newer version ("${newer.name}"): restore with that one, or name an empty database.`,
    EXIT.refused,
  );
}

async function refuseRunning(statements: Statements, place: string): Promise<void> {
  const [row] = await statements.run<{ running: string }>(
    '',
    `select count(*) as running from gateway_processes
     where dead_at is null and heartbeat_at > clock_timestamp() - make_interval(secs => ${ALIVE_SECONDS})`,
    [],
  );
  if (Number(row?.running) === 0) return;
  throw new CliError(
    `${row?.running} gateway process${row?.running === '1' ? ' runs' : 'es run'} on ${place}: stop ${row?.running === '1' ? 'it' : 'them'} first. One that was killed counts for a minute.`,
    EXIT.refused,
  );
}

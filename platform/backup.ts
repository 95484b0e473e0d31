/** Copies of the stores before a new version migrates them: by the store's own programs, in its container, read back whole. */
import { createReadStream, createWriteStream, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { CliError } from '../terminal/fault';
import type { Engine } from './engine';
import type { PlatformFolder } from './folder';
import { lastLines } from './programs';

/** Whom the image of Postgres runs as. */
const USER = '999:999';

export interface BackupProps {
  readonly engine: Engine;
  readonly folder: PlatformFolder;
  readonly container: string;
  /** Databases that there may be. */
  readonly databases: readonly string[];
}

export interface Backup {
  readonly file: string;
  readonly bytes: number;
}

/** @returns a file for each database, mode 0600 @throws CliError; no file is left that was not read back */
export async function backUp(props: BackupProps, stop: AbortSignal): Promise<Backup[]> {
  const { engine, folder, container } = props;
  mkdirSync(folder.backups, { recursive: true, mode: 0o700 });
  const there = await databasesIn(engine, container, stop);
  const at = new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  const backups: Backup[] = [];
  for (const name of props.databases.filter((each) => there.includes(each))) {
    const file = join(folder.backups, `${at}-${name}.dump`);
    const unfinished = `${file}.unfinished`;
    try {
      await dump(engine, container, name, unfinished, stop);
      await readBack(engine, container, unfinished, stop);
      renameSync(unfinished, file);
    } finally {
      rmSync(unfinished, { force: true });
    }
    backups.push({ file, bytes: statSync(file).size });
  }
  return backups;
}

const asSuperuser = ['--username=postgres', '--no-password'];

async function databasesIn(engine: Engine, container: string, stop: AbortSignal): Promise<string[]> {
  const { exitCode, output } = await engine.exec(
    container,
    [
      'psql',
      ...asSuperuser,
      '--no-psqlrc',
      '--tuples-only',
      '--no-align',
      '--command=select datname from pg_database',
    ],
    { user: USER, signal: stop },
  );
  if (exitCode !== 0)
    throw new CliError(`psql in ${container} (exit code ${exitCode}): ${lastLines(output)}`);
  return output.split('\n').map((line) => line.trim());
}

async function dump(
  engine: Engine,
  container: string,
  database: string,
  file: string,
  stop: AbortSignal,
): Promise<void> {
  const out = createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true });
  await once(out, 'open');
  let fault: Error | undefined;
  out.on('error', (thrown) => (fault = thrown));
  const { exitCode, output } = await engine.exec(
    container,
    ['pg_dump', ...asSuperuser, '--format=custom', `--dbname=${database}`],
    {
      user: USER,
      signal: stop,
      onOutput: async (chunk) => {
        if (fault !== undefined) throw fault;
        if (!out.write(chunk)) await Promise.race([once(out, 'drain'), once(out, 'close')]);
      },
    },
  );
  out.end();
  await once(out, 'close');
  if (fault !== undefined) throw new CliError(`${file} cannot be written: ${fault.message}`);
  if (exitCode !== 0)
    throw new CliError(
      `pg_dump of ${database} in ${container} (exit code ${exitCode}): ${lastLines(output)}`,
    );
}

/** Every byte of the file goes back through the program that would restore it. */
async function readBack(engine: Engine, container: string, file: string, stop: AbortSignal): Promise<void> {
  const { exitCode, output } = await engine.exec(container, ['pg_restore', '--file=/dev/null'], {
    user: USER,
    signal: stop,
    input: createReadStream(file) as AsyncIterable<Buffer>,
  });
  if (exitCode !== 0)
    throw new CliError(`${file} cannot be read back (exit code ${exitCode}): ${lastLines(output)}`);
}

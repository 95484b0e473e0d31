/**
 * The store without a database server: a Postgres of the gateway's own, from the binaries of an npm package.
 *
 * Same dialect and same code as with DATABASE_URL. It belongs to one gateway and ends with it; several gateways
 * share a Postgres through DATABASE_URL. No TCP port is opened, no password exists: the way in is a socket in a
 * folder that only the server's account (and root) can enter, and the kernel tells the server who connects.
 *
 *     <dataDir>/
 *       gateway.pid         whose it is
 *       postgres/           the data, 0700
 *       run/                the socket, 0700
 *       pg_hba.conf, pg_ident.conf
 *       postgres.log        no statements, no values
 *       postgres-binaries…  only where those of the package cannot be run in place
 */
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Client } from 'pg';
import type { ServerAccount } from './embedded-account';
import { chooseAccount, firstBlockedFolder, runAs } from './embedded-account';
import { resolveBinaries } from './embedded-binaries';
import { clearLeftovers } from './embedded-leftover';
import { takeOwnership } from './embedded-owner';
import { startServer } from './embedded-server';
import {
  DATABASE,
  INITDB_ARGUMENTS,
  PORT,
  ROLE,
  serverArguments,
  SUPERUSER,
  writeAccessFiles,
} from './embedded-settings';
import { makeSocketFolder, removeTemporarySocketFolder } from './embedded-socket';

export interface EmbeddedPostgresOptions {
  /** Made when missing; kept between runs. As root, its parents must be passable for the server's account. */
  readonly dataDir: string;
  /** Told what takes time or is out of the ordinary. */
  readonly log?: (message: string) => void;
  /** A folder with `bin/` and `lib/` of a Postgres to use instead of the installed package's. */
  readonly nativeFolder?: string;
}

export interface EmbeddedPostgres {
  /** Settings for `pg`. `host` is the folder of the socket. */
  readonly connection: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly database: string;
  };
  /** Of the server, for example "18.4". */
  readonly version: string;
  /** Number of the server process. */
  readonly pid: number;
  /** Settles when the server process ends, also when it was not asked to. */
  readonly ended: Promise<unknown>;
  /** Ends the server after a checkpoint and gives the folder back. Close pools first. May be called twice. */
  stop(): Promise<void>;
}

/** initdb writes some 40 MB and flushes them. */
const INITDB_LIMIT_MS = 120_000;

/**
 * Starts the embedded Postgres of a data folder, creating it at the first start, and resolves when the gateway's
 * database can be used. Rejects with an error that says what to do: folder in use or not reachable, no binaries
 * for this platform, data of another major version.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => undefined);
  const account = await chooseAccount();
  const home = await prepareHome(resolve(options.dataDir), account);
  const giveBack = takeOwnership(home);
  const undo: (() => void | Promise<void>)[] = [giveBack];
  try {
    const dataFolder = join(home, 'postgres');
    const binaries = await resolveBinaries(account, home, log, options.nativeFolder);
    await clearLeftovers(dataFolder, log);
    if (!existsSync(join(dataFolder, 'PG_VERSION'))) {
      log(`Creating the database in ${dataFolder}`);
      await createData(binaries.initdb, dataFolder, account);
    }
    await checkData(dataFolder, binaries.version, account);
    await writeAccessFiles(home, account);

    const host = await makeSocketFolder(home, account);
    undo.unshift(() => removeTemporarySocketFolder(host));
    const args = serverArguments(home, dataFolder, host);
    const logFile = join(home, 'postgres.log');
    const server = await startServer(binaries.postgres, args, dataFolder, logFile, account);
    undo.unshift(() => server.stop());
    await createDatabase(host);

    let stopping: Promise<void> | undefined;
    return {
      connection: { host, port: PORT, user: ROLE, database: DATABASE },
      version: binaries.version,
      pid: server.pid,
      ended: server.ended,
      stop: () => (stopping ??= runAll(undo)),
    };
  } catch (error) {
    await runAll(undo);
    throw error;
  }
}

async function runAll(steps: readonly (() => void | Promise<void>)[]): Promise<void> {
  for (const step of steps) await step();
}

/**
 * Makes the gateway's data folder and returns its real path. As root it stays root's, and others may pass but not
 * list it: the server's account has its own folders inside and can plant nothing that root would follow.
 */
async function prepareHome(path: string, account: ServerAccount): Promise<string> {
  const asRoot = account.ids.uid !== undefined;
  const made = await mkdir(path, { recursive: true, mode: asRoot ? 0o755 : 0o700 });
  const home = await realpath(path);
  if (!asRoot) return home;
  if (made !== undefined) {
    // All the folders made just now, whatever the umask.
    for (let folder = path; ; folder = dirname(folder)) {
      await chmod(folder, 0o711);
      if (folder === made) break;
    }
  } else {
    // A folder that a person closed on purpose is only opened when nothing but the gateway's own is in it.
    const { mode, uid } = await stat(home);
    const entries = await readdir(home);
    const ours = entries.length === 0 || entries.some((name) => /^(postgres|gateway\.pid)/.test(name));
    if (ours && uid === 0 && (mode & 0o001) === 0) await chmod(home, (mode & 0o777) | 0o011);
  }
  const blocked = await firstBlockedFolder(account, home);
  if (blocked === undefined) return home;
  throw new Error(
    `Postgres refuses to run as root and runs as "${account.name}" instead, which cannot pass ${blocked} ` +
      `(on the way to ${home}). Set GATEWAY_DATA_DIR to a folder that every user can pass, for example ` +
      `/var/lib/ai-gateway, or allow it there (chmod o+x ${blocked}), or start the gateway as a plain user.`,
  );
}

/** Whole or not at all: an initdb that was cut short leaves a folder that no server starts on. */
async function createData(initdb: string, dataFolder: string, account: ServerAccount): Promise<void> {
  if (existsSync(dataFolder) && (await readdir(dataFolder)).length > 0) {
    throw new Error(
      `${dataFolder} is not empty and holds no Postgres data. Move it away, or use another folder.`,
    );
  }
  const unfinished = `${dataFolder}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  const { uid, gid } = account.ids;
  if (uid !== undefined && gid !== undefined) await chown(unfinished, uid, gid);
  const result = await runAs(account.ids, initdb, ['-D', unfinished, ...INITDB_ARGUMENTS], INITDB_LIMIT_MS);
  if (result.code !== 0) {
    await rm(unfinished, { recursive: true, force: true });
    throw new Error(`The embedded Postgres could not create its data folder:\n${result.output}`);
  }
  await rename(unfinished, dataFolder);
}

/** The server refuses data of another major version and of another user; said here with what to do. */
async function checkData(dataFolder: string, version: string, account: ServerAccount): Promise<void> {
  const { uid } = await stat(dataFolder);
  const expected = account.ids.uid ?? process.getuid?.();
  if (expected !== undefined && uid !== expected) {
    throw new Error(
      `${dataFolder} belongs to user id ${uid}, but Postgres would run as "${account.name}" (${expected}). Start ` +
        `the gateway as the user that created it, or hand it over: chown -R ${account.name} ${dataFolder}`,
    );
  }
  const major = (await readFile(join(dataFolder, 'PG_VERSION'), 'utf8')).trim();
  if (version.split('.')[0] === major) return;
  throw new Error(
    `${dataFolder} was written by Postgres ${major}, the installed one is ${version}. Dump it with the old release ` +
      'of the gateway and restore it with this one, or move it away to start empty.',
  );
}

/** The gateway's role owns its database and has no rights beyond it. */
async function createDatabase(host: string): Promise<void> {
  const client = new Client({ host, port: PORT, user: SUPERUSER, database: 'postgres' });
  await client.connect();
  try {
    const { rows } = await client.query<{ role: boolean; database: boolean }>(
      `select exists (select from pg_roles where rolname = $1) as role,
              exists (select from pg_database where datname = $2) as database`,
      [ROLE, DATABASE],
    );
    // A start that was cut short may have made only the first.
    if (!rows[0]?.role) await client.query(`create role ${ROLE} login`);
    if (!rows[0]?.database) await client.query(`create database ${DATABASE} owner ${ROLE}`);
  } finally {
    await client.end();
  }
}

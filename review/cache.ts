/** What was found in a hunk, kept in the person's cache folder: an unchanged hunk is not paid for twice. */
import { createHash, randomBytes } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { findingsForm, type AnsweredFinding } from './asking/answer';
import type { ShownFile, ShownHunk } from './asking/material';

/** Changes when what is kept would be read in another way. */
const VERSION = 1;
/** Entries that are kept, the latest used; and bytes of each. */
const MOST = 2_000;
const LONGEST = 64 * 1024;

/** Lines are counted from the hunk's first one. */
export interface Remembered {
  readonly findings: readonly AnsweredFinding[];
  /** By place in the list: whether a second look let it stand. */
  readonly checked: readonly boolean[];
}

export interface Cache {
  find(key: string): Remembered | undefined;
  keep(key: string, remembered: Remembered): void;
  /** Takes away what is too much. */
  tidy(): void;
}

export const NO_CACHE: Cache = { find: () => undefined, keep: () => {}, tidy: () => {} };

/** All that an answer depends on, but for the lines' numbers. Masked, as it is sent. */
export const keyOf = (
  rules: string,
  models: readonly string[],
  { name }: ShownFile,
  { lines }: ShownHunk,
): string =>
  createHash('sha256')
    .update(JSON.stringify([VERSION, rules, models, name, lines.map(({ sign, shown }) => sign + shown)]))
    .digest('hex');

export const cacheFolder = (
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string =>
  join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'contractor-workspace', 'review');

/** A cache that cannot be used is none: it is no reason not to review. */
export function openCache(folder: string): Cache {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const status = lstatSync(folder);
    // What others may write there would be shown as findings.
    if (!status.isDirectory() || status.uid !== process.getuid?.() || (status.mode & 0o077) !== 0)
      return NO_CACHE;
  } catch {
    return NO_CACHE;
  }
  const fileOf = (key: string): string => join(folder, `${key}.json`);
  return {
    find(key) {
      try {
        const file = fileOf(key);
        if (statSync(file).size > LONGEST) return undefined;
        const { findings, checked } = JSON.parse(readFileSync(file, 'utf8')) as Remembered;
        const read = findingsForm().read(JSON.stringify({ findings }));
        if (!('answer' in read) || !Array.isArray(checked)) return undefined;
        utimesSync(file, new Date(), new Date());
        return { findings: read.answer.findings, checked: findings.map((_, at) => checked[at] === true) };
      } catch {
        return undefined;
      }
    },
    keep(key, remembered) {
      const text = JSON.stringify(remembered);
      if (Buffer.byteLength(text) > LONGEST) return;
      const beside = join(folder, `${randomBytes(8).toString('hex')}.new`);
      try {
        writeFileSync(beside, text, { mode: 0o600, flag: 'wx' });
        renameSync(beside, fileOf(key));
      } catch {
        rmSync(beside, { force: true });
      }
    },
    tidy() {
      try {
        const files = readdirSync(folder)
          .filter((name) => /\.(json|new)$/.test(name))
          .map((name) => join(folder, name));
        if (files.length <= MOST) return;
        const dated = files.map((file) => ({ file, used: statSync(file).mtimeMs }));
        dated.sort((one, other) => other.used - one.used);
        for (const { file } of dated.slice(MOST)) rmSync(file, { force: true });
      } catch {
        // Another run may tidy at the same time.
      }
    },
  };
}

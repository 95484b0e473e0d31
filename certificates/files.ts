/** Files with certificates and keys: read within bounds, written whole, never over one that must stay. */
import {
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { fileFault } from '../terminal/file-fault';

/** Bytes; a chain has some thousand, and what is longer is something else. */
const LONGEST = 1024 * 1024;

/** What keeps a file from being used: completes "the file PATH …". */
export class FileFault extends Error {}

/** @returns its text; nothing when there is no such file @throws FileFault */
export function readIfThere(path: string): string | undefined {
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) throw new FileFault('is a folder, where a file has to be');
    // Reading a pipe would wait for whoever writes to it.
    if (!stat.isFile()) throw new FileFault('is no plain file');
    if (stat.size > LONGEST) throw new FileFault('is longer than 1 MiB, which is no certificate and no key');
    return readFileSync(path, 'latin1');
  } catch (fault) {
    if (fault instanceof FileFault) throw fault;
    const { code } = fault as NodeJS.ErrnoException;
    if (code === 'ENOENT' && isLink(path)) throw new FileFault('is a link that leads nowhere: remove it');
    if (code === 'ENOENT') return undefined;
    if (code === 'EACCES' || code === 'EPERM') throw new FileFault('may not be read by you');
    throw new FileFault(`cannot be read (${code ?? 'unknown reason'})`);
  }
}

const isLink = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;

/** Who else may read or write it: a person's key is theirs alone. @throws FileFault */
export function requirePrivate(path: string): void {
  const { mode } = statSync(path);
  if ((mode & 0o077) !== 0)
    throw new FileFault(
      `can be read by others (mode ${(mode & 0o777).toString(8)}): chmod 600 ${path}, and make a new key if somebody may have`,
    );
}

/** Makes the folder, for its owner alone, and has git pass it by. @throws FileFault */
export function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === false)
    throw new FileFault('is a file, where a folder has to be: move it away, or name another folder');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { mode } = statSync(folder);
  if ((mode & 0o022) !== 0)
    throw new FileFault(
      `can be written by others (mode ${(mode & 0o777).toString(8)}), who could exchange what is in it: chmod 700 ${folder}`,
    );
  placeNew(join(folder, '.gitignore'), '*\n', 0o600);
}

/** Writes a file at once, in the place of what is there. */
export function replace(path: string, text: string, mode: number): void {
  whole(path, text, mode, (made) => renameSync(made, path));
}

/** Writes a file at once, unless there is one. @returns whether it did */
export function placeNew(path: string, text: string, mode: number): boolean {
  let isNew = true;
  whole(path, text, mode, (made) => {
    try {
      linkSync(made, path);
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code !== 'EEXIST') throw fault;
      isNew = false;
    }
    rmSync(made);
  });
  return isNew;
}

function whole(path: string, text: string, mode: number, put: (made: string) => void): void {
  const made = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  try {
    const file = openSync(made, 'wx', mode);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    put(made);
  } catch (fault) {
    rmSync(made, { force: true });
    throw fault;
  }
}

/** @returns one sentence on what keeps a folder or file from being written, or from being used */
export const faultOf = (path: string, fault: unknown): string => {
  if (fault instanceof FileFault) return `${path} ${fault.message}`;
  const says = fileFault(fault)?.replace(/\.$/, '');
  if (says === undefined) throw fault;
  return says;
};

/** Files that somebody names, as they lie in the checkout: all of their lines are looked at. */
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { UsageError } from '../../terminal/fault';
import { DIFF_LIMITS, type Diff } from './diff-parser';
import type { DiffLine, FileChange } from './file-change';

/** Files of one command line. */
const MOST_FILES = 200;

/**
 * @param top the checkout
 * @param folder that names are relative to
 * @throws UsageError for what is not there, is no plain file, or lies outside the checkout
 */
export function readNamedFiles(top: string, folder: string, names: readonly string[]): Diff {
  if (names.length > MOST_FILES)
    throw new UsageError(`${names.length} files are named: ${MOST_FILES} at most, or a range BASE...HEAD.`);
  const files = [...new Set(names.map((name) => resolve(folder, name)))].map((path) => readOne(top, path));
  return { files, unnamedFiles: 0, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

function readOne(top: string, path: string): FileChange {
  const name = nameWithin(top, path);
  const content = contentOf(path, name);
  const isTooLong = content.length > DIFF_LIMITS.file;
  const isBinary = content.subarray(0, 8_000).includes(0);
  const { text, isLatin1 } = isTooLong || isBinary ? { text: '', isLatin1: false } : decode(content);
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  return {
    path: name,
    kind: 'modified',
    modes: { before: '100644', after: '100644' },
    ...(isTooLong || isBinary ? {} : { content }),
    isBinary,
    isTooLong,
    isLatin1,
    changedLines: lines.length,
    bytes: content.length,
    hunks: lines.length === 0 ? [] : [{ start: 1, lines: lines.map(asAdded) }],
  };
}

const asAdded = (line: string, at: number): DiffLine => {
  const text = line.slice(0, DIFF_LIMITS.line);
  return {
    sign: '+',
    text,
    after: at + 1,
    ...(text.length < line.length ? { cut: line.length - text.length } : {}),
  };
};

function decode(content: Buffer): { text: string; isLatin1: boolean } {
  try {
    return {
      text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content),
      isLatin1: false,
    };
  } catch {
    return { text: content.toString('latin1'), isLatin1: true };
  }
}

/** No link leads out: neither the file's own nor one on the way to it. */
function nameWithin(top: string, path: string): string {
  const shown = path.slice(-200);
  let real: string;
  try {
    if (lstatSync(path).isSymbolicLink())
      throw new UsageError(`"${shown}" is a link: name the file that it leads to.`);
    real = join(realpathSync(dirname(path)), path.slice(dirname(path).length).replace(/^\/+/, ''));
  } catch (fault) {
    if (fault instanceof UsageError) throw fault;
    throw new UsageError(`There is no file "${shown}": name files of the checkout, or a range BASE...HEAD.`);
  }
  const name = relative(realpathSync(top), real);
  if (name === '' || name.startsWith('..') || isAbsolute(name) || name.split(sep)[0] === '.git')
    throw new UsageError(`"${shown}" is outside the checkout ${top}: only its own files are read.`);
  return name.split(sep).join('/');
}

function contentOf(path: string, name: string): Buffer {
  // A pipe would be waited at for ever, and a link may have come in between.
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const status = fstatSync(file);
    if (!status.isFile())
      throw new UsageError(`"${name}" is no plain file: name files, or a range BASE...HEAD.`);
    const content = Buffer.alloc(Math.min(status.size, DIFF_LIMITS.file + 1));
    return content.subarray(0, readSync(file, content, 0, content.length, 0));
  } finally {
    closeSync(file);
  }
}

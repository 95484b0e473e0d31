/** What keeps a file from being written or read, and what to do about it. */
import { statSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { types } from 'node:util';

const SAYS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: make room',
  EDQUOT: 'your share of the disk is used up: make room',
  EROFS: 'it lies on a file system that is read-only: choose another folder, or mount it for writing',
  ENOTDIR: 'something on the way to it is a file, where a folder has to be: move that away',
  EISDIR: 'it is a folder, where a file has to be: move it away',
  ENAMETOOLONG: 'its name is too long: choose another folder',
};

const ownerOf = (path: string): number | undefined => {
  try {
    return statSync(path).uid;
  } catch {
    return undefined;
  }
};

/** The topmost folder on the way to a path that is of the same stranger, as a command run by sudo leaves it. */
function foreignFolder(path: string, me: number): { folder: string; owner: number } | undefined {
  let at = resolve(path);
  while (ownerOf(at) === undefined && dirname(at) !== at) at = dirname(at);
  const owner = ownerOf(at);
  if (owner === undefined || owner === me) return undefined;
  while (isWithin(dirname(at)) && ownerOf(dirname(at)) === owner) at = dirname(at);
  return { folder: at, owner };
}

/** Within the folder one stands in: what lies elsewhere may belong to somebody for a reason. */
const isWithin = (folder: string): boolean => !/^(\.\.|\/|$)/.test(relative(process.cwd(), folder));

const shown = (path: string): string => {
  const near = relative(process.cwd(), path);
  return near === '' || near.startsWith('..') ? path : near;
};

/** @returns one sentence, when that was thrown by the file system about a path */
export function fileFault(fault: unknown): string | undefined {
  if (!types.isNativeError(fault)) return undefined;
  const { code, path, syscall } = fault as NodeJS.ErrnoException;
  if (typeof code !== 'string' || typeof path !== 'string' || typeof syscall !== 'string') return undefined;
  const says = SAYS[code];
  if (says !== undefined) return `${shown(path)} cannot be used: ${says}.`;
  if (code !== 'EACCES' && code !== 'EPERM') return undefined;
  const me = process.getuid?.();
  const foreign = me === undefined ? undefined : foreignFolder(path, me);
  if (foreign === undefined)
    return `${shown(path)} may not be used by you (${code}): change its mode, or that of the folder it is in.`;
  const owner = foreign.owner === 0 ? 'root' : `user ${foreign.owner}`;
  return (
    `${shown(path)} cannot be used: ${shown(foreign.folder)} belongs to ${owner}, and you are user ${me}. ` +
    (isWithin(foreign.folder)
      ? `Take it over: sudo chown -R ${me} ${shown(foreign.folder)}`
      : 'Choose another folder.')
  );
}

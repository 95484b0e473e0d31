import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { ok, type Finding } from './check';

/** Homes that are the workspace's own. */
const OF_THE_WORKSPACE = ['/home/coder', '/root', '/'];

/** Folders of people on the machines they work on. */
const HOME = /(?:\/Users\/[^/\s"']+|[A-Za-z]:\\\\?Users\\\\?[^\\\s"']+)/;

/** Whether a path of the machine that synthesized would be pushed: it is nobody's on the server. */
export function checkMachinePaths(folder: string, files: ReadonlyMap<string, string>): Finding {
  const own = [...new Set([process.cwd(), resolve(folder), homedir()])].filter(
    (path) => !OF_THE_WORKSPACE.includes(path) && path.split(/[\\/]/).length > 2,
  );
  const isOwn = new RegExp(
    own.map((path) => `${path.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}(?![\\w-])`).join('|'),
  );
  const places = [...files].flatMap(([path, text]) =>
    text
      .split('\n')
      .map((line, i) => ({ line, number: i + 1 }))
      .filter(({ line }) => (own.length > 0 && isOwn.test(line)) || HOME.test(line))
      .map(({ number }) => `${path}:${number}`),
  );
  if (places.length === 0) return ok('machine paths', 'no path of this machine');
  return {
    check: 'machine paths',
    state: 'error',
    says: 'paths of this machine are in the template',
    todo: 'write ${path.module}/… for files of the template, and paths of the workspace for the rest',
    places,
  };
}

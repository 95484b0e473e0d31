import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { entriesOf } from '../template-folder';

/** What became of files. */
export interface Written {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** How many stayed as they were; they are not written again. */
  readonly unchanged: number;
}

/**
 * Makes files of a folder be those.
 *
 * @param files text by path below the folder; what is not among them is removed when `owns` says that it is one of theirs
 */
export function writeFolder(
  folder: string,
  files: ReadonlyMap<string, string>,
  owns: (path: string) => boolean,
): Written {
  const [added, changed]: [string[], string[]] = [[], []];
  for (const [path, text] of files) {
    const file = join(folder, path);
    const isThere = existsSync(file);
    if (isThere && readFileSync(file, 'utf8') === text) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    (isThere ? changed : added).push(path);
  }
  const removed = existsSync(folder)
    ? entriesOf(folder)
        .map(({ path }) => path)
        .filter((path) => owns(path) && !files.has(path))
    : [];
  for (const path of removed) rmSync(join(folder, path));
  return { added, changed, removed, unchanged: files.size - added.length - changed.length };
}

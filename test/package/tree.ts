import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Bytes by path of all files below a folder. */
export const readTree = (folder: string): ReadonlyMap<string, Buffer> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
      .sort()
      .map((file) => [relative(folder, file), readFileSync(file)]),
  );

/** Paths whose bytes are not the same in both. */
export function differences(one: string, other: string): string[] {
  const [left, right] = [readTree(one), readTree(other)];
  return [...new Set([...left.keys(), ...right.keys()])].filter((path) => {
    const [a, b] = [left.get(path), right.get(path)];
    return a === undefined || b === undefined || !a.equals(b);
  });
}

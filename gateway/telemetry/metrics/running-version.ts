/** Which version runs: that of the manifest above this file, in the repository or in a bundle. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folders between a program and its manifest, at most. */
const MOST_FOLDERS = 4;

export function runningVersion(): string {
  let folder = __dirname;
  for (let up = 0; up < MOST_FOLDERS; up += 1, folder = dirname(folder))
    try {
      const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        version?: unknown;
      };
      if (typeof version === 'string') return version;
    } catch {
      // Not in this one.
    }
  return 'unknown';
}

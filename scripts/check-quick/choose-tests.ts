/** Which tests a change is tried with before CI tries it with all of them. */
import { basename, dirname } from 'node:path';

export interface Chosen {
  readonly run: readonly string[];
  /** How many others reach what changed, and are left to CI. */
  readonly left: number;
}

const wordsOf = (path: string): Set<string> =>
  new Set([...dirname(path).split('/'), ...basename(path).replace(/\..*$/, '').split('-')]);

/** How near a test stands to a file: by folders, and by words of the name, which a test often has of its subject. */
function nearness(test: string, file: string): number {
  const words = wordsOf(file);
  return [...wordsOf(test)].filter((word) => words.has(word)).length / words.size;
}

/**
 * @param related tests that reach what changed, by paths from the root
 * @param changed files, by paths from the root
 * @param most tests to be run; those that changed themselves are run whatever it says
 */
export function chooseTests(related: readonly string[], changed: readonly string[], most: number): Chosen {
  const nearest = (test: string): number => Math.max(0, ...changed.map((file) => nearness(test, file)));
  const own = related.filter((test) => changed.includes(test));
  const others = related
    .filter((test) => !changed.includes(test))
    .map((test) => ({ test, near: nearest(test) }))
    .sort((a, b) => b.near - a.near || a.test.localeCompare(b.test, 'en'));
  const run = [...own, ...others.slice(0, Math.max(0, most - own.length)).map(({ test }) => test)];
  return { run, left: related.length - run.length };
}

/** A key that somebody has pasted into a command line, where everybody on the machine sees it. */
const KEY = /^sk-[A-Za-z0-9_-]{20,}$/;

/** UTF-16 units of a word that are looked at: no key of ours is longer. */
const LONGEST = 4_096;

/** @param typed arguments and option values, of whatever kind */
export const holdsKey = (typed: readonly unknown[]): boolean =>
  typed.flat().some((word) => typeof word === 'string' && word.length <= LONGEST && KEY.test(word));

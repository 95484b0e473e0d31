/** What a list shows, as words of its address, so that a view can be shared: search, filter, order, page. */
import { hashKey, isKeyShaped } from '../keys/key-derivation';
import { withQuery } from './local-path';
import type { Action } from './page';

/** Characters of one word; no name is longer. */
const LONGEST = 256;

/** No name has control characters, and the store takes no NUL. */
const wordOf = (words: URLSearchParams, name: string): string => {
  const word = (words.get(name) ?? '').trim().slice(0, LONGEST);
  // bounded: `LONGEST`
  return /[\u0000-\u001f\u007f]/.test(word) ? '' : word;
};

/**
 * The form of a filter. It is sent as a form so that a key somebody pastes never stands in an address: it is looked for by
 * its hash.
 *
 * @param names fields that are words of the address
 * @param byHash the word that a pasted key becomes
 */
export const findAction = (path: string, names: readonly string[], byHash: string): Action => ({
  role: 'viewer',
  isHarmless: true,
  run: ({ sent }) => {
    const words = new URLSearchParams();
    for (const name of names) {
      const word = wordOf(sent.words, name);
      if (isKeyShaped(word)) words.set(byHash, hashKey(word));
      else if (word !== '') words.set(name, word);
    }
    return Promise.resolve({ to: withQuery(path, words) });
  },
});

/** The words of an address that the list knows. A key that somebody wrote there themselves is shown no further. */
export function knownWords(
  query: URLSearchParams,
  names: readonly string[],
  byHash: string,
): URLSearchParams {
  const words = new URLSearchParams();
  for (const name of names) {
    const word = wordOf(query, name);
    if (isKeyShaped(word)) words.set(byHash, hashKey(word));
    else if (word !== '') words.set(name, word);
  }
  return words;
}

export interface Paging {
  readonly total: number;
  readonly first: number;
  readonly last: number;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export function pagingOf(
  path: string,
  words: URLSearchParams,
  total: number,
  page: number,
  size: number,
): Paging {
  const pages = Math.ceil(total / size);
  return {
    total,
    first: total === 0 ? 0 : (page - 1) * size + 1,
    last: Math.min(total, page * size),
    before: page > 1 ? withQuery(path, words, { page: page === 2 ? undefined : page - 1 }) : undefined,
    after: page < pages ? withQuery(path, words, { page: page + 1 }) : undefined,
  };
}

/** Of the first page on; what is no such number is the first. */
export function pageOf(words: URLSearchParams): number {
  const page = Number(words.get('page') ?? '1');
  return Number.isSafeInteger(page) && page >= 1 && page <= 1_000_000 ? page : 1;
}

/** Which page, form or file a path means. */
import type { Action, Download, Page } from './page';

export type Found = { readonly parts: Readonly<Record<string, string>> } & (
  | { readonly kind: 'page'; readonly page: Page }
  | { readonly kind: 'download'; readonly download: Download }
  | { readonly kind: 'action'; readonly page: Page; readonly name: string; readonly action: Action }
);

/** A path of ours has five parts at most. */
const MOST_PARTS = 8;

type Target =
  | { readonly kind: 'page'; readonly page: Page }
  | { readonly kind: 'download'; readonly download: Download }
  | { readonly kind: 'action'; readonly page: Page; readonly name: string; readonly action: Action };

interface Pattern {
  readonly words: readonly string[];
  readonly target: Target;
}

// bounded: a header or an address is no longer than Node takes
const wordsOf = (path: string): string[] => path.split('/', MOST_PARTS + 1);

export interface RouteFinder {
  find(method: 'GET' | 'POST', path: string): Found | undefined;
}

export function routeFinder(pages: readonly Page[], downloads: readonly Download[]): RouteFinder {
  const shown: Pattern[] = [
    ...pages.map((page) => ({ words: wordsOf(page.path), target: { kind: 'page' as const, page } })),
    ...downloads.map((download) => ({
      words: wordsOf(download.path),
      target: { kind: 'download' as const, download },
    })),
  ];
  const sent: Pattern[] = pages.flatMap((page) =>
    Object.entries(page.actions ?? {}).map(([name, action]) => ({
      words: wordsOf(name === '' ? page.path : `${page.path}/${name}`),
      target: { kind: 'action' as const, page, name, action },
    })),
  );
  return {
    find(method, path) {
      const words = wordsOf(path);
      const found = (method === 'GET' ? shown : sent).flatMap(({ words: pattern, target }) => {
        const parts = match(pattern, words);
        return parts === undefined ? [] : [{ ...target, parts }];
      });
      // What is written out comes before what stands for anything: /ui/keys/new before /ui/keys/{key}.
      return found.sort((one, other) => Object.keys(one.parts).length - Object.keys(other.parts).length)[0];
    },
  };
}

function match(pattern: readonly string[], words: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== words.length) return undefined;
  const parts: Record<string, string> = {};
  for (const [at, wanted] of pattern.entries()) {
    const word = words[at] ?? '';
    if (!wanted.startsWith('{')) {
      if (wanted !== word) return undefined;
      continue;
    }
    const decoded = decode(word);
    // No name has control characters, and the store takes no NUL.
    // bounded: a header or an address is no longer than Node takes
    if (decoded === undefined || decoded === '' || /[\u0000-\u001f\u007f]/.test(decoded)) return undefined;
    parts[wanted.slice(1, -1)] = decoded;
  }
  return parts;
}

function decode(word: string): string | undefined {
  try {
    return decodeURIComponent(word);
  } catch {
    return undefined;
  }
}

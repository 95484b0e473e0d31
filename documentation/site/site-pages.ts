/** Where each page of the docs lies in the site, and what a link in one becomes. */
import { posix } from 'node:path';

/** `docs/reference/README.md` becomes `reference/index.html`. */
export const pathInSite = (file: string): string =>
  file
    .replace(/^docs\//, '')
    .replace(/README\.md$/, 'index.html')
    .replace(/\.md$/, '.html');

/** From a page's folder up to the site's. */
export const rootFrom = (path: string): string => '../'.repeat(path.split('/').length - 1);

export const hrefFrom = (from: string, to: string): string => rootFrom(from) + to;

export const isExternal = (target: string): boolean => /^[a-z][a-z0-9+.-]*:/i.test(target);

/** What a link leads to, from the root of the repository; `place` is what stands behind the `#`. */
export function targetOf(file: string, target: string): { readonly file: string; readonly place?: string } {
  const [path = '', place] = target.split('#');
  const to = path === '' ? file : posix.normalize(posix.join(posix.dirname(file), path));
  return place === undefined ? { file: to } : { file: to, place };
}

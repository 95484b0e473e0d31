/** Addresses that lead nowhere but to a page of the dashboard. */

/** Characters; a filter of every kind comes to some hundred. */
const LONGEST = 2_048;
const HOME = '/ui';
/** No places to come back to, nor is what lies below: one would ask who it is again, the other would sign out. */
const NOT_BACK = ['/ui/sign-in', '/ui/sign-out'];

/** Where to go after a sign-in: what was asked for, when it is a page of ours; the overview otherwise. */
export function localPath(asked: string | null | undefined): string {
  if (asked == null || asked.length > LONGEST) return HOME;
  // A browser takes a backslash for a slash, and leaves out tabs and ends of lines.
  // bounded: `LONGEST`
  if (!/^\/ui(?:[/?]|$)/.test(asked) || /[\\\u0000-\u0020]/.test(asked)) return HOME;
  const { origin, pathname, search } = new URL(asked, 'http://dashboard.invalid');
  if (origin !== 'http://dashboard.invalid' || !isBelow(pathname, HOME) || pathname.includes('//'))
    return HOME;
  // Longer than what was asked for, where letters had to be written otherwise.
  const path = pathname + search;
  return path.length > LONGEST || NOT_BACK.some((one) => isBelow(pathname, one)) ? HOME : path;
}

const isBelow = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

/** The same page with other words in its query; an empty word or undefined takes one out. */
export function withQuery(
  path: string,
  query: URLSearchParams,
  changes: Readonly<Record<string, string | number | undefined>> = {},
): string {
  const words = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes))
    if (value === undefined || value === '') words.delete(name);
    else words.set(name, String(value));
  const text = words.toString();
  return text === '' ? path : `${path}?${text}`;
}

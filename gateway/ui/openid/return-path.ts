/** Where the dashboard goes on after a sign-in: a page of its own, never another site's. */

const HOME = '/ui';
const SIGN_IN = '/ui/sign-in';
/** Characters: it is carried in a cookie. */
const LONGEST = 1_024;

const isBelow = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

/** @returns the path with its query as browsers read it; `/ui` for whatever is none of the dashboard's pages */
export function localPath(asked: string, accessUrl: string): string {
  if (asked.length > LONGEST || !asked.startsWith('/') || !URL.canParse(asked, accessUrl)) return HOME;
  const { origin, pathname, search } = new URL(asked, accessUrl);
  const path = pathname + search;
  const isOurs = origin === accessUrl && isBelow(pathname, HOME) && !isBelow(pathname, SIGN_IN);
  return isOurs && path.length <= LONGEST ? path : HOME;
}

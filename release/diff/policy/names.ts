import { code, codes } from '../../code-span';

/** Names that are still worth reading one by one. */
const MOST = 8;

/** Quoted names in a row; of many the first ones, and how many there are beside them. */
export const some = (names: readonly string[]): string =>
  names.length <= MOST
    ? codes(names)
    : `${names.slice(0, MOST).map(code).join(', ')} and ${names.length - MOST} more`;

export const usersOf = (names: readonly string[]): string => `people who use ${some(names)}`;

/** Values as Postgres array literals: what a statement for many rows takes column by column, and reads fastest. */

/** Of what needs no quotes: numbers, ids and truth values. Undefined and null are null. */
export const arrayOf = <T>(
  items: readonly T[],
  valueOf: (item: T) => number | string | boolean | null | undefined,
): string => {
  let text = '{';
  for (const item of items) text += `${text.length > 1 ? ',' : ''}${valueOf(item) ?? 'null'}`;
  return `${text}}`;
};

/** Of any text, quoted. */
export const textArrayOf = <T>(items: readonly T[], valueOf: (item: T) => string | null): string => {
  let text = '{';
  for (const item of items) {
    const value = valueOf(item);
    text += text.length > 1 ? ',' : '';
    text +=
      value === null ? 'null' : `"${SPECIAL.test(value) ? value.replace(EVERY_SPECIAL, '\\$&') : value}"`;
  }
  return `${text}}`;
};

const SPECIAL = /["\\]/;
const EVERY_SPECIAL = /["\\]/g;

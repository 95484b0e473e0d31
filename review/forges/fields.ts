/** Fields of answers, which may be anything. */

export type Fields = Readonly<Record<string, unknown>>;

export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A number of an account or a comment, as text. @returns empty: it is none */
export const idOf = (value: unknown): string =>
  typeof value === 'number' && Number.isSafeInteger(value)
    ? String(value)
    : typeof value === 'string' && /^[\w.=+/-]{1,200}$/.test(value)
      ? value
      : '';

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

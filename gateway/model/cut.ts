/**
 * Text that somebody else wrote, made short before anything looks into it: an expression, a split or a replacement over
 * all of it would hold up every other call for as long as its writer likes.
 */

/** The beginning of a text. Half of a character that takes two units is left out at its end. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const isHalf = (text.charCodeAt(most - 1) & 0xfc00) === 0xd800;
  return text.slice(0, isHalf ? most - 1 : most);
}

/** UTF-16 units of somebody's text that an error shows. */
const LONGEST_SHOWN = 80;

/** A value as an error may show it: short, and never a whole document. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (value !== null && typeof value === 'object') return 'an object';
  if (typeof value !== 'string') return JSON.stringify(value);
  const written = JSON.stringify(cut(value, LONGEST_SHOWN));
  return value.length > LONGEST_SHOWN || written.length > LONGEST_SHOWN
    ? `${cut(written, LONGEST_SHOWN)}…`
    : written;
}

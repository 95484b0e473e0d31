/** Tables for spreadsheets: RFC 4180, and no cell that a spreadsheet would take for a formula. */

/**
 * How a formula begins, for the spreadsheets in use, and what they skip before it. Source: OWASP, "CSV Injection".
 */
const FORMULA = /^[\s\u00a0\ufeff]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;
/** Characters that are looked at for it. */
const LOOKED_AT = 64;

export function csvCell(value: unknown): string {
  const text = value == null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  // bounded: `LOOKED_AT`
  const isFormula = FORMULA.test(text.slice(0, LOOKED_AT));
  // bounded: one cell of a row that is in the store
  return `"${isFormula ? "'" : ''}${text.replaceAll('"', '""')}"`;
}

export const csvTable = (rows: readonly (readonly unknown[])[]): string =>
  rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');

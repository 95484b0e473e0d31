/** Tables for spreadsheets: RFC 4180, and no cell that a spreadsheet would take for a formula. */
import type { Column } from './column';

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

/** Rows that are written without a pause. */
const ROWS_AT_ONCE = 500;

/**
 * The rows of a view as a table for a spreadsheet, all of its columns.
 *
 * @param left rows that are not among them, which is told at the end
 */
export async function csvOfView<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  left = 0,
): Promise<string> {
  let text = csvTable([columns.map(({ name }) => name)]);
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    text += csvTable(rows.slice(at, at + ROWS_AT_ONCE).map((row) => columns.map(({ of }) => of(row))));
    // Calls are served in between.
    await new Promise(setImmediate);
  }
  return left > 0 ? text + csvTable([[`${left} rows are left out. Ask for fewer of them.`]]) : text;
}

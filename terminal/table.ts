/** Rows for people, and for spreadsheets. */
import { forTerminal } from './terminal-text';

export type Cell = string | number | boolean | null | undefined;

/** What comes from the gateway may hold whatever a workspace was called. */
const show = (cell: Cell): string => forTerminal(String(cell ?? ''));

/** Columns as wide as they need; numbers to the right. */
export function renderTable(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [headings, ...rows.map((row) => row.map(show))];
  const widths = headings.map((_, at) => Math.max(...lines.map((line) => (line[at] ?? '').length)));
  const isNumber = headings.map(
    (_, at) => rows.length > 0 && rows.every((row) => typeof row[at] === 'number'),
  );
  return lines
    .map((line) =>
      line
        .map((cell, at) => (isNumber[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** One row of a table whose columns are as wide as that; the last one takes what is left. */
export const renderRow = (cells: readonly Cell[], widths: readonly number[]): string =>
  cells
    .map((cell, at) => show(cell).padEnd(widths[at] ?? 0))
    .join('  ')
    .trimEnd();

/** RFC 4180; a cell that a spreadsheet would take for a formula is made text. */
export const renderCsvRow = (row: readonly Cell[]): string =>
  row
    .map((value) => {
      const text = show(value);
      const safe = typeof value === 'string' && /^[=+\-@\t]/.test(text) ? `'${text}` : text;
      return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    })
    .join(',');

export const renderCsv = (headings: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  [headings, ...rows].map(renderCsvRow).join('\r\n');

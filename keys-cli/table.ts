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

/** RFC 4180; a cell that a spreadsheet would take for a formula is made text. */
export function renderCsv(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cell = (value: Cell): string => {
    const text = show(value);
    const safe = typeof value === 'string' && /^[=+\-@\t]/.test(text) ? `'${text}` : text;
    return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [headings, ...rows].map((row) => row.map(cell).join(',')).join('\r\n');
}

/** Rows of a CSV file without quoted line breaks; `#` begins a comment, separators may be `,` `;` or `:`. */
export function parseCsv(text: string): string[][] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => (line.match(/("([^"]|"")*"|[^,;:]*)([,;:]|$)/g) ?? []).map(plain))
    .map((cells) => (cells.at(-1) === '' && cells.length > 1 ? cells.slice(0, -1) : cells));
}

const plain = (cell: string): string => {
  const text = cell.replace(/[,;:]$/, '').trim();
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
};

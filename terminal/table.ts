/** Rows for people: columns as wide as they need, without lines around them. */
import Table from 'cli-table3';
import { forTerminal } from './terminal-text';

export interface TableColumn {
  readonly heading: string;
  /** To the right, as numbers are. @default false */
  readonly isRight?: boolean;
  /** Never shortened, however narrow the terminal is: a key, a hash. @default false */
  readonly isWhole?: boolean;
}

export interface TableStyle {
  /** Columns of the terminal; rows that are longer are shortened. @default - nothing is shortened */
  readonly width?: number | undefined;
  /** @default - as it is */
  readonly heading?: (text: string) => string;
}

const GAP = '  ';
/** Characters to which a column may be shortened. */
const NARROWEST = 8;
/** The library's time grows with the square of the rows. */
const ROWS_AT_ONCE = 100;

const NO_LINES = Object.fromEntries(
  ['top', 'bottom', 'left', 'right'].flatMap((side) => [
    [side, ''],
    [`${side}-mid`, ''],
    [`${side}-left`, ''],
    [`${side}-right`, ''],
  ]),
);

/** At least as many places as the library counts: letters of other scripts may take two. */
const widthOf = (text: string): number => {
  let width = 0;
  for (const sign of text) width += /[©®\u1100-\u{10ffff}]/u.test(sign) ? 2 : 1;
  return width;
};

/** What comes from elsewhere may hold whatever a workspace was called. */
export function renderTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  { width, heading = (text) => text }: TableStyle = {},
): string {
  const lines = rows.map((row) => row.map(forTerminal));
  const needed = columns.map((column, at) =>
    lines.reduce((most, line) => Math.max(most, widthOf(line[at] ?? '')), widthOf(column.heading)),
  );
  const colWidths = width === undefined ? needed : shortened(needed, columns, width);
  const parts: string[] = [];
  for (let from = 0; from === 0 || from < lines.length; from += ROWS_AT_ONCE) {
    const table = new Table({
      ...(from === 0 ? { head: columns.map((column) => heading(column.heading)) } : {}),
      colWidths,
      colAligns: columns.map(({ isRight = false }) => (isRight ? 'right' : 'left')),
      chars: { ...NO_LINES, mid: '', 'mid-mid': '', middle: GAP },
      style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    });
    table.push(...lines.slice(from, from + ROWS_AT_ONCE).map((line) => [...line]));
    parts.push(table.toString());
  }
  return parts
    .join('\n')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** The widest give way first. */
function shortened(needed: readonly number[], columns: readonly TableColumn[], width: number): number[] {
  const widths = [...needed];
  const excess = () => widths.reduce((sum, each) => sum + each, GAP.length * (widths.length - 1)) - width;
  for (;;) {
    const over = excess();
    if (over <= 0) return widths;
    const [widest] = widths
      .map((each, at) => ({ each, at }))
      .filter(({ each, at }) => each > NARROWEST && !columns[at]?.isWhole)
      .sort((a, b) => b.each - a.each);
    if (widest === undefined) return widths;
    widths[widest.at] = Math.max(NARROWEST, widest.each - Math.min(over, Math.max(1, widest.each >> 2)));
  }
}

/** One row of a table whose columns are as wide as that; the last one takes what is left. */
export const renderRow = (cells: readonly string[], widths: readonly number[]): string =>
  cells
    .map((cell, at) => forTerminal(cell).padEnd(widths[at] ?? 0))
    .join(GAP)
    .trimEnd();

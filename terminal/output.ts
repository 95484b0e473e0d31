/** What a command found: for people a table, for programs JSON, for spreadsheets CSV. What goes on is said on stderr. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { coloursFor } from './colours';
import { renderCsv, renderCsvRow, type Value } from './csv';
import { CliError } from './fault';
import { renderRow, renderTable } from './table';
import { escapeObeyed, forTerminal, withoutKeys } from './terminal-text';

export interface Column<Row> {
  /** Stands above the column. */
  readonly name: string;
  /** As a program reads it: numbers without units, times in ISO 8601. */
  readonly value: (row: Row) => Value;
  /** As a person reads it; null: not in the table. @default - the value, and "-" where there is none */
  readonly shown?: ((row: Row) => string) | null;
  /** Never shortened. @default false */
  readonly isWhole?: boolean;
}

export type Format = 'table' | 'json' | 'csv';

export interface FormatWords {
  readonly json?: boolean;
  readonly csv?: boolean;
}

export interface Output {
  readonly format: Format;
  /**
   * The result, to stdout.
   *
   * @param value for JSON
   * @throws CliError when it cannot be written
   */
  result<Row>(value: unknown, columns: readonly Column<Row>[], rows: readonly Row[]): Promise<void>;
  /** One line to stdout and nothing else. @throws CliError when it cannot be written */
  line(text: string): Promise<void>;
  /**
   * A result that grows: each row is out before `add` resolves.
   *
   * @param widths of all columns but the last one, in characters
   */
  rows<Row>(columns: readonly Column<Row>[], widths: readonly number[]): Promise<RowWriter<Row>>;
  /** What goes on: to stderr, so that a program's result stays clean. */
  say(lines: string): void;
}

export interface RowWriter<Row> {
  /** @throws CliError when the row cannot be written */
  add(row: Row): Promise<void>;
  end(): Promise<void>;
}

/** Gives a command the options for it. */
export const withFormats = (command: Command): Command =>
  command
    .addOption(new Option('--json', 'the answer as JSON, for programs').conflicts('csv'))
    .addOption(new Option('--csv', 'the table as CSV, for spreadsheets'));

const inTable = <Row>({ shown }: Column<Row>): boolean => shown !== null;

const isOfNumbers = (values: readonly Value[]): boolean =>
  values.some((value) => typeof value === 'number') &&
  values.every((value) => value == null || typeof value === 'number');

const shownIn = <Row>(column: Column<Row>, row: Row): string => {
  if (column.shown) return column.shown(row);
  const value = column.value(row);
  return value === null || value === undefined || value === '' ? '-' : String(value);
};

/** @throws CliError when nobody takes it: what was to be shown is lost, a new key perhaps */
const write = (text: string): Promise<void> =>
  new Promise((done, failed) =>
    process.stdout.write(text, (fault) =>
      fault ? failed(new CliError('the output cannot be written.')) : done(),
    ),
  );

export function outputOf({ json, csv }: FormatWords): Output {
  const format: Format = json ? 'json' : csv ? 'csv' : 'table';
  const { isTTY, columns: width } = process.stdout;
  return {
    format,
    result(value, columns, rows) {
      if (format === 'json') return write(`${escapeObeyed(JSON.stringify(value, null, 2))}\n`);
      if (format === 'csv')
        return write(
          `${renderCsv(
            columns.map(({ name }) => name),
            rows.map((row) => columns.map((column) => column.value(row))),
          )}\r\n`,
        );
      const shown = columns.filter(inTable);
      const table = renderTable(
        shown.map((column) => ({
          heading: column.name,
          isWhole: column.isWhole ?? false,
          isRight: isOfNumbers(rows.map((row) => column.value(row))),
        })),
        rows.map((row) => shown.map((column) => shownIn(column, row))),
        { width: isTTY ? width : undefined, heading: coloursFor(process.stdout).dim },
      );
      return write(`${table}\n`);
    },
    line: (text) => write(`${text}\n`),
    async rows(columns, widths) {
      const shown = columns.filter(inTable);
      const text = (cells: readonly Value[]): string =>
        format === 'csv'
          ? `${renderCsvRow(cells)}\r\n`
          : `${renderRow(
              cells.map((cell) => String(cell ?? '')),
              widths,
            )}\n`;
      let count = 0;
      await write(
        format === 'json' ? '[' : text((format === 'csv' ? columns : shown).map(({ name }) => name)),
      );
      return {
        add(row) {
          count += 1;
          if (format === 'json')
            return write(`${count === 1 ? '' : ','}\n  ${escapeObeyed(JSON.stringify(row))}`);
          if (format === 'csv') return write(text(columns.map((column) => column.value(row))));
          return write(text(shown.map((column) => (column.shown ? column.shown(row) : column.value(row)))));
        },
        // Rows that could not be written were told about already.
        end: () =>
          format === 'json' ? write(count === 0 ? ']\n' : '\n]\n').catch(() => {}) : Promise.resolve(),
      };
    },
    say: (lines) =>
      void process.stderr.write(
        `${lines
          .split('\n')
          .map((line) => withoutKeys(forTerminal(line)))
          .join('\n')}\n`,
      ),
  };
}

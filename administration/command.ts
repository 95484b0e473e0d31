/** What a command is: its words, its options, what it does. */
import { parseArgs } from 'node:util';
import { CliError, EXIT, type AdminClient } from './admin-client';
import { renderCsv, renderCsvRow, renderRow, renderTable, type Cell } from '../terminal/table';
import { escapeObeyed, forTerminal } from '../terminal/terminal-text';

export interface Output {
  /** The result: to stdout, as the person or the program wants it. */
  result(value: unknown, headings: readonly string[], rows: readonly (readonly Cell[])[]): void;
  /**
   * A result that grows: each row is out before the next one is begun.
   *
   * @param widths of all columns but the last one, in characters
   */
  rows(headings: readonly string[], widths: readonly number[]): Promise<RowWriter>;
  /** What goes on: to stderr, so that a program's result stays clean. */
  say(line: string): void;
}

export interface RowWriter {
  /** @throws Error when the row cannot be written */
  add(value: unknown, cells: readonly Cell[]): Promise<void>;
  end(): Promise<void>;
}

export interface Options {
  readonly words: readonly string[];
  readonly values: Readonly<Record<string, string | undefined>>;
}

export interface Command {
  readonly usage: string;
  readonly summary: string;
  /** Names of options that take a value, beside --json and --csv. */
  readonly options: readonly string[];
  readonly run: (client: AdminClient, options: Options, output: Output) => Promise<number | void>;
}

export interface ParsedLine {
  readonly options: Options;
  readonly format: 'table' | 'json' | 'csv';
  readonly wantsHelp: boolean;
}

export function parseLine(args: readonly string[], names: readonly string[]): ParsedLine {
  const flag = { type: 'boolean' as const };
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...options, json: flag, csv: flag, help: { ...flag, short: 'h' } },
    });
    const { json, csv, help, ...given } = values as Record<string, string | boolean | undefined>;
    return {
      options: { values: given as Record<string, string | undefined>, words: positionals },
      format: json ? 'json' : csv ? 'csv' : 'table',
      wantsHelp: help === true,
    };
  } catch (fault) {
    throw new CliError(fault instanceof Error ? fault.message : String(fault), EXIT.usage);
  }
}

export function output(
  format: ParsedLine['format'],
  write: (text: string) => Promise<void>,
  tell: (text: string) => void,
): Output {
  return {
    result(value, headings, rows) {
      const text =
        format === 'json'
          ? `${escapeObeyed(JSON.stringify(value, null, 2))}\n`
          : format === 'csv'
            ? `${renderCsv(headings, rows)}\r\n`
            : `${renderTable(headings, rows)}\n`;
      // The program ends with another status then.
      write(text).catch(() => {});
    },
    async rows(headings, widths) {
      const row = (cells: readonly Cell[]): string =>
        format === 'csv' ? `${renderCsvRow(cells)}\r\n` : `${renderRow(cells, widths)}\n`;
      let count = 0;
      await write(format === 'json' ? '[' : row(headings));
      return {
        add(value, cells) {
          count += 1;
          const comma = count === 1 ? '' : ',';
          return write(format === 'json' ? `${comma}\n  ${escapeObeyed(JSON.stringify(value))}` : row(cells));
        },
        // Rows that could not be written were told about already.
        end: () =>
          format === 'json' ? write(count === 0 ? ']\n' : '\n]\n').catch(() => {}) : Promise.resolve(),
      };
    },
    say: (lines) => tell(`${lines.split('\n').map(forTerminal).join('\n')}\n`),
  };
}

export function number(options: Options, name: string): number | undefined {
  const text = options.values[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value))
    throw new CliError(`--${name} must be a number.`, EXIT.usage);
  return value;
}

export function word(options: Options, at: number, what: string): string {
  const text = options.words[at];
  if (text === undefined || text === '') throw new CliError(`${what} is missing. See --help.`, EXIT.usage);
  // Arguments are seen by everybody on the machine.
  if (/^sk-[A-Za-z0-9_-]{20,}$/.test(text))
    throw new CliError(
      'Name a key by its alias or its hash: what stands here is seen by others.',
      EXIT.usage,
    );
  return text;
}

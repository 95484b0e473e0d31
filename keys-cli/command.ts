/** What a command is: its words, its options, what it does. */
import { parseArgs } from 'node:util';
import { CliError, EXIT, type AdminClient } from './admin-client';
import { renderCsv, renderTable, type Cell } from './table';
import { escapeObeyed, forTerminal } from './terminal-text';

export interface Output {
  /** The result: to stdout, as the person or the program wants it. */
  result(value: unknown, headings: readonly string[], rows: readonly (readonly Cell[])[]): void;
  /** What goes on: to stderr, so that a program's result stays clean. */
  say(line: string): void;
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
  write: (text: string) => void,
  tell: (text: string) => void,
): Output {
  return {
    result(value, headings, rows) {
      if (format === 'json') write(`${escapeObeyed(JSON.stringify(value, null, 2))}\n`);
      else if (format === 'csv') write(`${renderCsv(headings, rows)}\r\n`);
      else write(`${renderTable(headings, rows)}\n`);
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

/** What a provider's export says, whatever its shape: so much of a kind, on a day, for a model. */
import { CliError } from '../terminal/fault';
import type { CsvLine } from './csv-lines';

export const KINDS = ['input', 'output', 'cache written', 'cache read', 'cost'] as const;
/** Tokens, and US dollars for the cost. */
export type Kind = (typeof KINDS)[number];

export interface ExportLine {
  /** YYYY-MM-DD of UTC. */
  readonly day: string;
  /** As the export names it. */
  readonly model: string;
  readonly kind: Kind;
  readonly amount: number;
  /** By how much rounding may have changed it. */
  readonly slack: number;
}

/** A shape that an export may have. */
export interface Shape {
  readonly name: string;
  /** Columns it must have. */
  readonly columns: readonly string[];
  /** @returns how its lines are read, or undefined for a head of another shape */
  readonly open: (
    head: readonly string[],
    path: string,
  ) => ((line: CsvLine) => readonly ExportLine[]) | undefined;
}

/** Characters of what stands in a file that a message quotes. */
const QUOTED = 60;
const MOST_NAMED = 30;

/** Fields of a line by the names of the columns. */
export class Columns {
  readonly #places = new Map<string, number>();

  constructor(
    readonly path: string,
    head: readonly string[],
  ) {
    head.forEach((name, at) => this.#places.set(name.trim(), at));
  }

  has(...names: readonly string[]): boolean {
    return names.every((name) => this.#places.has(name));
  }

  text({ fields }: CsvLine, name: string): string {
    const at = this.#places.get(name);
    return (at === undefined ? undefined : fields[at])?.trim() ?? '';
  }

  /** Empty is nothing. @throws CliError for what is no number */
  number(line: CsvLine, name: string): number {
    return numberIn(this.path, line, name, this.text(line, name));
  }

  /** @throws CliError for what does not begin with a day */
  day(line: CsvLine, name: string): string {
    const text = this.text(line, name);
    const day = /^\d{4}-\d{2}-\d{2}(?=$|[T ])/.exec(text)?.[0];
    if (day === undefined) throw wrong(this.path, line, name, text, 'a day as YYYY-MM-DD');
    return day;
  }
}

export function numberIn(path: string, line: CsvLine, name: string, text: string): number {
  if (text === '') return 0;
  // Thousands may have commas, within quotes.
  const plain = text.slice(0, QUOTED).replaceAll(',', '');
  if (!/^-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$/.test(plain))
    throw wrong(path, line, name, text, 'a number');
  return Number(plain);
}

const wrong = (path: string, line: CsvLine, name: string, text: string, allowed: string): CliError =>
  new CliError(
    `${path}, line ${line.number}: "${name}" is "${text.slice(0, QUOTED)}", and must be ${allowed}.`,
  );

/** @throws CliError that lists what was expected and what is there */
export const refuseShape = (path: string, head: readonly string[], shapes: readonly Shape[]): CliError =>
  new CliError(
    [
      `${path} has other columns than an export of that provider.`,
      ...shapes.map(({ name, columns }) => `  expected, ${name}: ${columns.join(', ')}`),
      `  found: ${head
        .slice(0, MOST_NAMED)
        .map((column) => column.slice(0, QUOTED))
        .join(', ')}${head.length > MOST_NAMED ? `, and ${head.length - MOST_NAMED} more` : ''}`,
    ].join('\n'),
  );

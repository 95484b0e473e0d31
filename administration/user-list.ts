/** A file of users, `name,budget,rpm` a line: read only when each of its lines can be read in one way. */
import { closeSync, openSync, readSync } from 'node:fs';
import { CliError, EXIT } from './admin-client';

export interface ListedUser {
  /** In the file, counted from 1. */
  readonly line: number;
  readonly name: string;
  /** US dollars. */
  readonly budget: number;
  /** Requests a minute; undefined: what the policy says. */
  readonly rpm: number | undefined;
}

const LARGEST_FILE = 1024 * 1024;
/** Characters of one line. */
const LONGEST_LINE = 300;
const MOST_FAULTS = 50;
/** A longer value is not shown: it may be a secret out of another file. */
const LONGEST_SHOWN = 24;

const SEPARATORS = [',', ';', ':'];
const FIELDS = ['name', 'budget', 'rpm'] as const;
/** Names that the first line may have in front of each column. */
const HEADINGS: Readonly<Record<(typeof FIELDS)[number], readonly string[]>> = {
  name: ['name', 'user', 'username', 'user_id'],
  budget: ['budget', 'max_budget'],
  rpm: ['rpm', 'rpm_limit'],
};

interface Rule {
  readonly pattern: RegExp;
  /** Completes "must be". */
  readonly allowed: string;
}

const RULES: Readonly<Record<(typeof FIELDS)[number], Rule>> = {
  name: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}$/,
    allowed: 'a user name: letters, digits and . _ @ + -, at most 128, a letter or digit first',
  },
  budget: {
    // Three places behind a point could as well be thousands.
    pattern: /^(0|[1-9]\d{0,8})(\.\d{1,2})?$/,
    allowed: 'US dollars in digits, cents behind a point, as 12.50; no currency, no other sign',
  },
  rpm: {
    pattern: /^[1-9]\d{0,9}$/,
    allowed: "requests a minute, a whole number in digits, 1 or more; empty for the policy's",
  },
};

/**
 * @throws CliError that names every line that cannot be read in one way only, up to fifty of them
 */
export function readUserList(path: string): ListedUser[] {
  const text = readText(path);
  const faults: string[] = [];
  const users = usersIn(text, (line, says) => faults.push(`line ${line}: ${says}`));
  if (faults.length > 0) {
    const rest = faults.length - MOST_FAULTS;
    throw new CliError(
      [
        `${path}: nothing was done.`,
        ...faults.slice(0, MOST_FAULTS),
        ...(rest > 0 ? [`and ${rest} more`] : []),
      ].join('\n'),
      EXIT.usage,
    );
  }
  if (users.length === 0) throw new CliError(`${path}: there is no user in it.`, EXIT.usage);
  return users;
}

function readText(path: string): string {
  const bytes = Buffer.alloc(LARGEST_FILE + 1);
  let length = 0;
  try {
    const file = openSync(path, 'r');
    try {
      for (let read = -1; read !== 0 && length < bytes.length; length += read)
        read = readSync(file, bytes, length, bytes.length - length, null);
    } finally {
      closeSync(file);
    }
  } catch (fault) {
    throw new CliError(
      `${path} cannot be read (${(fault as NodeJS.ErrnoException).code ?? 'unknown reason'}).`,
      EXIT.usage,
    );
  }
  const refuse = (says: string): never => {
    throw new CliError(`${path}: ${says}`, EXIT.usage);
  };
  if (length > LARGEST_FILE)
    refuse(`has more than ${LARGEST_FILE} bytes: split it, a second import goes on where the first ended.`);
  const content = bytes.subarray(0, length);
  if (content[0] === 0xef && content[1] === 0xbb && content[2] === 0xbf)
    refuse('begins with a byte order mark: save it as UTF-8 without one.');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return refuse('is not UTF-8 text: save it as CSV, UTF-8.');
  }
}

function usersIn(text: string, fault: (line: number, says: string) => void): ListedUser[] {
  const users: ListedUser[] = [];
  const lineOf = new Map<string, number>();
  let separator: string | undefined;
  let columns: { readonly count: number; readonly line: number } | undefined;
  let isFirst = true;
  for (const [at, raw] of text.split('\n').entries()) {
    const number = at + 1;
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (line.length > LONGEST_LINE) {
      fault(number, `has ${line.length} characters, at most ${LONGEST_LINE} are allowed`);
      continue;
    }
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    const wasFirst = isFirst;
    isFirst = false;
    if (line.includes('"') || line.includes("'")) {
      fault(number, 'has quotes: write the values without them');
      continue;
    }
    const found = SEPARATORS.filter((each) => line.includes(each));
    separator ??= found.length === 1 ? found[0] : undefined;
    const cells = (separator === undefined ? [line] : line.split(separator)).map((cell) => cell.trim());
    if (separator === undefined || found.length !== 1 || found[0] !== separator) {
      fault(number, separatorFault(line, cells, found, separator));
      continue;
    }
    if (cells.length < 2 || cells.length > FIELDS.length) {
      fault(
        number,
        `has ${cells.length} columns: must be ${FIELDS.join(separator)}, the last may be missing`,
      );
      continue;
    }
    columns ??= { count: cells.length, line: number };
    if (cells.length !== columns.count) {
      fault(
        number,
        `has ${cells.length} columns, line ${columns.line} has ${columns.count}: all must have as many`,
      );
      continue;
    }
    if (wasFirst && isHeading(cells)) continue;
    const faults = FIELDS.flatMap((field, column) => cellFault(field, cells[column]));
    for (const says of faults) fault(number, says);
    const [name = '', budget, rpm = ''] = cells;
    // Coder does not tell user names apart by capitals alone.
    const before = lineOf.get(name.toLowerCase());
    if (before !== undefined && name !== '')
      fault(number, `name ${shown(name)} is on line ${before} already`);
    else lineOf.set(name.toLowerCase(), number);
    if (faults.length === 0)
      users.push({
        line: number,
        name,
        budget: Number(budget),
        rpm: rpm === '' ? undefined : Number(rpm),
      });
  }
  return users;
}

const isHeading = (cells: readonly string[]): boolean =>
  cells.every((cell, column) => {
    const field = FIELDS[column];
    return field !== undefined && HEADINGS[field].includes(cell.toLowerCase());
  });

function cellFault(field: (typeof FIELDS)[number], cell: string | undefined): string[] {
  if (cell === undefined || (field === 'rpm' && cell === '')) return [];
  const { pattern, allowed } = RULES[field];
  return pattern.test(cell) ? [] : [`${field} ${shown(cell)}: must be ${allowed}`];
}

/** Why a line has not exactly the separator of the file. A comma in money is the usual reason, so the cell is named. */
function separatorFault(
  line: string,
  cells: readonly string[],
  found: readonly string[],
  separator: string | undefined,
): string {
  if (found.length === 0) return `has one column: must be ${FIELDS.join(separator ?? ',')}`;
  if (separator === undefined)
    return `has ${found.join(' and ')}: one of them must separate all columns of the file`;
  if (!line.includes(separator))
    return `is separated by ${found.join(' and ')}, the lines before it by ${separator}`;
  const column = cells.findIndex((cell) => SEPARATORS.some((each) => cell.includes(each)));
  const field = FIELDS[column];
  if (field === undefined) return `has ${found.join(' and ')}: only ${separator} may separate columns`;
  return `${field} ${shown(cells[column] ?? '')}: must be ${RULES[field].allowed}`;
}

const shown = (value: string): string =>
  value.length > LONGEST_SHOWN || /^sk-/.test(value) ? `(${value.length} characters)` : JSON.stringify(value);

/** A file of users: read only when each of its lines can be read in one way. */
import { closeSync, openSync, readSync } from 'node:fs';
import { UsageError } from '../terminal/fault';
import type { ListedUser } from './listed-user';
import { usersInExport } from './user-export';
import { SEPARATORS, usersInLines } from './user-lines';

export type { ListedUser } from './listed-user';

/** Formats by name; without one, the separator is the one the first line has. */
export const FORMATS = ['csv', 'semicolon', 'colon', 'litellm-json'] as const;
export type UserFormat = (typeof FORMATS)[number];

/** Bytes. An export holds some thousand for each key. */
const LARGEST_FILE = { lines: 1024 * 1024, export: 32 * 1024 * 1024 };
const MOST_FAULTS = 50;

/**
 * @throws UsageError that names every line that cannot be read in one way only, up to fifty of them
 */
export function readUserList(path: string, format?: UserFormat): ListedUser[] {
  const isExport = format === 'litellm-json';
  const text = readText(path, isExport ? LARGEST_FILE.export : LARGEST_FILE.lines);
  if (format === undefined && /^\s{0,100}[[{]/.test(text))
    throw new UsageError(
      `${path}: looks like JSON. With --format litellm-json it is read as what LiteLLM lists.`,
    );
  const faults: string[] = [];
  const place = placeOf(format);
  const fault = (line: number, says: string): void => void faults.push(`${place} ${line}: ${says}`);
  const users = isExport
    ? usersInExport(text, fault, (says) => {
        throw new UsageError(`${path}: ${says}`);
      })
    : usersInLines(text, format === undefined ? undefined : SEPARATORS[format], fault);
  if (faults.length > 0) {
    const rest = faults.length - MOST_FAULTS;
    throw new UsageError(
      [
        `${path}: nothing was done.`,
        ...faults.slice(0, MOST_FAULTS),
        ...(rest > 0 ? [`and ${rest} more`] : []),
      ].join('\n'),
    );
  }
  if (users.length === 0) throw new UsageError(`${path}: there is no user in it.`);
  return users;
}

/** What a number in front of a user counts. */
export const placeOf = (format: UserFormat | undefined): string =>
  format === 'litellm-json' ? 'entry' : 'line';

function readText(path: string, largest: number): string {
  const bytes = Buffer.alloc(largest + 1);
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
    throw new UsageError(
      `${path} cannot be read (${(fault as NodeJS.ErrnoException).code ?? 'unknown reason'}).`,
    );
  }
  const refuse = (says: string): never => {
    throw new UsageError(`${path}: ${says}`);
  };
  if (length > largest)
    refuse(`has more than ${largest} bytes: split it, a second import goes on where the first ended.`);
  const content = bytes.subarray(0, length);
  if (content[0] === 0xef && content[1] === 0xbb && content[2] === 0xbf)
    refuse('begins with a byte order mark: save it as UTF-8 without one.');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return refuse('is not UTF-8 text: save it as CSV, UTF-8.');
  }
}

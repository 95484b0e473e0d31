/** Lists that come a page at a time. */
import type { Command } from 'commander';
import type { FormatWords } from '../terminal/output';
import { numberBetween } from '../terminal/command';

export interface PageWords extends FormatWords {
  readonly page?: number;
  readonly size?: number;
}

export const withPages = (command: Command, usual: number, most = 500): Command =>
  command
    .option('--page <number>', 'which page (default: 1)', numberBetween(1, 1_000_000, true))
    .option('--size <number>', `rows of a page (default: ${usual})`, numberBetween(1, most, true));

interface Page {
  readonly page: number;
  readonly size: number;
  readonly shown: number;
  readonly total: number;
}

/** Says of a list that has not all rows which those are, and how to go on; undefined when it has all. */
export function pageText({ page, size, shown, total }: Page): string | undefined {
  if (shown >= total) return undefined;
  const first = (page - 1) * size + 1;
  const which = shown === 0 ? 'none' : `${first} to ${first + shown - 1}`;
  const next = first + shown - 1 < total && shown > 0 ? ` Go on with --page ${page + 1}.` : '';
  return `The list is cut: these are rows ${which} of ${total}.${next}`;
}

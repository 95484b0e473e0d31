/** What a finding is known by from one run to the next. */
import { createHash } from 'node:crypto';

/** UTF-16 units of the lines that count. */
const LONGEST = 4_000;

/** Spaces and empty lines do not count, nor where the lines are. */
const normalised = (lines: readonly string[]): string =>
  lines
    .map((line) => line.slice(0, LONGEST).replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '')
    .join('\n')
    .slice(0, LONGEST);

/** @param lines of the finding's range, as the file has them */
export const fingerprintOf = (rule: string, path: string, lines: readonly string[]): string =>
  createHash('sha256')
    .update([rule, path, normalised(lines)].join('\0'))
    .digest('hex')
    .slice(0, 32);

/** For the second one of the same rule at lines that are written the same. */
export const furtherFingerprint = (fingerprint: string, count: number): string =>
  createHash('sha256').update(`${fingerprint}\0${count}`).digest('hex').slice(0, 32);

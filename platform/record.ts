/** What was built and pushed, so that it is not done a second time. */
import { readFileSync } from 'node:fs';
import type { PlatformOutline } from '../constructs/platform/platform-outline';
import { CliError } from '../terminal/fault';
import { replaceFile, type PlatformFolder } from './folder';

export interface PlatformRecord {
  /** What was made last, so that it can be looked at without the program. */
  readonly made?: {
    readonly folder: string;
    readonly outline: PlatformOutline;
    /** Path of what declares it. @default - the platform as shipped */
    readonly program?: string;
  };
  /** What each image was built from, and what came of it, by its tag. */
  readonly images?: Readonly<Record<string, { readonly inputs: string; readonly id: string }>>;
  /** The template that was pushed last. */
  readonly template?: { readonly name: string; readonly inputs: string; readonly version: string };
  /** A digest of what providers were asked with, who said yes. */
  readonly providerAsked?: string;
  /** ISO 8601. */
  readonly coderTokenMade?: string;
}

export function readRecord({ record }: PlatformFolder): PlatformRecord {
  try {
    const read: unknown = JSON.parse(readFileSync(record, 'utf8'));
    return read !== null && typeof read === 'object' ? read : {};
  } catch {
    // Not there, or not whole: what it would save is done again.
    return {};
  }
}

export const addToRecord = (folder: PlatformFolder, more: PlatformRecord): void =>
  replaceFile(folder.record, `${JSON.stringify({ ...readRecord(folder), ...more }, null, 2)}\n`);

/** What `up` has made. @throws CliError when it has not got that far */
export function madeIn(folder: PlatformFolder): NonNullable<PlatformRecord['made']> {
  const { made } = readRecord(folder);
  if (made === undefined)
    throw new CliError(
      `There is no platform in ${folder.path}: "contractor-workspace up" makes one, or --folder names where it is.`,
    );
  return made;
}

/** What was built and pushed, so that it is not done a second time. */
import { readFileSync } from 'node:fs';
import { replaceFile, type PlatformFolder } from './folder';

export interface PlatformRecord {
  /** What each image was built from, and what came of it, by its tag. */
  readonly images?: Readonly<Record<string, { readonly inputs: string; readonly id: string }>>;
  /** The template that was pushed last. */
  readonly template?: { readonly name: string; readonly inputs: string; readonly version: string };
  /** ISO 8601. */
  readonly coderTokenMade?: string;
}

export function readRecord({ record }: PlatformFolder): PlatformRecord {
  try {
    const read: unknown = JSON.parse(readFileSync(record, 'utf8'));
    return read !== null && typeof read === 'object' ? (read as PlatformRecord) : {};
  } catch {
    // Not there, or not whole: what it would save is done again.
    return {};
  }
}

export const addToRecord = (folder: PlatformFolder, more: PlatformRecord): void =>
  replaceFile(folder.record, `${JSON.stringify({ ...readRecord(folder), ...more }, null, 2)}\n`);

/** What a backup says about itself: at its beginning what it is of, at its end what was put into it. */
import { BackupFileError } from './frames';

export interface Migration {
  readonly name: string;
  /** SHA-256 of its text, in hex. */
  readonly checksum: string;
}

export interface Manifest {
  readonly site: string;
  /** ISO 8601, when it was begun. */
  readonly begun_at: string;
  /** Of the program that wrote it. */
  readonly version: string;
  /** `server_version` of the Postgres it was read from. */
  readonly postgres: string;
  /** What the store's tables were made by, in order. */
  readonly migrations: readonly Migration[];
  /** Secrets that are not in it and that the site needs, by variable. */
  readonly secrets_to_bring: Readonly<Record<string, string>>;
  /** What is not in it, and why. */
  readonly left_out: Readonly<Record<string, string>>;
}

/** Rows of one table, or the bytes of a file, come behind it. */
export type Section =
  | {
      readonly table: string;
      readonly columns: readonly string[];
      readonly part: 'whole' | 'settled' | 'rest';
    }
  | { readonly file: string };

export interface Content {
  /** 0 for a file. */
  readonly rows: number;
  readonly bytes: number;
  /** SHA-256 of all that came in its sections, in hex. */
  readonly sha256: string;
}

export interface End {
  /** ISO 8601: the moment that what changes was read at. */
  readonly moment: string;
  /** Milliseconds for which the moment was held. */
  readonly held_ms: number;
  readonly tables: Readonly<Record<string, Content>>;
  readonly files: Readonly<Record<string, Content>>;
  /** The last id that was given out, by table. */
  readonly last_ids: Readonly<Record<string, number>>;
}

/** What is not in a backup, since the store has none of it: hashes of keys only. */
export const SECRETS_TO_BRING: Readonly<Record<string, string>> = {
  GATEWAY_MASTER_KEY:
    "the administrators' key; where GATEWAY_KEY_SECRET is not set, keys of workspaces are made from it, and with another one each workspace gets a new key at its next look",
  GATEWAY_KEY_SECRET: 'what keys of workspaces are made from, where it is set',
  WORKSPACE_CLAIM_SECRET: 'verifies claims: without it no workspace gets its key',
  'provider keys': 'ANTHROPIC_API_KEY, those of AWS and of other endpoints',
  CODER_TOKEN: 'for the looks at Coder, where it is set',
  DATABASE_URL: "with the database's password",
};

/** Its bytes are those that were written, by the checksums; so what does not fit was written by another version. */
export function readJson<T>(path: string, plain: Buffer, fields: readonly (keyof T & string)[]): T {
  const value = JSON.parse(plain.toString('utf8')) as Record<string, unknown> | null;
  const missing = fields.find((field) => value?.[field] === undefined);
  if (missing !== undefined)
    throw new BackupFileError(
      `${path} does not say its "${missing}": restore it with the version that wrote it.`,
    );
  return value as T;
}

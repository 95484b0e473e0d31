/** Documents that were published, in the store that all processes share; the newest is in force. */
import type { GatewayDocument } from '../config/document';
import type { Statements } from '../store/database';
import { fingerprintOf, textOf } from './document-text';

export interface Publication {
  readonly id: number;
  readonly publishedAt: Date;
  readonly publishedBy: string;
  readonly note: string | null;
  /** The one that it is a copy of, where somebody went back. */
  readonly copyOf: number | null;
  readonly sha256: string;
}

export interface PublishedText extends Publication {
  readonly text: string;
}

interface Row {
  id: string;
  published_at: Date;
  published_by: string;
  note: string | null;
  copy_of: string | null;
  sha256: string;
}

const COLUMNS = 'id, published_at, published_by, note, copy_of, sha256';

const publication = (row: Row): Publication => ({
  id: Number(row.id),
  publishedAt: row.published_at,
  publishedBy: row.published_by,
  note: row.note,
  copyOf: row.copy_of === null ? null : Number(row.copy_of),
  sha256: row.sha256,
});

// Any number will do as long as nothing else in the database locks the same one.
const LOCK = 4_710_815_004;

/** Until the transaction ends, nobody else publishes. */
export async function holdPublications(statements: Statements): Promise<void> {
  await statements.run('publication-lock', 'select pg_advisory_xact_lock($1)', [LOCK]);
}

/** The newest one that is newer than another. @param than @default - any */
export async function newestPublication(
  statements: Statements,
  than = 0,
): Promise<PublishedText | undefined> {
  return one(
    await statements.run<Row & { document: string }>(
      'publication-newest',
      `select ${COLUMNS}, document from published_documents where id > $1 order by id desc limit 1`,
      [than],
    ),
  );
}

/** What was in force before another one. */
export async function publicationBefore(
  statements: Statements,
  id: number,
): Promise<PublishedText | undefined> {
  return one(
    await statements.run<Row & { document: string }>(
      'publication-before',
      `select ${COLUMNS}, document from published_documents where id < $1 order by id desc limit 1`,
      [id],
    ),
  );
}

export async function publicationOf(statements: Statements, id: number): Promise<PublishedText | undefined> {
  return one(
    await statements.run<Row & { document: string }>(
      'publication-one',
      `select ${COLUMNS}, document from published_documents where id = $1`,
      [id],
    ),
  );
}

const one = ([row]: readonly (Row & { document: string })[]): PublishedText | undefined =>
  row && { ...publication(row), text: row.document };

/** Newest first. */
export async function listPublications(
  statements: Statements,
  page: number,
  size: number,
): Promise<{ readonly publications: readonly Publication[]; readonly total: number }> {
  const rows = await statements.run<Row & { total: string }>(
    'publication-list',
    `select ${COLUMNS}, count(*) over () as total from published_documents order by id desc limit $1 offset $2`,
    [size, (page - 1) * size],
  );
  return { publications: rows.map(publication), total: Number(rows[0]?.total ?? 0) };
}

export interface NewPublication {
  readonly document: GatewayDocument;
  readonly by: string;
  readonly note?: string | undefined;
  readonly copyOf?: number | undefined;
}

/** Puts a document in force that has been checked; every process takes it at its next poll. */
export async function addPublication(
  statements: Statements,
  { document, by, note, copyOf }: NewPublication,
): Promise<Publication> {
  const [row] = await statements.run<Row>(
    'publication-add',
    `insert into published_documents (published_by, note, copy_of, sha256, document)
     values ($1, $2, $3, $4, $5) returning ${COLUMNS}`,
    [by, note ?? null, copyOf ?? null, fingerprintOf(document), textOf(document)],
  );
  if (row === undefined) throw new Error('the store took a document and did not say so');
  return publication(row);
}

/**
 * The gateway document that was published last, for as many processes as share the store. Each asks for a newer one in
 * intervals; until somebody publishes one, what the gateway is built with holds.
 */
import { noteAction } from '../admin/audit-trail';
import { directoryOf, type Directory } from '../config/directory';
import { DocumentError } from '../config/document-check';
import { warnOfRetirements } from '../config/retirement';
import type { Logger } from '../log';
import type { Database } from '../store/database';
import { builtInDocument } from './built-in-document';
import type { DocumentOrigin, DocumentSource } from './document-source';
import { documentIn, readDocument } from './file-document';
import { addPublication, holdPublications, newestPublication, type PublishedText } from './publications';

export interface PublishedDocumentOptions {
  readonly database: Database;
  readonly logger: Logger;
  /** Milliseconds between two looks. */
  readonly pollMs: number;
  readonly now: () => Date;
  /** A file that is published where nothing has been yet. @default - none */
  readonly first?: string | undefined;
}

/** As the audit trail names what no administrator did. */
const FIRST = 'first-document';

/** @throws DocumentError when the one in force, or the first one, is none that this version takes */
export async function openPublishedDocument(options: PublishedDocumentOptions): Promise<DocumentSource> {
  const { database, logger, pollMs, now } = options;
  const newest = (await newestPublication(database)) ?? (await publishFirst(options));
  let current: Directory = newest === undefined ? builtInDocument() : directoryOf(atStart(newest));
  let origin: DocumentOrigin =
    newest === undefined ? { kind: 'built-in' } : { kind: 'published', id: newest.id };
  let seen = newest?.id ?? 0;
  warnOfRetirements(current.document, logger, now());

  const look = async (): Promise<void> => {
    const newer = await newestPublication(database, seen);
    if (newer === undefined || newer.id <= seen) return;
    seen = newer.id;
    try {
      current = directoryOf(read(newer));
      origin = { kind: 'published', id: newer.id };
      logger.info('gateway document published', {
        id: newer.id,
        by: newer.publishedBy,
        models: current.document.models.length,
      });
      warnOfRetirements(current.document, logger, now());
    } catch (fault) {
      if (!(fault instanceof DocumentError)) throw fault;
      // Published by another version of this program: what held before still holds.
      logger.error('published gateway document refused, the former one stays in force', {
        id: newer.id,
        faults: fault.faults,
      });
    }
  };

  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  let last: Promise<void> = Promise.resolve();
  // One look at a time: a slower one would put back what a faster one has taken.
  const inTurn = (): Promise<void> => (last = last.catch(() => {}).then(look));
  const again = (): void => {
    if (isClosed) return;
    timer = setTimeout(() => {
      // A store that is away is told by those who need it.
      void inTurn()
        .catch(() => {})
        .finally(again);
    }, pollMs);
    timer.unref();
  };
  again();
  return {
    get current() {
      return current;
    },
    get origin() {
      return origin;
    },
    poll: () => void inTurn().catch(() => {}),
    refresh: inTurn,
    close: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

/** Without one it does not begin: what was built in may be laxer than what an administrator wants. */
function atStart(newest: PublishedText) {
  try {
    return read(newest);
  } catch (fault) {
    if (!(fault instanceof DocumentError)) throw fault;
    throw new DocumentError(fault.source, [
      ...fault.faults,
      'it was published by another version of the gateway: run that one, or give this one a document by GATEWAY_CONFIG',
    ]);
  }
}

const read = ({ id, text }: PublishedText) => documentIn(`published as ${id}`, text);

/** Of several processes that start at once, one publishes. */
async function publishFirst({ first, database, logger }: PublishedDocumentOptions) {
  if (first === undefined) return undefined;
  const document = readDocument(first);
  return database.transaction(async (statements) => {
    await holdPublications(statements);
    const newest = await newestPublication(statements);
    if (newest !== undefined) return newest;
    const { id, sha256 } = await addPublication(statements, { document, by: FIRST });
    await noteAction(statements, {
      actor: FIRST,
      action: 'document/publish',
      target: String(id),
      requestId: null,
      before: null,
      after: { id, sha256 },
    });
    logger.info('first gateway document published', { id, models: document.models.length });
    return newestPublication(statements);
  });
}

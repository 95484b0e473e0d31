/** The gateway document in a file, which is read again when it changes. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { directoryOf, type Directory } from '../config/directory';
import type { GatewayDocument } from '../config/document';
import { checkDocument, DocumentError } from '../config/document-check';
import { warnOfRetirements } from '../config/retirement';
import { watchFiles, type FileWatch } from '../config/watched-file';
import { describeFault, type Logger } from '../log';
import type { DocumentSource } from './document-source';

/** Reads the document and keeps it current. @throws DocumentError when the first one is bad */
export function openFileDocument(
  path: string,
  logger: Logger,
  pollIntervalMs: number,
  now: () => Date,
): DocumentSource {
  const watch: FileWatch = watchFiles([path], pollIntervalMs, () => {
    try {
      current = directoryOf(readDocument(path));
      logger.info('gateway document re-read', { models: current.document.models.length });
      warnOfRetirements(current.document, logger, now());
    } catch (fault) {
      // A typing slip must not take every agent down: what held before still holds.
      const faults = fault instanceof DocumentError ? fault.faults : undefined;
      logger.error('changed gateway document refused, the former one stays in force', {
        ...(faults ? { faults } : describeFault(fault)),
      });
    }
  });
  let current: Directory;
  try {
    current = directoryOf(readDocument(path));
  } catch (fault) {
    watch.close();
    throw fault;
  }
  warnOfRetirements(current.document, logger, now());
  if (isOfSynth(path))
    logger.warn('the document in force is a file that each synth writes anew: publish it instead', {
      settings: ['GATEWAY_CONFIG'],
      publish: 'contractor-workspace document publish',
    });
  return {
    get current() {
      return current;
    },
    origin: { kind: 'file', path },
    poll: () => watch.poll(),
    refresh: () => Promise.resolve(watch.poll()),
    close: () => watch.close(),
  };
}

/** As synth lays things out: a preview would change what holds. */
const isOfSynth = (path: string): boolean => existsSync(join(dirname(path), '..', 'stacks'));

/** @throws DocumentError that says why there is no document in the file */
export function readDocument(path: string): GatewayDocument {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (fault) {
    throw new DocumentError(path, [
      `it cannot be read: ${(fault as NodeJS.ErrnoException).code ?? 'unknown reason'}`,
    ]);
  }
  return documentIn(path, text);
}

/** @throws DocumentError that lists what is wrong with it */
export function documentIn(source: string, text: string): GatewayDocument {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (fault) {
    throw new DocumentError(source, [`it is not valid JSON: ${(fault as Error).message}`]);
  }
  return checkDocument(source, parsed);
}

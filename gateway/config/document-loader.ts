/** Holds the gateway document in force: built in, or a file that is re-read when it changes. */
import { readFileSync } from 'node:fs';
import { catalog } from '../../src/catalog';
import { renderGatewayDocument } from '../../src/gateway-document';
import { policy } from '../../src/policy';
import { describeFault, type Logger } from '../log';
import type { DeploymentDocument, GatewayDocument, ModelDocument } from './document';
import { checkDocument, DocumentError } from './document-check';
import { modelLeaveOf, type ModelLeave } from './model-leave';
import { namesOf, warnOfRetirements } from './retirement';
import { watchFiles, type FileWatch } from './watched-file';

/** A document with its names looked up in advance. */
export interface Directory {
  readonly document: GatewayDocument;
  /** Models by name and by alias. */
  readonly models: ReadonlyMap<string, ModelDocument>;
  /** Models by the ids that their providers know them by, in the order of the document; several may share one. */
  readonly served: ReadonlyMap<string, readonly ModelDocument[]>;
  /** What the names in a list of allowed models come to. */
  readonly leave: ModelLeave;
}

export interface DocumentSource {
  /** What holds now; never touches the disk. */
  readonly current: Directory;
  /** Looks for a change at once instead of at the next poll. */
  poll(): void;
  close(): void;
}

/** Reads the document and keeps it current. Throws a DocumentError when the first one is bad. */
export function openDocument(
  path: string | undefined,
  logger: Logger,
  pollIntervalMs: number,
  now: () => Date,
): DocumentSource {
  if (path === undefined) {
    const current = arrange(checkDocument('built in', renderGatewayDocument(catalog, policy)));
    warnOfRetirements(current.document, logger, now());
    return { current, poll: () => {}, close: () => {} };
  }
  const watch: FileWatch = watchFiles([path], pollIntervalMs, () => {
    try {
      current = arrange(readDocument(path));
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
    current = arrange(readDocument(path));
  } catch (fault) {
    watch.close();
    throw fault;
  }
  warnOfRetirements(current.document, logger, now());
  return {
    get current() {
      return current;
    },
    poll: () => watch.poll(),
    close: () => watch.close(),
  };
}

function readDocument(path: string): GatewayDocument {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (fault) {
    throw new DocumentError(path, [
      `it cannot be read: ${(fault as NodeJS.ErrnoException).code ?? 'unknown reason'}`,
    ]);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (fault) {
    throw new DocumentError(path, [`it is not valid JSON: ${(fault as Error).message}`]);
  }
  return checkDocument(path, parsed);
}

function arrange(document: GatewayDocument): Directory {
  const models = new Map<string, ModelDocument>();
  for (const model of document.models) for (const name of namesOf(model)) models.set(name, model);
  return { document, models, served: servedOf(document), leave: modelLeaveOf(document) };
}

function servedOf({ models }: GatewayDocument): ReadonlyMap<string, readonly ModelDocument[]> {
  const served = new Map<string, ModelDocument[]>();
  for (const model of models)
    for (const id of new Set(model.deployments.map((each) => each.id))) {
      const others = served.get(id);
      if (others) others.push(model);
      else served.set(id, [model]);
    }
  return served;
}

export type { DeploymentDocument, ModelDocument };

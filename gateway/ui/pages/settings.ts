/** Settings: the document in force and what it changed, prompts, providers. Names and fingerprints, no secrets. */
import { hash } from 'node:crypto';
import { LEVELS } from '../../../src/levels';
import { documentDifference, type DocumentChange } from '../../documents/document-difference';
import { fingerprintOf } from '../../documents/document-text';
import { documentIn } from '../../documents/file-document';
import { listPublications, publicationBefore, publicationOf } from '../../documents/publications';
import { providerKey } from '../../providers/provider';
import type { Services } from '../../services';
import type { Page } from '../page';

const LISTED = 10;
const MOST_CHANGES = 200;
/** Hexadecimal digits by which people tell two texts apart. */
const DIGITS = 12;

export const settings: Page = {
  path: '/ui/settings',
  nav: 'Settings',
  title: 'Settings',
  template: 'settings',
  async load({ services }) {
    const { documents, database } = services;
    const { document } = documents.current;
    const { publications, total } = await listPublications(database, 1, LISTED);
    return {
      origin: documents.origin,
      fingerprint: fingerprintOf(document),
      ...(await whatChanged(services)),
      publications: publications.map((each) => ({
        ...each,
        isInForce: documents.origin.kind === 'published' && documents.origin.id === each.id,
      })),
      olderPublications: total - publications.length,
      models: document.models.length,
      pricedOn: document.priced_on,
      timeZone: document.time_zone,
      retentionDays: document.retention_days,
      defaultLevel: services.settings.defaultLevel ?? document.default_level,
      prompts: LEVELS.map((level) => promptOf(services, level)),
      providers: providersOf(services),
      contentLogging: await contentLoggingOf(services),
    };
  },
};

interface Changed {
  /** When the document in force was published. */
  readonly publication?: { readonly id: number; readonly publishedAt: Date; readonly publishedBy: string };
  /** Against the one before. @default there is none to compare with */
  readonly changes?: readonly DocumentChange[];
  readonly changesLeft?: number;
  readonly before?: number;
  /** The one before is none that this version can read. */
  readonly isUnreadable?: boolean;
}

async function whatChanged({ documents, database }: Services): Promise<Changed> {
  const { origin, current } = documents;
  if (origin.kind !== 'published') return {};
  const publication = await publicationOf(database, origin.id);
  if (publication === undefined) return {};
  const before = await publicationBefore(database, origin.id);
  if (before === undefined) return { publication };
  try {
    const all = documentDifference(documentIn(`published as ${before.id}`, before.text), current.document);
    const changes = all.slice(0, MOST_CHANGES);
    return { publication, before: before.id, changes, changesLeft: all.length - changes.length };
  } catch {
    // By another version of the gateway: what held then has other words.
    return { publication, before: before.id, isUnreadable: true };
  }
}

function promptOf({ prompts }: Services, level: (typeof LEVELS)[number]) {
  const text = prompts.textOf(level);
  return {
    level,
    isUsable: text !== undefined,
    version: text ? hash('sha256', text, 'hex').slice(0, DIGITS) : undefined,
    characters: text?.length,
  };
}

/** As the process that answers knows it, after a look. */
async function contentLoggingOf({ contentLogging: { isPossible, switches } }: Services) {
  await switches.refresh();
  return { isPossible, on: switches.on };
}

/** Every provider that the document names or the environment sets up, and whether both do. */
function providersOf({ documents, providers }: Services) {
  const { models } = documents.current.document;
  const named = models.flatMap(({ deployments }) => deployments.map(providerKey));
  return [...new Set([...providers.keys(), ...named])].sort().map((name) => ({
    name,
    isConfigured: providers.has(name),
    deployments: named.filter((each) => each === name).length,
  }));
}

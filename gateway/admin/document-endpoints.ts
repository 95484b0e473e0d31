/** The gateway's document: what is in force, putting another in its place, going back. */
import { checkDocument, DocumentError } from '../config/document-check';
import type { GatewayDocument } from '../config/document';
import { fingerprintOf } from '../documents/document-text';
import { documentIn } from '../documents/file-document';
import {
  addPublication,
  holdPublications,
  listPublications,
  newestPublication,
  publicationBefore,
  publicationOf,
  type Publication,
} from '../documents/publications';
import { GatewayError } from '../errors';
import type { Services } from '../services';
import { change, endpoint, type AdminCall, type Transaction } from './endpoint';
import { answer, count, flag, freeObject, input, listOf, orNull, string, text, time } from './json-schema';

const PUBLICATION = {
  id: count,
  published_at: time,
  published_by: string,
  note: orNull(string),
  copy_of: orNull(count),
  sha256: string,
} as const;

const IN_FORCE = {
  origin: { type: 'string', enum: ['built-in', 'file', 'published'] },
  publication: { ...orNull(answer(PUBLICATION)), description: 'Null unless it was published.' },
  sha256: string,
  /** Seconds after which every process has what is published. */
  in_force_within: count,
} as const;

const EXPECT = {
  type: 'string',
  pattern: '^[0-9a-f]{64}$',
  description: 'sha256 of the document that the new one was compared with; refused when another is in force.',
} as const;
const ID = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } as const;
/** That are listed of one document. */
const MOST_FAULTS = 20;
const NOTE = text('Why, for whoever reads the list.');

const view = ({ id, publishedAt, publishedBy, note, copyOf, sha256 }: Publication) => ({
  id,
  published_at: publishedAt.toISOString(),
  published_by: publishedBy,
  note,
  copy_of: copyOf,
  sha256,
});

async function standing({ documents, database, limits }: Services) {
  const { origin, current } = documents;
  const publication = origin.kind === 'published' ? await publicationOf(database, origin.id) : undefined;
  return {
    origin: origin.kind,
    publication: publication === undefined ? null : view(publication),
    sha256: fingerprintOf(current.document),
    in_force_within: Math.ceil(limits.pollMs / 1_000),
  };
}

export const show = endpoint({
  method: 'GET',
  paths: ['/document'],
  tag: 'document',
  summary: 'The document in force: models, prices, policy, and where it came from.',
  role: 'viewer',
  input: input({}),
  answer: answer({ ...IN_FORCE, document: freeObject }),
  handle: async ({ services }) => {
    const { document } = services.documents.current;
    return { ...(await standing(services)), document };
  },
});

export const list = endpoint<{ readonly page?: number; readonly size?: number }>({
  method: 'GET',
  paths: ['/document/list'],
  tag: 'document',
  summary: 'Every document that was published, newest first.',
  role: 'viewer',
  input: input({
    page: { type: 'integer', minimum: 1, maximum: 1_000_000 },
    size: { type: 'integer', minimum: 1, maximum: 500 },
  }),
  answer: answer({
    documents: listOf(answer(PUBLICATION)),
    total_count: count,
    current_page: count,
    total_pages: count,
  }),
  async handle({ services, input: { page = 1, size = 50 } }) {
    const { publications, total } = await listPublications(services.database, page, size);
    return {
      documents: publications.map(view),
      total_count: total,
      current_page: page,
      total_pages: Math.ceil(total / size),
    };
  },
});

export const info = endpoint<{ readonly id: number }>({
  method: 'GET',
  paths: ['/document/info'],
  tag: 'document',
  summary: 'One document that was published, whole.',
  role: 'viewer',
  input: input({ id: ID }, ['id']),
  answer: answer({ ...PUBLICATION, document: freeObject }),
  errors: ['document_not_found'],
  async handle({ services, input: { id } }) {
    const found = await publicationOf(services.database, id);
    if (found === undefined) throw notFound(id);
    return { ...view(found), document: JSON.parse(found.text) as unknown };
  },
});

interface PublishInput {
  readonly document: Readonly<Record<string, unknown>>;
  readonly expect?: string;
  readonly note?: string;
  readonly dry_run?: boolean;
}

export const publish = endpoint<PublishInput>({
  method: 'POST',
  paths: ['/document/publish'],
  tag: 'document',
  summary:
    'Puts a document in force in every process; the former one is kept. With dry_run it is checked only, and with the same document nothing happens.',
  role: 'admin',
  input: input({ document: freeObject, expect: EXPECT, note: NOTE, dry_run: flag }, ['document']),
  answer: answer({ ...IN_FORCE, changed: flag }),
  errors: ['document_invalid', 'document_changed', 'document_in_file'],
  async handle(call) {
    const { document, dry_run: isDry = false, note } = call.input;
    const checked = check(() => checkDocument('sent', document));
    refuseFile(call.services);
    return publishing(call, isDry, () => Promise.resolve({ document: checked, note }));
  },
});

interface TakeBackInput {
  readonly to?: number;
  readonly expect?: string;
  readonly note?: string;
}

export const takeBack = endpoint<TakeBackInput>({
  method: 'POST',
  paths: ['/document/take-back'],
  tag: 'document',
  summary: 'Puts the document in force again that was in force before, or another one that was published.',
  role: 'admin',
  input: input({ to: ID, expect: EXPECT, note: NOTE }),
  answer: answer({ ...IN_FORCE, changed: flag }),
  errors: ['document_invalid', 'document_changed', 'document_in_file', 'document_not_found'],
  async handle(call) {
    const { to, note } = call.input;
    refuseFile(call.services);
    return publishing(call, false, async (transaction, newest) => {
      const found =
        to === undefined
          ? newest && (await publicationBefore(transaction, newest.id))
          : await publicationOf(transaction, to);
      if (found === undefined) throw notFound(to);
      return {
        document: check(() => documentIn(`published as ${found.id}`, found.text)),
        note,
        copyOf: found.copyOf ?? found.id,
      };
    });
  },
});

interface Chosen {
  readonly document: GatewayDocument;
  readonly note?: string | undefined;
  readonly copyOf?: number;
}

/** Looks, compares and writes while nobody else can. */
async function publishing(
  call: AdminCall<{ readonly expect?: string }>,
  isDry: boolean,
  choose: (transaction: Transaction, newest: Publication | undefined) => Promise<Chosen>,
) {
  const { services, admin, input } = call;
  const changed = await change(call, async (transaction) => {
    await holdPublications(transaction);
    const newest = await newestPublication(transaction);
    const before = newest?.sha256 ?? fingerprintOf(services.documents.current.document);
    if (input.expect !== undefined && input.expect !== before) throw new GatewayError('document_changed');
    const { document, note, copyOf } = await choose(transaction, newest);
    if (fingerprintOf(document) === before || isDry) return false;
    const added = await addPublication(transaction, { document, by: admin.name, note, copyOf });
    await transaction.note({
      action: copyOf === undefined ? 'document/publish' : 'document/take-back',
      target: String(added.id),
      before: newest === undefined ? { sha256: before } : view(newest),
      after: view(added),
    });
    return true;
  });
  await services.documents.refresh();
  return { ...(await standing(services)), changed };
}

/** What a file says holds as long as the gateway runs with it: two places would contradict each other. */
function refuseFile({ documents }: Services): void {
  if (documents.origin.kind === 'file') throw new GatewayError('document_in_file');
}

function check(read: () => GatewayDocument): GatewayDocument {
  try {
    return read();
  } catch (fault) {
    if (!(fault instanceof DocumentError)) throw fault;
    const more = fault.faults.length - MOST_FAULTS;
    const shown = [...fault.faults.slice(0, MOST_FAULTS), ...(more > 0 ? [`and ${more} more`] : [])];
    throw new GatewayError('document_invalid', { message: [fault.message, ...shown].join('\n') });
  }
}

const notFound = (id: number | undefined): GatewayError =>
  new GatewayError('document_not_found', {
    ...(id === undefined
      ? { message: 'Nothing was published before the document in force. Publish the one that is to hold.' }
      : {}),
  });

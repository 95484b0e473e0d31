/** The gateway's document, from the command line: what holds, what was, another one, the former one. */
import { pageText, type PageWords } from '../../administration/pages';
import { begin, type SessionWords } from '../../administration/session';
import { CliError, EXIT } from '../../terminal/fault';
import { fromNow } from '../../terminal/figures';
import type { Column } from '../../terminal/output';
import { candidateOf, type CandidateWords } from './candidate';
import { readInForce, readPublished, type Publication } from './in-force';
import { replace, type ReplaceWords } from './replace';

const FLAGS = { id: '<number>', to: '<number>', note: '--note' };

export type PublishWords = ReplaceWords & CandidateWords & SessionWords;
export type TakeBackWords = ReplaceWords & SessionWords;

export async function publish(file: string | undefined, words: PublishWords): Promise<void> {
  const session = begin(words, [], FLAGS);
  const { name, document } = await candidateOf(file, words, session.platform);
  await replace(session, { name, document, path: '/document/publish', body: { document } }, words);
}

/** @param id undefined: the one before that in force */
export async function takeBack(id: number | undefined, words: TakeBackWords): Promise<void> {
  const session = begin(words, [], FLAGS);
  const to = id ?? (await before(session));
  const { document } = await readPublished(session.client, to);
  await replace(session, { name: `${to} again`, document, path: '/document/take-back', body: { to } }, words);
}

async function before({ client }: ReturnType<typeof begin>): Promise<number> {
  const { documents } = await client.get<{ documents: Publication[] }>('/document/list', { size: 2 });
  const [, former] = documents;
  if (former !== undefined) return former.id;
  throw new CliError(
    'Nothing was published before the document in force: there is none to go back to.',
    EXIT.refused,
  );
}

/** As JSON whatever is asked for: it is a document. */
export async function show(id: number | undefined, words: SessionWords): Promise<void> {
  const { client, output } = begin(words, [], FLAGS);
  const { document } = id === undefined ? await readInForce(client) : await readPublished(client, id);
  await output.line(JSON.stringify(document, null, 2));
}

const COLUMNS: readonly Column<Publication>[] = [
  { name: 'number', value: ({ id }) => id },
  {
    name: 'published',
    value: ({ published_at }) => published_at,
    shown: ({ published_at }) => fromNow(published_at),
  },
  { name: 'by', value: ({ published_by }) => published_by },
  { name: 'copy of', value: ({ copy_of }) => copy_of },
  { name: 'note', value: ({ note }) => note },
  { name: 'sha256', value: ({ sha256 }) => sha256, shown: ({ sha256 }) => sha256.slice(0, 12) },
];

export async function list(words: PageWords & SessionWords): Promise<void> {
  const { client, output } = begin(words, [], FLAGS);
  const { page = 1, size = 50 } = words;
  const answer = await client.get<{ documents: Publication[]; total_count: number }>('/document/list', {
    page,
    size,
  });
  await output.result(answer, COLUMNS, answer.documents);
  const cut = pageText({ page, size, shown: answer.documents.length, total: answer.total_count });
  if (cut !== undefined) output.say(cut);
}

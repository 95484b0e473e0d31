/** One workspace: whose it is, its keys, and what its spend is made of. */
import { viewKeys } from '../../admin/key-view';
import { goneOf } from '../../http/gone';
import { searchKeys } from '../../keys/key-search';
import type { Statements } from '../../store/database';
import type { Page, View } from '../page';
import { Refusal } from '../refusal';
import { readSubject } from '../subject';
import { WORKSPACES } from './workspaces';

/** Newest first: each start may have made another one. */
const MOST_KEYS = 10;

export const workspace: Page = {
  path: '/ui/workspaces/{workspace}',
  title: 'Workspace',
  template: 'workspace',
  load: (view) =>
    view.services.reports.readPage(view.session.name, goneOf(view.exchange), (reader) => load(view, reader)),
};

async function load({ services, parts, query }: View, reader: Statements) {
  const id = parts['workspace'] ?? '';
  const [found] = await reader.run<Record<string, string>>(
    '',
    `select * from (${WORKSPACES} where w.id = $1) as w`,
    [id],
  );
  if (found === undefined)
    throw new Refusal(
      404,
      'There is no workspace of that id',
      'A workspace is known once it has started and asked for its key.',
      { href: '/ui/workspaces', label: 'Go to the workspaces' },
    );
  const keys = await searchKeys(reader, {
    workspaceId: id,
    status: 'all',
    sort: 'created_at',
    isDescending: true,
    page: 1,
    size: MOST_KEYS,
  });
  return {
    workspace: found,
    title: found['name'],
    personHref: `/ui/people/${encodeURIComponent(found['owner_id'] ?? '')}`,
    teamHref: `/ui/teams/${encodeURIComponent(found['team'] ?? '')}`,
    keys: (await viewKeys(services, reader, keys.keys)).map((key) => ({
      ...key,
      name: key['key_alias'] ?? key['key_name'],
    })),
    ...(await readSubject(services, reader, query, {
      filter: { workspace: id },
      ways: ['model', 'provider', 'client', 'error'],
    })),
  };
}

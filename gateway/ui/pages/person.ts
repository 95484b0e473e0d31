/** One person: spend against the budget over all keys, what it went to, the keys, and what can be done. */
import { readTrailBefore } from '../../admin/audit-trail';
import { accountOfOwner } from '../../admin/owner-standing';
import { update } from '../../admin/user-endpoints';
import { GatewayError } from '../../errors';
import { goneOf } from '../../http/gone';
import { isPerson } from '../../keys/owner-names';
import { searchKeys } from '../../keys/key-search';
import { readOwnerStanding } from '../../admin/owner-standing';
import { viewKeys } from '../../admin/key-view';
import { findOwner } from '../../keys/owners';
import type { Statements } from '../../store/database';
import { ask } from '../ask';
import { describeEntry } from '../audit-entry';
import { withQuery } from '../local-path';
import type { Action, Page, SentForm, View } from '../page';
import { Refusal } from '../refusal';
import { readSubject } from '../subject';

const PATH = '/ui/people/{person}';
const ENTRIES = 10;
/** Keys of the page; the list of keys has all. */
const MOST_KEYS = 20;

const pathOf = (id: string): string => `/ui/people/${encodeURIComponent(id)}`;

const DONE: Readonly<Record<string, string>> = {
  block: 'All keys of this person are refused from now on.',
  unblock: 'The keys of this person work again.',
  raise: 'The budget is raised.',
  budget: 'The budget is changed.',
};

/** Nobody else has changed what is laid down for the person since the form was made. */
async function refuseStale(statements: Statements, { words }: SentForm, { parts }: View): Promise<void> {
  const id = parts['person'] ?? '';
  const [row] = await statements.run<{ updated_at: Date }>(
    'ui-person-hold',
    'select updated_at from owners where id = $1 for update',
    [id],
  );
  if ((row?.updated_at.toISOString() ?? '') === (words.get('seen') ?? '')) return;
  throw new Refusal(
    409,
    'Somebody has changed this person meanwhile',
    'Nothing was done, since it is not as it was when you opened the page. Look at it as it is now, and decide again.',
    { href: pathOf(id), label: 'Look at the person' },
  );
}

/** Does it through the admin API's own endpoint, and comes back to the person. */
const changing = (
  name: string,
  fields: readonly string[],
  fixed: Readonly<Record<string, string>> = {},
): Action => ({
  role: 'admin',
  guard: refuseStale,
  async run(sent) {
    const id = sent.parts['person'] ?? '';
    // The endpoint would lay something down for whoever is named.
    await knownPerson(sent.services.database, id);
    const words: Record<string, string> = { user_id: id, ...fixed };
    for (const field of fields) words[field] = (sent.sent.words.get(field) ?? '').trim();
    if (fields.length > 0 && fields.every((field) => words[field] === ''))
      throw new GatewayError('request_invalid', {
        message: `"${fields[0]}" is empty: say how much.`,
        param: fields[0] ?? '',
      });
    await ask(sent, update, words);
    return { to: `${pathOf(id)}?done=${name}` };
  },
});

interface Known {
  readonly name: string;
  readonly owner: Awaited<ReturnType<typeof findOwner>>;
}

/** Throws a Refusal where nobody has keys, terms or calls by that id. */
async function knownPerson(statements: Statements, id: string): Promise<Known> {
  const owner = isPerson(id) ? await findOwner(statements, id) : undefined;
  const [key] = await statements.run<{ owner_name: string }>(
    'ui-person-name',
    'select owner_name from keys where owner_id = $1 order by id desc limit 1',
    [id],
  );
  if ((owner === undefined && key === undefined) || !isPerson(id))
    throw new Refusal(
      404,
      'There is nobody of that id',
      'Nobody has a key or terms by it. A person who was forgotten has another id since.',
      { href: '/ui/people', label: 'Go to the people' },
    );
  return {
    owner: owner?.id === id ? owner : undefined,
    name: nameOf(owner?.name, id) ?? key?.owner_name ?? id,
  };
}

/** Who was laid something down for by id alone has that for a name. */
const nameOf = (name: string | null | undefined, id: string): string | undefined =>
  name == null || name === id ? undefined : name;

export const person: Page = {
  path: PATH,
  title: 'Person',
  template: 'person',
  actions: {
    raise: changing('raise', ['temp_budget_increase', 'temp_budget_expiry']),
    budget: changing('budget', ['max_budget', 'budget_duration']),
    block: changing('block', [], { suspended: 'true' }),
    unblock: changing('unblock', [], { suspended: 'false' }),
  },
  load: (view) =>
    view.services.reports.readPage(view.session.name, goneOf(view.exchange), (reader) => load(view, reader)),
};

async function load({ services, session, parts, query, sent }: View, reader: Statements) {
  const id = parts['person'] ?? '';
  const { name, owner } = await knownPerson(reader, id);
  const standing = await readOwnerStanding(services, reader, { id, limits: owner?.limits ?? {} });
  const found = await searchKeys(reader, {
    ownerId: id,
    status: 'living',
    sort: 'created_at',
    isDescending: true,
    page: 1,
    size: MOST_KEYS,
  });
  const trail = await readTrailBefore(reader, { target: id }, ENTRIES);
  const { max_budget: budget, spend, reserved } = standing as Record<string, number>;
  return {
    id,
    name,
    title: name,
    path: pathOf(id),
    account: accountOfOwner(id),
    standing,
    share: budget ? Math.min(100, Math.round((100 * ((spend ?? 0) + (reserved ?? 0))) / budget)) : 100,
    groups: owner?.groups,
    isBlocked: owner?.suspendedAt != null,
    blockedAt: owner?.suspendedAt,
    seen: owner?.updatedAt.toISOString() ?? '',
    mayChange: session.role === 'admin',
    keys: (await viewKeys(services, reader, found.keys)).map((key) => ({
      ...key,
      name: key['key_alias'] ?? key['key_name'],
    })),
    keysLeft: found.total - found.keys.length,
    allKeys: withQuery('/ui/keys', new URLSearchParams(), { user_id: id }),
    sessionsHref: withQuery('/ui/calls', new URLSearchParams(), { owner: id }),
    entries: trail.entries.map(describeEntry),
    more: trail.hasMore ? withQuery('/ui/audit', new URLSearchParams(), { target: id }) : undefined,
    done: DONE[query.get('done') ?? ''],
    values: Object.fromEntries(sent?.words ?? []),
    opened: sent?.action,
    ...(await readSubject(services, reader, query, {
      filter: { person: id },
      ways: ['model', 'team', 'workspace', 'client', 'error'],
    })),
  };
}

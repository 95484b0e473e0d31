/** People: what each has spent, of what they may. By name, since it is no ranking. */
import { toDollars } from '../../ledger/money';
import { NEAR, PEOPLE, peopleValues } from '../budget-terms';
import type { Column } from '../column';
import { listPage, type ListAsked } from '../list-page';
import { lastDayOfKeys, readListing, type Listed } from '../listing';
import { IDLE_DAYS, spendColumns } from '../listed-columns';
import { withQuery } from '../local-path';
import { lastDays } from '../span';
import type { View } from '../page';

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly living: number;
  readonly blocked: number;
  readonly teams: readonly string[] | null;
  readonly suspended: boolean;
  readonly spent_nano: string;
  readonly budget_nano: string;
  readonly share: number;
}

const STATES = [
  { value: '', label: 'All' },
  { value: 'near', label: `At ${NEAR * 100} % of the budget or above` },
  { value: 'over', label: 'Budget spent' },
  { value: 'idle', label: `No call in ${IDLE_DAYS} days` },
  { value: 'suspended', label: 'Suspended' },
  { value: 'keyless', label: 'Without a key' },
];

/** SQL of each state; $7 what is searched for, $8 the team, $9 the time zone, $10 the day from which on nobody is idle. */
const CONDITIONS: Readonly<Record<string, string>> = {
  near: `share >= ${NEAR}`,
  over: 'share >= 1',
  idle: `not exists (select from (${lastDayOfKeys('$9::text')}) d where d.owner_id = listed.id and d.day >= $10::date)`,
  suspended: 'suspended',
  keyless: 'living = 0',
};

const ORDERS: Readonly<Record<string, string>> = {
  name: 'lower(listed.name)',
  spent: 'listed.spent_nano',
  share: 'listed.share',
  spend: 'coalesce(sums.cost_nano::bigint, 0)',
  calls: 'coalesce(sums.calls::bigint, 0)',
};

const stateOf = ({ suspended, living, blocked }: Person): string =>
  suspended ? 'suspended' : living === 0 ? 'no key' : blocked === living ? 'blocked' : 'active';

const COLUMNS: readonly Column<Listed<Person>>[] = [
  { name: 'id', kind: 'text', of: ({ row }) => row.id },
  {
    name: 'name',
    label: 'Person',
    kind: 'text',
    of: ({ row }) => row.name,
    sort: 'name',
    href: ({ row }) => `/ui/people/${encodeURIComponent(row.id)}`,
  },
  { name: 'state', label: 'State', kind: 'text', of: ({ row }) => stateOf(row) },
  { name: 'teams', label: 'Teams', kind: 'text', of: ({ row }) => row.teams?.join(', ') },
  {
    name: 'window_spend_usd',
    label: 'Spent in the window',
    kind: 'usd',
    of: ({ row }) => toDollars(Number(row.spent_nano)),
    sort: 'spent',
  },
  { name: 'budget_usd', label: 'Budget', kind: 'usd', of: ({ row }) => toDollars(Number(row.budget_nano)) },
  { name: 'budget_share', label: 'Of it', kind: 'meter', of: ({ row }) => row.share, sort: 'share' },
  ...spendColumns<Person>(({ row }) =>
    withQuery('/ui/spend', new URLSearchParams(), { by: 'model', person: row.id }),
  ),
  {
    name: 'keys',
    label: 'Keys',
    kind: 'count',
    of: ({ row }) => row.living,
    href: ({ row }) => withQuery('/ui/keys', new URLSearchParams(), { user_id: row.id }),
  },
];

function read({ services }: View, reader: Parameters<typeof readListing>[0], asked: ListAsked) {
  const { words, sort, span } = asked;
  const { now, documents } = services;
  const state = words.get('state') ?? '';
  const idleFrom = lastDays(now(), documents.current.document.time_zone, IDLE_DAYS)[0]?.date;
  return readListing<Person>(reader, {
    by: 'person',
    relation: PEOPLE,
    values: [
      ...peopleValues(services),
      words.get('search'),
      words.get('team'),
      ...(state === 'idle' ? [span.timeZone, idleFrom] : []),
    ],
    conditions: [
      "($7::text is null or strpos(lower(concat_ws(' ', listed.name, listed.id)), lower($7)) > 0)",
      '($8::text is null or $8 = any (listed.teams))',
      ...(Object.hasOwn(CONDITIONS, state) ? [CONDITIONS[state] ?? 'true'] : []),
    ],
    order: ORDERS[sort] ?? 'listed.name',
    isBySums: sort === 'spend' || sort === 'calls',
    isDescending: asked.isDescending,
    page: asked.page,
    size: asked.size,
    span,
  });
}

const { page, csv } = listPage<Listed<Person>>({
  path: '/ui/people',
  title: 'People',
  template: 'people',
  filters: ['search', 'team', 'state'],
  byHash: 'search',
  columns: COLUMNS,
  sorts: Object.keys(ORDERS),
  read,
  more: (_, __, { words }) =>
    Promise.resolve({
      states: STATES.map((each) => ({ ...each, isChosen: each.value === (words.get('state') ?? '') })),
    }),
});
export { page as people, csv as peopleCsv };

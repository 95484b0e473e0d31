/** Workspaces: whose each is, of which team, in what state, and what it cost. */
import type { Column } from '../column';
import { listPage, type ListAsked } from '../list-page';
import { IDLE_DAYS, spendColumns } from '../listed-columns';
import { lastDayOfKeys, readListing, type Listed } from '../listing';
import { withQuery } from '../local-path';
import type { View } from '../page';
import { lastDays } from '../span';

interface Workspace {
  readonly id: string;
  readonly name: string;
  readonly owner_id: string;
  readonly owner_name: string;
  readonly team: string;
  readonly state: string;
}

/** The newest key of each tells its state. */
export const WORKSPACES = `
  select w.id, w.name, w.owner_id, coalesce(nullif(o.name, o.id), k.owner_name, w.owner_id) as owner_name, w.template_name as team,
    w.deployment, w.template_version, w.newest_claim_at,
    case when w.revoked_at is not null or k.id is null then 'ended' when o.suspended_at is not null then 'suspended'
      when k.blocked_at is not null then 'blocked' when k.paused_at is not null then 'paused' else 'active' end as state
  from workspaces w
    left join (
      select distinct on (workspace_id) workspace_id, id, owner_name, blocked_at, paused_at
      from keys where workspace_id is not null and revoked_at is null order by workspace_id, keys.id desc
    ) k on k.workspace_id = w.id
    left join owners o on o.id = w.owner_id`;

const STATES = ['active', 'paused', 'blocked', 'suspended', 'ended'];

const ORDERS: Readonly<Record<string, string>> = {
  name: 'lower(listed.name)',
  owner: 'lower(listed.owner_name)',
  team: 'lower(listed.team)',
  spend: 'coalesce(sums.cost_nano::bigint, 0)',
  calls: 'coalesce(sums.calls::bigint, 0)',
};

const COLUMNS: readonly Column<Listed<Workspace>>[] = [
  { name: 'id', kind: 'text', of: ({ row }) => row.id },
  {
    name: 'workspace',
    label: 'Workspace',
    kind: 'text',
    of: ({ row }) => row.name,
    sort: 'name',
    href: ({ row }) => `/ui/workspaces/${encodeURIComponent(row.id)}`,
  },
  { name: 'owner_id', kind: 'text', of: ({ row }) => row.owner_id },
  {
    name: 'owner',
    label: 'Person',
    kind: 'text',
    of: ({ row }) => row.owner_name,
    sort: 'owner',
    href: ({ row }) => `/ui/people/${encodeURIComponent(row.owner_id)}`,
  },
  {
    name: 'team',
    label: 'Team',
    kind: 'text',
    of: ({ row }) => row.team,
    sort: 'team',
    href: ({ row }) => `/ui/teams/${encodeURIComponent(row.team)}`,
  },
  { name: 'state', label: 'State', kind: 'text', of: ({ row }) => row.state },
  ...spendColumns<Workspace>(({ row }) =>
    withQuery('/ui/spend', new URLSearchParams(), { by: 'model', workspace: row.id }),
  ),
];

function read({ services }: View, reader: Parameters<typeof readListing>[0], asked: ListAsked) {
  const { words, sort, span } = asked;
  const state = words.get('state') ?? '';
  const idleFrom = lastDays(services.now(), span.timeZone, IDLE_DAYS)[0]?.date;
  return readListing<Workspace>(reader, {
    by: 'workspace',
    relation: WORKSPACES,
    values: [
      words.get('search'),
      words.get('team'),
      STATES.includes(state) ? state : null,
      ...(state === 'idle' ? [span.timeZone, idleFrom] : []),
    ],
    conditions: [
      `($1::text is null or strpos(lower(concat_ws(' ', listed.name, listed.id, listed.owner_name, listed.owner_id)),
        lower($1)) > 0)`,
      '($2::text is null or listed.team = $2)',
      '($3::text is null or listed.state = $3)',
      ...(state === 'idle'
        ? [
            `not exists (select from (${lastDayOfKeys('$4::text')}) d where d.workspace_id = listed.id and d.day >= $5::date)`,
          ]
        : []),
    ],
    order: ORDERS[sort] ?? 'listed.name',
    isBySums: sort === 'spend' || sort === 'calls',
    isDescending: asked.isDescending,
    page: asked.page,
    size: asked.size,
    span,
  });
}

const { page, csv } = listPage<Listed<Workspace>>({
  path: '/ui/workspaces',
  title: 'Workspaces',
  template: 'workspaces',
  filters: ['search', 'team', 'state'],
  byHash: 'search',
  columns: COLUMNS,
  sorts: Object.keys(ORDERS),
  read,
  more: (_, __, { words }) =>
    Promise.resolve({
      states: [
        { value: '', label: 'All' },
        ...STATES.map((value) => ({ value, label: value })),
        { value: 'idle', label: `no call in ${IDLE_DAYS} days` },
      ].map((each) => ({ ...each, isChosen: each.value === (words.get('state') ?? '') })),
    }),
});
export { page as workspaces, csv as workspacesCsv };

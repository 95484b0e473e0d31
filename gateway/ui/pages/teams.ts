/** Teams: a team is a template. Groups have budgets as well, but their calls are told apart by template alone. */
import type { Column } from '../column';
import { figureTable } from '../column';
import { listPage, type ListAsked } from '../list-page';
import { spendColumns } from '../listed-columns';
import { readListing, type Listed } from '../listing';
import { withQuery } from '../local-path';
import type { View } from '../page';
import { readTeamBudgets, type TeamBudget } from '../team-budgets';

interface Team {
  readonly id: string;
  readonly name: string;
  readonly people: number;
  readonly workspaces: number;
  /** @default the policy gives it none */
  readonly budget?: TeamBudget | undefined;
}

/** $1 the names of those that have a budget. */
const TEAMS = `
  select t.id, t.id as name, coalesce(k.people, 0)::integer as people, coalesce(k.workspaces, 0)::integer as workspaces
  from (select template_name as id from keys where template_name is not null union select unnest($1::text[])) t
    left join (
      select template_name, count(distinct owner_id) as people, count(distinct workspace_id) as workspaces
      from keys where revoked_at is null and template_name is not null group by 1
    ) k on k.template_name = t.id`;

const ORDERS: Readonly<Record<string, string>> = {
  name: 'lower(listed.name)',
  spend: 'coalesce(sums.cost_nano::bigint, 0)',
  calls: 'coalesce(sums.calls::bigint, 0)',
};

const COLUMNS: readonly Column<Listed<Team>>[] = [
  {
    name: 'team',
    label: 'Team',
    kind: 'text',
    of: ({ row }) => row.name,
    sort: 'name',
    href: ({ row }) => `/ui/teams/${encodeURIComponent(row.id)}`,
  },
  { name: 'window_spend_usd', label: 'Spent in the window', kind: 'usd', of: ({ row }) => row.budget?.spend },
  { name: 'budget_usd', label: 'Budget', kind: 'usd', of: ({ row }) => row.budget?.budget },
  { name: 'budget_share', label: 'Of it', kind: 'meter', of: ({ row }) => row.budget?.share },
  ...spendColumns<Team>(({ row }) =>
    withQuery('/ui/spend', new URLSearchParams(), { by: 'model', team: row.id }),
  ),
  {
    name: 'people',
    label: 'People',
    kind: 'count',
    of: ({ row }) => row.people,
    href: ({ row }) => withQuery('/ui/people', new URLSearchParams(), { team: row.id }),
  },
  {
    name: 'workspaces',
    label: 'Workspaces',
    kind: 'count',
    of: ({ row }) => row.workspaces,
    href: ({ row }) => withQuery('/ui/workspaces', new URLSearchParams(), { team: row.id }),
  },
];

async function read({ services }: View, reader: Parameters<typeof readListing>[0], asked: ListAsked) {
  const { words, sort, span } = asked;
  const budgets = (await readTeamBudgets(services, reader)).filter(({ kind }) => kind === 'template');
  const { rows, total } = await readListing<Team>(reader, {
    by: 'team',
    relation: TEAMS,
    values: [budgets.map(({ name }) => name), words.get('search')],
    conditions: ['($2::text is null or strpos(lower(listed.name), lower($2)) > 0)'],
    order: ORDERS[sort] ?? 'listed.name',
    isBySums: sort !== 'name',
    isDescending: asked.isDescending,
    page: asked.page,
    size: asked.size,
    span,
  });
  const byName = new Map(budgets.map((budget) => [budget.name, budget]));
  return {
    rows: rows.map((each) => ({ ...each, row: { ...each.row, budget: byName.get(each.row.id) } })),
    total,
  };
}

interface Group extends TeamBudget {
  readonly people: number;
}

const GROUP_COLUMNS: readonly Column<Group>[] = [
  { name: 'group', label: 'Group', kind: 'text', of: ({ name }) => name },
  { name: 'window_spend_usd', label: 'Spent in the window', kind: 'usd', of: ({ spend }) => spend },
  { name: 'budget_usd', label: 'Budget', kind: 'usd', of: ({ budget }) => budget },
  { name: 'budget_share', label: 'Of it', kind: 'meter', of: ({ share }) => share },
  { name: 'people', label: 'People', kind: 'count', of: ({ people }) => people },
];

async function groupsOf({ services }: View, reader: Parameters<typeof readListing>[0]) {
  const groups = (await readTeamBudgets(services, reader)).filter(({ kind }) => kind === 'group');
  if (groups.length === 0) return {};
  const counted = await reader.run<{ name: string; people: number }>(
    '',
    `select g.name, (select count(*) from owners where g.name = any (groups))::integer as people
     from unnest($1::text[]) as g (name)`,
    [groups.map(({ name }) => name)],
  );
  const people = new Map(counted.map((each) => [each.name, each.people]));
  const rows = groups.map((group) => ({ ...group, people: people.get(group.name) ?? 0 }));
  return { groups: figureTable(GROUP_COLUMNS, rows, { label: 'Groups with a budget' }) };
}

const { page, csv } = listPage<Listed<Team>>({
  path: '/ui/teams',
  title: 'Teams',
  template: 'teams',
  filters: ['search'],
  byHash: 'search',
  columns: COLUMNS,
  sorts: Object.keys(ORDERS),
  read,
  more: groupsOf,
});
export { page as teams, csv as teamsCsv };

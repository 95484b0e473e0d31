/** Teams as LiteLLM's tools ask about them. A team is a template: it is there as soon as a workspace of it is. */
import { GatewayError } from '../errors';
import { searchKeys } from '../keys/key-search';
import { windowAt } from '../ledger/window';
import type { Services } from '../services';
import type { Statements } from '../store/database';
import { BUDGET_FIGURES, describeFigures, readAccounts } from './accounts';
import { answer, count, input, listOf, number, orNull, string, text } from './json-schema';
import { keySchema, viewKeys } from './key-view';
import { markCut, report } from './report-endpoint';
import { filterOf } from './spend-period';
import { sumSpend } from './spend-sums';

const { spend: windowSpend, ...FIGURES } = BUDGET_FIGURES;

const teamSchema = answer({
  team_id: { ...string, description: 'Name of the template; empty: of what belongs to none.' },
  team_alias: orNull(string),
  spend: { ...number, description: 'All that was ever spent.' },
  window_spend: windowSpend,
  ...FIGURES,
});

/** More templates than anybody has. */
const MOST_TEAMS = 1_000;
/** More keys of one template than anybody reads. */
const MOST_KEYS = 500;

/** What was spent for each template, and how its budget stands where the policy gives it one. */
async function viewTeams(
  { documents, now }: Services,
  statements: Statements,
  spent: ReadonlyMap<string, number>,
): Promise<Record<string, unknown>[]> {
  const { teams, time_zone } = documents.current.document;
  const labelOf = (team: string): string => `template/${team}`;
  const accounts = await readAccounts(statements, [...spent.keys()].map(labelOf));
  return [...spent].map(([team, total]) => {
    const terms = Object.hasOwn(teams.templates, team) ? teams.templates[team] : undefined;
    const window = terms && windowAt(terms.budget_duration, now(), time_zone);
    const { spend: window_spend, ...figures } = describeFigures(
      accounts.get(labelOf(team)),
      terms,
      window,
      now(),
    );
    return {
      team_id: team,
      team_alias: team === '' ? null : team,
      spend: total,
      window_spend,
      ...figures,
    };
  });
}

export const list = report({
  method: 'GET',
  paths: ['/team/list'],
  summary: 'Teams (templates), dearest first: what was ever spent, and how the budget of each stands.',
  input: input({}),
  answer: listOf(teamSchema),
  isCut: true,
  async read({ services, exchange }, reader) {
    const { rows, rowCount } = await sumSpend(reader, 'team', filterOf(services, {}), {
      page: 1,
      size: MOST_TEAMS,
    });
    if (rows.length < rowCount)
      markCut(exchange, { rows: String(rowCount), path: '/spend/report', next: { group_by: 'team' } });
    const spent = new Map(rows.map(({ id, spend }) => [id, spend]));
    const { teams } = services.documents.current.document;
    for (const team of Object.keys(teams.templates)) if (!spent.has(team)) spent.set(team, 0);
    return viewTeams(services, reader, spent);
  },
});

export const info = report<{ readonly team_id: string }>({
  method: 'GET',
  paths: ['/team/info'],
  summary: 'One team (template): what was ever spent, how its budget stands, and its keys.',
  input: input({ team_id: text('Name of the template.') }, ['team_id']),
  answer: answer({
    team_id: string,
    team_info: teamSchema,
    keys: listOf(keySchema),
    total_keys: { ...count, description: 'How many there are in all.' },
    team_memberships: listOf(string),
  }),
  async read({ services, input: { team_id } }, reader) {
    const { teams } = services.documents.current.document;
    const filter = { ...filterOf(services, {}), template: team_id };
    const { totalSpend, rowCount } = await sumSpend(reader, 'team', filter, { page: 1, size: 1 });
    const found = await searchKeys(reader, {
      template: team_id,
      status: 'living',
      sort: 'created_at',
      isDescending: true,
      page: 1,
      size: MOST_KEYS,
    });
    if (rowCount === 0 && found.total === 0 && !Object.hasOwn(teams.templates, team_id))
      throw new GatewayError('team_not_found');
    const [team_info] = await viewTeams(services, reader, new Map([[team_id, totalSpend]]));
    return {
      team_id,
      team_info,
      keys: await viewKeys(services, reader, found.keys),
      total_keys: found.total,
      team_memberships: [],
    };
  },
});

/** One team: its budget, and what its spend is made of. */
import { goneOf } from '../../http/gone';
import type { Statements } from '../../store/database';
import { withQuery } from '../local-path';
import type { Page, View } from '../page';
import { Refusal } from '../refusal';
import { readSubject } from '../subject';
import { readTeamBudgets } from '../team-budgets';

export const team: Page = {
  path: '/ui/teams/{team}',
  title: 'Team',
  template: 'team',
  load: (view) =>
    view.services.reports.readPage(view.session.name, goneOf(view.exchange), (reader) => load(view, reader)),
};

async function load({ services, parts, query }: View, reader: Statements) {
  const name = parts['team'] ?? '';
  const budget = (await readTeamBudgets(services, reader)).find(
    (each) => each.kind === 'template' && each.name === name,
  );
  const [counts] = await reader.run<{ people: number; workspaces: number; keys: number; ever: number }>(
    '',
    `select count(distinct owner_id) filter (where revoked_at is null)::integer as people,
       count(distinct workspace_id) filter (where revoked_at is null)::integer as workspaces,
       count(*) filter (where revoked_at is null)::integer as keys, count(*)::integer as ever
     from keys where template_name = $1`,
    [name],
  );
  if (budget === undefined && !counts?.ever)
    throw new Refusal(
      404,
      'There is no team of that name',
      'A team is a template: it is there once a workspace of it has started, or the policy gives it a budget.',
      { href: '/ui/teams', label: 'Go to the teams' },
    );
  const none = new URLSearchParams();
  return {
    name,
    title: name,
    budget,
    percent: budget && Math.round(100 * Math.min(1, budget.share)),
    counts,
    people: withQuery('/ui/people', none, { team: name }),
    workspaces: withQuery('/ui/workspaces', none, { team: name }),
    keys: withQuery('/ui/keys', none, { team_id: name }),
    ...(await readSubject(services, reader, query, {
      filter: { team: name },
      ways: ['model', 'person', 'workspace', 'provider', 'client', 'error'],
    })),
  };
}

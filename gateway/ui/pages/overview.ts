/** Overview: what AI costs, whether it works, and what needs attention, each with what to do. */
import { CODER_STATES } from '../../coder/standing';
import { goneOf } from '../../http/gone';
import { ENDING_DAYS } from '../../keys/key-search';
import type { Services } from '../../services';
import { attentionFor, deploymentsOf, type Counts } from '../attention';
import { countPeople } from '../budget-terms';
import { figureTable, type Column } from '../column';
import { IDLE_DAYS } from '../listed-columns';
import { readFigures } from '../live/live-figures';
import { readOverview, readProvidersToday } from '../overview-figures';
import type { Page } from '../page';
import { readTeamBudgets, type TeamBudget } from '../team-budgets';

const DAY_MS = 86_400_000;

export const overview: Page = {
  path: '/ui',
  nav: 'Overview',
  title: 'Overview',
  template: 'overview',
  async load({ services, session, exchange, query }) {
    const counts = await count(services);
    const deployments = deploymentsOf(services);
    const looked = await services.reports.readPage(session.name, goneOf(exchange), async (reader) => ({
      shown: await readOverview(services, reader, query),
      teams: await readTeamBudgets(services, reader),
      people: await countPeople(services, reader, IDLE_DAYS),
      providersToday: await readProvidersToday(services, reader),
      live: await readFigures(services, reader),
    }));
    const { shown, teams, people } = looked;
    const states = deployments.map((each) => ({
      ...each,
      modelHref: `/ui/models/${encodeURIComponent(each.model)}`,
    }));
    return {
      ...shown,
      counts,
      people,
      deployments: states,
      budgets: teams.length === 0 ? undefined : figureTable(BUDGETS, teams, { label: 'Budgets of teams' }),
      attention: attentionFor(services, { ...looked, counts, deployments }),
      coder: coderOf(services),
      live: looked.live,
      asOf: services.now(),
    };
  },
};

const BUDGETS: readonly Column<TeamBudget>[] = [
  {
    name: 'team',
    label: 'Team',
    kind: 'text',
    of: ({ kind, name }) => `${kind} ${name}`,
    href: ({ kind, name }) =>
      kind === 'template' ? `/ui/teams/${encodeURIComponent(name)}` : '/ui/teams#groups',
  },
  { name: 'spend_usd', label: 'Spent', kind: 'usd', of: ({ spend }) => spend },
  { name: 'budget_usd', label: 'Budget', kind: 'usd', of: ({ budget }) => budget },
  { name: 'share', label: 'Of it', kind: 'meter', of: ({ share }) => share },
];

async function count({ database, now, limits }: Services): Promise<Counts> {
  const at = now();
  const [row] = await database.run<Record<keyof Counts, string>>(
    'ui-overview-counts',
    `select count(*) filter (where k.rotated_to is null) as living,
       count(*) filter (where k.rotated_to is null and k.blocked_at is not null) as blocked,
       count(*) filter (where k.rotated_to is null and k.paused_at is not null) as paused,
       count(*) filter (where k.rotated_to is null and o.suspended_at is not null) as suspended,
       count(*) filter (where k.rotated_to is null and k.expires_at > $1 and k.expires_at < $2) as ending,
       count(distinct k.owner_id) as people,
       (select count(*) from accounts where closed_at is not null) as closed,
       (select count(*) from gateway_processes where dead_at is null and heartbeat_at >= $3) as processes,
       (select count(*) from gateway_processes where dead_at is null and heartbeat_at < $3) as silent
     from keys k left join owners o on o.id = k.owner_id
     where k.revoked_at is null and (k.expires_at is null or k.expires_at > $1)`,
    [at, new Date(at.getTime() + ENDING_DAYS * DAY_MS), new Date(Date.now() - limits.deadAfterMs)],
  );
  return Object.fromEntries(
    Object.entries(row ?? {}).map(([name, text]) => [name, Number(text)]),
  ) as unknown as Counts;
}

function coderOf({ coderStanding, settings }: Services) {
  if (settings.coderUrl === undefined || settings.coderToken === undefined) return { isLookedAt: false };
  const { current } = coderStanding;
  return {
    isLookedAt: true,
    isFine: current === undefined || current.state === 'reached',
    since: current?.since,
    says: current === undefined ? 'It has not been looked at yet' : CODER_STATES[current.state].says,
  };
}

/** All insights of some days, by few short statements of few rows each. */
import type { GatewayDocument } from '../../config/document';
import type { Statements } from '../../store/database';
import { dayAt, daysBetween, type CalendarDay } from '../calendar-day';
import { toDollars } from '../money';
import { INSIGHTS, type InsightId } from './definitions';
import type { Details, Insight, Insights, Tasks, TeamRow } from './insights';
import { misfits, savedByCache } from './prices';
import { readNamedBudgetUse } from './read-budget-use';
import {
  peopleOfTeam,
  readHoursOfDay,
  readIdleKeys,
  readMark,
  readModels,
  readPeople,
  readSizes,
  readTasks,
  type ModelSum,
  type People,
  type SizeSum,
  type Stretch,
  type TaskSum,
} from './read-figures';
import { DAYS_OF_HOURS, IDLE_DAYS, LEAST_PEOPLE } from './rules';
import { SAYS, share } from './says';
import { letterTeams, type LetteredTeams } from './team-letters';

export interface InsightsAsked {
  /** Oldest first, without a gap; one at least. */
  readonly days: readonly [CalendarDay, ...CalendarDay[]];
  /** A template. @default all of them */
  readonly team?: string | undefined;
  /** Whether the comparison names the teams. */
  readonly named: boolean;
  readonly document: GatewayDocument;
  readonly now: Date;
}

/** The days of an insight. @param last @default today */
export function insightDays(
  first: CalendarDay | undefined,
  last: CalendarDay | undefined,
  usual: number,
  now: Date,
  timeZone: string,
): [CalendarDay, ...CalendarDay[]] {
  const end = last ?? dayAt(now, timeZone);
  const begin = first ?? dayAt(end.start, timeZone, usual - 1);
  const [one = begin, ...more] = daysBetween(begin.start, end.start, timeZone);
  return [one, ...more];
}

/** What calls came to, by team. */
interface Sums {
  readonly tasks: readonly TaskSum[];
  readonly models: readonly ModelSum[];
  readonly sizes: readonly SizeSum[];
}

const readSums = async (statements: Statements, stretch: Stretch): Promise<Sums> => ({
  tasks: await readTasks(statements, stretch),
  models: await readModels(statements, stretch),
  sizes: await readSizes(statements, stretch),
});

function ofTeam({ tasks, models, sizes }: Sums, team: string): Sums {
  const isOf = (each: { readonly team: string }): boolean => each.team === team;
  return { tasks: tasks.filter(isOf), models: models.filter(isOf), sizes: sizes.filter(isOf) };
}

export function sumTasks(sums: readonly TaskSum[]): Tasks {
  const all = (figure: (sum: TaskSum) => number): number =>
    sums.reduce((total, each) => total + figure(each), 0);
  const tasks = all((each) => each.tasks);
  const calls = all((each) => each.calls);
  const retries = all((each) => each.retries);
  const tokens = all((each) => each.tokens);
  return {
    tasks,
    unanswered: all((each) => each.unanswered),
    retried: all((each) => each.retried),
    calls,
    retries,
    tokens,
    tokensPerTask: share(tokens, tasks),
    costPerTask: share(toDollars(all((each) => each.cost)), tasks),
    retryRate: share(retries, calls),
  };
}

type Behaviour = Pick<
  Details,
  'tokens_per_task' | 'retry_rate' | 'model_match' | 'error_rate' | 'cache_hit_rate'
>;

/** What calls say of how people work. */
function behaviourOf(
  { tasks, models, sizes }: Sums,
  document: GatewayDocument,
  days: readonly CalendarDay[] = [],
): Behaviour {
  const all = sumTasks(tasks);
  const sum = (figure: (each: ModelSum) => number): number =>
    models.reduce((total, each) => total + figure(each), 0);
  const calls = sum((each) => each.calls);
  const found = misfits(document.models, sizes);
  const byDay = new Map<string, TaskSum[]>();
  for (const each of tasks) byDay.set(each.day, [...(byDay.get(each.day) ?? []), each]);
  return {
    tokens_per_task: {
      ...all,
      inTasks: share(all.calls, calls),
      byDay: days.map(({ date }) => {
        const { tasks: many, tokensPerTask } = sumTasks(byDay.get(date) ?? []);
        return { day: date, tasks: many, tokensPerTask };
      }),
    },
    retry_rate: { tasks: all.tasks, retried: all.retried, calls: all.calls, retries: all.retries },
    model_match: {
      calls: sizes.reduce((total, each) => total + each.calls, 0),
      misfits: found.map(({ model, instead, calls: many, cost, insteadCost }) => ({
        model,
        instead,
        calls: many,
        spend: toDollars(cost),
        insteadSpend: toDollars(insteadCost),
      })),
      saving: toDollars(found.reduce((total, each) => total + each.cost - each.insteadCost, 0)),
    },
    error_rate: { calls, failedCalls: sum((each) => each.failedCalls) },
    cache_hit_rate: {
      readTokens: sum((each) => each.inputTokens + each.cacheWriteTokens + each.cacheReadTokens),
      cachedTokens: sum((each) => each.cacheReadTokens),
      saved: toDollars(savedByCache(document.models, models)),
    },
  };
}

/** The first figure of each insight. */
const VALUES: { readonly [Id in InsightId]: (details: Details[Id]) => number | null } = {
  tokens_per_task: ({ tokensPerTask }) => tokensPerTask,
  retry_rate: ({ retries, calls }) => share(retries, calls),
  model_match: ({ calls, misfits: found }) =>
    share(
      found.reduce((left, each) => left - each.calls, calls),
      calls,
    ),
  error_rate: ({ failedCalls, calls }) => share(failedCalls, calls),
  budget_utilization: ({ asOf, tight, unused }) => (asOf === null ? null : tight + unused),
  cache_hit_rate: ({ cachedTokens, readTokens }) => share(cachedTokens, readTokens),
  peak_hours: ({ hours }) => (hours.every((each) => each === 0) ? null : hours.indexOf(Math.max(...hours))),
  idle_keys: ({ idle }) => idle,
  new_people: ({ fresh }) => fresh?.tokensPerTask ?? null,
  teams: ({ rows }) => rows.length,
};
const valueOf = <Id extends InsightId>(id: Id, details: Pick<Details, Id>): number | null =>
  VALUES[id](details[id]);

/** What tells how the people of a team work. Keys and budgets have names that whoever may see budgets knows. */
const OF_BEHAVIOUR: ReadonlySet<InsightId> = new Set<InsightId>([
  'tokens_per_task',
  'retry_rate',
  'model_match',
  'error_rate',
  'cache_hit_rate',
  'peak_hours',
  'new_people',
]);
const WITHHELD = `Not shown: fewer than ${LEAST_PEOPLE} people of the team made a call, or it would tell of a team that is as small.`;

export async function readInsights(statements: Statements, asked: InsightsAsked): Promise<Insights> {
  const { days, team, document } = asked;
  const timeZone = document.time_zone;
  const [firstDay] = days;
  const lastDay = days.at(-1) ?? firstDay;
  const stretch = { first: firstDay.date, last: lastDay.date };
  const before = {
    first: dayAt(firstDay.start, timeZone, days.length).date,
    last: dayAt(firstDay.start, timeZone, 1).date,
  };
  const mark = await readMark(statements);
  const seen = await readPeople(statements, stretch, timeZone);
  const people = peopleOfTeam(seen, team);
  const teams = letterTeams(new Map([...seen.teams].map(([name, { all }]) => [name, all])));
  const isWithheld = team !== undefined && teams.hidden.has(team);
  const own = (sums: Sums): Sums => (team === undefined ? sums : ofTeam(sums, team));
  const sums = await readSums(statements, stretch);
  const details: Details = {
    ...behaviourOf(own(sums), document, days),
    budget_utilization: await readNamedBudgetUse(statements, team),
    peak_hours: await peakHoursOf(statements, asked),
    idle_keys: await idleKeysOf(statements, asked),
    new_people: newPeopleOf(own(sums).tasks, people),
    teams: { hidden: teams.hidden.size, rows: rowsOf(asked, teams, sums) },
  };
  const earlier: Partial<Details> = isWithheld
    ? {}
    : behaviourOf(own(await readSums(statements, before)), document);
  return {
    from: stretch.first,
    to: stretch.last,
    timeZone,
    team: team ?? null,
    asOf: mark.until?.toISOString() ?? null,
    isWhole: mark.isWhole,
    people: people.all,
    isWithheld,
    insights: INSIGHTS.map(({ id, ...definition }) => {
      const isHidden = isWithheld && OF_BEHAVIOUR.has(id);
      const value = isHidden ? null : valueOf(id, details);
      return {
        id,
        ...definition,
        value,
        before: id in earlier ? valueOf(id, earlier as Details) : null,
        says: isHidden ? WITHHELD : saysOf(id, details, value),
        details: isHidden ? null : details[id],
      } as Insight;
    }),
  };
}

const saysOf = <Id extends InsightId>(id: Id, details: Details, value: number | null): string =>
  SAYS[id](details[id], value);

async function peakHoursOf(
  statements: Statements,
  { days, team, document: { time_zone: timeZone } }: InsightsAsked,
): Promise<Details['peak_hours']> {
  const [first = days[0]] = days.slice(-DAYS_OF_HOURS);
  const last = days.at(-1) ?? first;
  const hours = await readHoursOfDay(statements, first.start, last.end, team, timeZone);
  const all = hours.reduce((total, each) => total + each, 0);
  return {
    from: first.date,
    days: Math.min(days.length, DAYS_OF_HOURS),
    hours,
    share: share(Math.max(...hours), all),
  };
}

async function idleKeysOf(
  statements: Statements,
  { team, now, document: { time_zone: timeZone } }: InsightsAsked,
): Promise<Details['idle_keys']> {
  const since = dayAt(now, timeZone, IDLE_DAYS - 1);
  const { rows, total, living } = await readIdleKeys(statements, now, since, team);
  return {
    living,
    idle: total,
    keys: rows.map((row) => ({
      ...row,
      since: row.since.toISOString(),
      lastUsed: row.lastUsed?.toISOString() ?? null,
    })),
  };
}

function newPeopleOf(tasks: readonly TaskSum[], { fresh, experienced }: People): Details['new_people'] {
  const group = (isNew: boolean, people: number) =>
    people < LEAST_PEOPLE ? null : { ...sumTasks(tasks.filter((each) => each.isNew === isNew)), people };
  return { fresh: group(true, fresh), experienced: group(false, experienced) };
}

function rowsOf(
  { named, team: own, document }: InsightsAsked,
  { shown }: LetteredTeams,
  sums: Sums,
): TeamRow[] {
  return shown.map(({ team, letter, people }) => {
    const behaviour = behaviourOf(ofTeam(sums, team), document);
    return {
      letter,
      name: named ? team : null,
      isOwn: team === own,
      people,
      tasks: behaviour.tokens_per_task.tasks,
      tokensPerTask: valueOf('tokens_per_task', behaviour),
      retryRate: valueOf('retry_rate', behaviour),
      modelMatch: valueOf('model_match', behaviour),
      errorRate: valueOf('error_rate', behaviour),
      cacheHitRate: valueOf('cache_hit_rate', behaviour),
    };
  });
}

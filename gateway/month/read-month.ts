/**
 * The report of a month: what AI cost by team and by model, and what the budgets of teams come to over it. All its sums
 * are made of one statement's rows, so that each part adds up to the total to the nano-dollar.
 */
import type { GatewayDocument } from '../config/document';
import type { NanoDollars } from '../ledger/money';
import { areSumsWhole, readSums, type Sum } from '../ledger/sums/read-sums';
import type { Statements } from '../store/database';
import { budgetOfMonth, type BudgetOfMonth } from './budget-of-month';
import type { Month } from './month';

export interface MonthFigures {
  readonly calls: number;
  readonly failedCalls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheWriteTokens: number;
  readonly cacheReadTokens: number;
  /** Of calls whose usage never arrived. */
  readonly estimated: NanoDollars;
  readonly cost: NanoDollars;
}

export const PARTS = ['total', 'team', 'group', 'model', 'team and model'] as const;

export interface MonthLine extends MonthFigures {
  readonly part: (typeof PARTS)[number];
  /** Name of a template, or of a group; empty: none, or all of them. */
  readonly team: string;
  readonly model: string;
  /** @default it has none */
  readonly budget?: BudgetOfMonth;
}

export interface MonthReport {
  readonly month: Month;
  readonly timeZone: string;
  readonly asOf: Date;
  /** Whether nothing can be added any more. */
  readonly isOver: boolean;
  /** Whether sums of old days are all there. */
  readonly isWhole: boolean;
  readonly total: MonthLine;
  /** By template, dearest first; also those that have a budget and no calls. */
  readonly teams: readonly MonthLine[];
  /** Those that have a budget: what people spent who are in them now. No part of the total: people are in several. */
  readonly groups: readonly MonthLine[];
  readonly models: readonly MonthLine[];
  /** By team and model. */
  readonly both: readonly MonthLine[];
}

export interface MonthAsked {
  readonly month: Month;
  readonly document: Pick<GatewayDocument, 'teams' | 'time_zone'>;
  readonly now: Date;
}

const NONE: MonthFigures = {
  calls: 0,
  failedCalls: 0,
  inputTokens: 0,
  outputTokens: 0,
  cacheWriteTokens: 0,
  cacheReadTokens: 0,
  estimated: 0,
  cost: 0,
};
const NAMES = Object.keys(NONE) as (keyof MonthFigures)[];

const add = (one: MonthFigures, other: MonthFigures): MonthFigures =>
  Object.fromEntries(NAMES.map((name) => [name, one[name] + other[name]])) as unknown as MonthFigures;

const figuresOf = (sum: Sum): MonthFigures => add(NONE, sum);

function addUp<T>(sums: readonly T[], nameOf: (sum: T) => string, figures: (sum: T) => MonthFigures) {
  const parts = new Map<string, MonthFigures>();
  for (const sum of sums) parts.set(nameOf(sum), add(parts.get(nameOf(sum)) ?? NONE, figures(sum)));
  return parts;
}

const byCost = (one: MonthLine, other: MonthLine): number =>
  other.cost - one.cost || (one.team + one.model < other.team + other.model ? -1 : 1);

export async function readMonth(
  statements: Statements,
  { month, document, now }: MonthAsked,
): Promise<MonthReport> {
  const isWhole = await areSumsWhole(statements);
  const sums = await readSums(statements, { by: 'team', within: 'model', days: month.days });
  const { templates, groups } = document.teams;
  const teams = addUp(sums, ({ by }) => by, figuresOf);
  for (const name of Object.keys(templates)) if (!teams.has(name)) teams.set(name, NONE);
  const models = addUp(sums, ({ within }) => within, figuresOf);
  const budgetIn = (budgets: typeof templates, name: string) => {
    const budget = Object.hasOwn(budgets, name) ? budgets[name] : undefined;
    return budget === undefined ? {} : { budget: budgetOfMonth(budget, month) };
  };
  const ofGroups = await readGroups(statements, Object.keys(groups), month);
  return {
    month,
    timeZone: document.time_zone,
    asOf: now,
    isOver: now >= month.end,
    isWhole,
    total: { part: 'total', team: '', model: '', ...sums.map(figuresOf).reduce(add, NONE) },
    teams: [...teams]
      .map(([team, figures]) => ({
        part: 'team' as const,
        team,
        model: '',
        ...figures,
        ...budgetIn(templates, team),
      }))
      .sort(byCost),
    groups: [...ofGroups]
      .map(([team, figures]) => ({
        part: 'group' as const,
        team,
        model: '',
        ...figures,
        ...budgetIn(groups, team),
      }))
      .sort(byCost),
    models: [...models]
      .map(([model, figures]) => ({ part: 'model' as const, team: '', model, ...figures }))
      .sort(byCost),
    both: sums
      .map((sum) => ({ part: 'team and model' as const, team: sum.by, model: sum.within, ...figuresOf(sum) }))
      .sort(byCost),
  };
}

/** As keys are charged: by what any claim of a person's, or Coder, has said. */
const MEMBERS = `
select distinct g.name, m.person from unnest($1::text[]) as g (name) cross join lateral (
  select k.owner_id as person from keys k where k.owner_groups @> array[g.name]
  union all select o.id from owners o where o.groups @> array[g.name]
) as m`;

async function readGroups(
  statements: Statements,
  names: readonly string[],
  { days }: Month,
): Promise<ReadonlyMap<string, MonthFigures>> {
  const groups = new Map(names.map((name) => [name, NONE]));
  if (names.length === 0) return groups;
  const members = await statements.run<{ name: string; person: string }>('', MEMBERS, [names]);
  const people = new Map(
    (await readSums(statements, { by: 'person', days })).map((sum) => [sum.by, figuresOf(sum)]),
  );
  for (const { name, person } of members)
    groups.set(name, add(groups.get(name) ?? NONE, people.get(person) ?? NONE));
  return groups;
}

/** Every line of the report, in the order of its parts. */
export const linesOf = ({ total, teams, groups, models, both }: MonthReport): readonly MonthLine[] => [
  total,
  ...teams,
  ...groups,
  ...models,
  ...both,
];

/** What one person, team, workspace or model has cost: figures, a bar a day, and tables of what it is made of. */
import { toDollars } from '../ledger/money';
import { areSumsWhole, readSums, type Sum } from '../ledger/sums/read-sums';
import type { Services } from '../services';
import type { Statements } from '../store/database';
import { barsOf, CHART } from './bar-chart';
import { callsHref } from './calls-href';
import { figureTable, type Column, type Kind } from './column';
import { knownWords } from './filter';
import { withQuery } from './local-path';
import { daysBefore, spanAsked, spanChoices, spanLabel, type Span } from './span';
import { readSpend, WAYS, type SpendFilter, type SpendRow, type Way } from './spend-view';
import { saidAs } from './template';

export interface Figure {
  readonly label: string;
  readonly value: string | number | undefined;
  readonly kind: Kind;
  readonly href?: string | undefined;
  readonly note?: string | undefined;
}

/** Rows of a section; its CSV has all. */
const MOST_ROWS = 20;

/** Where the page of each is. */
const PLACES: Partial<Record<Way, string>> = {
  person: '/ui/people',
  team: '/ui/teams',
  workspace: '/ui/workspaces',
  model: '/ui/models',
};
const NAMELESS: Partial<Record<Way, string>> = {
  error: 'answered',
  team: 'no team',
  workspace: 'no workspace',
  provider: 'no provider was asked',
  deployment: 'no deployment was asked',
};

/** The page of one of them; what has none of its own leads to the spend of it. */
export function placeOf(way: Way, id: string, span: number): string | undefined {
  if (id === '') return undefined;
  const days = new URLSearchParams({ days: String(span) });
  const place = PLACES[way];
  if (place !== undefined) return withQuery(`${place}/${encodeURIComponent(id)}`, days);
  if (way === 'provider') return withQuery('/ui/spend', days, { by: 'deployment', provider: id });
  if (way === 'deployment') return withQuery('/ui/spend', days, { by: 'model', deployment: id });
  return way === 'error' ? withQuery('/ui/spend', days, { by: 'model', error: id }) : undefined;
}

const sumOf = (sums: readonly Sum[], figure: (sum: Sum) => number): number =>
  sums.reduce((total, each) => total + figure(each), 0);

/** Columns of a table of spend, by what it is told apart. @param total dollars of all rows */
export const spendRowColumns = (way: Way, span: number, total: number): readonly Column<SpendRow>[] => [
  {
    name: 'name',
    label: WAYS[way],
    kind: 'text',
    of: ({ name }) => (name === '' ? (NAMELESS[way] ?? 'none') : name),
    href: ({ id }) => placeOf(way, id, span),
  },
  { name: 'spend_usd', label: 'Spend', kind: 'usd', of: ({ spend }) => spend },
  {
    name: 'share',
    label: 'Share',
    kind: 'share',
    of: ({ spend }) => (total === 0 ? undefined : spend / total),
  },
  { name: 'calls', label: 'Calls', kind: 'count', of: ({ calls }) => calls },
  {
    name: 'failed_share',
    label: 'Failed',
    kind: 'share',
    of: ({ calls, failedCalls }) => (calls === 0 ? undefined : failedCalls / calls),
  },
  { name: 'cached_share', label: 'Out of a cache', kind: 'share', of: ({ cached }) => cached },
];

/** Of a section: people stand by name, everything else dearest first. */
export async function readSection(
  statements: Statements,
  way: Way,
  { span, days }: Span,
  filter: SpendFilter,
  total: number,
) {
  const { rows, rowCount } = await readSpend(statements, { way, days, filter }, MOST_ROWS, way === 'person');
  const words = new URLSearchParams({ by: way, days: String(span), ...filter });
  return {
    way,
    title: `By ${WAYS[way].toLowerCase()}`,
    table:
      rows.length === 0
        ? undefined
        : figureTable(spendRowColumns(way, span, total), rows, { label: `By ${WAYS[way].toLowerCase()}` }),
    left: rowCount - rows.length,
    all: withQuery('/ui/spend', words),
    csv: withQuery('/ui/spend.csv', words),
  };
}

export interface SubjectAsked {
  readonly filter: SpendFilter;
  readonly ways: readonly Way[];
}

/** Of the span that the address says. */
export async function readSubject(
  services: Services,
  statements: Statements,
  query: URLSearchParams,
  { filter, ways }: SubjectAsked,
) {
  const asked = spanAsked(services, knownWords(query, ['days'], 'days'));
  const { span, days, timeZone } = asked;
  const byDay = await readSums(statements, { by: 'day', days, ...filter });
  const before = await readSums(statements, { by: 'all', days: daysBefore(asked), ...filter });
  const total = toDollars(sumOf(byDay, ({ cost }) => cost));
  const sections = [];
  for (const way of ways) sections.push(await readSection(statements, way, asked, filter, total));
  const words = new URLSearchParams({ by: 'day', days: String(span), ...filter });
  return {
    asked,
    figures: figuresOf(byDay, before[0], asked, filter),
    chart: dayChart(byDay, asked, total, filter),
    chartCsv: withQuery('/ui/spend.csv', words),
    sections,
    spans: spanChoices(span),
    over: spanLabel(span),
    timeZone,
    isWhole: await areSumsWhole(statements),
    isIdle: byDay.length === 0,
  };
}

function figuresOf(
  byDay: readonly Sum[],
  before: Sum | undefined,
  { span, days }: Span,
  filter: SpendFilter,
): Figure[] {
  const of = (figure: (sum: Sum) => number): number => sumOf(byDay, figure);
  const cost = of((sum) => sum.cost);
  const calls = of((sum) => sum.calls);
  const failed = of((sum) => sum.failedCalls);
  const input = of((sum) => sum.inputTokens + sum.cacheWriteTokens + sum.cacheReadTokens);
  const words = new URLSearchParams({ days: String(span), ...filter });
  const spend = (by: Way): string => withQuery('/ui/spend', words, { by });
  const change = before === undefined || before.cost === 0 ? undefined : cost / before.cost - 1;
  return [
    {
      label: 'Spend',
      value: toDollars(cost),
      kind: 'usd',
      href: spend('model'),
      note: change === undefined ? undefined : `${saidAs(change, 'change')} against ${span} days before`,
    },
    {
      label: 'Calls',
      value: calls,
      kind: 'count',
      href: callsHref(filter, [days[0]?.date, days.at(-1)?.date]),
    },
    {
      label: 'Failed',
      value: calls === 0 ? undefined : failed / calls,
      kind: 'share',
      href: spend('error'),
      note: failed === 0 ? undefined : `${saidAs(failed, 'count')} of them`,
    },
    {
      label: 'Input out of a cache',
      value: input === 0 ? undefined : of((sum) => sum.cacheReadTokens) / input,
      kind: 'share',
    },
    { label: 'Input tokens', value: input, kind: 'count' },
    { label: 'Output tokens', value: of((sum) => sum.outputTokens), kind: 'count' },
  ];
}

/** A bar a day, and the same as a table. */
export function dayChart(byDay: readonly Sum[], { days }: Span, total: number, filter: SpendFilter) {
  const found = new Map(byDay.map((sum) => [sum.by, sum]));
  const values = days.map(({ date }) => ({ date, sum: found.get(date) }));
  const columns: readonly Column<(typeof values)[number]>[] = [
    {
      name: 'day',
      label: 'Day',
      kind: 'day',
      of: ({ date }) => date,
      href: ({ date }) => callsHref(filter, [date, date]),
    },
    { name: 'spend_usd', label: 'Spend', kind: 'usd', of: ({ sum }) => toDollars(sum?.cost ?? 0) },
    { name: 'calls', label: 'Calls', kind: 'count', of: ({ sum }) => sum?.calls ?? 0 },
    { name: 'failed_calls', label: 'Failed', kind: 'count', of: ({ sum }) => sum?.failedCalls ?? 0 },
  ];
  return {
    ...CHART,
    label: `Spend by day, ${days[0]?.date} to ${days.at(-1)?.date}, ${saidAs(total, 'usd')} in all`,
    bars: barsOf(
      values.map(({ date, sum }) => {
        const value = toDollars(sum?.cost ?? 0);
        return { value, title: `${date}: ${saidAs(value, 'usd')}` };
      }),
    ),
    table: figureTable(columns, values.filter(({ sum }) => sum !== undefined).reverse(), {
      label: 'Spend by day',
    }),
  };
}

/** Spend: what AI costs, by person, team, model and whatever else it is told apart by, over days. */
import { quantile } from '../../ledger/sums/duration-bounds';
import { toDollars } from '../../ledger/money';
import { readDurations } from '../../ledger/sums/read-hours';
import { areSumsWhole, readSums, type Sum } from '../../ledger/sums/read-sums';
import { goneOf } from '../../http/gone';
import type { Statements } from '../../store/database';
import { barsOf, CHART } from '../bar-chart';
import { callsHref } from '../calls-href';
import { findAction } from '../filter';
import { withQuery } from '../local-path';
import type { Page, View } from '../page';
import { spanChoices } from '../span';
import {
  readSpend,
  SPEND_FILTERS,
  SPEND_WORDS,
  spendAsked,
  WAYS,
  type SpendAsked,
  type SpendRow,
} from '../spend-view';

const PATH = '/ui/spend';
/** Rows of the page; the table for a spreadsheet has all. */
const MOST_ROWS = 200;
/** Of the filters, the first so many have a field of their own. */
const SHOWN_FILTERS = 3;
/** Days of which durations by the hour are kept. */
const MOST_DAYS_OF_DURATIONS = 31;
const HOUR_MS = 3_600_000;
const DOLLARS = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });

export const spend: Page = {
  path: PATH,
  nav: 'Spend',
  title: 'Spend',
  template: 'spend',
  actions: { find: findAction(PATH, SPEND_WORDS, 'person') },
  load(view) {
    const asked = spendAsked(view.services, view.query);
    return view.services.reports.readPage(view.session.name, goneOf(view.exchange), (reader) =>
      load(view, asked, reader),
    );
  },
};

async function load({ services }: View, asked: SpendAsked, statements: Statements) {
  const { way, span, timeZone, days, filter, words } = asked;
  const isWhole = await areSumsWhole(statements);
  const byDay = await readSums(statements, { by: 'day', days, ...filter });
  const { rows, rowCount } = await readSpend(statements, asked, MOST_ROWS);
  const whole = (figure: (sum: Sum) => number): number => byDay.reduce((sum, each) => sum + figure(each), 0);
  const costs = new Map(byDay.map(({ by, cost }) => [by, cost]));
  const total = whole(({ cost }) => cost);
  const calls = whole((sum) => sum.calls);
  const input = whole((sum) => sum.inputTokens + sum.cacheWriteTokens + sum.cacheReadTokens);
  const hasDurations = Object.keys(filter).length === 0 && span <= MOST_DAYS_OF_DURATIONS;
  return {
    filter: { ...filter, by: way, days: String(span) },
    ways: Object.entries(WAYS).map(([value, label]) => ({ value, label, isChosen: value === way })),
    spans: spanChoices(span),
    others: SPEND_FILTERS.slice(SHOWN_FILTERS).flatMap((name) =>
      filter[name] === undefined ? [] : [{ name, value: filter[name] }],
    ),
    isFiltered: Object.keys(filter).length > 0,
    of: WAYS[way],
    timeZone,
    total: toDollars(total),
    calls,
    failed: whole(({ failedCalls }) => failedCalls),
    estimated: toDollars(whole(({ estimated }) => estimated)),
    input,
    output: whole(({ outputTokens }) => outputTokens),
    cached: input === 0 ? undefined : percent(whole(({ cacheReadTokens }) => cacheReadTokens) / input),
    chart: {
      ...CHART,
      label: `Spend by day, ${days[0]?.date} to ${days.at(-1)?.date}, ${DOLLARS.format(toDollars(total))} in all`,
      bars: barsOf(
        days.map(({ date }) => {
          const value = toDollars(costs.get(date) ?? 0);
          return { value, title: `${date}: ${DOLLARS.format(value)}` };
        }),
      ),
    },
    dearest: dearestOf(byDay),
    durations: hasDurations ? await durationsOf(statements, days[0]?.start, services.now()) : undefined,
    rows: rows.map((row) => ({
      ...row,
      name: row.name === '' ? (NAMELESS[way] ?? 'none') : row.name,
      href: leadsTo(asked, row),
      share: total === 0 ? undefined : percent(toNano(row.spend) / total),
      cached: row.cached === undefined ? undefined : percent(row.cached),
      failed: row.failedCalls,
    })),
    left: rowCount - rows.length,
    csv: withQuery('/ui/spend.csv', words),
    isWhole,
  };
}

function dearestOf(byDay: readonly Sum[]) {
  let dearest: Sum | undefined;
  for (const day of byDay) if (day.cost > (dearest?.cost ?? 0)) dearest = day;
  return dearest && { date: dearest.by, spend: toDollars(dearest.cost) };
}

const toNano = (dollars: number): number => dollars * 1e9;
const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

/** What rows are called that have no name. */
const NAMELESS: Partial<Record<SpendAsked['way'], string>> = {
  error: 'answered',
  team: 'no template',
  workspace: 'no workspace',
  provider: 'no provider was asked',
};

/** The rows under a figure: who within a team or model, what within a person, the day by itself. */
function leadsTo({ way, words, filter }: SpendAsked, { id }: SpendRow): string | undefined {
  if (id === '') return undefined;
  switch (way) {
    case 'person':
      return withQuery(PATH, words, { by: 'model', person: id });
    case 'team':
      return withQuery(PATH, words, { by: 'person', team: id });
    case 'model':
      return withQuery(PATH, words, { by: 'person', model: id });
    case 'workspace':
      return withQuery(PATH, words, { by: 'model', workspace: id });
    case 'provider':
      return withQuery(PATH, words, { by: 'deployment', provider: id });
    case 'deployment':
      return withQuery(PATH, words, { by: 'model', deployment: id });
    case 'error':
      return withQuery(PATH, words, { by: 'model', error: id });
    case 'day':
      return callsHref(filter, [id, id]);
    default:
      return undefined;
  }
}

async function durationsOf(statements: Statements, from: Date | undefined, now: Date) {
  const whole = (at: number): Date => new Date(Math.floor(at / HOUR_MS) * HOUR_MS);
  const found = await readDurations(
    statements,
    'model',
    whole(from?.getTime() ?? now.getTime()),
    whole(now.getTime() + HOUR_MS),
  );
  const models = [...new Set(found.map(({ by }) => by))].sort();
  return models.map((model) => {
    const of = (measure: string, share: number): string => {
      const counts = found.find((each) => each.by === model && each.measure === measure)?.counts;
      const ms = counts === undefined ? undefined : quantile(counts, share);
      return ms === undefined ? '–' : ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`;
    };
    return {
      model,
      first: of('first_token', 0.5),
      first95: of('first_token', 0.95),
      whole: of('latency', 0.5),
      whole95: of('latency', 0.95),
    };
  });
}

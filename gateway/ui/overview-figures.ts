/** The figures of the overview: what is spent and will be, what calls did by hour or day, what it is made of. */
import { toDollars } from '../ledger/money';
import { readDurations, readDurationsOfDays, readHours } from '../ledger/sums/read-hours';
import { areSumsWhole, readSums, type Sum } from '../ledger/sums/read-sums';
import { windowAt, type BudgetDuration } from '../ledger/window';
import { daysBetween } from '../ledger/calendar-day';
import type { Services } from '../services';
import type { Statements } from '../store/database';
import { barsOf, CHART } from './bar-chart';
import { callsHref } from './calls-href';
import { figureTable, type Column } from './column';
import { timesChart, timesOf } from './durations-view';
import { knownWords } from './filter';
import { FORECAST_RULE, forecastOf, LOOKED_BACK } from './forecast';
import { withQuery } from './local-path';
import { lastDays, type Span } from './span';
import { readSection, type Figure } from './subject';
import { saidAs } from './template';

const WORDS = ['per', 'by'];
const WAYS = ['model', 'provider', 'team', 'person', 'workspace'] as const;
/** Hours and days that are drawn. */
const HOURS = 48;
const DAYS = 30;
const HOUR_MS = 3_600_000;

const WINDOWS: Readonly<Record<BudgetDuration, string>> = {
  '1d': 'today',
  '7d': 'this week',
  '30d': 'this month',
  none: 'this month',
};

/** The longest window that a budget of people or teams has; a month, where all of them are for good. */
function longestWindow({ documents }: Pick<Services, 'documents'>): '1d' | '7d' | '30d' {
  const { owner, teams } = documents.current.document;
  const all = [owner, ...Object.values(teams.templates), ...Object.values(teams.groups)].map(
    ({ budget_duration: duration }) => duration,
  );
  return (['30d', '7d', '1d'] as const).find((each) => all.includes(each)) ?? '30d';
}

const costsOf = (sums: readonly Sum[]): ReadonlyMap<string, number> =>
  new Map(sums.map(({ by, cost }) => [by, cost]));

/** Spend of the window and what it will come to, and the calls of today. */
async function readFigures(services: Services, statements: Statements): Promise<Figure[]> {
  const { documents, now } = services;
  const { time_zone: timeZone } = documents.current.document;
  const at = now();
  const duration = longestWindow(services);
  const window = windowAt(duration, at, timeZone);
  const from = new Date(
    Math.min(window.start.getTime(), lastDays(at, timeZone, LOOKED_BACK + 1)[0]?.start.getTime() ?? 0),
  );
  const days = daysBetween(from, at, timeZone);
  const sums = await readSums(statements, { by: 'day', days });
  const costs = costsOf(sums);
  const today = days.at(-1);
  const sum = sums.find(({ by }) => by === today?.date);
  const spent = days
    .filter(({ start }) => start >= window.start)
    .reduce((total, { date }) => total + (costs.get(date) ?? 0), 0);
  const forecast = forecastOf(costs, days, window, timeZone);
  const [durations = []] = today === undefined ? [] : [await readDurationsOfDays(statements, 'all', [today])];
  const times = timesOf(durations, '');
  const named = WINDOWS[duration];
  return [
    {
      label: 'Spent today',
      value: toDollars(sum?.cost ?? 0),
      kind: 'usd',
      href: '/ui/spend?by=model&days=1',
    },
    { label: `Spent ${named}`, value: toDollars(spent), kind: 'usd', href: '/ui/spend?by=day&days=30' },
    {
      label: `Forecast of ${named}`,
      value: forecast === undefined ? undefined : toDollars(forecast),
      kind: 'usd',
    },
    {
      label: 'Calls today',
      value: sum?.calls ?? 0,
      kind: 'count',
      href: callsHref({}, [today?.date, today?.date]),
    },
    {
      label: 'Failed today',
      value: sum === undefined ? undefined : sum.failedCalls / sum.calls,
      kind: 'share',
      href: '/ui/spend?by=error&days=1',
      note: sum?.failedCalls ? `${saidAs(sum.failedCalls, 'count')} calls` : undefined,
    },
    {
      label: 'First token today, p50',
      value: times.first50,
      kind: 'ms',
      note: `p95 ${saidAs(times.first95, 'ms')}`,
    },
    {
      label: 'Whole answer today, p50',
      value: times.whole50,
      kind: 'ms',
      note: `p95 ${saidAs(times.whole95, 'ms')}`,
    },
  ];
}

interface Place {
  readonly id: string;
  readonly name: string;
  readonly calls: number;
  readonly failedCalls: number;
  /** Nano-dollars. */
  readonly cost: number;
}

/** Hours are whole ones of UTC. */
async function readPlaces(statements: Statements, { days }: Span, isByHour: boolean, now: Date) {
  if (!isByHour) {
    const sums = await readSums(statements, { by: 'day', days });
    const places = days.map(({ date }): Place => {
      const sum = sums.find(({ by }) => by === date);
      return {
        id: date,
        name: date,
        calls: sum?.calls ?? 0,
        failedCalls: sum?.failedCalls ?? 0,
        cost: sum?.cost ?? 0,
      };
    });
    return { places, durations: await readDurationsOfDays(statements, 'day', days) };
  }
  const until = new Date((Math.floor(now.getTime() / HOUR_MS) + 1) * HOUR_MS);
  const from = new Date(until.getTime() - HOURS * HOUR_MS);
  const sums = await readHours(statements, from, until);
  const told = await readDurations(statements, 'hour', from, until);
  const durations = told.map((each) => ({ ...each, by: new Date(each.by).toISOString() }));
  const places = Array.from({ length: HOURS }, (_, at): Place => {
    const hour = new Date(from.getTime() + at * HOUR_MS);
    const sum = sums.find((each) => each.hour.getTime() === hour.getTime());
    const iso = hour.toISOString();
    return {
      id: iso,
      name: `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`,
      calls: sum?.calls ?? 0,
      failedCalls: sum?.failedCalls ?? 0,
      cost: sum?.cost ?? 0,
    };
  });
  return { places, durations };
}

function callsChart(places: readonly Place[], of: 'Hour' | 'Day') {
  const columns: readonly Column<Place>[] = [
    {
      name: of.toLowerCase(),
      label: of,
      kind: 'day',
      of: ({ name }) => name,
      href: ({ id }) => callsHref({}, of === 'Day' ? [id, id] : [id, hourAfter(id)]),
    },
    { name: 'calls', label: 'Calls', kind: 'count', of: ({ calls }) => calls },
    { name: 'failed_calls', label: 'Failed', kind: 'count', of: ({ failedCalls }) => failedCalls },
    { name: 'spend_usd', label: 'Spend', kind: 'usd', of: ({ cost }) => toDollars(cost) },
  ];
  const told = ({ name, calls, failedCalls, cost }: Place): string =>
    `${name}: ${saidAs(calls, 'count')} calls, ${saidAs(failedCalls, 'count')} failed, ${saidAs(toDollars(cost), 'usd')}`;
  const bars = barsOf(places.map((place) => ({ value: place.calls, title: told(place) })));
  const total = places.reduce((sum, { calls }) => sum + calls, 0);
  return {
    ...CHART,
    label: `Calls by ${of.toLowerCase()}, ${saidAs(total, 'count')} in all`,
    // What failed is the foot of each bar.
    bars: bars.flatMap((bar, at) => {
      const { calls = 0, failedCalls = 0 } = places[at] ?? {};
      const height = calls === 0 ? 0 : (bar.height * failedCalls) / calls;
      const foot = { ...bar, y: round(CHART.height - height), height: round(height), isFailed: true };
      return height > 0 ? [bar, foot] : [bar];
    }),
    table: figureTable(columns, places.filter(({ calls }) => calls > 0).reverse(), {
      label: `Calls by ${of.toLowerCase()}`,
    }),
  };
}

const round = (number: number): number => Math.round(number * 100) / 100;
const hourAfter = (iso: string): string => new Date(Date.parse(iso) + HOUR_MS).toISOString();

export async function readOverview(services: Services, statements: Statements, query: URLSearchParams) {
  const words = knownWords(query, WORDS, 'by');
  const isByHour = words.get('per') !== 'day';
  const way = WAYS.find((each) => each === words.get('by')) ?? 'model';
  const { time_zone: timeZone } = services.documents.current.document;
  const now = services.now();
  const span: Span = { span: DAYS, timeZone, days: lastDays(now, timeZone, DAYS) };
  const { places, durations } = await readPlaces(statements, span, isByHour, now);
  const of = isByHour ? 'Hour' : 'Day';
  const [all] = await readSums(statements, { by: 'all', days: span.days });
  const choice = (changes: Record<string, string>, label: string, isChosen: boolean) => ({
    href: withQuery('/ui', words, changes),
    label,
    isChosen,
  });
  return {
    figures: await readFigures(services, statements),
    forecastRule: FORECAST_RULE,
    timeZone,
    calls: callsChart(places, of),
    times: timesChart(durations, places, of),
    section: await readSection(statements, way, span, {}, toDollars(all?.cost ?? 0)),
    isByName: way === 'person',
    isIdle: all === undefined,
    pers: [
      choice({ per: '' }, `${HOURS} hours`, isByHour),
      choice({ per: 'day' }, `${DAYS} days`, !isByHour),
    ],
    ways: WAYS.map((each) => choice({ by: each }, capital(each), each === way)),
    isWhole: await areSumsWhole(statements),
  };
}

/** Calls of today by provider, for its health. */
export async function readProvidersToday({ documents, now }: Services, statements: Statements) {
  const { time_zone: timeZone } = documents.current.document;
  const sums = await readSums(statements, { by: 'provider', days: lastDays(now(), timeZone, 1) });
  return sums.map(({ by, calls, failedCalls }) => ({ provider: by, calls, failedCalls }));
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

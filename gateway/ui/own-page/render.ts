/**
 * The page of a key's holder as HTML. It is shown below a path of Coder's, on Coder's own origin: so it holds no script, no
 * style of its own and nothing but relative addresses, and there is nothing in it that a form or a link could send.
 */
import { readAssets } from '../asset';
import { barsOf, CHART } from '../bar-chart';
import { readTemplates, type Render } from '../template';
import type { FigureSplit, OwnFigures } from './figures';
import { momentIn, wordsOfDuration, wordsOfKept, wordsOfLevel } from './words';

/** Where the page expects its style: beside it. */
export const STYLE = 'page.css';
/** Of the figures, what the bars show. */
const CHART_DAYS = 14;

/** Read when the first page is asked for: most processes of a gateway never are. */
let pieces: { readonly render: Render; readonly style: Buffer } | undefined;

function piecesOfPage(): NonNullable<typeof pieces> {
  if (pieces === undefined) {
    const assets = readAssets();
    const style = assets.at(assets.urlOf('dashboard.css'));
    if (style === undefined) throw new Error('the dashboard has no style');
    pieces = { render: readTemplates(assets), style: style.body };
  }
  return pieces;
}

export const styleOfPage = (): Buffer => piecesOfPage().style;

interface Budget {
  readonly max_budget: number;
  readonly budget_duration: string;
  readonly spend: number;
  readonly reserved: number;
  readonly budget_left: number;
  readonly window_end: string | null;
}

/** What of the figures the page looks at besides `OwnFigures`. */
interface Standing extends Budget {
  readonly level: string;
  readonly level_floor?: string;
  readonly expires_at: string;
  readonly owner_budget: Budget | null;
  readonly team_budgets: readonly (Budget & { readonly team: string })[];
  readonly closed: string | null;
}

/** @param zone IANA name of the workspace's time zone; undefined: UTC, or not known */
export function renderOwnPage(figures: OwnFigures & Record<string, unknown>, zone?: string): string {
  const standing = figures as unknown as Standing & OwnFigures;
  const moment = (iso: unknown): ReturnType<typeof momentIn> => momentIn(iso, zone);
  const chart = (split: FigureSplit): ReturnType<typeof barsOf> =>
    barsOf(
      split.by_day
        .slice(0, CHART_DAYS)
        .reverse()
        .map(({ date, calls, spend }) => ({ value: spend, title: `${date}: ${usd(spend)}, ${calls} calls` })),
    );
  const budget = (each: Budget, name: string) => ({
    ...each,
    name,
    duration: wordsOfDuration(each.budget_duration),
    resets: moment(each.window_end),
    isGone: each.budget_left <= 0,
  });
  const { own, person, last_calls, last_failed, sessions } = figures;
  const owns = new Map(own.by_model.map((each) => [each.model, each]));
  return piecesOfPage().render('own-page', {
    ...figures,
    style: STYLE,
    chart: CHART,
    chartDays: CHART_DAYS,
    asOf: moment(figures.as_of),
    expires: moment(standing.expires_at),
    level: wordsOfLevel(standing.level, figures.chosen_level, standing.level_floor),
    kept: wordsOfKept(figures.content_logging === true),
    budgets: [
      budget(standing, 'This key'),
      ...(standing.owner_budget ? [budget(standing.owner_budget, 'All your keys')] : []),
      ...standing.team_budgets.map((each) => budget(each, each.team)),
    ],
    ownBars: chart(own),
    personBars: chart(person),
    days: person.by_day.slice(0, CHART_DAYS).map((each, at) => ({ ...each, own: own.by_day[at] })),
    models: person.by_model.map((each) => ({ ...each, own: owns.get(each.model) })),
    allDays: figures.days,
    unserved: figures.served.filter(({ available }) => !available),
    hasShare: figures.share !== null,
    sharePercent: percent(figures.share),
    ownCached: percent(own.cached),
    personCached: percent(person.cached),
    calls: last_calls.map((each) => ({ ...each, when: moment(each.at) })),
    failed: last_failed.map((each) => ({ ...each, when: moment(each.at) })),
    sessions: sessions.map((each) => ({ ...each, from: moment(each.since), to: moment(each.until) })),
  });
}

const DOLLARS = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  maximumFractionDigits: 4,
});
const usd = (value: number): string => DOLLARS.format(value);
const percent = (share: number | null): string | null =>
  share === null ? null : `${Math.round(share * 1_000) / 10} %`;

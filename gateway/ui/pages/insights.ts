/** Insights: how AI is used, from metadata alone, each with its definition and its rule beside it. */
import type { Details, Insight } from '../../ledger/insights/insights';
import { clock, count, percent } from '../../ledger/insights/says';
import { barsOf, CHART } from '../bar-chart';
import { findAction } from '../filter';
import { figureText, INSIGHT_SPANS, INSIGHT_WORDS, insightsAsked, loadInsights } from '../insights-view';
import { withQuery } from '../local-path';
import type { Page } from '../page';

const PATH = '/ui/insights';
/** Rows of a list on the page; the table for a spreadsheet has more. */
const MOST_ROWS = 20;

export const insights: Page = {
  path: PATH,
  nav: 'Insights',
  title: 'Insights',
  template: 'insights',
  actions: { find: findAction(PATH, INSIGHT_WORDS, 'team') },
  async load(view) {
    const asked = insightsAsked(view);
    const found = await loadInsights(view, asked);
    return {
      ...found,
      span: asked.span,
      until: asked.until,
      spans: INSIGHT_SPANS.map((value) => ({ value, isChosen: value === asked.span })),
      named: asked.named,
      isFiltered: [...asked.words].length > 0,
      insights: found.insights.map(shown),
      csv: withQuery('/ui/insights.csv', asked.words),
    };
  },
};

const shown = (insight: Insight) => ({
  ...insight,
  figure: figureText(insight, insight.value),
  earlier: insight.before === null ? undefined : figureText(insight, insight.before),
  ...more(insight),
});

/** What there is to see beside the first figure. */
function more(insight: Insight): Readonly<Record<string, unknown>> {
  switch (insight.id) {
    case 'tokens_per_task':
      return insight.details === null ? {} : { chart: tokensChart(insight.details) };
    case 'peak_hours':
      return insight.details === null ? {} : { chart: hoursChart(insight.details) };
    case 'model_match':
      return { misfits: insight.details?.misfits };
    case 'budget_utilization': {
      const { asOf, findings = [], tight = 0, unused = 0 } = insight.details ?? {};
      const budgets = findings
        .slice(0, MOST_ROWS)
        .map((each) => ({ ...each, kind: KINDS[each.kind], isTight: each.verdict === 'tight' }));
      return { asOf, budgets, left: tight + unused - budgets.length };
    }
    case 'idle_keys': {
      const idle = insight.details?.keys.slice(0, MOST_ROWS) ?? [];
      return { idle, left: (insight.details?.idle ?? 0) - idle.length };
    }
    case 'new_people':
      return { groups: insight.details === null ? undefined : groupsOf(insight.details) };
    case 'teams':
      return { teams: insight.details?.rows.map(teamOf) };
    default:
      return {};
  }
}

const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value));
const KINDS = { key: 'key', owner: 'person', team: 'team' } as const;

function tokensChart({ byDay }: Details['tokens_per_task']) {
  if (byDay.every(({ tasks }) => tasks === 0)) return undefined;
  return {
    ...CHART,
    label: `Tokens per task by day, ${byDay[0]?.day} to ${byDay.at(-1)?.day}`,
    bars: barsOf(
      byDay.map(({ day, tasks, tokensPerTask }) => ({
        value: tokensPerTask ?? 0,
        title:
          tokensPerTask === null
            ? `${day}: no task`
            : `${day}: ${count(tokensPerTask)} in ${count(tasks)} tasks`,
      })),
    ),
  };
}

function hoursChart({ hours, from }: Details['peak_hours']) {
  if (hours.every((calls) => calls === 0)) return undefined;
  return {
    ...CHART,
    label: `Calls by hour of the day, from ${from} on`,
    bars: barsOf(
      hours.map((calls, hour) => ({ value: calls, title: `${clock(hour)}: ${count(calls)} calls` })),
    ),
    ends: [clock(0), clock(23)],
  };
}

const groupsOf = ({ fresh, experienced }: Details['new_people']) =>
  [
    { name: 'New', group: fresh },
    { name: 'Experienced', group: experienced },
  ].flatMap(({ name, group }) =>
    group === null
      ? []
      : [
          {
            name,
            people: group.people,
            tasks: group.tasks,
            tokens: rounded(group.tokensPerTask),
            retries: percent(group.retryRate),
          },
        ],
  );

const teamOf = (row: Details['teams']['rows'][number]) => ({
  ...row,
  name: row.name === '' ? 'no template' : row.name,
  tokensPerTask: rounded(row.tokensPerTask),
  retryRate: percent(row.retryRate),
  modelMatch: percent(row.modelMatch),
  errorRate: percent(row.errorRate),
  cacheHitRate: percent(row.cacheHitRate),
});

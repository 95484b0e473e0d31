/** Insights as a table for a spreadsheet: the first figure of each, and the rows under it. */
import type { Insights } from '../../ledger/insights/insights';
import { sendCsv } from '../answer';
import { csvTable } from '../csv';
import { insightsAsked, loadInsights } from '../insights-view';
import type { Download } from '../page';

const COLUMNS = ['insight', 'of', 'figure', 'value', 'before'];

export const insightsCsv: Download = {
  path: '/ui/insights.csv',
  async send(view) {
    const found = await loadInsights(view, insightsAsked(view));
    sendCsv(view.exchange, 'insights.csv', csvTable([COLUMNS, ...rowsOf(found)]));
  },
};

type Row = readonly [string, string, string, unknown, unknown?];

function rowsOf({ insights }: Insights): Row[] {
  return insights.flatMap((insight): Row[] => {
    const { name, unit, value, before } = insight;
    const own: Row = [name, '', unit, value, before];
    const of = (who: string, figures: object): Row[] =>
      Object.entries(figures).map(([figure, each]: [string, unknown]): Row => [name, who, figure, each]);
    if (insight.details === null) return [own];
    switch (insight.id) {
      case 'tokens_per_task':
        return [own, ...insight.details.byDay.flatMap(({ day, ...figures }) => of(day, figures))];
      case 'model_match':
        return [own, ...insight.details.misfits.flatMap(({ model, ...figures }) => of(model, figures))];
      case 'budget_utilization':
        return [
          own,
          ...insight.details.findings.flatMap(({ name: who, account: _, ...figures }) => of(who, figures)),
        ];
      case 'peak_hours':
        return [own, ...insight.details.hours.flatMap((calls, hour) => of(`${hour}:00`, { calls }))];
      case 'idle_keys':
        return [own, ...insight.details.keys.flatMap(({ name: who, ...figures }) => of(who, figures))];
      case 'new_people':
        return [
          own,
          ...Object.entries(insight.details).flatMap(([group, figures]) =>
            figures === null ? [] : of(group, figures),
          ),
        ];
      case 'teams':
        return [
          own,
          ...insight.details.rows.flatMap(({ letter, name: team, ...figures }) =>
            of(team === null ? letter : `${letter} (${team})`, figures),
          ),
        ];
      default:
        return [own, ...of('', insight.details)];
    }
  });
}

/** The report of a month as a mail: what it says in short, the whole as a page, and the table along with it. */
import type { AlertEvent } from '../alerts/outbox';
import { nameOf, say, type Words } from '../alerts/words';
import { exactDollars, showDollars } from '../ledger/money';
import { readAssets } from '../ui/asset';
import { readTemplates, type Render } from '../ui/template';
import { titleOf } from './month';
import { monthTable, tableName } from './month-table';
import { monthView } from './month-view';
import type { MonthLine, MonthReport } from './read-month';

/** Rows of each table of the mail; the file along with it has more. */
const MOST_ROWS = 100;
/** Of those that are named in the text. */
const MOST_NAMED = 10;
/** Lines of the file: half a megabyte. */
const MOST_LINES = 5_000;

let render: Render | undefined;

/** @param event its id, without which it would go out each time it is asked for */
export function monthAlert(report: MonthReport, event: string): AlertEvent {
  render ??= readTemplates(readAssets());
  const { month, total } = report;
  const heading = titleOf(month);
  return {
    event,
    kind: 'month_report',
    subject: `month/${month.name}`,
    title: [
      `${heading}${report.isOver ? '' : ', so far'}: AI cost ${showDollars(total.cost)}, in ${total.calls === 1 ? 'one call' : `${total.calls} calls`}.`,
    ],
    facts: [
      [
        'Days',
        say`${month.days[0]?.date ?? ''} to ${month.days.at(-1)?.date ?? ''}, as ${report.timeZone} has them`,
      ],
      ['Spend', [`$${exactDollars(total.cost)}`]],
      ['Of that estimated', [`$${exactDollars(total.estimated)}`]],
      ['Failed calls', [String(total.failedCalls)]],
      ['By team', listed(report.teams, ({ team }) => (team === '' ? 'no template' : team))],
      ['By model', listed(report.models, ({ model }) => model)],
      ...(report.isWhole ? [] : ([['Not whole', ['sums of old days are being made']]] as const)),
    ],
    files: [
      { name: tableName(report), type: 'text/csv', body: monthTable(report, MOST_LINES) },
      { name: 'report.html', type: 'text/html', body: render('month-mail', monthView(report, MOST_ROWS)) },
    ],
  };
}

function listed(lines: readonly MonthLine[], name: (line: MonthLine) => string): Words {
  if (lines.length === 0) return ['none'];
  const named = lines.slice(0, MOST_NAMED).flatMap((line, at) => {
    const { budget, cost } = line;
    const of = budget?.ofMonth === undefined ? '' : ` of ${showDollars(budget.ofMonth)}`;
    return [at === 0 ? '' : '; ', nameOf(name(line)), ` ${showDollars(cost)}${of}`];
  });
  const left = lines.length - MOST_NAMED;
  return left > 0 ? [...named, `; and ${left} more`] : named;
}

/** The report of a month as one table: a row a part, the first of them the total. */
import { exactDollars } from '../ledger/money';
import { csvTable } from '../ui/csv';
import { linesOf, type MonthLine, type MonthReport } from './read-month';

export const TABLE_COLUMNS = [
  'month',
  'part',
  'team',
  'model',
  'calls',
  'failed_calls',
  'input_tokens',
  'cache_write_tokens',
  'cache_read_tokens',
  'output_tokens',
  'estimated_usd',
  'spend_usd',
  'budget_usd',
  'budget_window',
] as const;

/** Far more teams and models than a site has; what is beyond is told of in a last row. */
export const MOST_LINES = 10_000;

const cellsOf = (month: string, line: MonthLine): readonly (string | number)[] => [
  month,
  line.part,
  line.team,
  line.model,
  line.calls,
  line.failedCalls,
  line.inputTokens,
  line.cacheWriteTokens,
  line.cacheReadTokens,
  line.outputTokens,
  exactDollars(line.estimated),
  exactDollars(line.cost),
  line.budget?.ofMonth === undefined ? '' : exactDollars(line.budget.ofMonth),
  line.budget?.duration ?? '',
];

export function monthTable(report: MonthReport, most = MOST_LINES): string {
  const lines = linesOf(report);
  const rows = lines.slice(0, most).map((line) => cellsOf(report.month.name, line));
  const left = lines.length - rows.length;
  return csvTable([
    TABLE_COLUMNS,
    ...rows,
    ...(left > 0 ? [[`${left} rows by team and model are left out.`]] : []),
  ]);
}

export const tableName = ({ month }: Pick<MonthReport, 'month'>): string => `ai-spend-${month.name}.csv`;

/** The report of a month as pages and mail show it: the words of its tables. */
import { toDollars, type NanoDollars } from '../ledger/money';
import { titleOf } from './month';
import type { MonthFigures, MonthLine, MonthReport } from './read-month';

/** Rows of a table that people read; the CSV has all. */
export interface MonthRows {
  readonly rows: readonly MonthRow[];
  readonly left: number;
}

export interface MonthRow {
  readonly team: string;
  readonly model: string;
  readonly isNameless: boolean;
  readonly calls: number;
  readonly failed: number;
  readonly input: number;
  readonly output: number;
  /** US dollars. */
  readonly spend: number;
  readonly share: string | undefined;
  /** US dollars of the month. */
  readonly budget: number | undefined;
  readonly used: string | undefined;
  readonly isOver: boolean;
  readonly window: string | undefined;
}

const WINDOWS = { '1d': 'a day', '7d': 'a week', '30d': 'a month', none: 'for good' } as const;
const DOLLARS = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  maximumFractionDigits: 4,
});

export const inputOf = (figures: MonthFigures): number =>
  figures.inputTokens + figures.cacheWriteTokens + figures.cacheReadTokens;

const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

function rowOf(line: MonthLine, total: NanoDollars): MonthRow {
  const { budget, cost } = line;
  const ofMonth = budget?.ofMonth;
  return {
    team: line.team === '' ? 'no template' : line.team,
    model: line.model,
    isNameless: line.team === '',
    calls: line.calls,
    failed: line.failedCalls,
    input: inputOf(line),
    output: line.outputTokens,
    spend: toDollars(cost),
    share: total === 0 ? undefined : percent(cost / total),
    budget: ofMonth === undefined ? undefined : toDollars(ofMonth),
    used: ofMonth === undefined || ofMonth === 0 ? undefined : percent(cost / ofMonth),
    isOver: ofMonth !== undefined && cost > ofMonth,
    window:
      budget === undefined ? undefined : `${DOLLARS.format(budget.perWindow)} ${WINDOWS[budget.duration]}`,
  };
}

/** @param most rows of a table */
export function monthView(report: MonthReport, most: number) {
  const { total, month } = report;
  const rowsOf = (lines: readonly MonthLine[]): MonthRows => ({
    rows: lines.slice(0, most).map((line) => rowOf(line, total.cost)),
    left: Math.max(0, lines.length - most),
  });
  const input = inputOf(total);
  return {
    name: month.name,
    heading: titleOf(month),
    first: month.days[0]?.date,
    last: month.days.at(-1)?.date,
    timeZone: report.timeZone,
    asOf: report.asOf,
    isOver: report.isOver,
    isWhole: report.isWhole,
    spend: toDollars(total.cost),
    estimated: toDollars(total.estimated),
    calls: total.calls,
    failed: total.failedCalls,
    input,
    output: total.outputTokens,
    cached: input === 0 ? undefined : percent(total.cacheReadTokens / input),
    teams: rowsOf(report.teams),
    groups: rowsOf(report.groups),
    models: rowsOf(report.models),
    both: rowsOf(report.both),
    hasBudgets: [...report.teams, ...report.groups].some(({ budget }) => budget !== undefined),
  };
}

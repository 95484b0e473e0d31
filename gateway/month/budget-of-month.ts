/** What a budget comes to over a month, whatever its window is. */
import type { BudgetDocument } from '../config/document';
import { toNano, type NanoDollars } from '../ledger/money';
import type { Month } from './month';

export interface BudgetOfMonth {
  readonly duration: BudgetDocument['budget_duration'];
  /** US dollars in one window. */
  readonly perWindow: number;
  /** Undefined: it is for good, which no month can be held against. */
  readonly ofMonth: NanoDollars | undefined;
}

const DAYS_OF_WEEK = 7;

/** One by the day as often as the month has days, one by the week for its days' share of weeks. */
export function budgetOfMonth(
  { max_budget: perWindow, budget_duration: duration }: BudgetDocument,
  { days }: Pick<Month, 'days'>,
): BudgetOfMonth {
  const nano = toNano(perWindow);
  const windows = { '1d': days.length, '7d': days.length / DAYS_OF_WEEK, '30d': 1, none: undefined }[
    duration
  ];
  return { duration, perWindow, ofMonth: windows === undefined ? undefined : Math.round(nano * windows) };
}

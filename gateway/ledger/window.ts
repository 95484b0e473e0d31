/** Budget windows. They open at midnight of a time zone: daily, on Mondays, on the first of the month, or never anew. */
import type { BudgetDocument } from '../config/document';
import { dateAt, startOfDate } from './time-zone';

export type BudgetDuration = BudgetDocument['budget_duration'];

export interface BudgetWindow {
  readonly start: Date;
  /** Undefined when the budget is for good. */
  readonly end: Date | undefined;
}

const FOR_GOOD: BudgetWindow = { start: new Date(0), end: undefined };

// Asked several times for each call, and the answer stays the same until the window ends.
const latest = new Map<string, BudgetWindow>();

export function windowAt(duration: BudgetDuration, now: Date, timeZone: string): BudgetWindow {
  if (duration === 'none') return FOR_GOOD;
  const name = `${duration} ${timeZone}`;
  const known = latest.get(name);
  if (known?.end && known.start <= now && now < known.end) return known;
  const found = findWindow(duration, now, timeZone);
  latest.set(name, found);
  return found;
}

function findWindow(duration: '1d' | '7d' | '30d', now: Date, timeZone: string): BudgetWindow {
  const { year, month, day } = dateAt(now, timeZone);
  const at = (toMonth: number, toDay: number): Date =>
    startOfDate({ year, month: toMonth, day: toDay }, timeZone);
  switch (duration) {
    case '1d':
      return { start: at(month, day), end: at(month, day + 1) };
    case '7d': {
      const sinceMonday = (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
      return { start: at(month, day - sinceMonday), end: at(month, day - sinceMonday + 7) };
    }
    case '30d':
      return { start: at(month, 1), end: at(month + 1, 1) };
  }
}

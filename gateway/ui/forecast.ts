/** What a window will have cost at its end, by a rule that people can work out themselves. */
import type { CalendarDay } from '../ledger/calendar-day';
import { dayAt } from '../ledger/calendar-day';
import type { BudgetWindow } from '../ledger/window';

/** Days that are looked back on: four of each day of the week. */
export const LOOKED_BACK = 28;

export const FORECAST_RULE = `Spent so far, and for the rest of today and each day to come what that day of the week has cost on average over the last ${LOOKED_BACK} days; days before the first call do not count.`;

const weekdayOf = (date: string): number => new Date(`${date}T00:00:00Z`).getUTCDay();

/**
 * @param costs nano-dollars by day, YYYY-MM-DD, of the window so far and of the days looked back on
 * @param today the last of the days; the others before it, oldest first
 * @returns nano-dollars; undefined where the window never ends, or no day before today has a call
 */
export function forecastOf(
  costs: ReadonlyMap<string, number>,
  days: readonly CalendarDay[],
  window: BudgetWindow,
  timeZone: string,
): number | undefined {
  const today = days.at(-1);
  if (window.end === undefined || today === undefined) return undefined;
  const past = days.slice(0, -1).slice(-LOOKED_BACK);
  const first = past.findIndex(({ date }) => costs.has(date));
  if (first < 0) return undefined;
  const known = past.slice(first);
  const meanOf = (weekday: number): number => {
    const same = known.filter(({ date }) => weekdayOf(date) === weekday);
    // Of a first week not every day has been.
    const counted = same.length > 0 ? same : known;
    return counted.reduce((sum, { date }) => sum + (costs.get(date) ?? 0), 0) / counted.length;
  };
  let total = days
    .filter(({ start }) => start >= window.start)
    .reduce((sum, { date }) => sum + (costs.get(date) ?? 0), 0);
  total += Math.max(0, meanOf(weekdayOf(today.date)) - (costs.get(today.date) ?? 0));
  for (let day = dayAt(today.end, timeZone); day.start < window.end; day = dayAt(day.end, timeZone))
    total += meanOf(weekdayOf(day.date));
  return Math.round(total);
}

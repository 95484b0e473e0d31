/** What months cost, one beside the other. */
import type { CalendarDay } from '../ledger/calendar-day';
import type { NanoDollars } from '../ledger/money';
import { readSums } from '../ledger/sums/read-sums';
import type { Statements } from '../store/database';
import { monthBeside, type Month } from './month';

/** A year. */
export const MOST_MONTHS = 12;

export interface ListedMonth {
  /** YYYY-MM. */
  readonly name: string;
  readonly calls: number;
  readonly failedCalls: number;
  readonly cost: NanoDollars;
}

/** Newest first, those without a call as well. */
export async function listMonths(
  statements: Statements,
  until: Month,
  timeZone: string,
  most = MOST_MONTHS,
): Promise<readonly ListedMonth[]> {
  const months = Array.from({ length: most }, (_, at) => monthBeside(until, -at, timeZone));
  const days: CalendarDay[] = [...months].reverse().flatMap((month) => month.days);
  const sums = await readSums(statements, { by: 'day', days });
  return months.map(({ name }) => {
    const own = sums.filter(({ by }) => by.startsWith(name));
    const whole = (figure: (sum: (typeof own)[number]) => number): number =>
      own.reduce((sum, each) => sum + figure(each), 0);
    return {
      name,
      calls: whole(({ calls }) => calls),
      failedCalls: whole(({ failedCalls }) => failedCalls),
      cost: whole(({ cost }) => cost),
    };
  });
}

/** Budget windows. They open at midnight UTC: daily, on Mondays, on the first of the month, or never anew. */
import type { ScopeDocument } from '../config/document';

export type BudgetDuration = ScopeDocument['budget_duration'];

export interface BudgetWindow {
  readonly start: Date;
  /** Undefined when the budget is for good. */
  readonly end: Date | undefined;
}

export function windowAt(duration: BudgetDuration, now: Date): BudgetWindow {
  const year = now.getUTCFullYear();
  const month = now.getUTCMonth();
  const day = now.getUTCDate();
  const midnight = (...parts: [number, number, number]) => new Date(Date.UTC(...parts));
  switch (duration) {
    case '1d':
      return { start: midnight(year, month, day), end: midnight(year, month, day + 1) };
    case '7d': {
      const sinceMonday = (now.getUTCDay() + 6) % 7;
      return {
        start: midnight(year, month, day - sinceMonday),
        end: midnight(year, month, day - sinceMonday + 7),
      };
    }
    case '30d':
      return { start: midnight(year, month, 1), end: midnight(year, month + 1, 1) };
    case 'none':
      return { start: new Date(0), end: undefined };
  }
}

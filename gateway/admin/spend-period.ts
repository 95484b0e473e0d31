/** What reports on spend have in common: the days they are about, and how sums are added up. */
import type { Services } from '../services';
import { date, type JsonSchema } from './json-schema';
import type { SpendFilter } from './spend-queries';
import { invalid } from './terms-input';

export interface Period {
  readonly start_date?: string;
  readonly end_date?: string;
}

export const PERIOD: Readonly<Record<string, JsonSchema>> = {
  start_date: { ...date, description: 'First day, in UTC.' },
  end_date: { ...date, description: 'Last day.' },
};

export function filterOf({ start_date, end_date }: Period): SpendFilter {
  for (const [name, day] of Object.entries({ start_date, end_date }))
    if (day !== undefined && Number.isNaN(Date.parse(day))) throw invalid(name, `${name} is no day: ${day}.`);
  return { from: start_date, to: end_date };
}

/** The last thirty days, where nobody says otherwise. */
export function monthOf(services: Services, period: Period): Period {
  if (period.start_date !== undefined || period.end_date !== undefined) return period;
  const start = new Date(services.now().getTime() - 29 * 86_400_000);
  return { start_date: start.toISOString().slice(0, 10) };
}

// Dollars of whole nano-dollars; the sum is rounded back to them.
export const total = (sums: readonly { readonly spend: number }[]): number =>
  Math.round(sums.reduce((sum, { spend }) => sum + spend, 0) * 1e9) / 1e9;

export function spendBy<T extends { readonly spend: number }>(
  sums: readonly T[],
  nameOf: (sum: T) => string,
): Record<string, number> {
  const names = [...new Set(sums.map(nameOf))];
  return Object.fromEntries(names.map((name) => [name, total(sums.filter((sum) => nameOf(sum) === name))]));
}

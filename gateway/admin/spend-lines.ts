/** The lines of the ledger that a report is about, and the SQL that its sums share. */
import { daysBetween, type CalendarDay } from '../ledger/calendar-day';
import { OLDEST_CALL } from '../ledger/statements';
import type { Statements } from '../store/database';

export interface SpendFilter {
  /** IANA name of the time zone whose days are meant. */
  readonly timeZone: string;
  /** The first instant, and the first one after the last. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  readonly ownerId?: string | undefined;
  readonly accountId?: string | undefined;
  /** Name of a template; '' for what belongs to none. */
  readonly template?: string | undefined;
}

/** The values of one statement, in the order in which its text names them. */
export class StatementValues {
  readonly #values: unknown[] = [];

  get list(): readonly unknown[] {
    return this.#values;
  }

  /** The place of a value in the statement. */
  add(value: unknown, type: string): string {
    this.#values.push(value);
    return `$${this.#values.length}::${type}`;
  }
}

/**
 * Conditions on what is given only: one that might be null keeps Postgres from the index that the others have.
 *
 * @param at the column of the time
 */
export function conditionsOf(filter: SpendFilter, values: StatementValues, at: string): string {
  const { from, to, ownerId, accountId, template } = filter;
  const conditions = [
    ...(from === undefined ? [] : [`${at} >= ${values.add(from, 'timestamptz')}`]),
    ...(to === undefined ? [] : [`${at} < ${values.add(to, 'timestamptz')}`]),
    ...(ownerId === undefined ? [] : [`owner_id = ${values.add(ownerId, 'text')}`]),
    ...(accountId === undefined ? [] : [`account_id = ${values.add(accountId, 'bigint')}`]),
    ...(template === undefined ? [] : [`coalesce(template_name, '') = ${values.add(template, 'text')}`]),
  ];
  return conditions.length === 0 ? 'true' : conditions.join(' and ');
}

/** Dates and when they begin, of all days that have single calls; the last one has not ended. */
export async function daysOfCalls(
  statements: Statements,
  { timeZone, from }: SpendFilter,
): Promise<readonly CalendarDay[]> {
  const [row] = await statements.run<{ oldest: Date | null; now: Date }>(
    'spend-days',
    `select oldest, clock_timestamp() as now from (${OLDEST_CALL}) as calls`,
    [],
  );
  const now = row?.now ?? new Date();
  const oldest = row?.oldest ?? now;
  const days = daysBetween(from !== undefined && from > oldest && from < now ? from : oldest, now, timeZone);
  // The store's clock is finer than a Date.
  return days.map((day) => (day.end > now ? { ...day, end: new Date(now.getTime() + 1) } : day));
}

/** Nano-dollars as JSON's number of dollars, to the last of them. */
export const dollars = (nano: string): string => `trim_scale(coalesce(${nano}, 0) * 0.000000001)`;

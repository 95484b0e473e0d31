/** Months of a time zone's calendar, each with its days. */
import { dayOf, type CalendarDay } from '../ledger/calendar-day';
import { dateAt } from '../ledger/time-zone';

export interface Month {
  /** YYYY-MM. */
  readonly name: string;
  /** All of them, oldest first. */
  readonly days: readonly CalendarDay[];
  readonly start: Date;
  /** The first instant of the next month. */
  readonly end: Date;
}

/** The year before which nobody used a gateway: a month further back is a typing mistake. */
const FIRST_YEAR = 2000;

/** @param month from 1; may be out of range, as with `Date.UTC` */
function monthOf(year: number, month: number, timeZone: string): Month {
  const first = new Date(Date.UTC(year, month - 1, 1));
  const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const date = { year: first.getUTCFullYear(), month: first.getUTCMonth() + 1 };
  const days = Array.from({ length }, (_, at) => dayOf({ ...date, day: at + 1 }, timeZone));
  const [{ start } = { start: first }] = days;
  return { name: first.toISOString().slice(0, 7), days, start, end: days.at(-1)?.end ?? start };
}

/** The month that an instant lies in, or the one so many months before it. */
export function monthAt(instant: Date, timeZone: string, monthsBefore = 0): Month {
  const { year, month } = dateAt(instant, timeZone);
  return monthOf(year, month - monthsBefore, timeZone);
}

/** The month that is written YYYY-MM; undefined when there is none such. */
export function monthNamed(text: string, timeZone: string): Month | undefined {
  // bounded: seven characters
  const [, year, month] = text.length === 7 ? (/^(\d{4})-(0[1-9]|1[0-2])$/.exec(text) ?? []) : [];
  if (year === undefined || Number(year) < FIRST_YEAR) return undefined;
  return monthOf(Number(year), Number(month), timeZone);
}

/** So many months after it, or before it. */
export function monthBeside({ name }: Pick<Month, 'name'>, months: number, timeZone: string): Month {
  return monthOf(Number(name.slice(0, 4)), Number(name.slice(5)) + months, timeZone);
}

const TITLE = new Intl.DateTimeFormat('en-US', { month: 'long', year: 'numeric', timeZone: 'UTC' });

/** "October 2026". */
export const titleOf = ({ name }: Pick<Month, 'name'>): string =>
  TITLE.format(new Date(`${name}-01T00:00:00Z`));

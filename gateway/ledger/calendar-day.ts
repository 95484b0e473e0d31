/** Days of a time zone's calendar, from midnight to midnight there: the days of sums and reports. */
import { dateAt, startOfDate, type CalendarDate } from './time-zone';

export interface CalendarDay {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly start: Date;
  /** The first instant of the next day. */
  readonly end: Date;
}

/** The day of that date; its month and day of the month may be out of range, as with `Date.UTC`. */
export function dayOf({ year, month, day }: CalendarDate, timeZone: string): CalendarDay {
  return {
    date: new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10),
    start: startOfDate({ year, month, day }, timeZone),
    end: startOfDate({ year, month, day: day + 1 }, timeZone),
  };
}

/** The day that an instant lies in, or the one so many days before it. */
export function dayAt(instant: Date, timeZone: string, daysBefore = 0): CalendarDay {
  const { year, month, day } = dateAt(instant, timeZone);
  return dayOf({ year, month, day: day - daysBefore }, timeZone);
}

/** The day that is written YYYY-MM-DD; undefined when the calendar has none such. */
export function dayOfText(text: string, timeZone: string): CalendarDay | undefined {
  const [, year, month, day] = /^([1-9]\d{3})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (day === undefined) return undefined;
  const found = dayOf({ year: Number(year), month: Number(month), day: Number(day) }, timeZone);
  return found.date === text ? found : undefined;
}

/** Every day from the one that `first` lies in to the one that `last` lies in, oldest first. */
export function daysBetween(first: Date, last: Date, timeZone: string): CalendarDay[] {
  const days = [dayAt(first, timeZone)];
  for (let day = days[0]; day && day.end <= last; days.push(day)) day = dayAt(day.end, timeZone);
  return days;
}

/** Days of a time zone as instants, also where its clocks are put forward or back. */

const DAY_MS = 86_400_000;

/** A date of the calendar; the month counts from 1. */
export interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}

// Making one costs a hundred times what using it does.
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'iso8601',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formatters.set(timeZone, made);
  return made;
}

/** What the zone's clocks show at an instant, as the milliseconds at which they would show it in UTC. */
function wallClock(instant: number, timeZone: string): number {
  const parts = formatterOf(timeZone).formatToParts(instant);
  const part = (type: string): number => Number(parts.find((each) => each.type === type)?.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

/** The date on the zone's calendars at an instant. */
export function dateAt(instant: Date, timeZone: string): CalendarDate {
  const shown = new Date(wallClock(instant.getTime(), timeZone));
  return { year: shown.getUTCFullYear(), month: shown.getUTCMonth() + 1, day: shown.getUTCDate() };
}

/**
 * The instant at which a date begins in the zone; day and month may be out of range, as with `Date.UTC`. Where the
 * clocks skip midnight it is the first instant that has the date; where they show it twice, the first one after which
 * they do not fall back behind it.
 */
export function startOfDate({ year, month, day }: CalendarDate, timeZone: string): Date {
  const midnight = Date.UTC(year, month - 1, day);
  // The zone's distance from UTC before and after whatever change happens around that midnight.
  const candidates = [midnight - DAY_MS, midnight + DAY_MS]
    .map((near) => midnight - (wallClock(near, timeZone) - near))
    .sort((one, other) => one - other);
  const start = candidates.find((instant) => wallClock(instant, timeZone) >= midnight);
  return new Date(start ?? midnight);
}

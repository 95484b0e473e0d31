/** What reports on spend have in common: the days they are about, and which lines of the ledger. */
import { dayAt, dayOfText, type CalendarDay } from '../ledger/calendar-day';
import type { Services } from '../services';
import { date, type JsonSchema } from './json-schema';
import type { SpendFilter } from './spend-lines';
import { invalid } from './terms-input';

export interface Period {
  readonly start_date?: string;
  readonly end_date?: string;
}

export const PERIOD: Readonly<Record<string, JsonSchema>> = {
  start_date: { ...date, description: "First day, of the policy's time zone." },
  end_date: { ...date, description: 'Last day.' },
};

export function filterOf({ documents }: Services, { start_date, end_date }: Period): SpendFilter {
  const timeZone = documents.current.document.time_zone;
  const day = (name: string, text: string | undefined): CalendarDay | undefined => {
    const found = text === undefined ? undefined : dayOfText(text, timeZone);
    if (text !== undefined && found === undefined) throw invalid(name, `${name} is no day: ${text}.`);
    return found;
  };
  return { timeZone, from: day('start_date', start_date)?.start, to: day('end_date', end_date)?.end };
}

/** The last thirty days, where nobody says otherwise. */
export function monthOf({ documents, now }: Services, period: Period): Period {
  if (period.start_date !== undefined || period.end_date !== undefined) return period;
  return { start_date: dayAt(now(), documents.current.document.time_zone, 29).date };
}

/** Over how many of the policy's days a page looks: a word of its address. */
import { dayAt, daysBetween, type CalendarDay } from '../ledger/calendar-day';
import type { Services } from '../services';

const SPANS = [1, 7, 30, 90, 365];
const USUAL_SPAN = 30;

export interface Span {
  /** Days. */
  readonly span: number;
  readonly timeZone: string;
  /** Oldest first; today is the last. */
  readonly days: readonly CalendarDay[];
}

/** What the address does not say, or says of spans that are not there, is as usual. */
export function spanAsked(
  { documents, now }: Pick<Services, 'documents' | 'now'>,
  words: URLSearchParams,
  usual = USUAL_SPAN,
): Span {
  const asked = Number(words.get('days'));
  const span = SPANS.includes(asked) ? asked : usual;
  const timeZone = documents.current.document.time_zone;
  return { span, timeZone, days: lastDays(now(), timeZone, span) };
}

export const lastDays = (today: Date, timeZone: string, count: number): CalendarDay[] =>
  daysBetween(dayAt(today, timeZone, count - 1).start, today, timeZone);

/** As many days before those. */
export function daysBefore({ span, timeZone, days }: Span): CalendarDay[] {
  const [first] = days;
  if (first === undefined) return [];
  const last = new Date(first.start.getTime() - 1);
  return daysBetween(dayAt(last, timeZone, span - 1).start, last, timeZone);
}

export const spanLabel = (days: number): string => (days === 1 ? 'Today' : `${days} days`);

export const spanChoices = (chosen: number) =>
  SPANS.map((value) => ({ value, label: spanLabel(value), isChosen: value === chosen }));

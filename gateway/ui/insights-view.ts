/** What the page and the table of insights show: the words of their address, and the figures those ask for. */
import { dayOfText } from '../ledger/calendar-day';
import type { Insight, Insights } from '../ledger/insights/insights';
import { insightDays, readInsights, type InsightsAsked } from '../ledger/insights/read-insights';
import { USUAL_DAYS } from '../ledger/insights/rules';
import { clock, count, percent } from '../ledger/insights/says';
import { goneOf } from '../http/gone';
import { knownWords } from './filter';
import type { View } from './page';

export const INSIGHT_WORDS = ['days', 'until', 'team', 'names'];
export const INSIGHT_SPANS = [7, USUAL_DAYS, 90, 365];

export interface InsightsView extends InsightsAsked {
  readonly words: URLSearchParams;
  readonly span: number;
  /** The last day as it was asked for. */
  readonly until: string | undefined;
}

/** What the address does not say, or says of things that are not there, is as usual. */
export function insightsAsked({ services, query, session }: View): InsightsView {
  const { document } = services.documents.current;
  const timeZone = document.time_zone;
  const words = knownWords(query, INSIGHT_WORDS, 'team');
  const asked = Number(words.get('days'));
  const span = INSIGHT_SPANS.includes(asked) ? asked : USUAL_DAYS;
  const last = dayOfText(words.get('until') ?? '', timeZone);
  const now = services.now();
  return {
    words,
    span,
    until: last?.date,
    days: insightDays(undefined, last, span, now, timeZone),
    team: words.get('team') ?? undefined,
    named: words.get('names') === 'yes' && session.role === 'admin',
    document,
    now,
  };
}

export const loadInsights = ({ services, session, exchange }: View, asked: InsightsView): Promise<Insights> =>
  services.reports.readPage(session.name, goneOf(exchange), (reader) => readInsights(reader, asked));

/** A first figure as people read it. */
export function figureText({ unit }: Pick<Insight, 'unit'>, value: number | null): string {
  if (value === null) return '–';
  if (unit === 'share') return percent(value);
  return unit === 'hour' ? clock(value) : count(value);
}

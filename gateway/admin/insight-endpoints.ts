/** Insights: what the dashboard's page of that name shows. */
import { dayOfText, type CalendarDay } from '../ledger/calendar-day';
import { INSIGHTS } from '../ledger/insights/definitions';
import type { Insights } from '../ledger/insights/insights';
import { insightDays, readInsights } from '../ledger/insights/read-insights';
import { MOST_DAYS, USUAL_DAYS } from '../ledger/insights/rules';
import type { Services } from '../services';
import {
  answer,
  anything,
  count,
  date,
  flag,
  input,
  listOf,
  number,
  orNull,
  string,
  text,
  time,
} from './json-schema';
import { refuseViewer } from './principal';
import { report } from './report-endpoint';
import { PERIOD, type Period } from './spend-period';
import { invalid } from './terms-input';

interface InsightsInput extends Period {
  readonly team?: string;
  readonly names?: boolean;
}

const SHARE_OR_NUMBER = orNull(number);

export const insights = report<InsightsInput>({
  method: 'GET',
  paths: ['/insights'],
  summary: `How AI is used, from metadata alone: tokens per task, retries, models, errors, budgets, caches, hours, idle keys, and teams without their names. Of the last ${USUAL_DAYS} days, or of those named.`,
  input: input({
    ...PERIOD,
    team: text('Of this team (template) only; it is marked in the comparison.'),
    names: {
      ...flag,
      description: 'Names the teams of the comparison, for administrators who are no viewers.',
    },
  }),
  answer: answer({
    from: date,
    to: date,
    time_zone: string,
    team: orNull(string),
    as_of: { ...orNull(time), description: 'Calls that ended up to then are in the figures.' },
    is_whole: { ...flag, description: 'false: old days are added again after an upgrade.' },
    people: { ...count, description: 'Who made a call.' },
    is_withheld: { ...flag, description: 'true: the team is too small to be told of.' },
    insights: listOf(
      answer({
        id: { ...string, enum: INSIGHTS.map(({ id }) => id) },
        name: string,
        definition: string,
        rule: string,
        unit: { ...string, enum: [...new Set(INSIGHTS.map(({ unit }) => unit))] },
        advice: string,
        is_indicator: flag,
        value: { ...SHARE_OR_NUMBER, description: 'In its unit; shares are 0 to 1.' },
        before: { ...SHARE_OR_NUMBER, description: 'In as many days just before.' },
        says: string,
        details: { ...anything, description: 'What there is beside it. Money is US dollars.' },
      }),
    ),
  }),
  async read({ services, input: wish, admin }, reader) {
    if (wish.names === true) refuseViewer(admin);
    const { document } = services.documents.current;
    const found = await readInsights(reader, {
      days: periodOf(services, wish),
      team: wish.team,
      named: wish.names === true,
      document,
      now: services.now(),
    });
    return inSnakeCase(found);
  },
});

function periodOf({ documents, now }: Services, { start_date, end_date }: Period) {
  const timeZone = documents.current.document.time_zone;
  const day = (name: string, word: string | undefined): CalendarDay | undefined => {
    const found = word === undefined ? undefined : dayOfText(word, timeZone);
    if (word !== undefined && found === undefined) throw invalid(name, `${name} is no day: ${word}.`);
    return found;
  };
  const [first, last] = [day('start_date', start_date), day('end_date', end_date)];
  const end = last?.start ?? now();
  if (first !== undefined && first.start > end)
    throw invalid('start_date', `start_date ${first.date} comes after the last day: name an earlier one.`);
  if (first !== undefined && (end.getTime() - first.start.getTime()) / DAY_MS > MOST_DAYS)
    throw invalid(
      'start_date',
      `start_date ${first.date} is more than ${MOST_DAYS} days before the last day.`,
    );
  return insightDays(first, last, USUAL_DAYS, now(), timeZone);
}

const DAY_MS = 86_400_000;

/** Names of members as the admin API has them. */
function inSnakeCase(found: Insights): unknown {
  const rename = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rename);
    if (typeof value !== 'object' || value === null || value instanceof Date) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [snake(name), rename(each)]));
  };
  return rename(found);
}
// bounded: names of members
const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

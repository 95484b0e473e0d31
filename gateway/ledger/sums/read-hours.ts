/** What happened hour by hour, and how long calls took, from what follows the calls and the few rows beyond it. */
import type { Statements } from '../../store/database';
import type { CalendarDay } from '../calendar-day';
import { DURATION_BOUNDS } from './duration-bounds';

export interface HourSum {
  /** When it began. */
  readonly hour: Date;
  readonly calls: number;
  readonly failedCalls: number;
  /** Nano-dollars. */
  readonly cost: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** What hours and durations are told apart by, besides. */
export interface HoursFilter {
  readonly model?: string;
  readonly deployment?: string;
}

const NAMES: readonly (keyof HoursFilter)[] = ['model', 'deployment'];
/** Conditions on both parts of a statement, whose values come after those that it has. */
function conditionsOf(filter: HoursFilter, values: unknown[]): string {
  return NAMES.flatMap((name) =>
    filter[name] === undefined ? [] : [` and ${name} = $${values.push(filter[name])}::text`],
  ).join('');
}

/** @returns the oldest first; hours without a call are left out */
export async function readHours(
  statements: Statements,
  from: Date,
  to: Date,
  filter: HoursFilter & { readonly team?: string } = {},
): Promise<HourSum[]> {
  const values: unknown[] = [from, to];
  const team = filter.team === undefined ? '' : ` and template_name = $${values.push(filter.team)}::text`;
  const conditions = conditionsOf(filter, values) + team;
  const rows = await statements.run<Record<string, string> & { hour: Date }>(
    '',
    `with lines as (
       select hour, calls, failed_calls, cost_nano, input_tokens, output_tokens from sums_by_hour
       where hour >= $1::timestamptz and hour < $2::timestamptz${conditions}
       union all
       select date_trunc('hour', finished_at, 'UTC'), calls, failed_calls, cost_nano, input_tokens, output_tokens
       from calls_beyond_sums where finished_at >= $1::timestamptz and finished_at < $2::timestamptz${conditions}
     )
     select hour, sum(calls) as calls, sum(failed_calls) as failed_calls, sum(cost_nano) as cost_nano,
       sum(input_tokens) as input_tokens, sum(output_tokens) as output_tokens
     from lines group by 1 having sum(calls) <> 0 order by 1`,
    values,
  );
  return rows.map((row) => ({
    hour: row.hour,
    calls: Number(row['calls']),
    failedCalls: Number(row['failed_calls']),
    cost: Number(row['cost_nano']),
    inputTokens: Number(row['input_tokens']),
    outputTokens: Number(row['output_tokens']),
  }));
}

export type Measure = 'latency' | 'first_token';

export interface Durations {
  /** Of hours: when it began; of days: the day, YYYY-MM-DD; of models and deployments: the name. */
  readonly by: string;
  readonly measure: Measure;
  /** Calls by bucket, for `quantile`. */
  readonly counts: ReadonlyMap<number, number>;
}

const BY = { model: 'model', deployment: 'deployment', hour: 'hour::text', all: "''" } as const;

/** Of calls that were answered. Buckets of whole hours: `from` and `to` are beginnings of hours. */
export async function readDurations(
  statements: Statements,
  by: keyof typeof BY,
  from: Date,
  to: Date,
  filter: HoursFilter = {},
): Promise<Durations[]> {
  const values: unknown[] = [from, to, DURATION_BOUNDS];
  const conditions = conditionsOf(filter, values);
  const rows = await statements.run<DurationRow>(
    '',
    `with lines as (
       select hour, measure, model, deployment, bucket, calls from durations_by_hour
       where hour >= $1::timestamptz and hour < $2::timestamptz${conditions}
       union all
       select date_trunc('hour', finished_at, 'UTC'), measure, model, deployment, width_bucket(ms, $3::integer[]), calls
       from ${MEASURED}
         and finished_at >= $1::timestamptz and finished_at < $2::timestamptz${conditions}
     )
     select ${BY[by]} as by, measure, bucket, sum(calls)::text as calls from lines group by 1, 2, 3 having sum(calls) > 0`,
    values,
  );
  return countsOf(rows);
}

const BY_OF_DAYS = { day: 'day', model: 'model', deployment: 'deployment', all: "''" } as const;

/** The same over the policy's days, oldest first and without a gap; of any number of them. */
export async function readDurationsOfDays(
  statements: Statements,
  by: keyof typeof BY_OF_DAYS,
  days: readonly CalendarDay[],
  filter: HoursFilter = {},
): Promise<Durations[]> {
  const values: unknown[] = [
    days[0]?.start,
    days[days.length - 1]?.end,
    DURATION_BOUNDS,
    days.map(({ date }) => date),
    days.map(({ start }) => start),
    days.map(({ end }) => end),
  ];
  const conditions = conditionsOf(filter, values);
  const rows = await statements.run<DurationRow>(
    '',
    `with lines as (
       select to_char(day, 'YYYY-MM-DD') as day, measure, model, deployment, bucket, calls from durations_by_day
       where starts_at >= $1::timestamptz and starts_at < $2::timestamptz${conditions}
       union all
       select d.day, measure, model, deployment, width_bucket(ms, $3::integer[]), calls
       from unnest($4::text[], $5::timestamptz[], $6::timestamptz[]) as d (day, starts, ends), ${MEASURED}
         and finished_at >= d.starts and finished_at < d.ends
         and finished_at >= $1::timestamptz and finished_at < $2::timestamptz${conditions}
     )
     select ${BY_OF_DAYS[by]} as by, measure, bucket, sum(calls)::text as calls
     from lines group by 1, 2, 3 having sum(calls) > 0`,
    values,
  );
  return countsOf(rows);
}

interface DurationRow {
  by: string;
  measure: Measure;
  bucket: number;
  calls: string;
}

/** Only calls that were answered are counted. */
const MEASURED = `calls_beyond_sums
  cross join lateral (values ('latency', took), ('first_token', first_token_ms)) as m (measure, ms)
  where ms is not null and status < 400`;

function countsOf(rows: readonly DurationRow[]): Durations[] {
  const found = new Map<string, { by: string; measure: Measure; counts: Map<number, number> }>();
  for (const { by: name, measure, bucket, calls } of rows) {
    const id = `${measure} ${name}`;
    const entry = found.get(id) ?? { by: name, measure, counts: new Map<number, number>() };
    entry.counts.set(bucket, Number(calls));
    found.set(id, entry);
  }
  return [...found.values()];
}

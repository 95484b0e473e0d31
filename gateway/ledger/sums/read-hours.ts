/** What happened hour by hour, and how long calls took, from what follows the calls and the few rows beyond it. */
import type { Statements } from '../../store/database';
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

/** @returns the oldest first; hours without a call are left out */
export async function readHours(statements: Statements, from: Date, to: Date): Promise<HourSum[]> {
  const rows = await statements.run<Record<string, string> & { hour: Date }>(
    '',
    `with lines as (
       select hour, calls, failed_calls, cost_nano, input_tokens, output_tokens from sums_by_hour
       where hour >= $1::timestamptz and hour < $2::timestamptz
       union all
       select date_trunc('hour', finished_at, 'UTC'), calls, failed_calls, cost_nano, input_tokens, output_tokens
       from calls_beyond_sums where finished_at >= $1::timestamptz and finished_at < $2::timestamptz
     )
     select hour, sum(calls) as calls, sum(failed_calls) as failed_calls, sum(cost_nano) as cost_nano,
       sum(input_tokens) as input_tokens, sum(output_tokens) as output_tokens
     from lines group by 1 having sum(calls) <> 0 order by 1`,
    [from, to],
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
  /** Of hours: when it began; of models: its name. */
  readonly by: string;
  readonly measure: Measure;
  /** Calls by bucket, for `quantile`. */
  readonly counts: ReadonlyMap<number, number>;
}

const BY = { model: 'model', hour: 'hour::text', all: "''" } as const;

/** Of calls that were answered. Buckets of whole hours: `from` and `to` are beginnings of hours. */
export async function readDurations(
  statements: Statements,
  by: keyof typeof BY,
  from: Date,
  to: Date,
): Promise<Durations[]> {
  const rows = await statements.run<{ by: string; measure: Measure; bucket: number; calls: string }>(
    '',
    `with lines as (
       select hour, measure, model, bucket, calls from durations_by_hour
       where hour >= $1::timestamptz and hour < $2::timestamptz
       union all
       select date_trunc('hour', finished_at, 'UTC'), measure, model, width_bucket(ms, $3::integer[]), calls
       from calls_beyond_sums cross join lateral (values ('latency', took), ('first_token', first_token_ms)) as m (measure, ms)
       where ms is not null and status < 400 and finished_at >= $1::timestamptz and finished_at < $2::timestamptz
     )
     select ${BY[by]} as by, measure, bucket, sum(calls)::text as calls from lines group by 1, 2, 3 having sum(calls) > 0`,
    [from, to, DURATION_BOUNDS],
  );
  const found = new Map<string, { by: string; measure: Measure; counts: Map<number, number> }>();
  for (const { by: name, measure, bucket, calls } of rows) {
    const id = `${measure} ${name}`;
    const entry = found.get(id) ?? { by: name, measure, counts: new Map<number, number>() };
    entry.counts.set(bucket, Number(calls));
    found.set(id, entry);
  }
  return [...found.values()];
}

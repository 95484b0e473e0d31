/** What the conversations of one account came to, newest first: read-only, and never a row of another account. */
import type { Statements } from '../store/database';
import { dayAt } from './calendar-day';
import { toDollars } from './money';
import { REPORT_DAYS, type Figures } from './spend-report';

/** Calls that are looked at, the newest: an account may have any number of them. */
const MOST_CALLS = 20_000;
const MOST_SESSIONS = 50;

export interface SessionReport {
  readonly days: number;
  /** Whether there are older calls in those days, which were not looked at: the oldest sessions may lack some. */
  readonly truncated: boolean;
  /** How many sessions there are among the calls that were looked at. */
  readonly session_count: number;
  /** By their last call, newest first; null stands for calls whose client named none. */
  readonly sessions: readonly (Figures & {
    readonly session: string | null;
    /** ISO 8601: when the first of its calls came, and when the last had ended. */
    readonly begins_at: string;
    readonly ends_at: string;
  })[];
}

interface Row {
  session: string | null;
  calls: string;
  input_tokens: string;
  output_tokens: string;
  cache_write_tokens: string;
  cache_read_tokens: string;
  cost_nano: string;
  begins_at: Date;
  ends_at: Date;
  session_count: string;
  call_count: string;
}

/** $1 account, $2 since when, $3 most calls, $4 most sessions. One more call than may be is looked for, to know of it. */
const SESSIONS = `
with walked as materialized (
  select session, input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, cost_nano, finished_at,
    finished_at - latency_ms * interval '1 millisecond' as began_at,
    row_number() over (order by finished_at desc) as place
  from calls
  where account_id = $1 and finished_at >= $2
  order by finished_at desc
  limit $3::int + 1
)
select session, count(*) as calls, sum(input_tokens) as input_tokens, sum(output_tokens) as output_tokens,
  sum(cache_write_tokens) as cache_write_tokens, sum(cache_read_tokens) as cache_read_tokens,
  sum(cost_nano) as cost_nano, min(began_at) as begins_at, max(finished_at) as ends_at,
  count(session) over () as session_count, (select count(*) from walked) as call_count
from walked where place <= $3
group by session
order by ends_at desc, session
limit $4`;

export async function readSessionReport(
  statements: Statements,
  { accountId }: { readonly accountId: string },
  { now, timeZone }: { readonly now: Date; readonly timeZone: string },
): Promise<SessionReport> {
  const { start } = dayAt(now, timeZone, REPORT_DAYS - 1);
  const rows = await statements.run<Row & Record<string, unknown>>('session-report', SESSIONS, [
    accountId,
    start,
    MOST_CALLS,
    MOST_SESSIONS,
  ]);
  return {
    days: REPORT_DAYS,
    truncated: Number(rows[0]?.call_count ?? 0) > MOST_CALLS,
    session_count: Number(rows[0]?.session_count ?? 0),
    sessions: rows.map((row) => ({
      session: row.session,
      calls: Number(row.calls),
      input_tokens: Number(row.input_tokens),
      output_tokens: Number(row.output_tokens),
      cache_write_tokens: Number(row.cache_write_tokens),
      cache_read_tokens: Number(row.cache_read_tokens),
      spend: toDollars(Number(row.cost_nano)),
      begins_at: row.begins_at.toISOString(),
      ends_at: row.ends_at.toISOString(),
    })),
  };
}

/** The newest calls of one account: the last ones, those that failed, and the conversations they belong to. */
import { meaningOf } from '../../errors/meaning';
import type { KeyRecord } from '../../keys/key-record';
import { toDollars } from '../../ledger/money';
import type { Statements } from '../../store/database';

/** Whatever an account has ever done, so many rows of one index are read. */
export const RECENT_CALLS = 2_000;
const LAST_CALLS = 15;
const LAST_FAILED = 10;
const LAST_SESSIONS = 10;

export interface OwnCall {
  /** Also the `x-request-id` of its answer. */
  readonly request_id: string;
  readonly at: string;
  readonly model: string;
  readonly client: string;
  readonly status: number;
  /** `type` of the error; null where there was none. */
  readonly error: string | null;
  /** What it means, and what to do. Null where there was none. */
  readonly meaning: string | null;
  /** Whether the provider never said what it bills, so that what was set aside is booked. */
  readonly estimated: boolean;
  readonly latency_ms: number;
  readonly tokens: number;
  readonly spend: number;
}

export interface OwnSession {
  readonly session: string;
  readonly client: string;
  readonly since: string;
  readonly until: string;
  readonly calls: number;
  readonly failed_calls: number;
  readonly tokens: number;
  readonly spend: number;
}

export interface RecentCalls {
  /** Newest first. */
  readonly last_calls: readonly OwnCall[];
  /** Newest first. */
  readonly last_failed: readonly OwnCall[];
  /** The one that was used last first. */
  readonly sessions: readonly OwnSession[];
}

interface CallRow {
  kind: 'last' | 'failed';
  request_id: string;
  finished_at: Date;
  model: string;
  client: string;
  status: number;
  error_type: string | null;
  estimated: boolean;
  latency_ms: number;
  tokens: string;
  cost_nano: string;
}

interface SessionRow {
  session: string;
  client: string;
  since: Date;
  until: Date;
  calls: string;
  failed_calls: string;
  tokens: string;
  cost_nano: string;
}

/** By the account first: of its owner's other keys there may be many more. $1 account, $2 owner, $3 most rows. */
const RECENT = `
with newest as materialized (
  select *, input_tokens + output_tokens + cache_write_tokens + cache_read_tokens as tokens
  from (select * from calls where account_id = $1 order by finished_at desc limit $3) as c
  where owner_id = $2
)`;
const CALLS = `${RECENT}, told as (
  (select 'last' as kind, n.* from newest n order by finished_at desc, request_id limit $4)
  union all
  (select 'failed', n.* from newest n where status >= 400 order by finished_at desc, request_id limit $5)
)
select kind, request_id, finished_at, model, client, status, error_type, estimated, latency_ms, tokens, cost_nano
from told order by finished_at desc, request_id`;
const SESSIONS = `${RECENT}
select session, max(client) as client, min(finished_at) as since, max(finished_at) as until, count(*) as calls,
  count(*) filter (where status >= 400) as failed_calls, sum(tokens) as tokens, sum(cost_nano) as cost_nano
from newest where session is not null group by session order by until desc, session limit $4`;

export async function readRecentCalls(
  statements: Statements,
  { accountId, ownerId }: KeyRecord,
): Promise<RecentCalls> {
  const of = [accountId, ownerId, RECENT_CALLS];
  const calls = await statements.run<CallRow>('own-page-calls', CALLS, [...of, LAST_CALLS, LAST_FAILED]);
  const sessions = await statements.run<SessionRow>('own-page-sessions', SESSIONS, [...of, LAST_SESSIONS]);
  const callOf = (row: CallRow): OwnCall => ({
    request_id: row.request_id,
    at: row.finished_at.toISOString(),
    model: row.model,
    client: row.client,
    status: row.status,
    error: row.error_type,
    meaning: row.status < 400 ? null : meaningOf(row.status, row.error_type),
    estimated: row.estimated,
    latency_ms: row.latency_ms,
    tokens: Number(row.tokens),
    spend: toDollars(Number(row.cost_nano)),
  });
  return {
    last_calls: calls.filter(({ kind }) => kind === 'last').map(callOf),
    last_failed: calls.filter(({ kind }) => kind === 'failed').map(callOf),
    sessions: sessions.map((row) => ({
      session: row.session,
      client: row.client,
      since: row.since.toISOString(),
      until: row.until.toISOString(),
      calls: Number(row.calls),
      failed_calls: Number(row.failed_calls),
      tokens: Number(row.tokens),
      spend: toDollars(Number(row.cost_nano)),
    })),
  };
}

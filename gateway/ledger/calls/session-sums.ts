/** What the calls of one conversation come to, of those about the time of one of them. */
import type { Statements } from '../../store/database';
import type { NanoDollars } from '../money';
import type { ListedCall } from './call-row';
import { LOOKED_THROUGH_OF_ONE } from './read-calls';

export interface SessionSums {
  readonly calls: number;
  readonly failedCalls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheWriteTokens: number;
  readonly cacheReadTokens: number;
  readonly cost: NanoDollars;
  readonly firstAt: Date;
  readonly lastAt: Date;
  /** Whether the key has more calls in those days than are looked at, so that some may be missing. */
  readonly isCut: boolean;
}

/** Days before and after the call: conversations are seldom longer. */
export const SESSION_DAYS = 7;
const DAY_MS = 86_400_000;
/** Calls of the key that are looked at before, and after. */
const HALF = LOOKED_THROUGH_OF_ONE / 2;
const COLUMNS =
  'session, finished_at, status, input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, cost_nano';

/** The span in which the conversation of a call is looked for. */
export const sessionSpan = ({ finishedAt }: ListedCall): { readonly from: Date; readonly until: Date } => ({
  from: new Date(finishedAt.getTime() - SESSION_DAYS * DAY_MS),
  until: new Date(finishedAt.getTime() + SESSION_DAYS * DAY_MS),
});

/** Of the call's key, since other keys' clients may use the same ids. Undefined where the call names none. */
export async function readSessionSums(
  statements: Statements,
  call: ListedCall,
): Promise<SessionSums | undefined> {
  if (call.session === null) return undefined;
  const { from, until } = sessionSpan(call);
  const [row] = await statements.run<
    Record<string, string> & { first_at: Date | null; last_at: Date | null }
  >(
    '',
    `with looked as (
       (select ${COLUMNS} from calls
        where account_id = $1::bigint and finished_at >= $2::timestamptz and finished_at < $5::timestamptz
        order by finished_at desc limit ${HALF + 1})
       union all
       (select ${COLUMNS} from calls
        where account_id = $1::bigint and finished_at >= $5::timestamptz and finished_at < $3::timestamptz
        order by finished_at limit ${HALF + 1})
     )
     select (select greatest(count(*) filter (where finished_at < $5), count(*) filter (where finished_at >= $5))
         from looked) as looked, count(*) as calls,
       count(*) filter (where status >= 400) as failed_calls, coalesce(sum(input_tokens), 0) as input_tokens,
       coalesce(sum(output_tokens), 0) as output_tokens, coalesce(sum(cache_write_tokens), 0) as cache_write_tokens,
       coalesce(sum(cache_read_tokens), 0) as cache_read_tokens, coalesce(sum(cost_nano), 0) as cost_nano,
       min(finished_at) as first_at, max(finished_at) as last_at
     from looked where session = $4`,
    [call.accountId, from, until, call.session, call.finishedAt],
  );
  if (row === undefined) return undefined;
  return {
    calls: Number(row['calls']),
    failedCalls: Number(row['failed_calls']),
    inputTokens: Number(row['input_tokens']),
    outputTokens: Number(row['output_tokens']),
    cacheWriteTokens: Number(row['cache_write_tokens']),
    cacheReadTokens: Number(row['cache_read_tokens']),
    cost: Number(row['cost_nano']),
    firstAt: row.first_at ?? call.finishedAt,
    lastAt: row.last_at ?? call.finishedAt,
    isCut: Number(row['looked']) > HALF,
  };
}

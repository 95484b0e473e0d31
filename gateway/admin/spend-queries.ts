/** Sums over the ledger, by whatever people ask: read-only, in nano-dollars until the very end. */
import { daysBetween } from '../ledger/calendar-day';
import { toDollars } from '../ledger/money';
import { OLDEST_CALL } from '../ledger/statements';
import type { Statements } from '../store/database';

/** $6 dates, $7 when they begin: the day of a single call; that of a sum stands with it. */
const DAY = `coalesce(to_char(summed_day, 'YYYY-MM-DD'), ($6::text[])[width_bucket(at, $7::timestamptz[])])`;

/** What spend can be grouped by, and the column that says it. */
const GROUPS = {
  user: { id: 'owner_id', name: 'max(owner_name)', by: 'owner_id' },
  team: { id: "coalesce(template_name, '')", name: 'template_name', by: 'template_name' },
  model: { id: 'model', name: 'model', by: 'model' },
  workspace: { id: "coalesce(workspace_id, '')", name: 'max(workspace_name)', by: 'workspace_id' },
  key: {
    id: '(select k.hash from keys k where k.id = key_id)',
    name: '(select coalesce(k.alias, k.owner_name) from keys k where k.id = key_id)',
    by: 'key_id',
  },
  provider: { id: "coalesce(provider, '')", name: 'provider', by: 'provider' },
  day: { id: DAY, name: 'null::text', by: DAY },
} as const;

export type SpendGroup = keyof typeof GROUPS;
export const SPEND_GROUPS = Object.keys(GROUPS) as SpendGroup[];

export interface SpendFilter {
  /** IANA name of the time zone whose days are meant. */
  readonly timeZone: string;
  /** The first instant, and the first one after the last. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  readonly ownerId?: string | undefined;
  readonly accountId?: string | undefined;
}

export interface SpendSum {
  readonly id: string;
  readonly name: string | null;
  readonly calls: number;
  readonly failed_calls: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_write_tokens: number;
  readonly cache_read_tokens: number;
  readonly spend: number;
}

type SumRow = { readonly id: string; readonly name: string | null } & Record<
  | 'calls'
  | 'failed_calls'
  | 'input_tokens'
  | 'output_tokens'
  | 'cache_write_tokens'
  | 'cache_read_tokens'
  | 'cost_nano',
  string
>;

/** $1 from, $2 to, $3 owner, $4 account, $5 most rows. */
const WHERE = `($1::timestamptz is null or at >= $1) and ($2::timestamptz is null or at < $2)
  and ($3::text is null or owner_id = $3) and ($4::bigint is null or account_id = $4)`;

const SUMS = `sum(calls) as calls, sum(failed_calls) as failed_calls, sum(input_tokens) as input_tokens,
  sum(output_tokens) as output_tokens, sum(cache_write_tokens) as cache_write_tokens,
  sum(cache_read_tokens) as cache_read_tokens, sum(cost_nano) as cost_nano`;

const valuesOf = (filter: SpendFilter, most: number): readonly unknown[] => [
  filter.from ?? null,
  filter.to ?? null,
  filter.ownerId ?? null,
  filter.accountId ?? null,
  most,
];

/** Dates and when they begin, of all days that have single calls. */
async function calendarOf(statements: Statements, { timeZone, from }: SpendFilter): Promise<unknown[]> {
  const [row] = await statements.run<{ oldest: Date | null; now: Date }>(
    'spend-days',
    `select oldest, clock_timestamp() as now from (${OLDEST_CALL}) as calls`,
    [],
  );
  const now = row?.now ?? new Date();
  const oldest = row?.oldest ?? now;
  const days = daysBetween(from !== undefined && from > oldest && from < now ? from : oldest, now, timeZone);
  return [days.map(({ date }) => date), days.map(({ start }) => start)];
}

/** Dearest first; by day, newest first. */
export async function sumSpend(
  statements: Statements,
  group: SpendGroup,
  filter: SpendFilter,
  most = 10_000,
): Promise<SpendSum[]> {
  const { id, name, by } = GROUPS[group];
  const rows = await statements.run<SumRow>(
    `spend-by-${group}`,
    `select ${id} as id, ${name} as name, ${SUMS} from spend_lines where ${WHERE} group by ${by}
     order by ${group === 'day' ? 'id desc' : 'cost_nano desc, id'} limit $5`,
    [...valuesOf(filter, most), ...(group === 'day' ? await calendarOf(statements, filter) : [])],
  );
  return rows.map(toSum);
}

export interface CrossSum extends SpendSum {
  readonly date: string;
  readonly model: string;
  readonly user: string;
  readonly provider: string;
  readonly api_key: string;
}

/** By day and everything else at once, for reports that nest. */
export async function sumAcross(statements: Statements, filter: SpendFilter): Promise<CrossSum[]> {
  const rows = await statements.run<
    SumRow & Record<'date' | 'model' | 'user' | 'provider' | 'api_key', string>
  >(
    'spend-across',
    `select ${DAY} as date, model, owner_id as "user",
       coalesce(provider, '') as provider, (select hash from keys where keys.id = key_id) as api_key,
       coalesce(template_name, '') as id, coalesce(template_name, '') as name, ${SUMS}
     from spend_lines where ${WHERE} group by 1, model, owner_id, provider, key_id, template_name
     order by date desc, cost_nano desc limit $5`,
    [...valuesOf(filter, 100_000), ...(await calendarOf(statements, filter))],
  );
  return rows.map((row) => ({ ...toSum(row), ...pick(row) }));
}

const pick = ({
  date,
  model,
  user,
  provider,
  api_key,
}: Record<'date' | 'model' | 'user' | 'provider' | 'api_key', string>) => ({
  date,
  model,
  user,
  provider,
  api_key,
});

const toSum = (row: SumRow): SpendSum => ({
  id: row.id,
  name: row.name,
  calls: Number(row.calls),
  failed_calls: Number(row.failed_calls),
  input_tokens: Number(row.input_tokens),
  output_tokens: Number(row.output_tokens),
  cache_write_tokens: Number(row.cache_write_tokens),
  cache_read_tokens: Number(row.cache_read_tokens),
  spend: toDollars(Number(row.cost_nano)),
});

export interface CallFilter extends SpendFilter {
  readonly requestId?: string | undefined;
  readonly page: number;
  readonly size: number;
}

interface CallRow {
  request_id: string;
  finished_at: Date;
  hash: string;
  owner_id: string;
  template_name: string | null;
  workspace_id: string | null;
  workspace_name: string | null;
  level: string;
  protocol: string;
  model: string;
  model_asked: string;
  provider: string | null;
  deployment: string | null;
  attempts: number;
  input_tokens: string;
  output_tokens: string;
  cache_write_tokens: string;
  cache_read_tokens: string;
  cost_nano: string;
  estimated: boolean;
  latency_ms: number;
  first_token_ms: number | null;
  status: number;
  error_type: string | null;
  client: string;
}

/** Single calls, newest first, as LiteLLM_SpendLogs has them. Never content: there is none. */
export async function readCalls(
  statements: Statements,
  filter: CallFilter,
): Promise<Record<string, unknown>[]> {
  const rows = await statements.run<CallRow>(
    'spend-calls',
    `select calls.*, (select hash from keys where keys.id = key_id) as hash from calls
     where ($1::timestamptz is null or finished_at >= $1) and ($2::timestamptz is null or finished_at < $2)
       and ($3::text is null or owner_id = $3) and ($4::bigint is null or account_id = $4)
       and ($6::uuid is null or request_id = $6)
     order by finished_at desc, request_id limit $5 offset $7`,
    [...valuesOf(filter, filter.size), filter.requestId ?? null, (filter.page - 1) * filter.size],
  );
  return rows.map((row) => {
    const start = row.finished_at.getTime() - row.latency_ms;
    const prompt = Number(row.input_tokens) + Number(row.cache_write_tokens) + Number(row.cache_read_tokens);
    return {
      request_id: row.request_id,
      call_type: row.protocol,
      api_key: row.hash,
      spend: toDollars(Number(row.cost_nano)),
      total_tokens: prompt + Number(row.output_tokens),
      prompt_tokens: prompt,
      completion_tokens: Number(row.output_tokens),
      startTime: new Date(start).toISOString(),
      endTime: row.finished_at.toISOString(),
      request_duration_ms: row.latency_ms,
      completionStartTime:
        row.first_token_ms === null ? null : new Date(start + row.first_token_ms).toISOString(),
      model: row.model,
      model_id: row.deployment,
      model_group: row.model_asked,
      custom_llm_provider: row.provider,
      user: row.owner_id,
      team_id: row.template_name,
      status: row.status < 400 ? 'success' : 'failure',
      metadata: {
        status_code: row.status,
        error_type: row.error_type,
        enforcement_level: row.level,
        workspace_id: row.workspace_id,
        workspace_name: row.workspace_name,
        attempts: row.attempts,
        estimated: row.estimated,
        cache_creation_input_tokens: Number(row.cache_write_tokens),
        cache_read_input_tokens: Number(row.cache_read_tokens),
        client: row.client,
      },
    };
  });
}

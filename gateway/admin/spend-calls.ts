/** Single calls, newest first, as LiteLLM_SpendLogs has them. Never content: there is none. */
import { toDollars } from '../ledger/money';
import type { Statements } from '../store/database';
import { startOf, type PageStart } from './page-start';
import { conditionsOf, StatementValues, type SpendFilter } from './spend-lines';

export interface CallFilter extends SpendFilter {
  readonly requestId?: string | undefined;
  /** Where the page before ended. */
  readonly after?: CallPlace | undefined;
  readonly page: number;
  readonly size: number;
}

/** The place of a call in the order of time: microseconds, and its id among those of the same one. */
export interface CallPlace {
  readonly micros: string;
  readonly requestId: string;
}

const PLACE = /^(\d{1,18})-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
export const CALL_PLACE_PATTERN = PLACE.source;

export function readPlace(text: string): CallPlace | undefined {
  const [, micros, requestId] = PLACE.exec(text) ?? [];
  return micros === undefined || requestId === undefined ? undefined : { micros, requestId };
}

export interface CallPage {
  readonly calls: readonly Record<string, unknown>[];
  /** Undefined: these are the last ones. */
  readonly next: string | undefined;
  /** How many calls there are of this kind, as a number, or `>` and one. */
  readonly rows: string;
}

interface CallRow {
  micros: string;
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
  session: string | null;
}

/** Counting them all takes as long as a report; so many are counted on the way. */
const MOST_COUNTED = 100_000;

export async function readCalls(statements: Statements, filter: CallFilter): Promise<CallPage> {
  const { size } = filter;
  const start = await startOf(statements, filter);
  if (start === undefined) return { calls: [], next: undefined, rows: '' };
  const { text, values } = pageStatement(filter, start);
  const rows = await statements.run<CallRow>('', text, values);
  const isCut = rows.length > size;
  const shown = rows.slice(0, size);
  const last = shown.at(-1);
  return {
    calls: shown.map(toSpendLog),
    next: isCut && last ? `${last.micros}-${last.request_id}` : undefined,
    rows: isCut ? await count(statements, filter) : '',
  };
}

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

export function pageStatement(filter: CallFilter, { until, skip }: PageStart): Statement {
  const { after, size } = filter;
  const values = new StatementValues();
  const asked = [
    askedFor(filter, values),
    ...(after === undefined ? [] : [behind(after, values)]),
    ...(until === undefined ? [] : [`finished_at <= ${instant(until, values)}`]),
  ].join(' and ');
  return {
    text: `select calls.*, (extract(epoch from finished_at) * 1000000)::bigint as micros,
       (select hash from keys where keys.id = key_id) as hash
     from (
       select * from calls where ${asked}
       order by finished_at desc, request_id
       limit ${values.add(size + 1, 'bigint')} offset ${values.add(skip, 'bigint')}
     ) as calls
     order by finished_at desc, request_id`,
    values: values.list,
  };
}

const askedFor = (filter: CallFilter, values: StatementValues): string => {
  const { requestId } = filter;
  const conditions = conditionsOf(filter, values, 'finished_at');
  return requestId === undefined
    ? conditions
    : `${conditions} and request_id = ${values.add(requestId, 'uuid')}`;
};

const instant = (micros: string, values: StatementValues): string =>
  `('epoch'::timestamptz + ${values.add(micros, 'bigint')} * interval '1 microsecond')`;

function behind({ micros, requestId }: CallPlace, values: StatementValues): string {
  const at = instant(micros, values);
  return `finished_at <= ${at} and (finished_at < ${at} or request_id > ${values.add(requestId, 'uuid')})`;
}

async function count(statements: Statements, filter: CallFilter): Promise<string> {
  const values = new StatementValues();
  const where = askedFor(filter, values);
  const [row] = await statements.run<{ n: string }>(
    '',
    `select count(*) as n from (select from calls where ${where} limit ${MOST_COUNTED + 1}) as counted`,
    values.list,
  );
  const n = Number(row?.n ?? 0);
  return n > MOST_COUNTED ? `>${MOST_COUNTED}` : String(n);
}

function toSpendLog(row: CallRow): Record<string, unknown> {
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
      estimated_by: row.estimated ? basisOf(row) : null,
      cache_creation_input_tokens: Number(row.cache_write_tokens),
      cache_read_input_tokens: Number(row.cache_read_tokens),
      client: row.client,
      session_id: row.session,
    },
  };
}

/** What an estimate is made of: the answer was cut off, and its provider never said what it came to. */
const basisOf = ({ input_tokens, cache_write_tokens, cache_read_tokens }: CallRow): string =>
  [input_tokens, cache_write_tokens, cache_read_tokens].some((tokens) => Number(tokens) > 0)
    ? 'input as told, output as set aside'
    : 'all that was set aside';

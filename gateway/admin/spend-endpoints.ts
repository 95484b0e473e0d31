/** Where the money went. */
import { GatewayError } from '../errors';
import { findKeyRecord } from '../keys/key-search';
import { ownerOfName } from '../keys/owner-names';
import { endpoint } from './endpoint';
import {
  anything,
  answer,
  count,
  flag,
  freeObject,
  input,
  listOf,
  number,
  orNull,
  string,
  text,
} from './json-schema';
import {
  readCalls,
  SPEND_GROUPS,
  sumAcross,
  sumSpend,
  type CrossSum,
  type SpendGroup,
} from './spend-queries';
import { filterOf, monthOf, PERIOD, spendBy, total, type Period } from './spend-period';

interface LogsInput extends Period {
  readonly api_key?: string;
  readonly user_id?: string;
  readonly request_id?: string;
  readonly summarize?: boolean;
  readonly page?: number;
  readonly size?: number;
}

export const logs = endpoint<LogsInput>({
  method: 'GET',
  paths: ['/spend/logs'],
  tag: 'spend',
  summary:
    'Single calls, newest first; with start_date and end_date their sums by day, unless summarize=false.',
  role: 'viewer',
  input: input({
    ...PERIOD,
    api_key: text('A key, its hash, or its alias.'),
    user_id: text("Coder's user id, or a user name."),
    request_id: { ...text(), pattern: '^[0-9a-fA-F-]{36}$' },
    summarize: flag,
    page: { type: 'integer', minimum: 1, maximum: 1_000_000 },
    size: { type: 'integer', minimum: 1, maximum: 10_000 },
  }),
  answer: listOf(answer({ startTime: string, spend: number })),
  async handle({ services, input: wish }) {
    const { database } = services;
    const { api_key, user_id } = wish;
    const key = api_key === undefined ? undefined : await findKeyRecord(database, api_key);
    if (api_key !== undefined && key === undefined) throw new GatewayError('key_not_found');
    const filter = {
      ...filterOf(services, wish),
      ownerId: user_id === undefined ? undefined : ((await ownerOfName(database, user_id)) ?? user_id),
      accountId: key?.accountId,
    };
    const isSummary =
      wish.start_date !== undefined && wish.end_date !== undefined && wish.summarize !== false;
    if (isSummary) return byDay(await sumAcross(database, filter));
    const { page = 1, size = 1_000 } = wish;
    return readCalls(database, { ...filter, requestId: wish.request_id, page, size });
  },
});

/** LiteLLM's shape: a key's spend stands under its hash beside the day's. */
function byDay(sums: readonly CrossSum[]): Record<string, unknown>[] {
  const days = new Map<string, CrossSum[]>();
  for (const sum of sums) days.set(sum.date, [...(days.get(sum.date) ?? []), sum]);
  return [...days].map(([day, ofDay]) => ({
    ...spendBy(ofDay, ({ api_key }) => api_key),
    startTime: day,
    spend: total(ofDay),
    users: spendBy(ofDay, ({ user }) => user),
    models: spendBy(ofDay, ({ model }) => model),
  }));
}

interface ReportInput extends Period {
  readonly group_by?: SpendGroup;
  readonly user_id?: string;
}

const SUM_FIELDS = {
  id: string,
  name: orNull(string),
  calls: count,
  failed_calls: count,
  input_tokens: count,
  output_tokens: count,
  cache_write_tokens: count,
  cache_read_tokens: count,
  spend: number,
};

export const report = endpoint<ReportInput>({
  method: 'GET',
  paths: ['/spend/report'],
  tag: 'spend',
  summary: 'Calls, tokens and dollars by user, team (template), model, workspace, key, provider or day.',
  role: 'viewer',
  input: input({ ...PERIOD, group_by: { type: 'string', enum: SPEND_GROUPS }, user_id: text() }),
  answer: answer({
    group_by: string,
    start_date: orNull(string),
    end_date: orNull(string),
    rows: listOf(answer(SUM_FIELDS)),
    total_spend: number,
  }),
  async handle({ services, input: wish }) {
    const { group_by = 'user', user_id } = wish;
    const { database } = services;
    const filter = filterOf(services, wish);
    const ownerId = user_id === undefined ? undefined : ((await ownerOfName(database, user_id)) ?? user_id);
    const rows = await sumSpend(database, group_by, { ...filter, ownerId });
    return {
      group_by,
      start_date: wish.start_date ?? null,
      end_date: wish.end_date ?? null,
      rows,
      total_spend: total(rows),
    };
  },
});

export const activity = endpoint<Period & { readonly user_id?: string }>({
  method: 'GET',
  paths: ['/user/daily/activity'],
  tag: 'spend',
  summary: 'Calls, tokens and dollars by day, split by model, provider and key.',
  role: 'viewer',
  input: input({ ...PERIOD, user_id: text() }),
  answer: answer({
    results: listOf(answer({ date: string, metrics: freeObject, breakdown: anything })),
    metadata: freeObject,
  }),
  async handle({ services, input: wish }) {
    const { database } = services;
    const { user_id } = wish;
    const ownerId = user_id === undefined ? undefined : ((await ownerOfName(database, user_id)) ?? user_id);
    const sums = await sumAcross(database, { ...filterOf(services, monthOf(services, wish)), ownerId });
    const days = [...new Set(sums.map((sum) => sum.date))];
    const split = (of: readonly CrossSum[], nameOf: (sum: CrossSum) => string) =>
      Object.fromEntries(
        [...new Set(of.map(nameOf))].map((name) => [
          name,
          { metrics: metricsOf(of.filter((sum) => nameOf(sum) === name)) },
        ]),
      );
    const all = metricsOf(sums);
    return {
      results: days.map((day) => {
        const ofDay = sums.filter((sum) => sum.date === day);
        return {
          date: day,
          metrics: metricsOf(ofDay),
          breakdown: {
            models: split(ofDay, ({ model }) => model),
            providers: split(ofDay, ({ provider }) => provider),
            api_keys: split(ofDay, ({ api_key }) => api_key),
          },
        };
      }),
      metadata: Object.fromEntries(Object.entries(all).map(([name, value]) => [`total_${name}`, value])),
    };
  },
});

function metricsOf(sums: readonly CrossSum[]): Record<string, number> {
  const sum = (field: 'calls' | 'failed_calls' | 'output_tokens') =>
    sums.reduce((result, each) => result + each[field], 0);
  const prompt = sums.reduce(
    (result, each) => result + each.input_tokens + each.cache_write_tokens + each.cache_read_tokens,
    0,
  );
  return {
    spend: total(sums),
    prompt_tokens: prompt,
    completion_tokens: sum('output_tokens'),
    total_tokens: prompt + sum('output_tokens'),
    api_requests: sum('calls'),
    successful_requests: sum('calls') - sum('failed_calls'),
    failed_requests: sum('failed_calls'),
  };
}

/** Where the money went. */
import { GatewayError } from '../errors';
import { findKeyRecord } from '../keys/key-search';
import { ownerOfName } from '../keys/owner-names';
import { toDollars } from '../ledger/money';
import type { Services } from '../services';
import { change, endpoint } from './endpoint';
import {
  anything,
  answer,
  count,
  date,
  flag,
  freeObject,
  input,
  listOf,
  number,
  orNull,
  string,
  text,
  type JsonSchema,
} from './json-schema';
import { resetAccounts } from './accounts';
import {
  readCalls,
  SPEND_GROUPS,
  sumAcross,
  sumSpend,
  type CrossSum,
  type SpendFilter,
  type SpendGroup,
} from './spend-queries';
import { invalid } from './terms-input';

interface Period {
  readonly start_date?: string;
  readonly end_date?: string;
}

const PERIOD: Readonly<Record<string, JsonSchema>> = {
  start_date: { ...date, description: 'First day, in UTC.' },
  end_date: { ...date, description: 'Last day.' },
};

function filterOf({ start_date, end_date }: Period): SpendFilter {
  for (const [name, day] of Object.entries({ start_date, end_date }))
    if (day !== undefined && Number.isNaN(Date.parse(day))) throw invalid(name, `${name} is no day: ${day}.`);
  return { from: start_date, to: end_date };
}

/** The last thirty days, where nobody says otherwise. */
function monthOf(services: Services, period: Period): Period {
  if (period.start_date !== undefined || period.end_date !== undefined) return period;
  const start = new Date(services.now().getTime() - 29 * 86_400_000);
  return { start_date: start.toISOString().slice(0, 10) };
}

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
      ...filterOf(wish),
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

// Dollars of whole nano-dollars; the sum is rounded back to them.
const total = (sums: readonly { readonly spend: number }[]): number =>
  Math.round(sums.reduce((sum, { spend }) => sum + spend, 0) * 1e9) / 1e9;

function spendBy<T extends { readonly spend: number }>(
  sums: readonly T[],
  nameOf: (sum: T) => string,
): Record<string, number> {
  const names = [...new Set(sums.map(nameOf))];
  return Object.fromEntries(names.map((name) => [name, total(sums.filter((sum) => nameOf(sum) === name))]));
}

export const global = endpoint({
  method: 'GET',
  paths: ['/global/spend'],
  tag: 'spend',
  summary: 'Everything that was ever spent.',
  role: 'viewer',
  input: input({}),
  answer: answer({ spend: number, max_budget: number }),
  async handle({ services }) {
    const rows = await services.database.run<{ nano: string }>(
      'spend-global',
      'select coalesce(sum(cost_nano), 0) as nano from spend_lines',
      [],
    );
    // There is no budget over all; LiteLLM's word for that is 0.
    return { spend: toDollars(Number(rows[0]?.nano ?? 0)), max_budget: 0 };
  },
});

export const globalLogs = endpoint<Period & { readonly api_key?: string }>({
  method: 'GET',
  paths: ['/global/spend/logs'],
  tag: 'spend',
  summary: 'Spend by day, oldest first: of the last thirty days, or of those named.',
  role: 'viewer',
  input: input(PERIOD),
  answer: listOf(answer({ date: string, spend: number })),
  async handle({ services, input: wish }) {
    const days = await sumSpend(services.database, 'day', filterOf(monthOf(services, wish)));
    return days.map(({ id, spend }) => ({ date: id, spend })).reverse();
  },
});

const top = (
  group: 'key' | 'model',
  path: string,
  summary: string,
  view: (id: string, name: string | null) => object,
  fields: Record<string, JsonSchema>,
) =>
  endpoint<Period & { readonly limit?: number }>({
    method: 'GET',
    paths: [path],
    tag: 'spend',
    summary,
    role: 'viewer',
    input: input({ ...PERIOD, limit: { type: 'integer', minimum: 1, maximum: 10_000 } }),
    answer: listOf(answer({ ...fields, total_spend: number })),
    async handle({ services, input: wish }) {
      const filter = filterOf(monthOf(services, wish));
      const sums = await sumSpend(services.database, group, filter, wish.limit ?? 10);
      return sums.map(({ id, name, spend }) => ({ ...view(id, name), total_spend: spend }));
    },
  });

export const globalModels = top(
  'model',
  '/global/spend/models',
  'The dearest models.',
  (model) => ({ model }),
  {
    model: string,
  },
);

export const globalKeys = top(
  'key',
  '/global/spend/keys',
  'The dearest keys.',
  (hash, name) => ({ api_key: hash, key_alias: name }),
  { api_key: string, key_alias: orNull(string) },
);

export const globalTeams = endpoint<Period>({
  method: 'GET',
  paths: ['/global/spend/teams'],
  tag: 'spend',
  summary: 'Spend by template, in all and by day.',
  role: 'viewer',
  input: input(PERIOD),
  answer: answer({
    daily_spend: listOf(freeObject),
    teams: listOf(string),
    total_spend_per_team: listOf(answer({ team_id: string, total_spend: number })),
  }),
  async handle({ services, input: wish }) {
    const sums = await sumAcross(services.database, filterOf(monthOf(services, wish)));
    const totals = spendBy(sums, ({ id }) => id);
    const days = [...new Set(sums.map(({ date: day }) => day))].sort();
    return {
      daily_spend: days.map((day) => ({
        date: day,
        ...spendBy(
          sums.filter((sum) => sum.date === day),
          ({ id }) => id,
        ),
      })),
      teams: Object.keys(totals),
      total_spend_per_team: Object.entries(totals).map(([team_id, total_spend]) => ({
        team_id,
        total_spend,
      })),
    };
  },
});

export const reset = endpoint({
  method: 'POST',
  paths: ['/global/spend/reset'],
  tag: 'spend',
  summary: 'Opens the budget window of every account anew. The ledger keeps what was spent.',
  role: 'admin',
  input: input({}),
  answer: answer({ message: string, status: string }),
  handle: (call) =>
    change(call, async (transaction) => {
      const accounts = await transaction.run<{ id: string }>(
        'accounts-spent',
        'select id from accounts where spent_nano > 0',
        [],
      );
      const ids = accounts.map(({ id }) => id);
      const changed = await resetAccounts(transaction, ids, 0, call.admin.name);
      await transaction.note({ action: 'global/spend/reset', target: 'all', after: { accounts: changed } });
      return { message: 'Spend for all API Keys and Teams reset successfully', status: 'success' };
    }),
});

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
    const filter = filterOf(wish);
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
    const sums = await sumAcross(database, { ...filterOf(monthOf(services, wish)), ownerId });
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

/** Where the money of everybody went. */
import { GatewayError } from '../errors';
import { toDollars } from '../ledger/money';
import { resetAccounts } from './accounts';
import { change, endpoint } from './endpoint';
import {
  answer,
  count,
  freeObject,
  input,
  listOf,
  number,
  orNull,
  string,
  type JsonSchema,
} from './json-schema';
import { markCut, report } from './report-endpoint';
import type { SpendFilter } from './spend-lines';
import { filterOf, monthOf, PERIOD, type Period } from './spend-period';
import { collectSums, sumSpend } from './spend-sums';
import type { ReportReader } from '../store/report-store';

export const global = report({
  method: 'GET',
  paths: ['/global/spend'],
  summary: 'Everything that was ever spent.',
  input: input({}),
  answer: answer({ spend: number, max_budget: number }),
  async read({ services }, reader) {
    const { totalSpend } = await sumSpend(reader, 'day', filterOf(services, {}), { page: 1, size: 1 });
    // There is no budget over all; LiteLLM's word for that is 0.
    return { spend: totalSpend, max_budget: 0 };
  },
});

/** Days of some thirty years; a ledger with more is asked for a part of them. */
const MOST_DAYS = 10_000;

export const globalLogs = report<Period & { readonly api_key?: string }>({
  method: 'GET',
  paths: ['/global/spend/logs'],
  summary: 'Spend by day, oldest first: of the last thirty days, or of those named.',
  input: input(PERIOD),
  answer: listOf(answer({ date: string, spend: number })),
  async read({ services, input: wish }, reader) {
    const filter = filterOf(services, monthOf(services, wish));
    const { rows, rowCount } = await sumSpend(reader, 'day', filter, { page: 1, size: MOST_DAYS });
    if (rows.length < rowCount) throw new GatewayError('report_too_large');
    return rows.map(({ id, spend }) => ({ date: id, spend })).reverse();
  },
});

export const globalActivity = report<Period>({
  method: 'GET',
  paths: ['/global/activity'],
  summary: 'Calls and tokens by day, oldest first: of the last thirty days, or of those named.',
  input: input(PERIOD),
  answer: answer({
    daily_data: listOf(answer({ date: string, api_requests: count, total_tokens: count })),
    sum_api_requests: count,
    sum_total_tokens: count,
  }),
  async read({ services, input: wish }, reader) {
    const filter = filterOf(services, monthOf(services, wish));
    const { rows, rowCount } = await sumSpend(reader, 'day', filter, { page: 1, size: MOST_DAYS });
    if (rows.length < rowCount) throw new GatewayError('report_too_large');
    const daily_data = [...rows].reverse().map((day) => ({
      date: day.id,
      api_requests: day.calls,
      total_tokens: day.input_tokens + day.cache_write_tokens + day.cache_read_tokens + day.output_tokens,
    }));
    return {
      daily_data,
      sum_api_requests: daily_data.reduce((sum, { api_requests }) => sum + api_requests, 0),
      sum_total_tokens: daily_data.reduce((sum, { total_tokens }) => sum + total_tokens, 0),
    };
  },
});

const top = (
  group: 'key' | 'model',
  path: string,
  summary: string,
  view: (id: string, name: string | null) => object,
  fields: Record<string, JsonSchema>,
) =>
  report<Period & { readonly limit?: number }>({
    method: 'GET',
    paths: [path],
    summary,
    input: input({ ...PERIOD, limit: { type: 'integer', minimum: 1, maximum: 10_000 } }),
    answer: listOf(answer({ ...fields, total_spend: number })),
    isCut: true,
    async read({ services, input: wish, exchange }, reader) {
      const period = monthOf(services, wish);
      const { limit: size = 10 } = wish;
      const { rows, rowCount } = await sumSpend(reader, group, filterOf(services, period), { page: 1, size });
      if (rows.length < rowCount)
        markCut(exchange, {
          rows: String(rowCount),
          path: '/spend/report',
          next: { group_by: group, ...pick(period) },
        });
      return rows.map(({ id, name, spend }) => ({ ...view(id, name), total_spend: spend }));
    },
  });

const pick = ({ start_date, end_date }: Period): Record<string, string> => ({
  ...(start_date === undefined ? {} : { start_date }),
  ...(end_date === undefined ? {} : { end_date }),
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

/** Sums of a template and a day; more are asked for in parts. */
const MOST_TEAM_DAYS = 50_000;

interface TeamDay {
  readonly date: string;
  readonly team: string;
  readonly nano: string;
}

async function readTeamDays(reader: ReportReader, filter: SpendFilter): Promise<readonly TeamDay[]> {
  await collectSums(reader, filter, ({ date }, values) => ({
    by: values.add(date, 'text'),
    part: `coalesce(template_name, '')`,
    name: 'null',
  }));
  const rows = await reader.run<TeamDay>(
    '',
    `select by as date, part as team, cost_nano as nano from report_sums
     order by by, cost_nano desc, part limit ${MOST_TEAM_DAYS + 1}`,
    [],
  );
  if (rows.length > MOST_TEAM_DAYS) throw new GatewayError('report_too_large');
  return rows;
}

export const globalTeams = report<Period>({
  method: 'GET',
  paths: ['/global/spend/teams'],
  summary: 'Spend by template, in all and by day.',
  input: input(PERIOD),
  answer: answer({
    daily_spend: listOf(freeObject),
    teams: listOf(string),
    total_spend_per_team: listOf(answer({ team_id: string, total_spend: number })),
  }),
  async read({ services, input: wish }, reader) {
    const days = new Map<string, Map<string, number>>();
    const totals = new Map<string, number>();
    for (const { date, team, nano } of await readTeamDays(
      reader,
      filterOf(services, monthOf(services, wish)),
    )) {
      const day = days.get(date) ?? new Map<string, number>();
      days.set(date, day.set(team, toDollars(Number(nano))));
      // Whole nano-dollars, so the sum is exact.
      totals.set(team, (totals.get(team) ?? 0) + Number(nano));
    }
    const dearest = [...totals].sort(([, one], [, other]) => other - one);
    return {
      daily_spend: [...days].map(([date, teams]) => ({ date, ...Object.fromEntries(teams) })),
      teams: dearest.map(([team]) => team),
      total_spend_per_team: dearest.map(([team_id, nano]) => ({ team_id, total_spend: toDollars(nano) })),
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
      const changed = await resetAccounts(transaction, ids, { usd: 0, actor: call.admin.name });
      await transaction.note({ action: 'global/spend/reset', target: 'all', after: { accounts: changed } });
      return { message: 'Spend for all API Keys and Teams reset successfully', status: 'success' };
    }),
});

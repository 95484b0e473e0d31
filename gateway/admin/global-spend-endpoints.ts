/** Where the money of everybody went. */
import { toDollars } from '../ledger/money';
import { resetAccounts } from './accounts';
import { change, endpoint } from './endpoint';
import { answer, freeObject, input, listOf, number, orNull, string, type JsonSchema } from './json-schema';
import { filterOf, monthOf, PERIOD, spendBy, type Period } from './spend-period';
import { sumAcross, sumSpend } from './spend-queries';

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
    const days = await sumSpend(services.database, 'day', filterOf(services, monthOf(services, wish)));
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
      const filter = filterOf(services, monthOf(services, wish));
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
    const sums = await sumAcross(services.database, filterOf(services, monthOf(services, wish)));
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
      const changed = await resetAccounts(transaction, ids, { usd: 0, actor: call.admin.name });
      await transaction.note({ action: 'global/spend/reset', target: 'all', after: { accounts: changed } });
      return { message: 'Spend for all API Keys and Teams reset successfully', status: 'success' };
    }),
});

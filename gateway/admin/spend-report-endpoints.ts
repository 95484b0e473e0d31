/** Spend as LiteLLM's licensed reports have it. Teams are templates; customers and end users are the people whose keys it was. */
import { GatewayError } from '../errors';
import { findKeyRecord } from '../keys/key-search';
import { ownerOfName } from '../keys/owner-names';
import type { Statements } from '../store/database';
import { endpoint } from './endpoint';
import { anything, answer, count, input, listOf, number, string, text, type JsonSchema } from './json-schema';
import { filterOf, monthOf, PERIOD, total, type Period } from './spend-period';
import { sumAcross, sumSpend, type CrossSum, type SpendFilter } from './spend-queries';
import { invalid } from './terms-input';

const GROUPS = ['team', 'customer', 'api_key'] as const;

interface ReportInput extends Period {
  readonly group_by?: (typeof GROUPS)[number];
  readonly api_key?: string;
  readonly internal_user_id?: string;
  readonly team_id?: string;
  readonly customer_id?: string;
}

const USER = text("Coder's user id, or a user name.");

const TOKENS: Readonly<Record<string, JsonSchema>> = {
  total_cost: number,
  total_input_tokens: count,
  total_output_tokens: count,
};

export const report = endpoint<ReportInput>({
  method: 'GET',
  paths: ['/global/spend/report'],
  tag: 'spend',
  summary:
    'Spend by day and team (template) or customer (person), or by key: of the last thirty days, or of those named.',
  role: 'viewer',
  input: input({
    ...PERIOD,
    group_by: { type: 'string', enum: GROUPS },
    api_key: text('The key, its hash, or its alias: of this one only, by key.'),
    internal_user_id: { ...USER, description: 'Of this person only, by key.' },
    team_id: text('Of this template only.'),
    customer_id: { ...USER, description: 'Of this person only.' },
  }),
  answer: {
    anyOf: [
      listOf(
        answer({
          group_by_day: string,
          teams: listOf(answer({ team_name: string, total_spend: number, metadata: anything })),
        }),
      ),
      listOf(
        answer({
          group_by_day: string,
          customers: listOf(answer({ customer: string, total_spend: number, metadata: anything })),
        }),
      ),
      listOf(
        answer({ api_key: string, ...TOKENS, model_details: listOf(answer({ model: string, ...TOKENS })) }),
      ),
    ],
  },
  async handle({ services, input: wish }) {
    const { database } = services;
    const filter = {
      ...filterOf(services, monthOf(services, wish)),
      ...(await keyOrOwner(database, wish.api_key, wish.internal_user_id ?? wish.customer_id)),
    };
    const all = await sumAcross(database, filter);
    const sums = wish.team_id === undefined ? all : all.filter(({ id }) => id === wish.team_id);
    if (wish.group_by === 'api_key' || wish.api_key !== undefined || wish.internal_user_id !== undefined)
      return split(sums, ({ api_key }) => api_key).map(([api_key, ofKey]) => ({
        api_key,
        ...tokensOf(ofKey),
        model_details: split(ofKey, ({ model }) => model).map(([model, of]) => ({ model, ...tokensOf(of) })),
      }));
    const days = split(sums, ({ date }) => date).sort(([one], [other]) => (one < other ? -1 : 1));
    return wish.group_by === 'customer'
      ? days.map(([group_by_day, ofDay]) => ({
          group_by_day,
          customers: split(ofDay, ({ user }) => user).map(([customer, of]) => ({ customer, ...spendOf(of) })),
        }))
      : days.map(([group_by_day, ofDay]) => ({
          group_by_day,
          teams: split(ofDay, ({ id }) => id).map(([team_name, of]) => ({ team_name, ...spendOf(of) })),
        }));
  },
});

async function keyOrOwner(
  statements: Statements,
  apiKey: string | undefined,
  user: string | undefined,
): Promise<Pick<SpendFilter, 'accountId' | 'ownerId'>> {
  const key = apiKey === undefined ? undefined : await findKeyRecord(statements, apiKey);
  if (apiKey !== undefined && key === undefined) throw new GatewayError('key_not_found');
  const ownerId = user === undefined ? undefined : ((await ownerOfName(statements, user)) ?? user);
  return { accountId: key?.accountId, ownerId };
}

function split(sums: readonly CrossSum[], nameOf: (sum: CrossSum) => string): [string, CrossSum[]][] {
  const groups = new Map<string, CrossSum[]>();
  for (const sum of sums) {
    const group = groups.get(nameOf(sum));
    if (group) group.push(sum);
    else groups.set(nameOf(sum), [sum]);
  }
  return [...groups];
}

const add = (sums: readonly CrossSum[], valueOf: (sum: CrossSum) => number): number =>
  sums.reduce((result, sum) => result + valueOf(sum), 0);

const inputOf = (sum: CrossSum): number => sum.input_tokens + sum.cache_write_tokens + sum.cache_read_tokens;

const tokensOf = (sums: readonly CrossSum[]) => ({
  total_cost: total(sums),
  total_input_tokens: add(sums, inputOf),
  total_output_tokens: add(sums, ({ output_tokens }) => output_tokens),
});

const spendOf = (sums: readonly CrossSum[]) => ({
  total_spend: total(sums),
  metadata: split(sums, ({ model, api_key }) => `${api_key} ${model}`).map(([, of]) => ({
    model: of[0]?.model,
    spend: total(of),
    total_tokens: add(of, (sum) => inputOf(sum) + sum.output_tokens),
    api_key: of[0]?.api_key,
  })),
});

interface EndUsersInput {
  readonly api_key?: string;
  readonly startTime?: string;
  readonly endTime?: string;
}

const MOST_END_USERS = 100;
const TIME: JsonSchema = {
  ...text('A time or a day; sums of old calls count at the beginning of their day.'),
};

export const endUsers = endpoint<EndUsersInput>({
  method: 'POST',
  paths: ['/global/spend/end_users'],
  tag: 'spend',
  summary: 'The hundred people who spent most: in the last thirty days, or between the times named.',
  role: 'viewer',
  input: input({ api_key: text('Of this key only.'), startTime: TIME, endTime: TIME }),
  answer: listOf(answer({ end_user: string, total_count: count, total_spend: number })),
  async handle({ services, input: wish }) {
    const month = filterOf(services, monthOf(services, {}));
    const sums = await sumSpend(
      services.database,
      'user',
      {
        ...month,
        from: timeOf('startTime', wish.startTime) ?? month.from,
        to: timeOf('endTime', wish.endTime),
        ...(await keyOrOwner(services.database, wish.api_key, undefined)),
      },
      MOST_END_USERS,
    );
    return sums.map(({ id, calls, spend }) => ({ end_user: id, total_count: calls, total_spend: spend }));
  },
});

function timeOf(name: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || Number.isNaN(Date.parse(text)))
    throw invalid(name, `${name} must be a time or a day: 2026-11-21T00:00:00Z.`);
  return new Date(text);
}

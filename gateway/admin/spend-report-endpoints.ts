/** Spend as LiteLLM's licensed reports have it. Teams are templates; customers and end users are the people whose keys it was. */
import { GatewayError } from '../errors';
import { findKeyRecord } from '../keys/key-search';
import type { ReportReader } from '../store/report-store';
import { Commas, JsonPieces } from './json-pieces';
import { anything, answer, count, input, listOf, number, string, text, type JsonSchema } from './json-schema';
import { markCut, report } from './report-endpoint';
import { ownerOf } from './spend-endpoints';
import { dollars, type SpendFilter } from './spend-lines';
import { nestKeys, nestByDay, type Column, type Nesting } from './spend-nested';
import { filterOf, monthOf, PERIOD, type Period } from './spend-period';
import { sumSpend } from './spend-sums';
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

export const nested = report<ReportInput>({
  method: 'GET',
  paths: ['/global/spend/report'],
  summary:
    'Spend by day and team (template) or customer (person), or by key: of the last thirty days, or of those named.',
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
  async read({ services, input: wish }, reader) {
    const filter = {
      ...filterOf(services, monthOf(services, wish)),
      accountId: await accountOf(reader, wish.api_key),
      ownerId: await ownerOf(reader, wish.internal_user_id ?? wish.customer_id),
      template: wish.team_id,
    };
    if (wish.group_by === 'api_key' || wish.api_key !== undefined || wish.internal_user_id !== undefined)
      return new JsonPieces(byKey(reader, filter));
    return new JsonPieces(byDay(reader, filter, wish.group_by === 'customer' ? 'customer' : 'team'));
  },
});

async function accountOf(reader: ReportReader, apiKey: string | undefined): Promise<string | undefined> {
  const key = apiKey === undefined ? undefined : await findKeyRecord(reader, apiKey);
  if (apiKey !== undefined && key === undefined) throw new GatewayError('key_not_found');
  return key?.accountId;
}

/** SQL: members of LiteLLM's that tell cost and tokens. */
const tokens = (nano: string, inputTokens: string, output: string): string =>
  `'"total_cost":' || ${dollars(nano)} || ',"total_input_tokens":' || ${inputTokens} || ',"total_output_tokens":' || ${output}`;

const BY_KEY: Nesting = {
  outer: 'key',
  inner: ['model'],
  head: tokens('whole_nano', 'whole_input', 'whole_output'),
  entry: (nameOf) =>
    `'{"model":' || to_json(${nameOf('model')}) || ',' || ${tokens('nano', 'input', 'output')} || '}'`,
};

async function* byKey(reader: ReportReader, filter: SpendFilter): AsyncGenerator<string> {
  yield '[';
  yield* nestKeys(reader, filter, BY_KEY, { nameField: 'api_key', listName: 'model_details' });
  yield ']';
}

const byPart = (outer: 'team' | 'user') => ({
  outer,
  inner: ['model', 'key'] as const,
  head: `'"total_spend":' || ${dollars('whole_nano')}`,
  entry: (nameOf: (column: Column) => string) =>
    `'{"model":' || to_json(${nameOf('model')}) || ',"spend":' || ${dollars('nano')} || ',"total_tokens":'
     || input + output || ',"api_key":' || to_json(${nameOf('key')}) || '}'`,
});

async function* byDay(
  reader: ReportReader,
  filter: SpendFilter,
  group: 'team' | 'customer',
): AsyncGenerator<string> {
  const nesting = byPart(group === 'team' ? 'team' : 'user');
  const nameField = group === 'team' ? 'team_name' : 'customer';
  const days = new Commas();
  yield '[';
  for await (const { date, members } of nestByDay(reader, filter, nesting, {
    nameField,
    listName: 'metadata',
  })) {
    yield days.before(`{"group_by_day":"${date}","${group}s":[`);
    yield* members;
    yield ']}';
  }
  yield ']';
}

interface EndUsersInput {
  readonly api_key?: string;
  readonly startTime?: string;
  readonly endTime?: string;
}

const MOST_END_USERS = 100;
const TIME: JsonSchema = {
  ...text('A time or a day; sums of old calls count at the beginning of their day.'),
};

export const endUsers = report<EndUsersInput>({
  method: 'POST',
  paths: ['/global/spend/end_users'],
  summary: 'The hundred people who spent most: in the last thirty days, or between the times named.',
  input: input({ api_key: text('Of this key only.'), startTime: TIME, endTime: TIME }),
  answer: listOf(answer({ end_user: string, total_count: count, total_spend: number })),
  isCut: true,
  async read({ services, input: wish, exchange }, reader) {
    const month = filterOf(services, monthOf(services, {}));
    const filter = {
      ...month,
      from: timeOf('startTime', wish.startTime) ?? month.from,
      to: timeOf('endTime', wish.endTime),
      accountId: await accountOf(reader, wish.api_key),
    };
    const { rows, rowCount } = await sumSpend(reader, 'user', filter, { page: 1, size: MOST_END_USERS });
    if (rows.length < rowCount)
      markCut(exchange, { rows: String(rowCount), path: '/spend/report', next: { group_by: 'user' } });
    return rows.map(({ id, calls, spend }) => ({ end_user: id, total_count: calls, total_spend: spend }));
  },
});

function timeOf(name: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || Number.isNaN(Date.parse(text)))
    throw invalid(name, `${name} must be a time or a day: 2026-11-21T00:00:00Z.`);
  return new Date(text);
}

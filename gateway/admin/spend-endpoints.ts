/** Where the money went. */
import { GatewayError } from '../errors';
import { findKeyRecord } from '../keys/key-search';
import { ownerOfName } from '../keys/owner-names';
import { callIdIn } from '../protocols/answer-id';
import type { ReportReader } from '../store/report-store';
import type { Exchange } from '../http/exchange';
import { Commas, JsonPieces } from './json-pieces';
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
import { markCut, report } from './report-endpoint';
import { CALL_PLACE_PATTERN, readCalls, readPlace } from './spend-calls';
import { dollars, type SpendFilter } from './spend-lines';
import { splitDays, SUMS, type Column, type DayPart } from './spend-nested';
import { filterOf, monthOf, PERIOD, type Period } from './spend-period';
import { collectSums, SPEND_GROUPS, sumSpend, type SpendGroup } from './spend-sums';
import { invalid } from './terms-input';

interface LogsInput extends Period {
  readonly api_key?: string;
  readonly user_id?: string;
  readonly request_id?: string;
  readonly summarize?: boolean;
  readonly page?: number;
  readonly size?: number;
  readonly after?: string;
}

const page = { type: 'integer', minimum: 1, maximum: 1_000_000 } as const;
const size = { type: 'integer', minimum: 1, maximum: 10_000 } as const;

export const logs = report<LogsInput>({
  method: 'GET',
  paths: ['/spend/logs'],
  summary:
    'Single calls, newest first; with start_date and end_date their sums by day, unless summarize=false.',
  input: input({
    ...PERIOD,
    api_key: text('A key, its hash, or its alias.'),
    user_id: text("Coder's user id, or a user name."),
    request_id: {
      ...text('Of a call: that of the header x-request-id, or the id of a chat’s answer.'),
      pattern: '^(chatcmpl-|cmpl-)?[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$',
    },
    summarize: flag,
    page,
    size,
    after: {
      type: 'string',
      pattern: CALL_PLACE_PATTERN,
      description:
        'Where the page before ended, as its header link says: as fast for the last page as for the first.',
    },
  }),
  answer: listOf(answer({ startTime: string, spend: number })),
  isCut: true,
  async read({ services, input: wish, exchange }, reader) {
    const { api_key } = wish;
    const key = api_key === undefined ? undefined : await findKeyRecord(reader, api_key);
    if (api_key !== undefined && key === undefined) throw new GatewayError('key_not_found');
    const filter = {
      ...filterOf(services, wish),
      ownerId: await ownerOf(reader, wish.user_id),
      accountId: key?.accountId,
    };
    const isSummary =
      wish.start_date !== undefined && wish.end_date !== undefined && wish.summarize !== false;
    return isSummary ? new JsonPieces(byDay(reader, filter)) : calls(exchange, reader, filter, wish);
  },
});

/** The owner that a request names, by id or by name. */
export const ownerOf = async (reader: ReportReader, user: string | undefined): Promise<string | undefined> =>
  user === undefined ? undefined : ((await ownerOfName(reader, user)) ?? user);

async function calls(
  exchange: Exchange,
  reader: ReportReader,
  filter: SpendFilter,
  { request_id: requestId, page: number = 1, size: most = 1_000, after: place }: LogsInput,
) {
  const after = place === undefined ? undefined : readPlace(place);
  if (place !== undefined && number > 1) throw invalid('page', 'page and after exclude each other.');
  const callId = requestId === undefined ? undefined : callIdIn(requestId);
  const found = await readCalls(reader, { ...filter, requestId: callId, after, page: number, size: most });
  if (found.next !== undefined)
    markCut(exchange, { rows: found.rows, next: { page: 1, size: most, after: found.next } });
  return found.calls;
}

/** LiteLLM's shape: a key's spend stands under its hash beside the day's. */
async function* byDay(reader: ReportReader, filter: SpendFilter): AsyncGenerator<string> {
  const split = { columns: ['user', 'model', 'key'], figures: `${dollars('nano')}::text` } as const;
  const days = new Commas();
  yield '[';
  for await (const { date, parts } of splitDays(reader, filter, split, true)) {
    yield days.before(`{"startTime":"${date}",`);
    yield* withSections(parts, (spend) => `"spend":${spend},`, { user: 'users', model: 'models' });
    yield '}';
  }
  yield ']';
}

/**
 * The members of a day's object.
 *
 * @param ofDay what is before the sections: made of the day's own figures
 * @param sections names of the objects that columns have; those of others stand beside them
 */
async function* withSections(
  parts: AsyncIterable<DayPart>,
  ofDay: (figures: string) => string,
  sections: Readonly<Partial<Record<Column, string>>>,
): AsyncGenerator<string> {
  const commas = new Commas();
  let column: DayPart['column'];
  let end = '';
  for await (const part of parts) {
    if (part.column === undefined) yield ofDay(part.text);
    else if (part.column === column) yield `,${part.text}`;
    else {
      const section = sections[part.column];
      yield end + commas.before(section === undefined ? part.text : `"${section}":{${part.text}`);
      end = section === undefined ? '' : '}';
      column = part.column;
    }
  }
  yield end;
}

interface ReportInput extends Period {
  readonly group_by?: SpendGroup;
  readonly user_id?: string;
  readonly page?: number;
  readonly size?: number;
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

export const sums = report<ReportInput>({
  method: 'GET',
  paths: ['/spend/report'],
  summary:
    'Calls, tokens and dollars by user, team (template), model, workspace, session (of the last days only: sums of old calls tell none apart), key, provider or day, a page at a time.',
  input: input({
    ...PERIOD,
    group_by: { type: 'string', enum: SPEND_GROUPS },
    user_id: text(),
    page,
    size: { ...size, description: 'Rows of a page; 10000 unless it is said.' },
  }),
  answer: answer({
    group_by: string,
    start_date: orNull(string),
    end_date: orNull(string),
    rows: listOf(answer(SUM_FIELDS)),
    total_spend: { ...number, description: 'Of all rows, also those of other pages.' },
    total_rows: { ...count, description: 'How many there are in all.' },
    page: count,
    size: count,
    truncated: { ...flag, description: 'Whether there are more rows than this page has.' },
    next_page: { ...orNull(count), description: 'The page to ask for next; null at the end.' },
  }),
  async read({ services, input: wish }, reader) {
    const { group_by = 'user', page: number = 1, size: most = 10_000 } = wish;
    const filter = { ...filterOf(services, wish), ownerId: await ownerOf(reader, wish.user_id) };
    const found = await sumSpend(reader, group_by, filter, { page: number, size: most });
    return {
      group_by,
      start_date: wish.start_date ?? null,
      end_date: wish.end_date ?? null,
      rows: found.rows,
      total_spend: found.totalSpend,
      total_rows: found.rowCount,
      page: number,
      size: most,
      truncated: found.rows.length < found.rowCount,
      next_page: number * most < found.rowCount ? number + 1 : null,
    };
  },
});

export const activity = report<Period & { readonly user_id?: string }>({
  method: 'GET',
  paths: ['/user/daily/activity'],
  summary: 'Calls, tokens and dollars by day, split by model, provider and key.',
  input: input({ ...PERIOD, user_id: text() }),
  answer: answer({
    results: listOf(answer({ date: string, metrics: freeObject, breakdown: anything })),
    metadata: freeObject,
  }),
  async read({ services, input: wish }, reader) {
    const filter = {
      ...filterOf(services, monthOf(services, wish)),
      ownerId: await ownerOf(reader, wish.user_id),
    };
    return new JsonPieces(activityOf(reader, filter));
  },
});

/** In the order in which they are told. */
const METRICS = {
  spend: dollars('nano'),
  prompt_tokens: 'coalesce(input, 0)',
  completion_tokens: 'coalesce(output, 0)',
  total_tokens: 'coalesce(input + output, 0)',
  api_requests: 'coalesce(calls, 0)',
  successful_requests: 'coalesce(calls - failed, 0)',
  failed_requests: 'coalesce(failed, 0)',
};

const members = (prefix: string): string =>
  `'${Object.entries(METRICS)
    .map(([name, value]) => `"${prefix}${name}":' || ${value} || '`)
    .join(',')}'`;

async function* activityOf(reader: ReportReader, filter: SpendFilter): AsyncGenerator<string> {
  const split = {
    columns: ['model', 'provider', 'key'],
    figures: `('{"metrics":{' || ${members('')} || '}}')`,
  } as const;
  await collectSums(reader, filter, () => ({ by: "''", name: 'null' }));
  const [all] = await reader.run<{ text: string }>(
    '',
    `select ${members('total_')} as text from (select ${SUMS} from report_sums) as sums`,
    [],
  );
  const days = new Commas();
  yield '{"results":[';
  for await (const { date, parts } of splitDays(reader, filter, split, true)) {
    yield days.before(`{"date":"${date}",`);
    yield* withSections(parts, (figures) => `${figures.slice(1, -1)},"breakdown":{`, {
      model: 'models',
      provider: 'providers',
      key: 'api_keys',
    });
    yield '}}';
  }
  yield `],"metadata":{${all?.text ?? ''}}}`;
}

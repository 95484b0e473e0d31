/** What the list and the table of calls show: the words of their address, and the calls those ask for. */
import type { CallFilter } from '../ledger/calls/call-filter';
import type { ListedCall } from '../ledger/calls/call-row';
import { toDollars } from '../ledger/money';
import type { Statements } from '../store/database';
import { knownWords } from './filter';

export const CALLS_PATH = '/ui/calls';

/** Words of an address that are names of calls; `key` is a key's hash. */
const NAMES = [
  'person',
  'team',
  'workspace',
  'model',
  'deployment',
  'scope',
  'client',
  'session',
  'error',
] as const;
export const CALL_WORDS = [...NAMES, 'key', 'status', 'from', 'until'] as const;

export const callWords = (query: URLSearchParams): URLSearchParams => knownWords(query, CALL_WORDS, 'key');

const STATUS = /^(?:failed|answered|[1-5]\d\d)$/;
const MOMENT = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)Z?)?$/;
const DAY_MS = 86_400_000;
/** No account has it. */
const NO_ACCOUNT = '0';

/** What is no word of its kind is left out. */
export async function callFilter(statements: Statements, words: URLSearchParams): Promise<CallFilter> {
  const filter: Record<string, string | Date> = {};
  for (const name of NAMES) {
    const word = words.get(name);
    if (word !== null) filter[name] = word;
  }
  const status = words.get('status') ?? '';
  // bounded: a word of an address, which is cut
  if (STATUS.test(status)) filter['status'] = status;
  const from = momentOf(words.get('from'), false);
  const until = momentOf(words.get('until'), true);
  if (from !== undefined) filter['from'] = from;
  if (until !== undefined) filter['until'] = until;
  const [person, key] = [words.get('person'), words.get('key')];
  if (person !== null) filter['person'] = await ownerOf(statements, person);
  if (key !== null) filter['accountId'] = await accountOf(statements, key);
  return filter;
}

/** In UTC; a day alone is its begin, or its end. */
function momentOf(word: string | null, isEnd: boolean): Date | undefined {
  // bounded: a word of an address, which is cut
  const [, day, time] = MOMENT.exec(word ?? '') ?? [];
  if (day === undefined) return undefined;
  const moment = new Date(`${day}T${time ?? '00:00'}Z`);
  if (Number.isNaN(moment.getTime())) return undefined;
  return time === undefined && isEnd ? new Date(moment.getTime() + DAY_MS) : moment;
}

/** By the id, or by the name that the person has now. */
async function ownerOf(statements: Statements, word: string): Promise<string> {
  const [row] = await statements.run<{ owner_id: string }>(
    '',
    `select owner_id from (
       select 1 as rank, owner_id from keys where owner_id = $1
       union all select 2, owner_id from owner_names where name = $1
     ) as found order by rank limit 1`,
    [word],
  );
  return row?.owner_id ?? word;
}

async function accountOf(statements: Statements, hash: string): Promise<string> {
  const [row] = await statements.run<{ account_id: string }>(
    '',
    'select account_id from keys where hash = $1',
    [hash],
  );
  return row?.account_id ?? NO_ACCOUNT;
}

/** "850 ms", "12.3 s", "4 min 5 s". */
export function showMs(ms: number | null | undefined): string {
  if (ms == null) return '–';
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.floor((ms % 60_000) / 1_000)} s`;
}

/** A row of the list. */
export const listedRow = (call: ListedCall) => ({
  href: `${CALLS_PATH}/${call.requestId}`,
  finishedAt: call.finishedAt,
  person: call.ownerName,
  model: call.model,
  deployment: call.deployment ?? '–',
  attempts: call.attempts,
  isRetried: call.attempts > 1,
  status: call.status,
  hasFailed: call.status >= 400,
  errorType: call.errorType ?? '',
  input: call.inputTokens + call.cacheWriteTokens + call.cacheReadTokens,
  output: call.outputTokens,
  cost: toDollars(call.cost),
  estimated: call.estimated,
  took: showMs(call.latencyMs),
  client: call.client,
});

/** Keys that are there: looking at them, changing them, taking them away. */
import { fromNow, localTime, money } from '../terminal/figures';
import type { FormatWords, Output } from '../terminal/output';
import { saying } from '../terminal/progress';
import type { AdminClient } from './admin-client';
import { bindingOf, bindingText, BUDGET_COLUMNS, type Budget } from './binding-budget';
import { findKey } from './found-key';
import { budgetText, KEY_COLUMNS, type KeyRow } from './key-row';
import { begin } from './session';
import { refuseNothing, termFields, type TermWords } from './terms';

const PAGE = 500;

type Filter = Readonly<Record<string, string | number | undefined>>;

/** All pages of them. */
export function everyKey(client: AdminClient, filter: Filter = {}): Promise<KeyRow[]> {
  return saying('Reading the keys', async () => {
    const keys: KeyRow[] = [];
    for (let page = 1, pages = 1; page <= pages; page += 1) {
      const answer = await client.get<{ keys: KeyRow[]; total_pages: number }>('/key/list', {
        return_full_object: true,
        size: PAGE,
        page,
        ...filter,
      });
      for (const key of answer.keys) keys.push(key);
      pages = answer.total_pages;
    }
    return keys;
  });
}

export interface ListWords extends FormatWords {
  readonly user?: string;
  readonly scope?: string;
  readonly search?: string;
  readonly status?: string;
  readonly idle?: number;
}

export async function list(words: ListWords): Promise<void> {
  const { client, output } = begin(words);
  const { user, scope, search, status, idle } = words;
  const keys = await everyKey(client, { user_id: user, scope, search, status, idle_days: idle });
  await output.result(keys, KEY_COLUMNS, keys);
}

export async function info(word: string, words: FormatWords): Promise<void> {
  const { client, output } = begin(words, [word]);
  const { token } = await findKey(client, word);
  const { info: key, budgets } = await client.get<{ info: KeyRow; budgets: Budget[] }>('/key/info', {
    key: token,
    include_deleted: true,
  });
  const binding = bindingOf(budgets);
  await output.result({ ...key, budgets }, FIELD_COLUMNS, fieldsOf(key, output.format === 'csv'));
  if (output.format !== 'table') return;
  await output.line('');
  await output.result(
    budgets,
    BUDGET_COLUMNS,
    budgets.map((budget) => ({ ...budget, isBinding: budget === binding })),
  );
  output.say(bindingText(binding));
}

type Field = readonly [name: string, value: string | number | boolean | null];

const FIELD_COLUMNS = [
  { name: 'field', value: ([name]: Field) => name },
  { name: 'value', value: ([, value]: Field) => value, isWhole: true },
];

function fieldsOf(key: KeyRow, isForProgram: boolean): Field[] {
  if (isForProgram)
    return Object.entries(key).map(([name, value]) => [
      name,
      value !== null && typeof value === 'object'
        ? JSON.stringify(value)
        : (value as string | number | boolean | null),
    ]);
  const time = (at: string | null): string => (at === null ? '-' : `${localTime(at)} (${fromNow(at)})`);
  return [
    ['name', key.key_alias ?? '-'],
    ['hash', key.token],
    ['ends in', key.key_name.slice(-4)],
    ['scope', key.scope],
    ['owner', key.user_alias === key.user_id ? key.user_id : `${key.user_alias} (${key.user_id})`],
    ...(key.workspace_id === null ? [] : [['workspace', key.workspace_id] as const]),
    ...(key.team_id === null ? [] : [['template', key.team_id] as const]),
    ['status', key.status],
    ['level', key.level ?? '-'],
    ['models', key.models.join(', ') || '-'],
    ['spent', `${money(key.spend)} of ${budgetText(key)}`],
    ...(key.raise === null
      ? []
      : [['raised', `by ${money(key.raise.amount)} until ${time(key.raise.until)}`] as const]),
    ['a minute', `${key.rpm_limit ?? '-'} requests, ${key.tpm_limit ?? '-'} tokens`],
    ['at once', `${key.max_parallel_requests ?? '-'} calls`],
    ['expires', time(key.expires)],
    ['made', `${time(key.created_at)} by ${key.created_by}`],
  ];
}

export async function update(word: string, words: TermWords): Promise<void> {
  const fields = termFields(words);
  refuseNothing(fields, '--budget 20');
  const { client, output } = begin(words, [word]);
  const { token } = await findKey(client, word);
  await showKey(output, await client.post<KeyRow>('/key/update', { key: token, ...fields }));
}

const setBlocked = (path: '/key/block' | '/key/unblock') => async (word: string, words: FormatWords) => {
  const { client, output } = begin(words, [word]);
  const { token } = await findKey(client, word);
  await showKey(output, await client.post<KeyRow>(path, { key: token }));
};

export const block = setBlocked('/key/block');
export const unblock = setBlocked('/key/unblock');

const showKey = (output: Output, key: KeyRow): Promise<void> => output.result(key, KEY_COLUMNS, [key]);

export async function revoke(word: string, words: FormatWords): Promise<void> {
  const { client, output } = begin(words, [word]);
  const key = await findKey(client, word);
  const answer = await client.post('/key/delete', { keys: [key.token] });
  await output.result(answer, KEY_COLUMNS, [{ ...key, status: 'revoked' }]);
}

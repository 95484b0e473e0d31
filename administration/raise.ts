/** More for a while: for one key, or for all keys of a person; and what keeps calls back all the same. */
import { UsageError } from '../terminal/fault';
import { localTime, money } from '../terminal/figures';
import type { FormatWords, Output } from '../terminal/output';
import type { AdminClient } from './admin-client';
import { bindingOf, bindingText, budgetsOfKey, budgetsOfKeys } from './binding-budget';
import { findKey } from './found-key';
import { budgetText, KEY_COLUMNS, type KeyRow } from './key-row';
import { findPerson, PERSON_COLUMNS, type Person } from './person';
import { begin } from './session';

export interface RaiseWords extends FormatWords {
  /** US dollars. */
  readonly by: number;
  readonly for: string;
  readonly user?: string;
}

export async function raise(word: string | undefined, words: RaiseWords): Promise<void> {
  const { user } = words;
  if ((word === undefined) === (user === undefined))
    throw new UsageError('Raise either a key (its alias, hash or owner) or, with --user, a person.');
  const { client, output } = begin(words, [word], { user_id: '--user' });
  const terms = { temp_budget_increase: words.by, temp_budget_expiry: words.for };
  if (word !== undefined) return raiseKey(client, output, word, terms);
  return raisePerson(client, output, user ?? '', terms);
}

type Terms = Readonly<Record<string, string | number>>;

async function raiseKey(client: AdminClient, output: Output, word: string, terms: Terms): Promise<void> {
  const { token } = await findKey(client, word);
  const key = await client.post<KeyRow>('/key/update', { key: token, ...terms });
  const budgets = await budgetsOfKey(client, key);
  const binding = bindingOf(budgets);
  await output.result({ ...key, budgets, binds: binding ?? null }, KEY_COLUMNS, [key]);
  output.say(`${raisedText(key)} ${bindingText(binding)}`);
}

async function raisePerson(client: AdminClient, output: Output, user: string, terms: Terms): Promise<void> {
  // The API would lay it down for whoever may have that name some day.
  const { user_id, keys } = await findPerson(client, user);
  const { data } = await client.post<{ data: Person }>('/user/update', { user_id, ...terms });
  const charged = await budgetsOfKeys(client, keys);
  const found = charged.map(({ key, budgets }) => ({ key, binding: bindingOf(budgets) }));
  await output.result(
    { ...data, keys: found.map(({ key, binding }) => ({ ...key, binds: binding ?? null })) },
    PERSON_COLUMNS,
    [data],
  );
  output.say(raisedText(data));
  if (found.length === 0) output.say('Nobody has a key of that person yet.');
  for (const { key, binding } of found.slice(0, MOST_SAID))
    output.say(`${key.key_alias ?? key.token.slice(0, 12)}: ${bindingText(binding)}`);
  const rest = keys.length - MOST_SAID;
  if (rest > 0) output.say(`and ${rest} more: "people show ${user}"`);
}

/** Keys of which is said what binds them. */
const MOST_SAID = 5;

const raisedText = (raised: Pick<KeyRow, 'raise' | 'max_budget' | 'budget_duration'>): string =>
  raised.raise === null
    ? 'Nothing was raised.'
    : `Raised by ${money(raised.raise.amount)} to ${budgetText(raised)}, until ${localTime(raised.raise.until)}.`;

/** What can be asked and laid down about people. */
import { setTimeout as delay } from 'node:timers/promises';
import { UsageError } from '../terminal/fault';
import type { Column, FormatWords } from '../terminal/output';
import { counted, fromNow, money } from '../terminal/figures';
import { bindingOf, budgetsOfKeys, nameOfBudget, type Budget, type KeyBudgets } from './binding-budget';
import { budgetText, shortHash } from './key-row';
import { findPerson, PERSON_COLUMNS, statusOf, type FoundPerson, type Person } from './person';
import { saying } from '../terminal/progress';
import { pageText, type PageWords } from './pages';
import { begin } from './session';
import { limitFields, namedBudgetField, refuseNothing, type LimitWords } from './terms';

interface PersonPage {
  readonly users: readonly Person[];
  readonly total: number;
  readonly total_pages: number;
}

export async function list(words: PageWords): Promise<void> {
  const { client, output } = begin(words);
  const { page = 1, size = 100 } = words;
  const found = await client.get<PersonPage>('/user/list', { page, page_size: size });
  await output.result(found.users, PERSON_COLUMNS, found.users);
  const says = pageText({ page, size, shown: found.users.length, total: found.total });
  if (says !== undefined) output.say(says);
}

/** A budget that calls of the person are charged to: their own, a team's, or that of one key. */
interface Line extends Budget {
  readonly hash: string | null;
  readonly status: string | null;
  /** For keys: the budget that binds them. */
  readonly binding: Budget | undefined;
}

const LINES: readonly Column<Line>[] = [
  {
    name: 'budget of',
    value: ({ kind, name }) => (kind === 'key' ? `key ${name}` : kind === 'owner' ? `person ${name}` : name),
  },
  { name: 'hash', value: ({ hash }) => hash, shown: ({ hash }) => hash?.slice(0, 12) ?? '', isWhole: true },
  { name: 'status', value: ({ status }) => status, shown: ({ status }) => status ?? '' },
  { name: 'spent', value: ({ spend }) => spend, shown: ({ spend }) => money(spend) },
  { name: 'budget', value: ({ max_budget }) => max_budget, shown: budgetText },
  { name: 'window', value: ({ budget_duration }) => budget_duration, shown: null },
  {
    name: 'left',
    value: ({ budget_left }) => budget_left,
    shown: ({ budget_left }) => (budget_left === null ? '-' : money(budget_left)),
  },
  {
    name: 'opens anew',
    value: ({ budget_reset_at }) => budget_reset_at,
    shown: ({ budget_reset_at }) => (budget_reset_at === null ? '-' : fromNow(budget_reset_at)),
  },
  {
    name: 'what binds',
    value: ({ binding }) => (binding === undefined ? null : nameOfBudget(binding)),
    shown: ({ binding }) =>
      binding === undefined ? '' : `${nameOfBudget(binding)}: ${money(binding.budget_left ?? 0)} left`,
  },
];

/** The person's own first, then what is shared, then the keys. */
function linesOf(person: FoundPerson, charged: readonly KeyBudgets[]): Line[] {
  const own = { kind: 'owner' as const, name: person.user_alias ?? person.user_id, closed: null };
  const teams = new Map<string, Budget>();
  for (const { budgets } of charged)
    for (const budget of budgets) if (budget.kind === 'team') teams.set(budget.name, budget);
  return [
    { ...person, ...own, hash: null, status: statusOf(person), binding: undefined },
    ...[...teams.values()].map((team) => ({ ...team, hash: null, status: null, binding: undefined })),
    ...charged.flatMap(({ key, budgets }) =>
      budgets.slice(0, 1).map((budget) => ({
        ...budget,
        name: key.key_alias ?? shortHash(key),
        hash: key.token,
        status: key.status,
        binding: bindingOf(budgets),
      })),
    ),
  ];
}

export async function show(word: string, words: FormatWords): Promise<void> {
  const { client, output } = begin(words, [word], { user_id: '<name>' });
  const person = await findPerson(client, word);
  const charged = await budgetsOfKeys(client, person.keys);
  const answer = {
    ...person,
    keys: charged.map(({ key, budgets }) => ({ ...key, budgets, binds: bindingOf(budgets) ?? null })),
  };
  await output.result(answer, LINES, linesOf(person, charged));
  const more = person.keys.length - charged.length;
  if (more > 0) output.say(`and ${more} more keys: "keys list --user ${word}"`);
  if (person.keys.length === 0) output.say('There is no key of that person.');
}

export interface PersonWords extends LimitWords, FormatWords {
  readonly email?: string;
  readonly namedBudget?: string;
}

function fieldsOf(words: PersonWords): Record<string, unknown> {
  const { email } = words;
  return {
    ...limitFields(words),
    ...(email === undefined ? {} : { user_email: email }),
    ...namedBudgetField(words),
  };
}

export async function create(name: string, words: PersonWords): Promise<void> {
  const { client, output } = begin(words, [name], { user_id: '<name>' });
  const person = await client.post<Person>('/user/new', {
    user_id: name,
    auto_create_key: false,
    ...fieldsOf(words),
  });
  await output.result(person, PERSON_COLUMNS, [person]);
}

/** Nothing is laid down for somebody who is not there: a name mistyped would be a person from then on. */
async function change(word: string, words: FormatWords, fields: Record<string, unknown>): Promise<void> {
  const { client, output } = begin(words, [word], { user_id: '<name>' });
  const { user_id } = await findPerson(client, word);
  const { data } = await client.post<{ data: Person }>('/user/update', { user_id, ...fields });
  await output.result(data, PERSON_COLUMNS, [data]);
}

export async function update(word: string, words: PersonWords): Promise<void> {
  const fields = fieldsOf(words);
  refuseNothing(fields, '--budget 20');
  await change(word, words, fields);
}

export const suspend = (word: string, words: FormatWords): Promise<void> =>
  change(word, words, { suspended: true });

export const resume = (word: string, words: FormatWords): Promise<void> =>
  change(word, words, { suspended: false });

/** All that is kept about somebody, as JSON, whatever the format. */
export async function exportPerson(word: string): Promise<void> {
  const { client, output } = begin({ json: true }, [word], { user_id: '<name>' });
  const found = await saying('Gathering', () => client.get('/user/export', { user_id: word }));
  await output.result(found, [], []);
}

export interface ForgetWords extends FormatWords {
  readonly forGood?: boolean;
}

interface ForgetStep {
  readonly pseudonym: string;
  readonly done: boolean;
  readonly keys_revoked: number;
  readonly rewritten: number;
  readonly waits_for: string | null;
}

/** Milliseconds: other gateway processes hear of keys that died after a second. */
const STEP_MS = 1_500;

const FORGOTTEN: readonly Column<ForgetStep>[] = [
  { name: 'pseudonym', value: ({ pseudonym }) => pseudonym },
  { name: 'keys revoked', value: ({ keys_revoked }) => keys_revoked },
  {
    name: 'rows rewritten',
    value: ({ rewritten }) => rewritten,
    shown: ({ rewritten }) => counted(rewritten),
  },
];

export async function forget(word: string, words: ForgetWords): Promise<void> {
  if (!words.forGood)
    throw new UsageError(
      'It cannot be taken back: keys end, and nobody can tell any more whose calls they were. To have that: --for-good',
    );
  const { client, output } = begin(words, [word], { user_id: '<name>' });
  let [keys, rows, said] = [0, 0, ''];
  for (;;) {
    const step = await client.post<ForgetStep>('/user/forget', { user_id: word });
    keys += step.keys_revoked;
    rows += step.rewritten;
    if (step.done) {
      const found = { ...step, keys_revoked: keys, rewritten: rows };
      return output.result(found, FORGOTTEN, [found]);
    }
    if (step.waits_for !== null && step.waits_for !== said) output.say(`Waiting for ${step.waits_for} …`);
    said = step.waits_for ?? said;
    if (step.keys_revoked > 0 || step.waits_for !== null) await delay(STEP_MS);
  }
}

/** Limits with a name, which keys and people may share; each of them still has its own account. */
import { CliError, EXIT } from '../terminal/fault';
import { fromNow, money } from '../terminal/figures';
import type { Column, FormatWords, Output } from '../terminal/output';
import type { AdminClient } from './admin-client';
import { budgetText } from './key-row';
import { begin } from './session';
import { limitFields, refuseNothing, type LimitWords } from './terms';

interface NamedBudget {
  readonly budget_id: string;
  readonly max_budget: number | null;
  readonly budget_duration: string | null;
  readonly rpm_limit: number | null;
  readonly tpm_limit: number | null;
  readonly max_parallel_requests: number | null;
  readonly created_by: string;
  readonly updated_at: string;
}

const OF_POLICY = 'policy';
const ofPolicy = (limit: number | null): string => (limit === null ? OF_POLICY : String(limit));

const COLUMNS: readonly Column<NamedBudget>[] = [
  { name: 'name', value: ({ budget_id }) => budget_id },
  {
    name: 'budget',
    value: ({ max_budget }) => max_budget,
    shown: (budget) => (budget.max_budget === null ? OF_POLICY : budgetText(budget)),
  },
  { name: 'window', value: ({ budget_duration }) => budget_duration, shown: null },
  { name: 'rpm', value: ({ rpm_limit }) => rpm_limit, shown: ({ rpm_limit }) => ofPolicy(rpm_limit) },
  { name: 'tpm', value: ({ tpm_limit }) => tpm_limit, shown: ({ tpm_limit }) => ofPolicy(tpm_limit) },
  {
    name: 'parallel',
    value: ({ max_parallel_requests }) => max_parallel_requests,
    shown: ({ max_parallel_requests }) => ofPolicy(max_parallel_requests),
  },
  { name: 'made by', value: ({ created_by }) => created_by },
  { name: 'changed', value: ({ updated_at }) => updated_at, shown: ({ updated_at }) => fromNow(updated_at) },
];

const FIELDS = { budget_id: '<name>', id: '<name>' };

const showOne = (output: Output, budget: NamedBudget): Promise<void> =>
  output.result(budget, COLUMNS, [budget]);

export async function list(words: FormatWords): Promise<void> {
  const { client, output } = begin(words);
  const budgets = await client.get<NamedBudget[]>('/budget/list');
  await output.result(budgets, COLUMNS, budgets);
}

export async function show(name: string, words: FormatWords): Promise<void> {
  const { client, output } = begin(words, [name], FIELDS);
  await showOne(output, await find(client, name));
}

async function find(client: AdminClient, name: string): Promise<NamedBudget> {
  const [budget] = await client.post<NamedBudget[]>('/budget/info', { budgets: [name] });
  if (budget) return budget;
  throw new CliError(
    `No budget has the name "${name}". "budgets list" shows those there are.`,
    EXIT.refused,
    404,
  );
}

export async function set(name: string, words: LimitWords & FormatWords): Promise<void> {
  const fields = limitFields(words);
  refuseNothing(fields, '--budget 20');
  const { client, output } = begin(words, [name], FIELDS);
  const body = { budget_id: name, ...fields };
  const budget = await client.post<NamedBudget>('/budget/update', body).catch((fault: unknown) => {
    if (!(fault instanceof CliError) || fault.status !== 404) throw fault;
    return client.post<NamedBudget>('/budget/new', body);
  });
  await showOne(output, budget);
}

export interface RaiseWords extends FormatWords {
  /** US dollars. */
  readonly by: number;
}

export async function raise(name: string, { by, ...words }: RaiseWords): Promise<void> {
  const { client, output } = begin(words, [name], FIELDS);
  const before = await find(client, name);
  if (before.max_budget === null)
    throw new CliError(
      `The budget "${name}" leaves the money to the policy: give it an amount with "budgets set ${name} --budget <dollars>".`,
    );
  // In whole cents of cents: 0.1 + 0.2 is no amount.
  const max_budget = Math.round((before.max_budget + by) * 1e9) / 1e9;
  const after = await client.post<NamedBudget>('/budget/update', { budget_id: name, max_budget });
  await showOne(output, after);
  output.say(`From ${money(before.max_budget)} to ${budgetText(after)}, for everybody who has it, for good.`);
}

export async function remove(name: string, words: FormatWords): Promise<void> {
  const { client, output } = begin(words, [name], FIELDS);
  const budget = await find(client, name);
  const answer = await client.post('/budget/delete', { id: name });
  await output.result(answer, COLUMNS, [budget]);
}

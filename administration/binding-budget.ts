/** Which of the budgets that a key's calls are charged to lets the least through. */
import { fromNow, money } from '../terminal/figures';
import type { Column } from '../terminal/output';
import type { AdminClient } from './admin-client';
import { budgetText, type KeyRow } from './key-row';

export interface Budget {
  readonly kind: 'key' | 'owner' | 'team';
  readonly name: string;
  /** US dollars, in the window that holds. */
  readonly spend: number;
  readonly max_budget: number | null;
  readonly budget_left: number | null;
  readonly budget_duration: string | null;
  readonly budget_reset_at: string | null;
  readonly raise: { readonly amount: number; readonly until: string } | null;
  /** Why nothing is let through, until an administrator opens it. */
  readonly closed: string | null;
}

/** The one with the least left, and before all one that is closed; undefined when nothing is limited. */
export function bindingOf(budgets: readonly Budget[]): Budget | undefined {
  const closed = budgets.find((budget) => budget.closed !== null);
  if (closed) return closed;
  return budgets
    .filter((budget) => budget.budget_left !== null)
    .reduce<Budget | undefined>(
      (least, budget) =>
        least === undefined || (budget.budget_left ?? 0) < (least.budget_left ?? 0) ? budget : least,
      undefined,
    );
}

export const nameOfBudget = ({ kind, name }: Pick<Budget, 'kind' | 'name'>): string =>
  kind === 'key' ? "the key's own budget" : `the budget of ${name}`;

export function bindingText(budget: Budget | undefined): string {
  if (budget === undefined) return 'No budget holds for it.';
  if (budget.closed !== null)
    return `What binds now: ${nameOfBudget(budget)} is closed (${budget.closed})${budget.kind === 'key' ? '; "keys unblock" opens it' : ''}.`;
  const opens = budget.budget_reset_at === null ? '' : `, anew ${fromNow(budget.budget_reset_at)}`;
  return `What binds now: ${nameOfBudget(budget)}, ${money(budget.budget_left ?? 0)} left of ${budgetText(budget)}${opens}.`;
}

export const budgetsOfKey = async (
  client: AdminClient,
  { token }: Pick<KeyRow, 'token'>,
): Promise<Budget[]> => (await client.get<{ budgets: Budget[] }>('/key/info', { key: token })).budgets;

/** Keys that are looked at in one request. */
const MOST_KEYS = 100;

export interface KeyBudgets {
  readonly key: KeyRow;
  readonly budgets: readonly Budget[];
}

/** Of the first hundred keys. */
export async function budgetsOfKeys(
  client: AdminClient,
  keys: readonly Pick<KeyRow, 'token'>[],
): Promise<KeyBudgets[]> {
  if (keys.length === 0) return [];
  const { info, budgets } = await client.post<{ info: KeyRow[]; budgets: Budget[][] }>('/v2/key/info', {
    keys: keys.slice(0, MOST_KEYS).map(({ token }) => token),
  });
  return info.map((key, at) => ({ key, budgets: budgets[at] ?? [] }));
}

export const BUDGET_COLUMNS: readonly Column<Budget & { readonly isBinding: boolean }>[] = [
  { name: 'budget of', value: ({ kind, name }) => (kind === 'key' ? `key ${name}` : name) },
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
  { name: 'binds', value: ({ isBinding }) => isBinding, shown: ({ isBinding }) => (isBinding ? 'yes' : '') },
];

/** How the budgets stand that many keys share: of templates and of groups. */
import { describeFigures, readAccounts } from '../admin/accounts';
import { windowAt } from '../ledger/window';
import type { Services } from '../services';
import type { Statements } from '../store/database';

export interface TeamBudget {
  readonly kind: 'template' | 'group';
  readonly name: string;
  /** Dollars, in the window that holds now. */
  readonly spend: number;
  readonly reserved: number;
  /** Dollars, with a raise that holds. */
  readonly budget: number;
  /** Of the budget: what is spent and set aside. */
  readonly share: number;
  /** When the window ends; undefined: never. */
  readonly resetAt: string | undefined;
}

/** By kind and name. */
export async function readTeamBudgets(
  { documents, now }: Pick<Services, 'documents' | 'now'>,
  statements: Statements,
): Promise<TeamBudget[]> {
  const { teams, time_zone } = documents.current.document;
  const named = [
    ...Object.entries(teams.templates).map(([name, terms]) => ({ kind: 'template' as const, name, terms })),
    ...Object.entries(teams.groups).map(([name, terms]) => ({ kind: 'group' as const, name, terms })),
  ];
  if (named.length === 0) return [];
  const accounts = await readAccounts(
    statements,
    named.map(({ kind, name }) => `${kind}/${name}`),
  );
  const at = now();
  return named
    .map(({ kind, name, terms }) => {
      const window = windowAt(terms.budget_duration, at, time_zone);
      const figures = describeFigures(accounts.get(`${kind}/${name}`), terms, window, at);
      const [spend, reserved, budget] = [figures.spend, figures.reserved, figures.max_budget].map(Number) as [
        number,
        number,
        number,
      ];
      return {
        kind,
        name,
        spend,
        reserved,
        budget,
        share: budget > 0 ? (spend + reserved) / budget : 1,
        resetAt: window.end?.toISOString(),
      };
    })
    .sort((one, other) => (`${one.kind} ${one.name}` < `${other.kind} ${other.name}` ? -1 : 1));
}

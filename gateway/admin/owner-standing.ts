/** What a person may spend over all keys, and has spent in the window that holds. */
import { withLimits, type Limits } from '../keys/limits';
import { windowAt } from '../ledger/window';
import type { Services } from '../services';
import type { Statements } from '../store/database';
import { describeFigures, readAccounts } from './accounts';

/** The label of the account that all keys of a person are charged to. */
export const accountOfOwner = (ownerId: string): string => `owner/${ownerId}`;

export async function readOwnerStanding(
  { documents, settings, now }: Pick<Services, 'documents' | 'settings' | 'now'>,
  statements: Statements,
  owner: { readonly id: string; readonly limits: Limits },
): Promise<Record<string, unknown>> {
  const { document } = documents.current;
  const { ownerBudget } = settings;
  const byDefault =
    ownerBudget === undefined
      ? document.owner
      : { ...document.owner, max_budget: ownerBudget, budget_duration: '1d' as const };
  const terms = withLimits(byDefault, owner.limits);
  const label = accountOfOwner(owner.id);
  const account = (await readAccounts(statements, [label])).get(label);
  const window = windowAt(terms.budget_duration, now(), document.time_zone);
  return {
    ...describeFigures(account, terms, window, now()),
    rpm_limit: terms.rpm_limit,
    tpm_limit: terms.tpm_limit,
    max_parallel_requests: terms.max_parallel_requests,
  };
}

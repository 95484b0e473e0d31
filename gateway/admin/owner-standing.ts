/** What a person may spend over all keys, and has spent in the window that holds. */
import type { AllowanceDocument } from '../config/document';
import { withLimits, type Limits } from '../keys/limits';
import { windowAt, type BudgetWindow } from '../ledger/window';
import type { Services } from '../services';
import type { Statements } from '../store/database';
import { describeFigures, readAccounts } from './accounts';

/** The label of the account that all keys of a person are charged to. */
export const accountOfOwner = (ownerId: string): string => `owner/${ownerId}`;

type Deciding = Pick<Services, 'documents' | 'settings' | 'now'>;

interface Owner {
  readonly id: string;
  readonly limits: Limits;
}

/** What the policy gives a person, with what was laid down for this one in its place. */
export function ownerTerms(
  { documents, settings }: Pick<Deciding, 'documents' | 'settings'>,
  { limits }: Pick<Owner, 'limits'>,
): AllowanceDocument {
  const { owner } = documents.current.document;
  const { ownerBudget } = settings;
  return withLimits(
    ownerBudget === undefined ? owner : { ...owner, max_budget: ownerBudget, budget_duration: '1d' },
    limits,
  );
}

export const windowOfOwner = (services: Deciding, owner: Owner): BudgetWindow =>
  windowAt(
    ownerTerms(services, owner).budget_duration,
    services.now(),
    services.documents.current.document.time_zone,
  );

export async function readOwnerStanding(
  services: Deciding,
  statements: Statements,
  owner: Owner,
): Promise<Record<string, unknown>> {
  const terms = ownerTerms(services, owner);
  const label = accountOfOwner(owner.id);
  const account = (await readAccounts(statements, [label])).get(label);
  return {
    ...describeFigures(account, terms, windowOfOwner(services, owner), services.now()),
    rpm_limit: terms.rpm_limit,
    tpm_limit: terms.tpm_limit,
    max_parallel_requests: terms.max_parallel_requests,
  };
}

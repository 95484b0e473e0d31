/** The accounts that a key's calls are charged to, and what each of them has room for by the policy that holds now. */
import type { AllowanceDocument, BudgetDocument, GatewayDocument } from '../config/document';
import type { Entitlement } from '../keys/entitlement';
import type { KeyRecord } from '../keys/key-record';
import { withLimits } from '../keys/limits';
import { isPerson } from '../keys/owner-names';
import type { AccountDirectory } from './account-directory';
import { toNano, type NanoDollars } from './money';
import { windowAt, type BudgetDuration, type BudgetWindow } from './window';

/** Over all gateway processes. */
export interface RateLimits {
  /** A minute. */
  readonly requests: number;
  /** A minute; uncached input plus output. */
  readonly tokens: number;
  readonly parallel: number;
}

export interface AccountTerms {
  readonly id: string;
  readonly kind: 'key' | 'owner' | 'team' | 'run';
  /** For people: whose it is. */
  readonly name: string;
  readonly duration: BudgetDuration;
  readonly window: BudgetWindow;
  readonly budget: NanoDollars;
  readonly limits: RateLimits | undefined;
}

/** An account that several keys share. Its label is its name in the store. */
export interface SharedAccount {
  readonly label: string;
  readonly kind: 'owner' | 'team';
  readonly name: string;
  readonly allowance: BudgetDocument & Partial<AllowanceDocument>;
}

export interface TermsSource {
  readonly document: GatewayDocument;
  /** US dollars a day that take the place of the document's owner budget. */
  readonly ownerBudget: number | undefined;
}

/** Owner first, then teams. A key that belongs to no person has no owner's account. */
export function sharedAccountsOf(key: KeyRecord, { document, ownerBudget }: TermsSource): SharedAccount[] {
  const { owner, teams } = document;
  const team = (
    kind: 'template' | 'group',
    budgets: Readonly<Record<string, BudgetDocument>>,
    name: string,
  ) => {
    const allowance = Object.hasOwn(budgets, name) ? budgets[name] : undefined;
    if (allowance === undefined) return [];
    return [{ label: `${kind}/${name}`, kind: 'team' as const, name: `${kind} ${name}`, allowance }];
  };
  const budget = ownerBudget === undefined ? {} : { max_budget: ownerBudget, budget_duration: '1d' as const };
  return [
    ...(!isPerson(key.ownerId)
      ? []
      : [
          {
            label: `owner/${key.ownerId}`,
            kind: 'owner' as const,
            name: key.ownerName,
            allowance: withLimits({ ...owner, ...budget }, key.ownerLimits),
          },
        ]),
    ...(key.templateName === null ? [] : team('template', teams.templates, key.templateName)),
    ...[...new Set(key.ownerGroups)].flatMap((group) => team('group', teams.groups, group)),
  ];
}

/** The key's own account first. */
export async function accountTermsOf(
  key: KeyRecord,
  entitlement: Entitlement,
  source: TermsSource,
  accounts: AccountDirectory,
  now: Date,
): Promise<AccountTerms[]> {
  const shared = sharedAccountsOf(key, source);
  const ids = await accounts.idsOf(shared.map(({ label }) => label));
  const terms = (
    id: string,
    kind: AccountTerms['kind'],
    name: string,
    allowance: SharedAccount['allowance'],
  ): AccountTerms => ({
    id,
    kind,
    name,
    duration: allowance.budget_duration,
    window: windowAt(allowance.budget_duration, now, source.document.time_zone),
    budget: toNano(allowance.max_budget),
    limits: limitsOf(allowance),
  });
  return [
    terms(key.accountId, 'key', `sk-...${key.lastFour}`, entitlement.scope),
    ...shared.map(({ kind, name, allowance }, index) => terms(ids[index] ?? '', kind, name, allowance)),
  ];
}

function limitsOf(allowance: Partial<AllowanceDocument>): RateLimits | undefined {
  const { rpm_limit: requests, tpm_limit: tokens, max_parallel_requests: parallel } = allowance;
  if (requests === undefined || tokens === undefined || parallel === undefined) return undefined;
  return { requests, tokens, parallel };
}

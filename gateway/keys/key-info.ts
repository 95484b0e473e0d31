/** What a key's holder may know about it: scope, level, models, limits, and the accounts. Dollars as numbers. */
import type { AccountTerms } from '../ledger/account-terms';
import type { SpendReport } from '../ledger/spend-report';
import { describeBudget, readStandings } from '../ledger/standing';
import type { Database } from '../store/database';
import type { Entitlement } from './entitlement';
import { scopeLabel, type KeyRecord } from './key-record';

/** The terms of a key, without its account: what a workspace is told with its key. */
export function describeTerms(key: KeyRecord, entitlement: Entitlement): Record<string, unknown> {
  return {
    scope: scopeLabel(key),
    level: entitlement.level,
    // Only where one holds: the rest of the shape is pinned by those who read it.
    ...(entitlement.levelFloor === null ? {} : { level_floor: entitlement.levelFloor }),
    models: entitlement.models.map(({ name }) => name),
    max_budget: entitlement.scope.max_budget,
    budget_duration: entitlement.scope.budget_duration,
    expires_at: entitlement.expiresAt.toISOString(),
  };
}

/** The body of `GET /api/v1/keys/info`: `describeStanding`, and where the money went. */
export async function describeKey(
  database: Database,
  key: KeyRecord,
  entitlement: Entitlement,
  terms: readonly AccountTerms[],
  report: Promise<SpendReport>,
): Promise<Record<string, unknown>> {
  const [standing, { usage, ...activity }] = await Promise.all([
    describeStanding(database, key, entitlement, terms),
    report,
  ]);
  return { ...standing, usage, activity };
}

/** Terms and accounts as they are now, however many calls there were. */
export async function describeStanding(
  database: Database,
  key: KeyRecord,
  entitlement: Entitlement,
  terms: readonly AccountTerms[],
): Promise<Record<string, unknown>> {
  const [own, ...shared] = await readStandings(database, terms);
  if (own === undefined) throw new Error('a key has an account');
  const owner = shared.find((each) => each.terms.kind === 'owner');
  return {
    ...describeTerms(key, entitlement),
    key_name: `sk-...${key.lastFour}`,
    key_prefix: key.prefix,
    owner: { id: key.ownerId, name: key.ownerName },
    workspace: key.workspaceId === null ? null : { id: key.workspaceId, name: key.workspaceName },
    template: key.templateName,
    limits: { ...describeLimits(own.terms), owner: owner ? describeLimits(owner.terms) : null },
    ...describeBudget(own),
    closed: own.closedBecause,
    owner_budget: owner ? describeBudget(owner) : null,
    team_budgets: shared
      .filter((each) => each.terms.kind === 'team')
      .map((each) => ({ team: each.terms.name, ...describeBudget(each) })),
  };
}

const describeLimits = ({ limits }: AccountTerms) => ({
  rpm_limit: limits?.requests,
  tpm_limit: limits?.tokens,
  max_parallel_requests: limits?.parallel,
});

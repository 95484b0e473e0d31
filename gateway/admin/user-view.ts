/** A person as the admin API shows them: what is laid down for all of their keys together, and how that stands. */
import type { OwnerRecord } from '../keys/owners';
import type { Statements } from '../store/database';
import { BUDGET_FIGURES } from './accounts';
import type { AdminCall } from './endpoint';
import { answer, count, flag, freeObject, listOf, orNull, string, time } from './json-schema';
import { readOwnerStanding } from './owner-standing';

export const USER_FIELDS = {
  user_id: string,
  user_alias: orNull(string),
  user_email: orNull(string),
  ...BUDGET_FIGURES,
  budget_id: orNull(string),
  rpm_limit: count,
  tpm_limit: count,
  max_parallel_requests: count,
  groups: listOf(string),
  suspended: flag,
  metadata: freeObject,
  created_at: orNull(time),
  updated_at: orNull(time),
} as const;

export const userSchema = answer(USER_FIELDS);

export async function viewOwner(
  { services }: Pick<AdminCall<unknown>, 'services'>,
  statements: Statements,
  owner: OwnerRecord,
) {
  return {
    user_id: owner.id,
    user_alias: owner.name,
    user_email: owner.email,
    ...(await readOwnerStanding(services, statements, owner)),
    budget_id: owner.budgetId,
    groups: owner.groups,
    suspended: owner.suspendedAt !== null,
    metadata: owner.metadata,
    created_at: owner.createdAt.toISOString(),
    updated_at: owner.updatedAt.toISOString(),
  };
}

/** What was laid down, for the audit trail. */
export const termsOfOwner = (owner: OwnerRecord): Record<string, unknown> => ({
  user_id: owner.id,
  user_alias: owner.name,
  user_email: owner.email,
  ...owner.limits,
  budget_id: owner.budgetId,
  suspended: owner.suspendedAt !== null,
  metadata: owner.metadata,
});

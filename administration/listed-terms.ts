/** What a file of users lays down for a key, and how that stands to the key that is there. */
import type { KeyRow } from './key-row';
import type { ListedUser } from './user-list';

export const termsOf = ({ budget, rpm, more }: ListedUser): Record<string, unknown> => ({
  ...(budget === undefined ? {} : { max_budget: budget }),
  ...(rpm === undefined ? {} : { rpm_limit: rpm }),
  ...more,
});

/** Why the key of that name is not this user's. */
export function conflictOf({ name, user }: ListedUser, known: KeyRow): string | undefined {
  if (!known.scope.startsWith('user:'))
    return `the name is that of a key of scope ${known.scope}: rename or revoke it.`;
  // Under the user's own name it is theirs, whatever the person is called by now.
  const owners = [known.user_alias, known.user_id].map((each) => each.toLowerCase());
  if (name.toLowerCase() !== user.toLowerCase() && !owners.includes(user.toLowerCase()))
    return `the name is that of a key of ${known.user_alias}: rename or revoke it.`;
  return undefined;
}

export interface TermChange {
  readonly from: unknown;
  readonly to: unknown;
}

/** Terms that the file has otherwise; without what was raised for a while. */
export function changesOf(user: ListedUser, known: KeyRow): Record<string, TermChange> {
  const standing: Readonly<Record<string, unknown>> = {
    ...known,
    max_budget: known.max_budget === null ? null : cents(known.max_budget - (known.raise?.amount ?? 0)),
    budget_duration: known.budget_duration,
    blocked: known.status === 'blocked',
  };
  const changed = Object.entries(termsOf(user)).filter(
    ([field, to]) => field !== 'duration' && JSON.stringify(standing[field]) !== JSON.stringify(to),
  );
  return Object.fromEntries(changed.map(([field, to]) => [field, { from: standing[field] ?? null, to }]));
}

/** As exactly as the ledger counts: 0.1 + 0.2 is no amount. */
const cents = (usd: number): number => Math.round(usd * 1e9) / 1e9;

/** How accounts stand at this moment, under the terms that hold at this moment. */
import type { Statements } from '../store/database';
import type { AccountTerms } from './account-terms';
import { toDollars, type NanoDollars } from './money';

export interface AccountStanding {
  readonly terms: AccountTerms;
  readonly spent: NanoDollars;
  readonly reserved: NanoDollars;
  /** With what an administrator has added for a while. */
  readonly budget: NanoDollars;
  /** Why nothing is admitted, until an administrator opens it again. */
  readonly closedBecause: string | null;
  readonly closedAt: Date | null;
}

interface Row {
  id: string;
  window_start: Date;
  spent_nano: string;
  reserved_nano: string;
  raised_nano: string;
  closed_because: string | null;
  closed_at: Date | null;
}

const READ = `
select id, case when window_start = '-infinity' then 'epoch'::timestamptz else window_start end as window_start,
  spent_nano, reserved_nano, case when raised_until > now() then raised_nano else 0 end as raised_nano, closed_because,
  closed_at
from accounts where id = any ($1::bigint[])`;

/** In the order of the terms: one look-up by primary key, however many calls there were. */
export async function readStandings(
  statements: Statements,
  terms: readonly AccountTerms[],
): Promise<AccountStanding[]> {
  const rows = await statements.run<Row>('accounts-standing', READ, [terms.map(({ id }) => id)]);
  return terms.map((each) => {
    const row = rows.find(({ id }) => id === each.id);
    return {
      terms: each,
      // An account keeps the former window's figures until its next call.
      spent: row && row.window_start >= each.window.start ? Number(row.spent_nano) : 0,
      reserved: Number(row?.reserved_nano ?? 0),
      budget: each.budget + Number(row?.raised_nano ?? 0),
      closedBecause: row?.closed_because ?? null,
      closedAt: row?.closed_at ?? null,
    };
  });
}

/** In dollars, as clients see it. */
export const describeBudget = ({ terms, spent, reserved, budget }: AccountStanding) => ({
  max_budget: toDollars(budget),
  budget_duration: terms.duration,
  spend: toDollars(spent),
  reserved: toDollars(reserved),
  budget_left: toDollars(Math.max(0, budget - spent - reserved)),
  window_start: terms.window.end === undefined ? null : terms.window.start.toISOString(),
  window_end: terms.window.end?.toISOString() ?? null,
});

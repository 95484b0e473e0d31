/** Accounts as administrators see and change them: figures of the window that holds, raises, resets. */
import { toDollars, toNano, type NanoDollars } from '../ledger/money';
import type { BudgetWindow } from '../ledger/window';
import type { Statements } from '../store/database';
import { answer, number, orNull, string, time } from './json-schema';

interface AccountRow {
  id: string;
  label: string;
  window_start: Date;
  spent_nano: string;
  reserved_nano: string;
  raised_nano: string;
  raised_until: Date | null;
  closed_because: string | null;
}

export interface Account {
  readonly id: string;
  readonly label: string;
  readonly windowStart: Date;
  readonly spent: NanoDollars;
  readonly reserved: NanoDollars;
  readonly raise: { readonly amount: NanoDollars; readonly until: Date } | null;
  readonly closedBecause: string | null;
}

/** By id and by label alike. */
export async function readAccounts(
  statements: Statements,
  idsAndLabels: readonly string[],
): Promise<ReadonlyMap<string, Account>> {
  const rows = await statements.run<AccountRow>(
    'admin-accounts-read',
    `select id, label, case when window_start = '-infinity' then 'epoch'::timestamptz else window_start end
       as window_start, spent_nano, reserved_nano,
       case when raised_until > now() then raised_nano else 0 end as raised_nano, raised_until, closed_because
     from accounts where id = any($1::bigint[]) or label = any($2::text[])`,
    [idsAndLabels.filter((each) => /^\d+$/.test(each)), idsAndLabels.filter((each) => !/^\d+$/.test(each))],
  );
  const accounts = rows.map((row) => ({
    id: row.id,
    label: row.label,
    windowStart: row.window_start,
    spent: Number(row.spent_nano),
    reserved: Number(row.reserved_nano),
    raise:
      row.raised_until === null || row.raised_nano === '0'
        ? null
        : { amount: Number(row.raised_nano), until: row.raised_until },
    closedBecause: row.closed_because,
  }));
  return new Map(
    accounts.flatMap((account) => [
      [account.id, account],
      [account.label, account],
    ]),
  );
}

export const BUDGET_FIGURES = {
  spend: { ...number, description: 'In the window that holds.' },
  reserved: { ...number, description: 'Set aside for calls under way.' },
  max_budget: orNull(number),
  budget_left: orNull(number),
  budget_duration: orNull(string),
  budget_reset_at: orNull(time),
  raise: { anyOf: [{ type: 'null' }, answer({ amount: number, until: time })] },
  closed: { ...orNull(string), description: 'Why nothing is let through, until the key is unblocked.' },
} as const;

/** Undefined terms: the policy gives none, so there is no budget. */
export function describeFigures(
  account: Account | undefined,
  terms: { readonly max_budget: number; readonly budget_duration: string } | undefined,
  window: BudgetWindow | undefined,
  now: Date,
): Record<keyof typeof BUDGET_FIGURES, unknown> {
  // An account keeps the former window's figures until its next call.
  const spent = account && window && account.windowStart >= window.start ? account.spent : 0;
  const reserved = account?.reserved ?? 0;
  const raise = account?.raise && account.raise.until > now ? account.raise : null;
  const budget = terms && toNano(terms.max_budget) + (raise?.amount ?? 0);
  return {
    spend: toDollars(spent),
    reserved: toDollars(reserved),
    max_budget: budget === undefined ? null : toDollars(budget),
    budget_left: budget === undefined ? null : toDollars(Math.max(0, budget - spent - reserved)),
    budget_duration: terms?.budget_duration ?? null,
    budget_reset_at: window?.end?.toISOString() ?? null,
    raise: raise && { amount: toDollars(raise.amount), until: raise.until.toISOString() },
    closed: account?.closedBecause ?? null,
  };
}

export interface RaiseChange {
  /** Null takes a raise back. */
  readonly raise: { readonly amount: NanoDollars; readonly until: Date } | null;
}

export async function raiseAccount(
  statements: Statements,
  accountId: string,
  { raise }: RaiseChange,
): Promise<void> {
  await statements.run(
    'admin-account-raise',
    'update accounts set raised_nano = $2::bigint, raised_until = $3 where id = $1',
    [accountId, raise?.amount ?? 0, raise?.until ?? null],
  );
}

/** An account is closed when a call has cost more than was set aside for it. */
export async function reopenAccounts(statements: Statements, ids: readonly string[]): Promise<void> {
  await statements.run(
    'admin-accounts-reopen',
    'update accounts set closed_at = null, closed_because = null where id = any($1::bigint[])',
    [ids],
  );
}

const RESET = `
with held as (
  select id, greatest(window_start, coalesce($4::timestamptz, window_start)) as window_start,
    case when window_start < $4::timestamptz then 0 else spent_nano end as spent_nano
  from accounts where id = any($1::bigint[]) order by id for update
), noted as (
  insert into spend_resets (account_id, window_start, before_nano, after_nano, actor, at)
  select id, window_start, spent_nano, $2::bigint, $3, clock_timestamp() from held
)
update accounts set spent_nano = $2::bigint, window_start = held.window_start from held where accounts.id = held.id
returning accounts.id as account_id`;

export interface SpendReset {
  readonly usd: number;
  readonly actor: string;
  /** When the window that holds began. Without it what is set is lost with an account's former window. */
  readonly windowStart?: Date | undefined;
}

/**
 * Sets what accounts have spent in their window to so many dollars, and keeps a row of it, so that an account still
 * adds up. What calls have reserved stays reserved.
 */
export async function resetAccounts(
  statements: Statements,
  accountIds: readonly string[],
  { usd, actor, windowStart }: SpendReset,
): Promise<number> {
  const values = [accountIds, toNano(usd), actor, windowStart ?? null];
  return (await statements.run('spend-reset', RESET, values)).length;
}

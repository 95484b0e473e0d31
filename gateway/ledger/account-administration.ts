/** What an administrator may do to an account. Holds for every gateway process within about a second. */
import type { Database } from '../store/database';
import type { NanoDollars } from './money';

export interface AccountAdministration {
  /** Adds to the budget until then, whatever the window; replaces what was added before. */
  raise(accountId: string, amount: NanoDollars, until: Date): Promise<void>;
  /** Opens an account that was closed because a call had cost more than was set aside for it. */
  reopen(accountId: string): Promise<void>;
  /** Sets what counts as spent in the window that holds now. The ledger's rows stay as they are. */
  setSpent(accountId: string, amount: NanoDollars): Promise<void>;
}

export const administerAccounts = (database: Database): AccountAdministration => ({
  async raise(accountId, amount, until) {
    await database.run(
      'account-raise',
      'update accounts set raised_nano = $2::bigint, raised_until = $3 where id = $1',
      [accountId, amount, until],
    );
  },
  async reopen(accountId) {
    await database.run(
      'account-reopen',
      'update accounts set closed_at = null, closed_because = null where id = $1',
      [accountId],
    );
  },
  async setSpent(accountId, amount) {
    await database.run('account-set-spent', 'update accounts set spent_nano = $2::bigint where id = $1', [
      accountId,
      amount,
    ]);
  },
});

/** What the calls of a key are charged to, as it stands: its own budget, its owner's, those of template and groups. */
import { scopeLabel, type KeyRecord } from '../keys/key-record';
import { sharedAccountsOf } from '../ledger/account-terms';
import { windowAt } from '../ledger/window';
import type { Services } from '../services';
import type { Statements } from '../store/database';
import { BUDGET_FIGURES, describeFigures, readAccounts } from './accounts';
import { answer, listOf, string } from './json-schema';
import { termsNow } from './key-view';

export const budgetsSchema = {
  ...listOf(
    answer({
      kind: { type: 'string', enum: ['key', 'owner', 'team'] },
      name: { ...string, description: 'Scope of the key, name of the owner, "template x" or "group x".' },
      ...BUDGET_FIGURES,
    }),
  ),
  description: 'Each of them has to have room for a call. The own one of the key first.',
};

/** One list for each key, by one question to the store. */
export async function viewBudgets(
  services: Services,
  statements: Statements,
  records: readonly KeyRecord[],
): Promise<Record<string, unknown>[][]> {
  const { document } = services.documents.current;
  const now = services.now();
  const source = { document, ownerBudget: services.settings.ownerBudget };
  const charged = records.map((record) => ({ record, shared: sharedAccountsOf(record, source) }));
  const accounts = await readAccounts(statements, [
    ...new Set(
      charged.flatMap(({ record, shared }) => [record.accountId, ...shared.map(({ label }) => label)]),
    ),
  ]);
  return charged.map(({ record, shared }) => {
    const terms = termsNow(services, record);
    const own = describeFigures(accounts.get(record.accountId), terms?.scope, terms?.window, now);
    return [
      { kind: 'key', name: scopeLabel(record), ...own },
      ...shared.map(({ kind, name, label, allowance }) => ({
        kind,
        name,
        ...describeFigures(
          accounts.get(label),
          allowance,
          windowAt(allowance.budget_duration, now, document.time_zone),
          now,
        ),
      })),
    ];
  });
}

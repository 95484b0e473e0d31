/** What is told of a ledger that does not add up. */
import type { AlertEvent } from './outbox';
import { LEDGER } from './subjects';

/** Once a day, however often it is looked at. */
export const ledgerWrong = (findings: readonly { readonly check: string }[], now: Date): AlertEvent => ({
  event: `ledger_wrong/${now.toISOString().slice(0, 10)}`,
  kind: 'ledger_wrong',
  subject: LEDGER,
  title: ['The ledger does not add up.'],
  facts: [
    ['Findings', [String(findings.length)]],
    [
      'Of the checks',
      [
        [...new Set(findings.map(({ check }) => check))]
          .slice(0, 10)
          // bounded: ten of them
          .join(', '),
      ],
    ],
  ],
});

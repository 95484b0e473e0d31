import { Option, type Command } from 'commander';
import { environmentNotes, GATEWAY_EXITS } from '../administration/about';
import type * as Reconcile from '../reconcile/reconcile';
import type { ReconcileWords } from '../reconcile/reconcile';
import { newCommand } from '../terminal/command';
import { EXIT } from '../terminal/fault';
import { month } from '../terminal/option-values';
import { withFormats } from '../terminal/output';

export const reconcile = (): Command =>
  withFormats(
    newCommand('reconcile', {
      summary: "Hold a month of the ledger against the provider's own export",
      description:
        "Holds a month of the ledger against the provider's own usage export, by model and day of UTC: tokens of each " +
        'kind, and cost. Reads the CSV of Usage and Cost of the Anthropic Console, Cost and Usage Reports of AWS (2.0 and ' +
        'legacy, .csv or .csv.gz), and costs by usage type and day of the Cost Explorer.',
      examples: [
        'reconcile --provider anthropic --month 2026-11 usage.csv cost.csv',
        'reconcile --provider aws --month 2026-11 report-00001.csv.gz --json',
      ],
      exits: { ...GATEWAY_EXITS, 5: 'something differs' },
      notes: environmentNotes,
    })
      .argument('<files...>', 'exports of that month')
      .addOption(
        new Option('--provider <name>', 'whose export it is')
          .choices(['anthropic', 'aws'])
          .makeOptionMandatory(),
      )
      .requiredOption('--month <month>', 'YYYY-MM, of UTC', month),
  ).action(async (files: string[], words: ReconcileWords) => {
    const code = await (require('../reconcile/reconcile') as typeof Reconcile).reconcile(files, words);
    if (code !== EXIT.done) process.exitCode = code;
  });

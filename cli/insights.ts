import type { Command } from 'commander';
import { GATEWAY_EXITS } from '../administration/about';
import type * as Insights from '../administration/insights';
import type { InsightsWords } from '../administration/insights';
import { does, newCommand } from '../terminal/command';
import { day } from '../terminal/option-values';
import { withFormats } from '../terminal/output';

const room = (): typeof Insights => require('../administration/insights') as typeof Insights;

export const insights = (): Command =>
  does<InsightsWords>(
    withFormats(
      newCommand('insights', {
        summary: 'See how AI is used: tasks, retries, models, errors, budgets, caches, hours',
        description:
          'Says how AI is used, from metadata alone, of the last 28 days or of those named, beside as many days before. Teams are compared without their names. --json has each definition, its rule and all there is beside it.',
        examples: ['insights', 'insights --team frontend --from 2026-11-01 --until 2026-11-30 --json'],
        exits: GATEWAY_EXITS,
      })
        .option('--team <template>', 'of this team only; it is marked in the comparison')
        .option('--from <day>', 'first day, YYYY-MM-DD', day)
        .option('--until <day>', 'last day', day)
        .option('--names', 'name the teams of the comparison'),
    ),
    (_, words) => room().insights(words),
  );

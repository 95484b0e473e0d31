import { Option, type Command } from 'commander';
import { environmentNotes, GATEWAY_EXITS } from '../administration/about';
import { withPages } from '../administration/pages';
import type * as Spend from '../administration/spend';
import type { ReportWords } from '../administration/spend';
import { does, newCommand, newGroup } from '../terminal/command';
import { day } from '../terminal/option-values';
import { withFormats, type FormatWords } from '../terminal/output';

const room = (): typeof Spend => require('../administration/spend') as typeof Spend;

/** @param path as it is typed: it is a command of its own, and one of keys */
export const spend = (path = 'spend'): Command =>
  newGroup(
    'spend',
    {
      summary: 'See where the money went, and whether the account adds up',
      examples: [`${path} report --by team --from 2026-11-01`, `${path} verify`],
      notes: environmentNotes,
    },
    [report(`${path} report`), verify(`${path} verify`)],
  );

const report = (path: string): Command =>
  does<ReportWords>(
    withPages(
      withFormats(
        newCommand('report', {
          summary: 'Add up calls, tokens and dollars',
          description:
            'Adds up calls, tokens and dollars, a page at a time; the total is that of all rows. Days are those of the policy.',
          examples: [`${path} --by team --from 2026-11-01 --csv`, `${path} --by day --user ann`],
          exits: GATEWAY_EXITS,
        })
          .addOption(
            new Option('--by <what>', 'what a row is')
              .choices(['user', 'team', 'model', 'workspace', 'session', 'key', 'provider', 'day'])
              .default('user'),
          )
          .option('--from <day>', 'first day, YYYY-MM-DD', day)
          .option('--to <day>', 'last day', day)
          .option('--user <user>', 'of this person only, by name or Coder user id'),
      ),
      10_000,
      10_000,
    ),
    (_, words) => room().report(words),
  );

/** @param path as it is typed */
export const verify = (path: string): Command =>
  does<FormatWords>(
    withFormats(
      newCommand('verify', {
        summary: 'Make every sum of the account again from its rows',
        description: 'Makes every sum of the account again from its rows, and says how far it is.',
        examples: [path],
        exits: { ...GATEWAY_EXITS, 5: 'a sum differs' },
      }),
    ),
    (_, words) => room().verify(words),
  );

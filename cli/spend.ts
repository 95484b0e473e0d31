import { Option, type Command } from 'commander';
import type * as Month from '../administration/month';
import type { ScheduleWords } from '../administration/month';
import { environmentNotes, GATEWAY_EXITS } from '../administration/about';
import { withPages } from '../administration/pages';
import type * as Spend from '../administration/spend';
import type { ReportWords, VerifyWords } from '../administration/spend';
import { does, newCommand, newGroup, numberBetween } from '../terminal/command';
import { day, month as monthOf } from '../terminal/option-values';
import { withFormats, type FormatWords } from '../terminal/output';

const room = (): typeof Spend => require('../administration/spend') as typeof Spend;
const months = (): typeof Month => require('../administration/month') as typeof Month;

/** @param path as it is typed: it is a command of its own, and one of keys */
export const spend = (path = 'spend'): Command =>
  newGroup(
    'spend',
    {
      summary: 'See where the money went, and whether the account adds up',
      examples: [
        `${path} report --by team --from 2026-11-01`,
        `${path} month 2026-10 --csv`,
        `${path} verify`,
      ],
      notes: environmentNotes,
    },
    [
      report(`${path} report`),
      month(`${path} month`),
      schedule(`${path} schedule`),
      send(`${path} send`),
      verify(`${path} verify`),
    ],
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

const month = (path: string): Command =>
  does<FormatWords>(
    withFormats(
      newCommand('month', {
        summary: 'What a month cost, by team and by model, and what budgets come to over it',
        description:
          'What a month cost, by team and by model, and what the budgets of teams come to over it: the figures of the dashboard’s report. Months and days are those of the policy.',
        examples: [`${path} 2026-10`, `${path} 2026-10 --csv`],
        exits: GATEWAY_EXITS,
      }).argument('[month]', 'YYYY-MM (default: the month under way)', monthOf),
    ),
    ([named], words) => months().month(named, words),
  );

const schedule = (path: string): Command =>
  does<ScheduleWords>(
    withFormats(
      newCommand('schedule', {
        summary: 'See or set the day on which the report of the month before goes out by mail',
        description:
          'Shows the day of the month on which the report of the month before goes out by mail, to where alerts go by mail; sets it first, where one is named.',
        examples: [path, `${path} --day 2`, `${path} --off`],
        exits: GATEWAY_EXITS,
      })
        .addOption(
          new Option('--day <day>', 'on this day of each month, from 1 to 28, of the policy’s time zone')
            .argParser(numberBetween(1, 28, true))
            .conflicts('off'),
        )
        .option('--off', 'none goes out any more'),
    ),
    (_, words) => months().schedule(words),
  );

const send = (path: string): Command =>
  does<FormatWords>(
    withFormats(
      newCommand('send', {
        summary: 'Send the report of a month by mail now, and say how it went',
        description:
          'Sends the report of a month to where alerts go by mail, now, and says how it went. It is not repeated, and the schedule stays as it is.',
        examples: [path, `${path} 2026-10`],
        exits: { ...GATEWAY_EXITS, 1: 'it did not arrive everywhere' },
      }).argument('[month]', 'YYYY-MM (default: the month before this)', monthOf),
    ),
    ([named], words) => months().send(named, words),
  );

/** @param path as it is typed */
export const verify = (path: string): Command =>
  does<VerifyWords>(
    withFormats(
      newCommand('verify', {
        summary: 'Make every sum of the account again from its rows',
        description: 'Makes every sum of the account again from its rows, and says how far it is.',
        examples: [path, `${path} --rebuild`],
        exits: { ...GATEWAY_EXITS, 5: 'a sum differs' },
      }).option(
        '--rebuild',
        'first make the sums that pages read again from the calls; safe beside calls, to break off, and to repeat',
      ),
    ),
    (_, words) => room().verify(words),
  );

import type { Command } from 'commander';
import { environmentNotes, GATEWAY_EXITS } from '../administration/about';
import type * as ContentLogging from '../administration/content-logging';
import type { OffWords, OnWords } from '../administration/content-logging';
import { does, newCommand, newGroup } from '../terminal/command';
import { until, wholeNumber } from '../terminal/option-values';
import { withFormats, type FormatWords } from '../terminal/output';

const room = (): typeof ContentLogging =>
  require('../administration/content-logging') as typeof ContentLogging;

const TEAM = 'one team only, as template/workshop or group/research (default: the whole gateway)';

export const contentLogging = (): Command =>
  newGroup(
    'content-logging',
    {
      summary: 'See and switch whether what is said goes to Langfuse; it is off unless switched on',
      examples: ['content-logging show', 'content-logging on --team group/research --until 7d'],
      notes: environmentNotes,
    },
    [show(), on(), off()],
  );

const show = (): Command =>
  does<FormatWords>(
    withFormats(
      newCommand('show', {
        summary: 'Show for whom it is on, and until when',
        examples: ['content-logging show', 'content-logging show --json'],
        exits: GATEWAY_EXITS,
      }),
    ),
    (_, words) => room().show(words),
  );

const on = (): Command =>
  does<OnWords>(
    withFormats(
      newCommand('on', {
        summary: 'Send what is said to Langfuse, secrets masked',
        description:
          'Sends prompts, answers and arguments of tools to Langfuse, and nowhere else. Secrets that well-known patterns find are masked before. The audit trail has who switched it on; developers see that it is on.',
        examples: [
          'content-logging on --until 7d',
          'content-logging on --team template/workshop --keep-days 14',
        ],
        exits: GATEWAY_EXITS,
      })
        .option('--team <team>', TEAM)
        .option(
          '--until <time>',
          'a duration as 12h or 7d, or a day or time (default: until switched off)',
          until,
        )
        .option(
          '--keep-days <days>',
          'after how many days it is to be deleted in Langfuse (default: 30)',
          wholeNumber,
        ),
    ),
    (_, words) => room().switchOn(words),
  );

const off = (): Command =>
  does<OffWords>(
    withFormats(
      newCommand('off', {
        summary: 'Send nothing of what is said any more',
        examples: ['content-logging off', 'content-logging off --team group/research'],
        exits: GATEWAY_EXITS,
      }).option('--team <team>', TEAM),
    ),
    (_, words) => room().switchOff(words),
  );

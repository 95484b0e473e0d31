import type { Command } from 'commander';
import { environmentNotes, GATEWAY_EXITS } from '../administration/about';
import type * as Alerts from '../administration/alerts';
import type { ListWords, SilenceWords } from '../administration/alerts';
import { withPages } from '../administration/pages';
import { does, newCommand, newGroup } from '../terminal/command';
import { duration } from '../terminal/option-values';
import { withFormats, type FormatWords } from '../terminal/output';

const room = (): typeof Alerts => require('../administration/alerts') as typeof Alerts;

export const alerts = (): Command =>
  newGroup(
    'alerts',
    {
      summary: 'See what administrators were told of, test the channels, silence one thing for a time',
      examples: ['alerts test', 'alerts silence --about deployment/anthropic/claude-haiku-4-5 --for 2h'],
      notes: environmentNotes,
    },
    [list(), test(), silence(), unsilence()],
  );

const list = (): Command =>
  does<ListWords>(
    withPages(
      withFormats(
        newCommand('list', {
          summary: 'List alerts, the newest first, and what is silenced',
          description:
            'Lists alerts, the newest first, with what became of each at each channel; and the silences that hold.',
          examples: ['alerts list --kind budget_used_up', 'alerts list --json'],
          exits: GATEWAY_EXITS,
        }).option('--kind <kind>', 'of this kind only, as budget_used_up (docs/alerts.md names all)'),
      ),
      50,
    ),
    (_, words) => room().list(words),
  );

const test = (): Command =>
  does<FormatWords>(
    withFormats(
      newCommand('test', {
        summary: 'Send a test to each channel, and say how it went',
        examples: ['alerts test'],
        exits: { ...GATEWAY_EXITS, 1: 'it did not arrive everywhere' },
      }),
    ),
    (_, words) => room().test(words),
  );

const silence = (): Command =>
  does<SilenceWords>(
    withFormats(
      newCommand('silence', {
        summary: 'Tell nobody of one kind or subject for a time',
        description:
          'Tells nobody of what is of one kind, or about one subject, for a time. It is still listed, and what waits to be delivered is silenced as well.',
        examples: [
          'alerts silence --kind budget_step --for 8h',
          'alerts silence --about template/workshop --for 2d',
        ],
        exits: GATEWAY_EXITS,
      })
        .option('--kind <kind>', 'what is of this kind')
        .option('--about <subject>', 'what is about this subject, as "alerts list" has it')
        .requiredOption('--for <time>', 'how long, as 30m, 2h, 7d; 30 days at most', duration),
    ),
    (_, words) => room().silence(words),
  );

const unsilence = (): Command =>
  does<FormatWords>(
    withFormats(
      newCommand('unsilence', {
        summary: 'End a silence before its time',
        examples: ['alerts unsilence 3'],
        exits: GATEWAY_EXITS,
      }).argument('<number>', 'of the silence, as "alerts list" shows it'),
    ),
    ([id = ''], words) => room().unsilence(id, words),
  );

import { Option, type Command } from 'commander';
import { environmentNotes, GATEWAY_EXITS } from '../administration/about';
import type * as Rotation from '../rotation/commands';
import type { HandWords } from '../rotation/by-hand';
import type { AdminWords } from '../rotation/commands';
import type * as Platform from '../rotation/rotate-platform';
import type { RotateWords } from '../rotation/rotate-platform';
import { does, newCommand, newGroup, numberBetween } from '../terminal/command';
import { duration } from '../terminal/option-values';
import { withFormats, type FormatWords } from '../terminal/output';
import { withUpOptions } from './platform-options';

const room = (): typeof Rotation => require('../rotation/commands') as typeof Rotation;

export const secrets = (): Command =>
  newGroup(
    'secrets',
    {
      summary: "Show and change the gateway's own secrets while everything runs",
      description:
        "The gateway's own secrets: which are in use since when, what is still on a former one, and changing one of them " +
        'with both in force until nothing needs the former one. docs/secrets.md says which one does what.',
      examples: ['secrets show', 'secrets rotate claim', 'secrets rotate master --by-hand'],
    },
    [show(), rotate()],
  );

const show = (): Command =>
  does<FormatWords>(
    withFormats(
      newCommand('show', {
        summary: 'Show which secrets are in use since when, and what is still on a former one',
        description:
          'Shows which secrets are in use since when, in how many processes, and what is still on a former one. Never a ' +
          'value: a print tells one from another. For the master key and admin keys with the role admin.',
        examples: ['secrets show', 'secrets show --json'],
        exits: GATEWAY_EXITS,
        notes: environmentNotes,
      }),
    ),
    (_, words) => room().show(words),
  );

const rotate = (): Command =>
  newGroup(
    'rotate',
    {
      summary: 'Change a secret, with both in force until nothing needs the former one',
      examples: [
        'secrets rotate master',
        'secrets rotate claim --force 2',
        'secrets rotate database --by-hand',
        'secrets rotate admin eve --grace 24h',
      ],
    },
    [
      rotateOne('master', "the administrator's key"),
      rotateOne('claim', "the secret that signs workspaces' claims"),
      rotateOne('key', 'the secret that workspace keys are derived from'),
      rotateOne('database', 'the password of the database'),
      rotateAdmin(),
    ],
  );

const rotateOne = (name: 'master' | 'claim' | 'key' | 'database', what: string): Command =>
  does<RotateWords & HandWords & { readonly byHand?: boolean }>(
    withUpOptions(
      newCommand(name, {
        summary: `Change ${what}`,
        description:
          `Changes ${what} of the platform that "up" made, gateways one at a time; with --by-hand, of any other gateway: ` +
          'then it says what to set where, and asks the gateway how far that is. Stopped anywhere, it goes on from there ' +
          'when it is run again; the former one ends when nothing needs it any more.',
        examples: [`secrets rotate ${name}`, `secrets rotate ${name} --by-hand`],
        exits: { ...GATEWAY_EXITS, 3: 'refused: it would cut off others than --force says' },
        notes: () => `With --by-hand:\n${environmentNotes()}`,
      }),
    )
      .option(
        '--drain <seconds>',
        "how long calls under way get (default: the gateway's shutdownSeconds)",
        numberBetween(1, 3_600, true),
      )
      .option(
        '--force <number>',
        'end the former one now, and cut off so many who still need it',
        numberBetween(0, 1_000_000, true),
      )
      .addOption(
        new Option('--by-hand', 'for a gateway that "up" has not made: say the steps').conflicts(['drain']),
      )
      .option('--to <folder>', 'with --by-hand: where new values are written', '.data/rotation'),
    ([program], words) =>
      words.byHand
        ? room().rotateWithAPerson(name, words)
        : (require('../rotation/rotate-platform') as typeof Platform).rotatePlatform(name, program, words),
  );

const rotateAdmin = (): Command =>
  does<AdminWords>(
    withFormats(
      newCommand('admin', {
        summary: "Change an administrator's key, and show the new one this once",
        examples: ['secrets rotate admin eve', 'secrets rotate admin night-job --grace 1h --quiet'],
        exits: GATEWAY_EXITS,
        notes: environmentNotes,
      })
        .argument('<name>', 'of the admin key')
        .option(
          '--grace <duration>',
          'how long the former one works on, as 1h or 7d (default: 24h)',
          duration,
        )
        .addOption(
          new Option('-q, --quiet', 'print nothing but the key, on a line of its own').conflicts([
            'json',
            'csv',
          ]),
        ),
    ),
    ([name = ''], words) => room().rotateAdmin(name, words),
  );

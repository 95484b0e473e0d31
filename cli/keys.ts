import { Argument, Option, type Command } from 'commander';
import { environmentNotes, GATEWAY_EXITS, KEY_ARGUMENT } from '../administration/about';
import type * as Import from '../administration/import-users';
import type { ImportWords } from '../administration/import-users';
import type * as Keys from '../administration/keys';
import type { ListWords } from '../administration/keys';
import type * as NewKey from '../administration/new-key';
import type { CreateWords, RotateWords } from '../administration/new-key';
import type * as Raise from '../administration/raise';
import type { RaiseWords } from '../administration/raise';
import { POLICY_NOTE, withTerms, type TermWords } from '../administration/terms';
import { does, newCommand, newGroup, numberBetween } from '../terminal/command';
import { duration, someDollars, until } from '../terminal/option-values';
import { withFormats, type FormatWords } from '../terminal/output';
import { spend, verify } from './spend';

const room = (): typeof Keys => require('../administration/keys') as typeof Keys;
const newKey = (): typeof NewKey => require('../administration/new-key') as typeof NewKey;

export const keys = (): Command =>
  newGroup(
    'keys',
    {
      summary: 'Give out keys, look after them, take them away',
      description: 'Keys, budgets and spend of the gateway, by its admin listener.',
      examples: ['keys create ci frontend', 'keys list --user ann', 'keys raise ann-laptop --by 5 --for 24h'],
      notes: environmentNotes,
    },
    [
      create(),
      list(),
      info(),
      update(),
      rotate(),
      onOne('revoke', 'Take a key away for good', 'keys revoke 3f9a12bc'),
      onOne('block', 'Refuse the calls of a key until it is unblocked', 'keys block ann-laptop'),
      onOne('unblock', 'Let a blocked key work again', 'keys unblock ann-laptop'),
      raise(),
      importUsers(),
      spend('keys spend'),
      verify('keys verify'),
    ],
  );

const QUIET = ['-q, --quiet', 'print nothing but the key, on a line of its own'] as const;
const quiet = (command: Command): Command =>
  command.addOption(new Option(...QUIET).conflicts(['json', 'csv']));

const create = (): Command =>
  does<CreateWords>(
    quiet(
      withFormats(
        withTerms(
          newCommand('create', {
            summary: 'Give out a key and show it this once',
            description:
              'Gives out a key and shows it this once. What it may do comes from its scope in the policy; the options take the place of what is said there.',
            examples: [
              'keys create ci frontend',
              'keys create agent review',
              'keys create user ann --budget 5 --window 7d',
              'keys create workspace 7c0c… --owner ann',
              'keys create ci frontend --quiet > ci.key',
            ],
            exits: GATEWAY_EXITS,
            notes: () => POLICY_NOTE,
          })
            .addArgument(
              new Argument('<kind>', 'what it is for').choices(['ci', 'agent', 'user', 'workspace']),
            )
            .argument('<name>', 'the repository, review or write, the user, or the id of the workspace')
            .option('--owner <user>', 'of a workspace key: whose workspace it is'),
        ),
      ),
    ),
    ([kind = '', name = ''], words) => newKey().create(kind, name, words),
  );

const list = (): Command =>
  does<ListWords>(
    withFormats(
      newCommand('list', {
        summary: 'List keys',
        description:
          'Lists keys that live. Short hash, alias and owner are what all other commands take for a key.',
        examples: ['keys list', 'keys list --user ann --json', 'keys list --idle 30 --csv'],
        exits: GATEWAY_EXITS,
      })
        .option('--user <user>', 'of this person only, by name or Coder user id')
        .option('--scope <scope>', 'of this scope only: workspace, user, ci, agent:review, …')
        .option('--search <text>', 'with this in alias, owner, workspace, template or the last four')
        .addOption(new Option('--status <status>', 'also those that are gone').choices(['deleted', 'all']))
        .option('--idle <days>', 'without a call in so many days', numberBetween(1, 3_650, true)),
    ),
    (_, words) => room().list(words),
  );

const info = (): Command =>
  does<FormatWords>(
    withFormats(
      newCommand('info', {
        summary: 'Show one key, its budgets, and which of them binds',
        examples: ['keys info ann-laptop', 'keys info 3f9a12bc --json'],
        exits: GATEWAY_EXITS,
      }).argument(...KEY_ARGUMENT),
    ),
    ([key = ''], words) => room().info(key, words),
  );

const update = (): Command =>
  does<TermWords>(
    withFormats(
      withTerms(
        newCommand('update', {
          summary: 'Change what is laid down for a key',
          examples: ['keys update ann-laptop --budget 20 --window 1d', 'keys update ann-laptop --rpm policy'],
          exits: GATEWAY_EXITS,
          notes: () => POLICY_NOTE,
        }).argument(...KEY_ARGUMENT),
      ),
    ),
    ([key = ''], words) => room().update(key, words),
  );

const rotate = (): Command =>
  does<RotateWords>(
    quiet(
      withFormats(
        newCommand('rotate', {
          summary: 'Put another key in the place of one, and show it this once',
          examples: ['keys rotate ci-frontend --grace 1h', 'keys rotate 3f9a12bc --quiet'],
          exits: GATEWAY_EXITS,
        })
          .argument(...KEY_ARGUMENT)
          .option(
            '--grace <duration>',
            'how long the former key works on, as 1h (default: not at all)',
            duration,
          ),
      ),
    ),
    ([key = ''], words) => newKey().rotate(key, words),
  );

const onOne = (name: 'revoke' | 'block' | 'unblock', summary: string, example: string): Command =>
  does<FormatWords>(
    withFormats(
      newCommand(name, { summary, examples: [example], exits: GATEWAY_EXITS }).argument(...KEY_ARGUMENT),
    ),
    ([key = ''], words) => room()[name](key, words),
  );

const raise = (): Command =>
  does<RaiseWords>(
    withFormats(
      newCommand('raise', {
        summary: 'Add to a budget for a while, and say what binds then',
        description:
          'Adds to the budget of a key, or of a person over all keys, for a while. Says which budget binds then: the ' +
          "key's own, the person's, or that of the template or a group.",
        examples: ['keys raise ann-laptop --by 5 --for 24h', 'keys raise --user ann --by 10 --for 7d'],
        exits: GATEWAY_EXITS,
      })
        .argument('[key]', KEY_ARGUMENT[1])
        .option('--user <user>', 'raise this person instead, by name or Coder user id')
        .requiredOption('--by <dollars>', 'US dollars on top of the budget', someDollars)
        .requiredOption(
          '--for <duration>',
          'how long, as 24h or 7d; or a day or time at which it ends',
          until,
        ),
    ),
    ([key], words) => (require('../administration/raise') as typeof Raise).raise(key, words),
  );

const importUsers = (): Command =>
  does<ImportWords>(
    withFormats(
      newCommand('import', {
        summary: 'Make keys for the users of a file',
        description:
          'Makes a key for each line "name,budget,rpm"; a user who has one keeps it, with the terms of the file. Reads the ' +
          'whole file before it makes a key, shows each key as it is made, and goes on where it stopped when it is run again.',
        examples: [
          'keys import users.csv --dry-run',
          'keys import users.csv --csv > new-keys.csv',
          'keys import keys.json --format litellm-json',
        ],
        exits: { ...GATEWAY_EXITS, 1: 'stopped, or a dry run found what would fail' },
        notes: () => FORMAT_NOTES,
      })
        .argument('<file>', 'the users')
        .addOption(
          new Option(
            '--format <format>',
            'how the file is written (default: the separator of its first line)',
          ).choices(['csv', 'semicolon', 'colon', 'litellm-json']),
        )
        .option('--dry-run', 'say what would be done, and do nothing'),
    ),
    ([file = ''], words) =>
      (require('../administration/import-users') as typeof Import).importUsers(file, words),
  );

const FORMAT_NOTES = `Formats:
  csv, semicolon, colon   name,budget,rpm with that separator; a first line of column names (user, budget, rpm, alias,
                          email) may have them in any order. # begins a comment
  litellm-json            what LiteLLM's /key/list?return_full_object=true or /user/list answers; a new key begins with
                          what was spent there in the window that is open`;

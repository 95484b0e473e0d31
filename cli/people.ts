import type { Command } from 'commander';
import { environmentNotes, GATEWAY_EXITS } from '../administration/about';
import { withPages, type PageWords } from '../administration/pages';
import type * as People from '../administration/people';
import type { ForgetWords, PersonWords } from '../administration/people';
import { POLICY_NOTE, withLimits } from '../administration/terms';
import { does, newCommand, newGroup } from '../terminal/command';
import { withFormats, type FormatWords } from '../terminal/output';

const room = (): typeof People => require('../administration/people') as typeof People;

const WHO = ['<name>', 'user name, or Coder user id'] as const;

export const people = (): Command =>
  newGroup(
    'people',
    {
      summary: 'See and change what holds for all keys of a person',
      examples: ['people show ann', 'people update ann --budget 40 --window 1d', 'people suspend ann'],
      notes: environmentNotes,
    },
    [
      list(),
      show(),
      create(),
      update(),
      standing('suspend', 'Refuse all keys of a person until they are resumed'),
      standing('resume', 'Let the keys of a suspended person work again'),
      exportPerson(),
      forget(),
    ],
  );

const list = (): Command =>
  does<PageWords>(
    withPages(
      withFormats(
        newCommand('list', {
          summary: 'List people who have terms or keys',
          examples: ['people list', 'people list --size 500 --csv'],
          exits: GATEWAY_EXITS,
        }),
      ),
      100,
    ),
    (_, words) => room().list(words),
  );

const show = (): Command =>
  does<FormatWords>(
    withFormats(
      newCommand('show', {
        summary: 'Show the budgets, spend and keys of a person, and what binds each key',
        examples: ['people show ann', 'people show ann --json'],
        exits: GATEWAY_EXITS,
      }).argument(...WHO),
    ),
    ([name = ''], words) => room().show(name, words),
  );

const withPersonTerms = (command: Command): Command =>
  withFormats(
    withLimits(command)
      .option('--named-budget <name>', 'take limits from a budget that has a name; policy: from none')
      .option('--email <address>', 'e-mail address'),
  );

const create = (): Command =>
  does<PersonWords>(
    withPersonTerms(
      newCommand('create', {
        summary: 'Lay terms down for a person whom the gateway does not know yet',
        description:
          'Lays terms down for a person whom the gateway does not know yet: they hold from the first key on. Gives out no key.',
        examples: ['people create ann --budget 40'],
        exits: GATEWAY_EXITS,
        notes: () => POLICY_NOTE,
      }).argument(...WHO),
    ),
    ([name = ''], words) => room().create(name, words),
  );

const update = (): Command =>
  does<PersonWords>(
    withPersonTerms(
      newCommand('update', {
        summary: 'Change what holds over all keys of a person',
        examples: [
          'people update ann --budget 40 --window 1d --rpm 120',
          'people update ann --budget policy',
        ],
        exits: GATEWAY_EXITS,
        notes: () => POLICY_NOTE,
      }).argument(...WHO),
    ),
    ([name = ''], words) => room().update(name, words),
  );

const standing = (name: 'suspend' | 'resume', summary: string): Command =>
  does<FormatWords>(
    withFormats(
      newCommand(name, { summary, examples: [`people ${name} ann`], exits: GATEWAY_EXITS }).argument(...WHO),
    ),
    ([who = ''], words) => room()[name](who, words),
  );

const exportPerson = (): Command =>
  does(
    newCommand('export', {
      summary: 'Give all that is kept about a person, as JSON',
      description:
        'Gives all that is kept about a person, as JSON: terms, names, workspaces, keys (as hashes), accounts, every call, ' +
        'the sums of old ones, and what administrators did.',
      examples: ['people export ann > ann.json'],
      exits: GATEWAY_EXITS,
    }).argument(...WHO),
    ([name = '']) => room().exportPerson(name),
  );

const forget = (): Command =>
  does<ForgetWords>(
    withFormats(
      newCommand('forget', {
        summary: 'Make a person a pseudonym everywhere, for good',
        description:
          'Takes all keys of a person away, and puts one word without meaning in their place in the ledger, the sums of ' +
          'old calls and the audit trail. No sum changes. It can be run again where it was stopped, and cannot be taken back.',
        examples: ['people forget ann --for-good'],
        exits: GATEWAY_EXITS,
      })
        .argument(...WHO)
        .option('--for-good', 'yes: it cannot be taken back'),
    ),
    ([name = ''], words) => room().forget(name, words),
  );

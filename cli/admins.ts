import { Option, type Command } from 'commander';
import { environmentNotes, GATEWAY_EXITS } from '../administration/about';
import type * as Admins from '../administration/admins';
import type { CreateWords } from '../administration/admins';
import { does, newCommand, newGroup } from '../terminal/command';
import { duration } from '../terminal/option-values';
import { withFormats, type FormatWords } from '../terminal/output';

const room = (): typeof Admins => require('../administration/admins') as typeof Admins;

export const admins = (): Command =>
  newGroup(
    'admins',
    {
      summary: 'Give administrators keys of their own',
      description:
        'Administrators beside the master key: each has a key of their own, and the audit trail tells them apart.',
      examples: ['admins create eve --role viewer', 'admins list', 'admins revoke eve'],
      notes: environmentNotes,
    },
    [create(), list(), revoke()],
  );

const create = (): Command =>
  does<CreateWords>(
    withFormats(
      newCommand('create', {
        summary: 'Give out an admin key and show it this once',
        examples: [
          'admins create eve --role viewer',
          'admins create night-job --role admin --duration 90d --quiet',
        ],
        exits: GATEWAY_EXITS,
      })
        .argument('<name>', 'as the audit trail names whoever holds it')
        .addOption(
          new Option('--role <role>', 'admin, or viewer, which may look only')
            .choices(['admin', 'viewer'])
            .makeOptionMandatory(),
        )
        .option(
          '--duration <duration>',
          'how long it works, as 12h or 90d (default: until it is revoked)',
          duration,
        )
        .addOption(
          new Option('-q, --quiet', 'print nothing but the key, on a line of its own').conflicts([
            'json',
            'csv',
          ]),
        ),
    ),
    ([name = ''], words) => room().create(name, words),
  );

const list = (): Command =>
  does<FormatWords>(
    withFormats(
      newCommand('list', {
        summary: 'List admin keys, revoked ones too',
        examples: ['admins list'],
        exits: GATEWAY_EXITS,
      }),
    ),
    (_, words) => room().list(words),
  );

const revoke = (): Command =>
  does<FormatWords>(
    withFormats(
      newCommand('revoke', {
        summary: 'Take an admin key away, from the next request on',
        examples: ['admins revoke eve'],
        exits: GATEWAY_EXITS,
      }).argument('<name>', 'of the admin key'),
    ),
    ([name = ''], words) => room().revoke(name, words),
  );

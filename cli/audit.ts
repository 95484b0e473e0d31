import type { Command } from 'commander';
import { environmentNotes, GATEWAY_EXITS } from '../administration/about';
import type * as Audit from '../administration/audit';
import type { AuditWords } from '../administration/audit';
import { withPages } from '../administration/pages';
import { does, newCommand, newGroup } from '../terminal/command';
import { dayOrTime } from '../terminal/option-values';
import { withFormats } from '../terminal/output';

export const audit = (): Command =>
  newGroup(
    'audit',
    {
      summary: 'See what administrators did',
      examples: ['audit list --who eve --from 2026-11-01'],
      notes: environmentNotes,
    },
    [list()],
  );

const list = (): Command =>
  does<AuditWords>(
    withPages(
      withFormats(
        newCommand('list', {
          summary: 'List every action of administrators, the newest first',
          description:
            'Lists every action of administrators, the newest first. Days are those of this machine; with --json and --csv times are UTC.',
          examples: ['audit list --from 2026-11-01 --to 2026-11-30', 'audit list --action key/delete --csv'],
          exits: GATEWAY_EXITS,
        })
          .option('--from <time>', 'first day, YYYY-MM-DD; or a time with its zone', dayOrTime)
          .option('--to <time>', 'last day; or a time before which', dayOrTime)
          .option('--who <name>', 'by this administrator only: master, or the name of an admin key')
          .option('--action <action>', 'this action only, as key/update')
          .option(
            '--target <target>',
            "done to this only: a key's hash, a user's id, a budget's or admin's name",
          ),
      ),
      50,
    ),
    (_, words) => (require('../administration/audit') as typeof Audit).list(words),
  );

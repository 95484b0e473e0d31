import type { Command } from 'commander';
import type * as Backup from '../backup/commands';
import type { RestoreWords } from '../backup/commands';
import { does, newCommand } from '../terminal/command';
import { withFormats } from '../terminal/output';
import { PLATFORM_OPTION, STORE_NOTE } from './backup';

export const restore = (): Command =>
  does<RestoreWords>(
    withFormats(
      newCommand('restore', {
        summary: 'Put a backup into a store, all or nothing',
        description:
          'Reads the file from end to end first, and refuses one that is cut, changed, of a newer version or of another ' +
          'site. Then puts it into the store in one transaction: ended half-way it leaves what was there, and can be run ' +
          'again. No gateway may run on the store meanwhile. In the end it verifies the account.',
        examples: [
          'restore .data/backups/site-0f1e2d3c4b5a-2026-11-28T03-00-00Z.backup',
          'restore latest.backup --over-what-is-there site-0f1e2d3c4b5a',
          'restore latest.backup --folder .data/platform --coder-dump-to coder.dump',
        ],
        exits: { 3: 'refused for what is in the store', 5: 'restored, and a sum differs' },
        notes: () => STORE_NOTE,
      })
        .argument('<file>', 'a file that "backup" wrote')
        .option(
          '--over-what-is-there <site>',
          "the site's name: its rows in the store give way to the backup's",
        )
        .option('--folder <folder>', PLATFORM_OPTION)
        .option(
          '--coder-dump-to <file>',
          "where Coder's database is written to, for pg_restore in its container",
        )
        .option('--langfuse-dump-to <file>', "where Langfuse's is written to"),
    ),
    ([file = ''], words) => (require('../backup/commands') as typeof Backup).restore(file, words),
  );

import type { Command } from 'commander';
import type * as Backup from '../backup/commands';
import type { BackupWords } from '../backup/commands';
import { does, newCommand, numberBetween } from '../terminal/command';
import { interval } from '../terminal/option-values';
import { withFormats } from '../terminal/output';

export const STORE_NOTE = `Environment, as the gateway has it:
  DATABASE_URL       Postgres that holds keys and ledger (also: DATABASE_URL_FILE)
  GATEWAY_DATA_DIR   without DATABASE_URL: folder of the embedded Postgres (.data/gateway)`;

/** Of `backup` and `restore`. */
export const PLATFORM_OPTION = 'the platform that "up" has made there, whose Postgres has no port here';

export const backup = (): Command =>
  does<BackupWords>(
    withFormats(
      newCommand('backup', {
        summary: 'Write all that the store holds into one file, beside running gateways',
        description:
          'Writes all that the store holds, keys as hashes, ledger, people and audit trail, into one file that "restore" ' +
          'puts into any Postgres from 15 on or into the embedded one. Gateways go on meanwhile. The file is for its ' +
          'owner only (0600), since it names people; it holds no secret.',
        examples: [
          'backup',
          'backup --to /mnt/backups/',
          'backup --to /mnt/backups/ --every 24h --keep 14',
          'backup --folder .data/platform',
          'backup --coder-container ai-platform-postgres/coder',
        ],
        notes: () => STORE_NOTE,
      })
        .option('--folder <folder>', PLATFORM_OPTION)
        .option(
          '--to <file or folder>',
          'where to (default: .data/backups/); in a folder it is named by site and time',
        )
        .option('--every <duration>', 'go on, and take one so often: 1h, 24h, 7d', interval)
        .option(
          '--keep <number>',
          'how many of the newest stay, with --every',
          numberBetween(1, 10_000, true),
        )
        .option(
          '--coder-container <name>',
          "take Coder's database along, by pg_dump in its Postgres container; /DATABASE behind the name, where it is not the first",
        ),
    ),
    (_, words) => (require('../backup/commands') as typeof Backup).backup(words),
  );

import type { Command } from 'commander';
import { environmentNotes } from '../administration/about';
import type * as Doctor from '../doctor/doctor';
import type { Words } from '../doctor/doctor';
import { does, newCommand, numberBetween } from '../terminal/command';
import { withFolder } from './platform-options';

export const doctor = (): Command =>
  does<Words>(
    withFolder(
      newCommand('doctor', {
        summary: 'Look whether a running site is well, and say what to do where it is not',
        description:
          'Looks at gateway, store, Coder and platform: whether they answer, in which versions, with which models, secrets, ' +
          'certificates, clocks and disks; at backups, growth and what ends soon. What cannot be looked at is said, with ' +
          'why. Without --completions it costs nothing.',
        examples: [
          'doctor',
          'doctor --completions',
          'doctor --admin-url https://gateway.example.com:4001 --data-url https://gateway.example.com --json',
        ],
        exits: {
          0: 'no fault (perhaps warnings)',
          1: 'faults were found',
          3: 'the key was refused',
          4: 'the gateway was not reached',
        },
        notes: () =>
          `${environmentNotes()}\n\nWithout --admin-url and GATEWAY_ADMIN_URL the platform of --folder is looked at, where there is one.`,
      }),
    )
      .option('--admin-url <url>', "the gateway's admin listener")
      .option('--data-url <url>', "the gateway's data listener (default: port 4000 of the same host)")
      .option('--coder-url <url>', 'Coder, as people open it (default: as the gateway knows it)')
      .option('--completions', 'also ask a model at each level; costs some cents at most')
      .option('--model <name>', 'which one (default: the cheapest that answers)')
      .option(
        '--workspace-network <name>',
        "the workspaces' Docker network (default: the platform's, or coder-network)",
      )
      .option(
        '--workspace-image <reference>',
        'image with bash and curl that looks from there',
        'contractor-workspace:1',
      )
      .option('--timeout <seconds>', 'for all of it', numberBetween(1, 3_600), 120)
      .option('--json', 'for a program'),
    (_, words) => (require('../doctor/doctor') as typeof Doctor).doctor(words),
  );

import type { Command } from 'commander';
import type * as Status from '../platform/status';
import type { StatusWords } from '../platform/status';
import { does, newCommand } from '../terminal/command';
import { withFolder } from './platform-options';

export const status = (): Command =>
  does<StatusWords>(
    withFolder(
      newCommand('status', {
        summary: "Show the platform's services, versions, addresses and health",
        examples: ['status', 'status --json'],
        exits: { 1: 'something is not well' },
      }),
    ).option('--json', 'for a program'),
    (_, words) => (require('../platform/status') as typeof Status).status(words),
  );

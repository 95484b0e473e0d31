import type { Command } from 'commander';
import type * as Down from '../platform/down';
import type { DownWords } from '../platform/down';
import { does, newCommand } from '../terminal/command';
import { withFolder } from './platform-options';

export const down = (): Command =>
  does<DownWords>(
    withFolder(
      newCommand('down', {
        summary: 'Take the platform down; its data stays',
        description:
          'Removes the containers of the platform. Data, networks and the homes of workspaces stay, and "up" brings it back.',
        examples: ['down', 'down --volumes'],
        exits: { 1: 'a step failed, or nobody agreed' },
      }),
    )
      .option('--volumes', 'remove the data as well; asks before')
      .option('--consent <name>', "the platform's name, where there is no terminal to ask at"),
    (_, words) => (require('../platform/down') as typeof Down).down(words),
  );

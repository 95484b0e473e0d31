import type { Command } from 'commander';
import type * as Serve from '../gateway/serve';
import type * as VariablesHelp from '../gateway/config/variables-help';
import { does, newCommand } from '../terminal/command';

export const gateway = (): Command =>
  does(
    newCommand('gateway', {
      summary: 'Run the AI gateway',
      description:
        'The AI gateway: holds the provider keys, decides who may call what, and accounts for every token. ' +
        'It is set up by environment variables.',
      examples: ['gateway'],
      exits: { 2: 'the environment cannot be used' },
      notes: () => (require('../gateway/config/variables-help') as typeof VariablesHelp).describeVariables(),
    }),
    () => (require('../gateway/serve') as typeof Serve).serve(process.env),
  );

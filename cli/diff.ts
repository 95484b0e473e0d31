import type { Command } from 'commander';
import type * as Say from '../release/diff/say';
import { SEVERITIES } from '../release/diff/change';
import type { DiffWords } from '../release/diff/say';
import { does, newCommand } from '../terminal/command';

export const diff = (): Command =>
  does<DiffWords>(
    newCommand('diff', {
      summary: 'Say in words what a change of the template means',
      description:
        'Says in words what a change of the template, of the policy or of prices means: for people who have a workspace, ' +
        'and for those who make one. Compares the snapshot in test/snapshots/ at a commit with what is synthesized now. ' +
        'Checks nothing out. Of two folders as synth writes them (<out>/stacks/<template>), the documents for the ' +
        'gateway (<out>/gateway/config.json) are compared as well.',
      examples: ['diff main', 'diff main --markdown', 'diff --from-dir old --to-dir new'],
      exits: { 1: 'a change is as bad as --fail-on says' },
      notes: () =>
        `Severities, the worst first:\n${SEVERITIES.map(
          ({ name, title }) => `  ${name.padEnd(12)} ${title.charAt(0).toLowerCase()}${title.slice(1)}`,
        ).join('\n')}`,
    })
      .argument('[ref]', 'commit whose snapshot is the older version')
      .option('--template <name>', 'this template only (default: every template that has a snapshot)')
      .option('--to <ref>', 'compare with the snapshot at another commit instead of what is synthesized now')
      .option('--from-dir <folder>', 'compare two folders: the older')
      .option('--to-dir <folder>', 'and the newer')
      .option('--markdown', 'for a pull request')
      .option('--json', 'for a program')
      .option('--fail-on <severity>', 'end with exit code 1 when a change is that bad or worse'),
    ([ref], words) => (require('../release/diff/say') as typeof Say).sayWhatChanged(ref, words),
  );

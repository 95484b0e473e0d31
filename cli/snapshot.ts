import type { Command } from 'commander';
import type * as Take from '../release/snapshot/take';
import type { SnapshotWords } from '../release/snapshot/take';
import { does, newCommand } from '../terminal/command';

export const snapshot = (): Command =>
  does<SnapshotWords>(
    newCommand('snapshot', {
      summary: 'Write the templates as files that reviewers read',
      description:
        'Writes every template to test/snapshots/<template>/, and its policy and prices as the gateway gets them to ' +
        'test/snapshots/<template>.gateway.json. Says which files it wrote. Commit them: "diff" compares with them.',
      examples: ['snapshot', 'snapshot --json'],
    }).option('--json', 'for a program'),
    (_, words) => (require('../release/snapshot/take') as typeof Take).takeSnapshots(words),
  );

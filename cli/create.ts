import type { Command } from 'commander';
import type * as Create from '../create/create';
import type { CreateWords } from '../create/create';
import { does, newCommand } from '../terminal/command';

export const create = (): Command =>
  does<CreateWords>(
    newCommand('create', {
      summary: 'Make a template repository of your own',
      description:
        'Writes a new repository with a template, its policy, a test that holds both to what was reviewed, and recipes for CI. ' +
        'Overwrites nothing. docs/library.md says how to go on.',
      examples: ['create my-template', 'create . --name backend-team'],
      exits: { 1: 'a file is in the way, or the folder cannot be written to' },
    })
      .argument('<folder>', 'folder of the repository; it may be there')
      .option('--name <name>', "name of the template in Coder (default: the folder's)")
      .option(
        '--package <version>',
        'what package.json names for contractor-workspace: a version, or "file:" and an archive (default: this version)',
      )
      .option('--json', 'for a program: what was written'),
    ([folder = ''], words) => (require('../create/create') as typeof Create).createRepository(folder, words),
  );

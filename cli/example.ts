import type { Command } from 'commander';
import type * as ExampleNames from '../src/example-names';
import type * as Examples from '../src/examples';
import type { RunOptions } from '../src/run-program-file';
import { does, newCommand } from '../terminal/command';

export const example = (): Command =>
  does<RunOptions>(
    newCommand('example', {
      summary: 'Write one of the examples, or say which there are',
      description:
        'Writes one of the examples that come with the project. Without a name, says which there are.',
      examples: ['example', 'example minimal', 'example examples/air-gapped.ts --output build'],
      exits: { 1: 'the program is faulty, or the folder cannot be written to' },
      notes: () =>
        `There are ${(require('../src/example-names') as typeof ExampleNames).exampleNames().join(', ')}.`,
    })
      .argument('[name]', 'name or file of an example')
      .option('-o, --output <folder>', 'folder to write to (default: the one the example names)')
      .option('--json', 'for a program: what was written, and where'),
    ([name], options) => (require('../src/examples') as typeof Examples).runExample(name, options),
  );

import type { Command } from 'commander';
import type * as Examples from '../src/examples';
import { does, newCommand } from '../terminal/command';

interface Options {
  readonly output?: string;
}

export const example = (): Command =>
  does<Options>(
    newCommand('example', {
      summary: 'Write one of the examples, or say which there are',
      examples: ['example', 'example minimal', 'example examples/air-gapped.ts'],
    })
      .argument('[name]', 'name or file of an example')
      .option('-o, --output <folder>', 'folder to write to (default: the one the example names)'),
    ([name], { output }) => (require('../src/examples') as typeof Examples).runExample(name, output),
  );

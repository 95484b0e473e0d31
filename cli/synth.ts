import type { Command } from 'commander';
import type * as RunProgramFile from '../src/run-program-file';
import { does, newCommand } from '../terminal/command';

interface Options {
  readonly output?: string;
}

export const synth = (): Command =>
  does<Options>(
    newCommand('synth', {
      summary: 'Write the template that "coder templates push" takes',
      description:
        "Runs a program that declares a template, and writes the template and the gateway's models and policy. " +
        'Needs nothing but Node.js.',
      examples: ['synth', 'synth my-template.ts --output build'],
      notes: () => 'CDKTF_OUTDIR names the folder to write to as well.',
    })
      .argument(
        '[program]',
        'TypeScript file that calls runTemplateProgram (default: the contractor workspace)',
      )
      .option('-o, --output <folder>', 'folder to write to (default: cdktf.out)'),
    ([program], { output }) =>
      (require('../src/run-program-file') as typeof RunProgramFile).runProgramFile(program, output),
  );

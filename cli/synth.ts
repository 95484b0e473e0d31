import type { Command } from 'commander';
import type * as RunProgramFile from '../src/run-program-file';
import type { RunOptions } from '../src/run-program-file';
import { does, newCommand } from '../terminal/command';

export const synth = (): Command =>
  does<RunOptions>(
    newCommand('synth', {
      summary: 'Write the template that "coder templates push" takes',
      description:
        "Runs a program that declares a template, and writes the template and the gateway's models and policy. " +
        'Says in one list what is wrong with the props, by file and line. Needs nothing but Node.js.',
      examples: ['synth', 'synth my-template.ts --output build', 'synth --json'],
      exits: { 1: 'the program is faulty, or the folder cannot be written to' },
      notes: () =>
        'Paths are relative to the folder you stand in. CDKTF_OUTDIR names the folder to write to as well.',
    })
      .argument(
        '[program]',
        'TypeScript file that calls runTemplateProgram (default: the contractor workspace)',
      )
      .option('-o, --output <folder>', 'folder to write to (default: what the program says, else cdktf.out)')
      .option('--json', 'for a program: what was written, and where'),
    ([program], options) =>
      (require('../src/run-program-file') as typeof RunProgramFile).runProgramFile(program, options),
  );

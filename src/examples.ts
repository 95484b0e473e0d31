/** Runs the templates of `examples/`. */
import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { didYouMean } from '../gateway/config/did-you-mean';
import { UsageError } from '../terminal/fault';
import { exampleFile, exampleNames, exampleSummary } from './example-names';
import { runProgramFile, type RunOptions } from './run-program-file';

/** @param name of an example, or a path. @default - says which there are */
export async function runExample(name: string | undefined, options: RunOptions): Promise<void> {
  if (name === undefined) return void process.stdout.write(options.json ? listAsJson() : list());
  // The names of the shipped ones hold in every folder, also as they are written in the README.
  const shipped = exampleNames().find((each) =>
    [each, `${each}.ts`, `examples/${each}`, `examples/${each}.ts`].includes(name.replace(/^\.\//, '')),
  );
  if (name !== '' && existsSync(resolve(name)) && shipped !== name) return runProgramFile(name, options);
  if (shipped !== undefined) return runProgramFile(exampleFile(shipped), options);
  throw new UsageError(`There is no example ${JSON.stringify(name)}: ${insteadOf(name)}`);
}

function insteadOf(name: string): string {
  const meant = didYouMean(basename(name, '.ts').slice(0, 64), exampleNames());
  return meant === undefined
    ? `give one of ${exampleNames().join(', ')}, or a file.`
    : `did you mean "${meant}"?`;
}

function list(): string {
  const names = exampleNames();
  const width = Math.max(...names.map(({ length }) => length));
  const lines = names.map((name) => `${name.padEnd(width)}  ${exampleSummary(name)}`);
  return `${lines.join('\n')}\n\n"contractor-workspace example minimal" writes one of them.\n`;
}

const listAsJson = (): string =>
  `${JSON.stringify({ examples: exampleNames().map((name) => ({ name, summary: exampleSummary(name) })) }, null, 2)}\n`;

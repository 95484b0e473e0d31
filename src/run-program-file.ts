/** Runs a program that declares a template: a file that calls `runTemplateProgram`. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UsageError } from '../terminal/fault';

const SHIPPED = join(__dirname, 'main.ts');

/**
 * @param program path of a TypeScript file. @default - the contractor workspace as we ship it
 * @param output folder to write to. @default - what the program says
 */
export function runProgramFile(program: string | undefined, output: string | undefined): void {
  const file = program === undefined ? SHIPPED : resolve(program);
  if (!existsSync(file))
    throw new UsageError(`There is no file ${program}: give a TypeScript file that declares a template.`);
  if (output !== undefined) process.env['CDKTF_OUTDIR'] = resolve(output);
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a user's own file
  require(file);
}

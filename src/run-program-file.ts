/** Runs a program that declares a template: a file that calls `runTemplateProgram`. */
import { readdirSync, statSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { CliError, UsageError } from '../terminal/fault';
import { forTerminal } from '../terminal/terminal-text';
import { describeFault, FRAMES } from './program-fault';
import { setHost } from './program-host';
import { runToItsEnd } from './program-run';
import type * as WriteTemplate from './write-template';
import { fromHere, wroteText, type WrittenTemplate } from './written-template';

const SHIPPED = join(__dirname, `main${extname(__filename)}`);

export interface RunOptions {
  /** Folder to write to. @default - what the program says */
  readonly output?: string;
  /** Print what was written as JSON, and nothing else. @default false */
  readonly json?: boolean;
}

/** Milliseconds from the start in which nobody asks what is going on. */
const QUIET_MS = 2_000;

/** A synth holds the thread, so that no timer comes between: what comes next is said, once it has taken long. */
function step(what: string): void {
  if (performance.now() < QUIET_MS) return;
  process.stderr.write(`${forTerminal(what)} … ${Math.round(performance.now() / 1000)} s\n`);
}

/**
 * @param program path of a TypeScript file. @default - the contractor workspace as we ship it
 * @throws UsageError when there is no such file
 * @throws CliError when the program fails, or declares nothing
 */
export async function runProgramFile(program: string | undefined, options: RunOptions): Promise<void> {
  const file = program === undefined ? SHIPPED : programFile(program);
  if (options.output === '') throw new UsageError('--output must name a folder, got "".');
  const output = options.output === undefined ? undefined : resolve(options.output);
  const written: WrittenTemplate[] = [];
  setHost((props) => {
    // The program that calls it has loaded it: one that fails before that fails sooner.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { writeTemplate } = require('./write-template') as typeof WriteTemplate;
    const template = writeTemplate(props, { output, step });
    written.push(template);
    if (!options.json) process.stdout.write(wroteText(template));
  });
  Error.stackTraceLimit = FRAMES;
  const restore = options.json ? programPrintsToStderr() : () => {};
  try {
    step(`Running ${fromHere(file)}`);
    await runToItsEnd(file, () => written.length > 0);
  } catch (fault) {
    throw fault instanceof CliError ? fault : new CliError(describeFault(fault, file));
  } finally {
    restore();
    setHost(undefined);
  }
  if (written.length === 0)
    throw new CliError(
      `${fromHere(file)}: the program declares no template: call runTemplateProgram({ name: "…" }) in it.`,
    );
  if (options.json) process.stdout.write(`${JSON.stringify(resultOf(written), null, 2)}\n`);
}

const resultOf = (written: readonly WrittenTemplate[]) => ({
  templates: written.map(({ name, folder }) => ({ name, folder })),
  gateway_document: written.at(-1)?.gatewayDocument,
});

/** So that a program's own words do not come between what another program reads. */
function programPrintsToStderr(): () => void {
  const { stdout, stderr } = process;
  const write = stdout.write.bind(stdout);
  stdout.write = stderr.write.bind(stderr);
  return () => void (stdout.write = write);
}

/** @throws UsageError that says what to give instead */
function programFile(program: string): string {
  const file = resolve(program);
  const stat = statSync(file, { throwIfNoEntry: false });
  if (program === '' || stat === undefined)
    throw new UsageError(
      `There is no file ${forTerminal(JSON.stringify(program))}: give a TypeScript file that calls runTemplateProgram.`,
    );
  if (stat.isDirectory()) throw new UsageError(`${program} is a folder: ${insteadOfFolder(program)}.`);
  if (!stat.isFile() || !file.endsWith('.ts') || file.endsWith('.d.ts'))
    throw new UsageError(
      `${program} is no TypeScript file: give one whose name ends in ".ts" and that calls runTemplateProgram.`,
    );
  return file;
}

function insteadOfFolder(folder: string): string {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'));
  if (files.length === 0) return 'give a TypeScript file that calls runTemplateProgram';
  const names = files.slice(0, 5).map((name) => join(folder, basename(name)));
  return `give a file in it, such as ${names.join(', ')}`;
}

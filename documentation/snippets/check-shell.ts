/** Holds the shell of the docs against the program, `package.json` and the tables of settings, and runs nothing. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { newProgram } from '../../cli/program';
import { didYouMean } from '../../gateway/config/did-you-mean';
import { fileVariableOf } from '../../gateway/config/secret-files';
import type { Variable } from '../../gateway/config/variable';
import { VARIABLES } from '../../gateway/config/variables';
import { CommandLineEnd } from '../../terminal/command';
import { ROOT } from '../doc-files';
import type { Fence } from '../markdown-tokens';
import { MARKS } from './marks';
import PROGRAMS from './programs.json';
import { shellCommands, type ShellCommand } from './shell-words';

const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

const settings = Object.values<Variable<unknown>>(VARIABLES).flatMap(({ name, aliases = [], secret }) =>
  [name, ...aliases].flatMap((each) => (secret ? [each, fileVariableOf(each)] : [each])),
);
/** Read by what asks the gateway, and by those who run it as services. */
const OTHERS = ['GATEWAY_ADMIN_URL', 'GATEWAY_ADMIN_KEY', 'GATEWAY_URL', 'GATEWAY_DATA_URL'];
const OURS = /^(GATEWAY|LITELLM|WORKSPACE_CLAIM)_/;

export const isShell = ({ language }: Fence): boolean =>
  ['sh', 'bash', 'shell', 'console'].includes(language);

/** @returns what is wrong, by file and line of the page */
export function shellFaults(fence: Fence): string[] {
  const syntax = spawnSync('bash', ['-n'], { input: fence.text, encoding: 'utf8' });
  if (syntax.status !== 0) return [`${fence.file}:${fence.line}: ${syntax.stderr.trim()}`];
  const commands = shellCommands(fence.text);
  const faults = commands.flatMap((command) =>
    [...command.assignments.flatMap(assignmentFaults), ...commandFaults(command.words)].map(
      (fault) => `${fence.file}:${fence.line + command.line}: ${fault}`,
    ),
  );
  return [...markFaults(fence, commands).map((fault) => `${fence.file}:${fence.line}: ${fault}`), ...faults];
}

function markFaults({ marks }: Fence, commands: readonly ShellCommand[]): string[] {
  const unknown = marks.filter((mark) => !(mark in MARKS)).map((mark) => `"${mark}" is no mark`);
  const isMarked = marks.length > 0 || commands.every(({ words }) => words.length === 0);
  const choices = Object.keys(MARKS).join(', ');
  return isMarked
    ? unknown
    : [`says neither that it is run nor what it needs: write one of ${choices} behind \`\`\`sh`];
}

function assignmentFaults(assignment: string): string[] {
  const [name = ''] = assignment.split('=');
  return OURS.test(name) && ![...settings, ...OTHERS].includes(name) ? [`there is no variable ${name}`] : [];
}

function commandFaults([program, ...words]: readonly string[]): string[] {
  if (program === undefined) return [];
  if (['contractor-workspace', 'bin/contractor-workspace'].includes(program)) return programFaults(words);
  if (program === 'npx' && words[0] === '--package') return commandFaults(words.slice(2));
  if (['sudo', 'npx', 'time'].includes(program))
    return commandFaults(words.filter((word) => !/^-\w$/.test(word)));
  if (program === 'export') return words.flatMap(assignmentFaults);
  if (program === 'npm') return npmFaults(words);
  if (program === 'node')
    return words.filter((word) => /^(\.\/)?[\w/-]+\.(c?ts|cjs)$/.test(word)).flatMap(missing);
  return PROGRAMS.includes(program)
    ? []
    : [
        `"${program}" is in documentation/snippets/programs.json for nobody: ${didYouMean(program, PROGRAMS) ?? 'add it, or mend it'}`,
      ];
}

const missing = (path: string): string[] =>
  existsSync(join(ROOT, path)) ? [] : [`there is no file ${path}`];

function npmFaults([verb = '', name = '', ...words]: readonly string[]): string[] {
  if (verb === 'test') return [];
  if (verb !== 'run')
    return ['ci', 'install', 'pack', 'init', 'exec', 'publish'].includes(verb)
      ? []
      : [`npm has no "${verb}" here`];
  const script = scripts[name];
  if (script === undefined) return [`package.json has no script "${name}"`];
  const start = 'exec bin/contractor-workspace ';
  const rest = words[0] === '--' ? words.slice(1) : words;
  return script.startsWith(start) ? programFaults([...script.slice(start.length).split(' '), ...rest]) : [];
}

/** The commands themselves read the words; nothing is done with them. */
function programFaults(words: readonly string[]): string[] {
  const program = newProgram();
  silence(program);
  try {
    program.parse([...words], { from: 'user' });
    return [];
  } catch (fault) {
    if (!(fault instanceof CommandLineEnd)) return [String(fault)];
    return fault.cause.exitCode === 0 ? [] : [`contractor-workspace ${words.join(' ')}: ${fault.message}`];
  }
}

function silence(command: Command): void {
  command.configureOutput({ writeOut: () => {}, writeErr: () => {}, outputError: () => {} });
  // Also of a group that does something by itself; one that does nothing has to say which command it does not know.
  const { _actionHandler: acts } = command as unknown as { readonly _actionHandler: unknown };
  if (acts) command.action(() => {});
  command.commands.forEach(silence);
}

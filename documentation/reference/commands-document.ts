/** All commands as a page, from what `--help` is made of. */
import type { Argument, Command, Option } from 'commander';
import { newProgram } from '../../cli/program';
import { ABOUT, pathOf } from '../../terminal/command';
import { blocks, code, fenced, page, prose, table } from '../markdown';

const choicesOf = (choices: readonly string[] | undefined): string =>
  choices === undefined ? '' : `; one of ${choices.map(code).join(', ')}`;

const argumentRow = (argument: Argument): string[] => [
  code(argument.required ? `<${argument.name()}>` : `[${argument.name()}]`),
  argument.description + choicesOf(argument.argChoices),
];

function optionRow(option: Option): string[] {
  const standard =
    option.defaultValueDescription ?? JSON.stringify(option.defaultValue)?.replace(/^"|"$/g, '');
  const says = standard === undefined ? '' : `; default ${code(standard)}`;
  return [code(option.flags), option.description + choicesOf(option.argChoices) + says];
}

/** Examples are looked at, not run: what they would need, where that is more than a clone. */
const MARKS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      'admins',
      'alerts',
      'audit',
      'budgets',
      'content-logging',
      'doctor',
      'insights',
      'review',
      'document',
      'keys',
      'people',
      'secrets',
      'spend',
    ].map((name) => [name, 'needs-gateway']),
  ),
  ...Object.fromEntries(
    ['down', 'gateway-image', 'image', 'logs', 'status', 'up', 'upgrade'].map((name) => [
      name,
      'needs-docker',
    ]),
  ),
  backup: 'needs-gateway',
  restore: 'needs-gateway',
  reconcile: 'needs-provider',
};

/** Every command below one, itself first. */
export const commandsOf = (command: Command): Command[] => [command, ...command.commands.flatMap(commandsOf)];

function section(command: Command): string {
  const about = ABOUT.get(command);
  const options = command.options.filter(({ hidden }) => !hidden);
  const rows = [...command.registeredArguments.map(argumentRow), ...options.map(optionRow)];
  const exits = Object.entries(about?.exits ?? {}).map(([exit, meaning]) => `${exit}: ${meaning}`);
  return blocks(
    `## ${pathOf(command)}`,
    prose(command.description()),
    command.commands.length === 0
      ? ''
      : table(
          ['command', 'what it does'],
          command.commands.map((each) => [code(each.name()), each.summary()]),
        ),
    rows.length === 0 ? '' : table(['argument or option', 'meaning'], rows),
    about?.examples === undefined
      ? ''
      : fenced(
          `sh ${MARKS[pathOf(command).split(' ')[1] ?? ''] ?? 'needs-clone'}`,
          about.examples.map((line) => `contractor-workspace ${line}`).join('\n'),
        ),
    exits.length === 0 ? '' : `Exit codes of its own: ${exits.join('; ')}.`,
  );
}

export function commandsDocument(): string {
  const program = newProgram();
  return page(
    'Commands',
    'the commands themselves, as `--help` is',
    ABOUT.get(program)?.notes?.() ?? '',
    blocks(...commandsOf(program).map(section)),
  );
}

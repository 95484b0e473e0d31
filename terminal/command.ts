/** A command as all of ours are: how it explains itself, and how it takes what it does not understand. */
import type { CommanderError } from 'commander';
import { Command, InvalidArgumentError, type OptionValues } from 'commander';
import { EXIT, UsageError } from './fault';

/** Thrown in the place of an exit: which command it was that did not understand, or that has explained itself. */
export class CommandLineEnd extends Error {
  constructor(
    readonly of: Command,
    override readonly cause: CommanderError,
  ) {
    super(cause.message.replace(/^error: /, ''));
  }
}

export interface About {
  /** One line, for the list of commands. */
  readonly summary: string;
  /** What it does, in some sentences. @default - the summary */
  readonly description?: string;
  /** Whole lines a person may type, without the program's name. */
  readonly examples?: readonly string[];
  /** It is a program of its own, and no command of another. @default false */
  readonly isProgram?: boolean;
  /** What exit codes mean here, where that is more than "done, failed, not understood". */
  readonly exits?: Readonly<Record<number, string>>;
  /** What else to know; made when it is asked for. */
  readonly notes?: () => string;
}

const PROGRAM = 'contractor-workspace';

/** What each command was made from, for other renderings than `--help`. */
export const ABOUT = new WeakMap<Command, About>();

/** Words from the program's name to the command's own. */
export function pathOf(command: Command): string {
  const words: string[] = [];
  for (let at: Command | null = command; at; at = at.parent) words.unshift(at.name());
  return words.join(' ');
}

/** A command without options and actions yet. */
export function newCommand(name: string, about: About): Command {
  const { summary, description, examples, exits, notes, isProgram } = about;
  const program = isProgram ? name : PROGRAM;
  const command = new Command(name);
  ABOUT.set(command, about);
  command
    .summary(summary)
    .description(description ?? `${summary}.`)
    .helpOption('-h, --help', 'explain the command')
    .helpCommand(false)
    .allowExcessArguments(false)
    .showSuggestionAfterError(true)
    .configureHelp({ sortSubcommands: false, styleTitle: (text) => text })
    .configureOutput({ outputError: () => {} })
    .exitOverride((cause) => {
      throw new CommandLineEnd(command, cause);
    });
  if (examples !== undefined)
    command.addHelpText(
      'after',
      `\nExamples:\n${examples.map((line) => `  $ ${program} ${line}`.trimEnd()).join('\n')}`,
    );
  if (notes !== undefined) command.addHelpText('after', () => `\n${notes().trimEnd()}`);
  if (exits !== undefined)
    command.addHelpText('after', `\nExit codes: ${exitTexts({ ...EXITS, ...exits }).join(', ')}.`);
  return command;
}

const EXITS: Readonly<Record<number, string>> = { 0: 'done', 1: 'failed', 2: 'not understood' };
const exitTexts = (exits: Readonly<Record<number, string>>): string[] =>
  Object.entries(exits).map(([code, meaning]) => `${code} ${meaning}`);

/** A command that only has commands: asked for none of them, it explains itself. */
export function newGroup(name: string, about: About, commands: readonly Command[]): Command {
  const group = newCommand(name, about);
  for (const command of commands) group.addCommand(command);
  return group;
}

/** What an action of commander is given, by name: words in the order of the command's arguments, then its options. */
export type Action<Options extends OptionValues> = (
  words: readonly (string | undefined)[],
  options: Options,
) => unknown;

/** @param action may return the exit code */
export function does<Options extends OptionValues>(command: Command, action: Action<Options>): Command {
  return command.action(async () => {
    const code = await action(command.processedArgs as (string | undefined)[], command.opts<Options>());
    if (typeof code === 'number' && code !== EXIT.done) process.exitCode = code;
  });
}

/** Reads the value of an option that is a number. */
export const numberBetween =
  (least: number, most: number, isWhole = false) =>
  (text: string): number => {
    const value = Number(text);
    const isNumber = text.trim() !== '' && Number.isFinite(value) && (!isWhole || Number.isInteger(value));
    if (!isNumber || value < least || value > most)
      throw new InvalidArgumentError(
        `It must be ${isWhole ? 'a whole number' : 'a number'} from ${least} to ${most}.`,
      );
    return value;
  };

export const usageFault = (message: string): never => {
  throw new UsageError(message);
};

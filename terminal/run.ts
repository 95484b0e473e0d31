/** Runs a command line: one clear message and an exit code for whatever goes wrong, never a stack. */
import type { Command } from 'commander';
import { CommandLineEnd, pathOf } from './command';
import { CliError, EXIT } from './fault';
import { messageOf } from './message';
import { forTerminal, withoutKeys } from './terminal-text';

/** What commander ends with when it has shown what was asked for. */
const SHOWN = ['commander.helpDisplayed', 'commander.help', 'commander.version'];

function tell(fault: unknown): number {
  if (fault instanceof CommandLineEnd) {
    if (SHOWN.includes(fault.cause.code)) return fault.cause.exitCode === 0 ? EXIT.done : EXIT.usage;
    say(`${capital(fault.message)}\n"${pathOf(fault.of)} --help" says what is allowed.`);
    return EXIT.usage;
  }
  if (fault instanceof CliError) {
    say(fault.message);
    return fault.exitCode;
  }
  say(messageOf(fault));
  return EXIT.failed;
}

/** A message may quote what others wrote: no line of it is one that a terminal obeys. */
const say = (text: string): void =>
  void process.stderr.write(
    `${text
      .trimEnd()
      .split('\n')
      .map((line) => withoutKeys(forTerminal(line)))
      .join('\n')}\n`,
  );

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * Sets the exit code, and leaves it to the event loop to end.
 *
 * Whoever reads the output may end first, as in `… | head -1`: that is said by the exit code alone.
 */
export async function runCommandLine(program: Command, args: readonly string[]): Promise<void> {
  process.stdout.on('error', (fault: NodeJS.ErrnoException) => {
    process.exitCode = EXIT.failed;
    if (fault.code !== 'EPIPE') say(`The output cannot be written: ${fault.code ?? 'unknown reason'}.`);
  });
  process.stderr.on('error', () => {});
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (fault) {
    process.exitCode = tell(fault) || process.exitCode;
  }
}

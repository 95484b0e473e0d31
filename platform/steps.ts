/** Steps of a command: each is said with its time, and when it fails, with what to do. */
import { CliError } from '../terminal/fault';
import { messageOf } from '../terminal/message';
import { forTerminal, withoutKeys } from '../terminal/terminal-text';

export interface Step<Context> {
  /** What it does, as a person reads it: "Checking this host". */
  readonly name: string;
  /** Whether there is nothing to do. @default - there always is */
  readonly skips?: (context: Context) => boolean;
  /** @returns what came of it, in some words; nothing where the name says it all */
  readonly run: (context: Context, stop: AbortSignal) => Promise<string | void> | string | void;
  /** What to do when it fails, beside what the fault itself says. */
  readonly ifItFails: string;
}

/** Where the words go: to stderr, so that a result stays clean. */
export type Say = (line: string) => void;

export const sayToStderr: Say = (line) => void process.stderr.write(`${withoutKeys(forTerminal(line))}\n`);

/** Milliseconds as people read them. */
const time = (ms: number): string =>
  ms < 60_000
    ? `${(ms / 1000).toFixed(1)} s`
    : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;

/**
 * Runs them from the first to the last.
 *
 * @throws CliError with the failing step's name, what was wrong, and what to do; Stopped as it is, between steps too
 */
export async function runSteps<Context>(
  steps: readonly Step<Context>[],
  context: Context,
  stop: AbortSignal,
  say: Say = sayToStderr,
): Promise<void> {
  for (const { name, skips, run, ifItFails } of steps) {
    stop.throwIfAborted();
    if (skips?.(context)) continue;
    const began = performance.now();
    say(`${name} …`);
    try {
      const came = await run(context, stop);
      say(`  ${time(performance.now() - began)}${came === undefined ? '' : `: ${came}`}`);
    } catch (fault) {
      // Ctrl-C ends what a step runs, which then fails: that is no fault of the step's.
      stop.throwIfAborted();
      const said = messageOf(fault).trimEnd();
      const code = fault instanceof CliError ? fault.exitCode : undefined;
      throw new CliError(
        `${name} failed after ${time(performance.now() - began)}: ${ended(said)} ${ifItFails}`.trimEnd(),
        code,
      );
    }
  }
}

const ended = (text: string): string => (/[.!?:]$/.test(text) ? text : `${text}.`);

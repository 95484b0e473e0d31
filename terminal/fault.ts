/** What a command ends with, and how it says why. */

/** Exit codes of every command; its `--help` names those it has. */
export const EXIT = {
  done: 0,
  /** It failed, or found what has to be mended. */
  failed: 1,
  /** What was typed, or what is set up, cannot be understood. */
  usage: 2,
  /** The gateway refused it. */
  refused: 3,
  /** The gateway was not reached. */
  unreachable: 4,
  /** The account does not add up. */
  differs: 5,
  /** A part of it is done, and can be used. */
  incomplete: 6,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A message for the person at the terminal; nothing else is said. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly exitCode: number = EXIT.failed,
    /** HTTP status of the gateway's answer, where there was one. */
    readonly status?: number,
  ) {
    super(message);
  }
}

/** What was typed cannot be understood: the message says what is allowed. */
export class UsageError extends CliError {
  constructor(message: string) {
    super(message, EXIT.usage);
  }
}

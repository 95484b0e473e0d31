/** Programs that are started by their file: `node --import tsx test/…/main.ts`. */
import { messageOf } from './message';
import { nodeFault } from './set-up.cjs';

function fail(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}

/** Runs a program's main function: a failure becomes one clear message and exit code 1, never a stack trace. */
export function runProgram(main: () => void | Promise<void>): void {
  const fault = nodeFault(process.versions.node);
  if (fault !== undefined) return fail(fault);
  // In a promise, so that what is thrown at once and what is thrown later fail alike.
  void Promise.resolve()
    .then(main)
    .catch((thrown: unknown) => fail(messageOf(thrown)));
}

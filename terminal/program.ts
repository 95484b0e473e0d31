/** The oldest Node.js the project runs on. */
const OLDEST_NODE = '20.19.0';

const parts = (version: string): number[] => version.split('.').map(Number);

/** @returns what is wrong with a version of Node.js, or nothing */
export function nodeFault(version: string): string | undefined {
  const found = parts(version);
  for (const [position, least] of parts(OLDEST_NODE).entries()) {
    const number = found[position] ?? 0;
    if (number > least) return undefined;
    if (number < least) return `Node.js ${version} is too old: install ${OLDEST_NODE} or newer`;
  }
  return undefined;
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

/** Runs a program's main function: a failure becomes one clear message and exit code 1, never a stack trace. */
export function runProgram(main: () => void | Promise<void>): void {
  const fault = nodeFault(process.versions.node);
  if (fault) {
    fail(fault);
    return;
  }
  // In a promise, so that what is thrown at once and what is thrown later fail alike.
  void Promise.resolve().then(main).catch(fail);
}

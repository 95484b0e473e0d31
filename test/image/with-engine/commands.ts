import { spawn, type ChildProcess } from 'node:child_process';

export interface CommandResult {
  readonly status: number;
  /** Of standard output and standard error, as it came. */
  readonly output: string;
}

export interface CommandOptions {
  readonly environment?: NodeJS.ProcessEnv;
  /** Text for standard input. @default - nothing */
  readonly input?: string;
  /** Seconds. @default 120 */
  readonly timeout?: number;
  /** Show the output while it comes. @default false */
  readonly show?: boolean;
}

const running = new Set<ChildProcess>();
/** Milliseconds for a command to end when it is told to. */
const END_LIMIT_MS = 15_000;

/** Ends the commands under way. */
export async function endCommands(): Promise<void> {
  await Promise.all(
    [...running].map(
      (child) =>
        new Promise<void>((done) => {
          const timer = setTimeout(() => child.kill('SIGKILL'), END_LIMIT_MS);
          child.once('exit', () => {
            clearTimeout(timer);
            done();
          });
          child.kill('SIGTERM');
        }),
    ),
  );
}

/** Runs a program to its end; a time limit counts as status 124. */
export function run(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { environment, input, timeout = 120, show } = options;
  return new Promise((resolve) => {
    const child = spawn(program, [...args], { env: { ...process.env, ...environment }, stdio: 'pipe' });
    running.add(child);
    child.once('exit', () => running.delete(child)).once('error', () => running.delete(child));
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
      if (show) process.stderr.write(chunk);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      output += `\n(ended after ${timeout} s)`;
    }, timeout * 1000);
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve({ status: 127, output: error.message });
    });
    child.once('close', (status) => {
      clearTimeout(timer);
      resolve({ status: status ?? 124, output });
    });
  });
}

/** @returns what it printed @throws with its own words when it fails */
export async function runOrThrow(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { status, output } = await run(program, args, options);
  if (status !== 0) {
    throw new Error(
      `${program} ${args.slice(0, 3).join(' ')} … failed (status ${status}):\n${output.slice(-6000)}`,
    );
  }
  return output;
}

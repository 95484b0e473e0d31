/** Runs a program of this machine: in a group of its own, so that Ctrl-C in the terminal does not reach it twice. */
import { spawn } from 'node:child_process';
import { CliError } from '../terminal/fault';

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Called with what it writes, to either stream. @default - kept, and shown to nobody */
  readonly onText?: (text: string) => void;
  /** What it is told when the work is to stop; it is waited for. @default 'SIGTERM' */
  readonly stopSignal?: NodeJS.Signals;
}

/** UTF-16 units of each stream that are kept, the last ones. */
const KEPT = 64 * 1024 * 1024;

/** @throws CliError when there is no such program; whatever `stop` says once it has ended */
export function runProgram(
  program: string,
  args: readonly string[],
  stop: AbortSignal,
  { cwd, env, onText, stopSignal = 'SIGTERM' }: RunOptions = {},
): Promise<Ran> {
  stop.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], {
      ...(cwd !== undefined && { cwd }),
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const end = (): void => void child.kill(stopSignal);
    stop.addEventListener('abort', end);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout = (stdout + text).slice(-KEPT);
      onText?.(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-KEPT);
      onText?.(text);
    });
    child.once('error', (fault: NodeJS.ErrnoException) => {
      stop.removeEventListener('abort', end);
      reject(
        fault.code === 'ENOENT'
          ? new CliError(`There is no "${program}" on the PATH: install it.`)
          : new CliError(`"${program}" cannot be run (${fault.code ?? fault.message}).`),
      );
    });
    child.once('close', (status) => {
      stop.removeEventListener('abort', end);
      if (stop.aborted) reject(stop.reason as Error);
      else resolve({ status: status ?? 1, stdout, stderr });
    });
  });
}

/** The last lines of what was said, of bounded length. */
export function lastLines(text: string, most = 12): string {
  return text
    .slice(-20_000)
    .replace(/\u001b\[[0-9;]*m/g, '')
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-most)
    .join('\n');
}

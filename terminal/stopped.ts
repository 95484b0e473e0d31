/** Work that Ctrl-C or SIGTERM ends before it is done. */
import { spawn, type SpawnOptionsWithoutStdio } from 'node:child_process';
import { constants } from 'node:os';
import { CliError } from './fault';
import { onStopSignal } from './stop-signals';

/** Somebody stopped it: no fault of anything. The exit code is the shell's, 130 for Ctrl-C and 143 for SIGTERM. */
export class Stopped extends CliError {
  constructor(signal: NodeJS.Signals) {
    super('Stopped.', 128 + constants.signals[signal]);
  }
}

/**
 * Runs work that hears of Ctrl-C and SIGTERM, and is waited for: it ends what it has started.
 *
 * @throws Stopped when it was stopped, however the work ended
 */
export async function untilStopped<T>(work: (stop: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const quit = onStopSignal((signal) => controller.abort(new Stopped(signal)));
  try {
    return await work(controller.signal);
  } finally {
    quit();
    // What came of it is of no interest to who stopped it.
    controller.signal.throwIfAborted();
  }
}

export interface ProgramEnd {
  /** Exit code; null when it was ended by a signal or the time limit. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Bytes of what a program prints that are kept, of each of the two. */
const KEPT = 4 * 1024 * 1024;

/**
 * Runs a program that ends with this one: at Ctrl-C and SIGTERM it is told, and waited for.
 *
 * @param limitMs milliseconds, after which it is ended
 * @throws Stopped; the system's own error when it cannot be started
 */
export const runProgramOf = (
  file: string,
  args: readonly string[],
  options: SpawnOptionsWithoutStdio,
  limitMs: number,
): Promise<ProgramEnd> =>
  untilStopped(
    (stop) =>
      new Promise<ProgramEnd>((resolve, reject) => {
        const child = spawn(file, [...args], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
        const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
        stop.addEventListener('abort', () => child.kill('SIGTERM'));
        let [stdout, stderr] = ['', ''];
        child.stdout
          .setEncoding('utf8')
          .on('data', (text: string) => (stdout = (stdout + text).slice(0, KEPT)));
        child.stderr
          .setEncoding('utf8')
          .on('data', (text: string) => (stderr = (stderr + text).slice(0, KEPT)));
        child.once('error', (fault) => {
          clearTimeout(timer);
          reject(fault);
        });
        child.once('close', (status) => {
          clearTimeout(timer);
          resolve({ status, stdout, stderr });
        });
      }),
  );

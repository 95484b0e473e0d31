/** The running server process: start, readiness, end. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import type { Writable } from 'node:stream';
import type { ServerAccount } from './embedded-account';
import { SERVER_ENVIRONMENT } from './embedded-account';
import { FAST_SHUTDOWN_MS, readPostmasterFile } from './embedded-leftover';
import { isAlive, sleep } from './embedded-process';

/** Recovery after a crash replays the log written since the last checkpoint, at most some hundred MB. */
const START_LIMIT_MS = 120_000;
const LOG_LIMIT_BYTES = 10 * 1024 * 1024;

/**
 * A server outlives a killed parent unless something tells it. This starts a watcher that waits for a line from
 * the gateway; when the pipe closes without one, the gateway died, and the watcher asks for a fast shutdown.
 * The shell then becomes the server itself, so the child's number is the server's. The watcher is a grandchild:
 * Postgres takes the end of a child it does not know for a crash.
 */
const WATCHED_START = `
server=$$
( ( read -r line; [ "$line" = stopped ] || kill -INT "$server" ) <&3 >/dev/null 2>&1 & )
exec 3<&-
exec "$@"
`;

export interface RunningServer {
  readonly pid: number;
  /** Settles when the server process has ended, whoever ended it. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Disconnects all clients, writes a checkpoint and ends the server. May be called more than once. */
  stop(): Promise<void>;
}

/**
 * Starts the server and resolves once it accepts connections.
 * Rejects with the end of its log when it ends first or takes longer than two minutes.
 */
export async function startServer(
  program: string,
  args: readonly string[],
  dataFolder: string,
  logFile: string,
  account: ServerAccount,
): Promise<RunningServer> {
  const output = openLog(logFile);
  let child: ChildProcess;
  try {
    child = spawn('/bin/sh', ['-c', WATCHED_START, 'sh', program, ...args], {
      ...account.ids,
      cwd: '/',
      env: SERVER_ENVIRONMENT,
      // Its own session: Ctrl-C in the terminal reaches the gateway alone, which needs the server to drain.
      detached: true,
      stdio: ['ignore', output, output, 'pipe'],
    });
  } finally {
    closeSync(output);
  }
  const lifeline = child.stdio[3] as Writable;
  lifeline.on('error', () => undefined);
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('error', () => resolve({ code: null, signal: null }));
    child.once('exit', (code, signal) => {
      lifeline.end('stopped\n');
      resolve({ code, signal });
    });
  });
  const running = (): boolean =>
    child.pid !== undefined && child.exitCode === null && child.signalCode === null;

  const stop = async (): Promise<void> => {
    for (const [signal, limit] of [
      ['SIGINT', FAST_SHUTDOWN_MS],
      ['SIGQUIT', 5_000],
      ['SIGKILL', 5_000],
    ] as const) {
      if (!running()) return;
      child.kill(signal);
      const limitReached = sleepUntil(limit);
      await Promise.race([ended, limitReached.passed]);
      limitReached.cancel();
    }
  };

  const end = Date.now() + START_LIMIT_MS;
  for (;;) {
    const file = readPostmasterFile(dataFolder);
    if (file && file.pid === child.pid && file.status === 'ready' && isAlive(file.pid)) break;
    if (!running() || Date.now() > end) {
      const late = running();
      await stop();
      throw new Error(
        `The embedded Postgres ${late ? `was not ready after ${START_LIMIT_MS / 1000} s` : 'did not start'}. ` +
          `The end of ${logFile}:\n${lastLines(logFile)}`,
      );
    }
    await sleep(10);
  }
  return { pid: child.pid, ended, stop };
}

/** Opened here and handed over, so the server's account needs no right to the folder it is in. */
function openLog(file: string): number {
  try {
    if (statSync(file).size > LOG_LIMIT_BYTES) renameSync(file, `${file}.1`);
  } catch {
    // The first run.
  }
  return openSync(file, 'a', 0o600);
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-8).join('\n');
}

function sleepUntil(ms: number): { passed: Promise<void>; cancel: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  return { passed, cancel: () => clearTimeout(timer) };
}

/**
 * What an earlier run left behind: a server whose gateway died, or a `postmaster.pid` whose server died.
 *
 * The rule: at most one server ever works in a data folder. Postgres guards this itself, but it takes any live
 * process with the old number for a server, and it cannot see into another container.
 */
import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, processesIn, waitUntil, worksIn } from './embedded-process';
import { answers, removeTemporarySocketFolder } from './embedded-socket';

/** How long a server whose gateway died is given to end by itself, as it is told to at that moment. */
const SELF_SHUTDOWN_MS = 5_000;
/** A fast shutdown writes a checkpoint; a slow disk needs time for it. */
export const FAST_SHUTDOWN_MS = 30_000;
const IMMEDIATE_SHUTDOWN_MS = 5_000;

export interface PostmasterFile {
  readonly pid: number;
  readonly socketFolder: string;
  /** "starting", "ready", … */
  readonly status: string;
}

/** `postmaster.pid`, or undefined when there is none. Lines: number, data, start, port, sockets, address, key, status. */
export function readPostmasterFile(dataFolder: string): PostmasterFile | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, socketFolder: lines[4]?.trim() ?? '', status: lines[7]?.trim() ?? '' };
}

/**
 * Makes sure that no server works in the data folder, ending one that lost its gateway.
 * Rejects when there is one that this process cannot end.
 */
export async function clearLeftovers(dataFolder: string, log: (message: string) => void): Promise<void> {
  const left = readPostmasterFile(dataFolder);
  if (!left) return;

  if (isAlive(left.pid) && worksIn(left.pid, dataFolder)) await endServer(left.pid, dataFolder, log);
  else if (left.socketFolder && (await answers(left.socketFolder))) {
    throw new Error(
      `A Postgres that this process cannot see already serves ${dataFolder}: is the folder shared with another ` +
        'container? Stop that gateway, or let both share a Postgres through DATABASE_URL.',
    );
  }

  // Workers of a killed server end by themselves once they notice; a second server must not start before that.
  if (!(await waitUntil(() => processesIn(dataFolder).length === 0, FAST_SHUTDOWN_MS))) {
    throw new Error(
      `Processes of an earlier Postgres are still at work in ${dataFolder}: ${processesIn(dataFolder).join(', ')}. ` +
        'End them and start again.',
    );
  }
  if (left.socketFolder) removeTemporarySocketFolder(left.socketFolder);
  disownPostmasterFile(dataFolder, log);
}

async function endServer(pid: number, dataFolder: string, log: (message: string) => void): Promise<void> {
  const gone = (): boolean => !isAlive(pid) || !worksIn(pid, dataFolder);
  if (await waitUntil(gone, SELF_SHUTDOWN_MS)) return;
  log(`Stopping the Postgres that a gateway left behind (process ${pid})`);
  for (const [signal, limit] of [
    ['SIGINT', FAST_SHUTDOWN_MS],
    ['SIGQUIT', IMMEDIATE_SHUTDOWN_MS],
  ] as const) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EPERM') {
        throw new Error(
          `The Postgres of ${dataFolder} (process ${pid}) runs as another user and this gateway may not stop it. ` +
            'Start the gateway as the user that ran it before.',
        );
      }
    }
    if (await waitUntil(gone, limit)) return;
  }
  throw new Error(`The Postgres of ${dataFolder} (process ${pid}) does not stop. End it and start again.`);
}

/**
 * A stranger that now has the old server's number would stop the new one from starting. The number is replaced by
 * this process's own, which Postgres knows as its parent and passes over; the rest of the file stays, since
 * Postgres also reads from it whether an old worker still holds the shared memory.
 */
function disownPostmasterFile(dataFolder: string, log: (message: string) => void): void {
  const left = readPostmasterFile(dataFolder);
  if (!left || !isAlive(left.pid)) return;
  const file = join(dataFolder, 'postmaster.pid');
  log(`Process ${left.pid} is no Postgres: taking over the ${file} that an earlier run left`);
  const lines = readFileSync(file, 'utf8').split('\n');
  // Not through a link: as root this writes into a folder of the server's account.
  const handle = openSync(file, constants.O_WRONLY | constants.O_TRUNC | constants.O_NOFOLLOW);
  try {
    writeSync(handle, [String(process.pid), ...lines.slice(1)].join('\n'));
  } finally {
    closeSync(handle);
  }
}

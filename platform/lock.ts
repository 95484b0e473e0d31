/** One command at a time changes a platform: two that apply would each undo the other. */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../terminal/fault';
import type { PlatformFolder } from './folder';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    return (fault as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** @throws CliError when another command is at it */
export async function withLock<T>(folder: PlatformFolder, work: () => Promise<T>): Promise<T> {
  const path = join(folder.path, 'lock');
  for (;;) {
    try {
      const file = openSync(path, 'wx', 0o600);
      writeSync(file, String(process.pid));
      closeSync(file);
      break;
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code !== 'EEXIST') throw fault;
      const pid = Number(readFileSync(path, 'utf8').slice(0, 20));
      if (Number.isInteger(pid) && pid > 0 && pid !== process.pid && isAlive(pid))
        throw new CliError(
          `Another command is at this platform (process ${pid}): wait for it, or remove ${path} if that is something else.`,
        );
      // Left behind by one that was killed.
      rmSync(path, { force: true });
    }
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

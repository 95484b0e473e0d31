/** The folder of the server's socket: the only way in, open to the server's account (and root) alone. */
import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { ServerAccount } from './embedded-account';
import { firstBlockedFolder } from './embedded-account';
import { PORT } from './embedded-settings';

/** The shortest limit of the supported systems: 104 bytes on macOS, 108 on Linux, the closing zero included. */
const LONGEST_SOCKET_PATH = 103;
const TEMPORARY_PREFIX = 'gw-pg-';

export function socketPath(folder: string): string {
  return join(folder, `.s.PGSQL.${PORT}`);
}

/**
 * `run/` in the gateway's data folder, or, where that path is too long for a socket, a new folder in the
 * system's temporary one. Mode 0700, owned by the account.
 */
export async function makeSocketFolder(home: string, account: ServerAccount): Promise<string> {
  let folder = join(home, 'run');
  if (Buffer.byteLength(socketPath(folder)) <= LONGEST_SOCKET_PATH) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } else {
    folder = mkdtempSync(join(await temporaryParent(account), TEMPORARY_PREFIX));
  }
  const { uid, gid } = account.ids;
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
  chmodSync(folder, 0o700);
  return folder;
}

/** TMPDIR may be long itself (macOS) or closed to the account. */
async function temporaryParent(account: ServerAccount): Promise<string> {
  const preferred = realpathSync(tmpdir());
  const longest = socketPath(join(preferred, `${TEMPORARY_PREFIX}xxxxxx`));
  const fits = Buffer.byteLength(longest) <= LONGEST_SOCKET_PATH;
  return fits && !(await firstBlockedFolder(account, preferred)) ? preferred : realpathSync('/tmp');
}

/** Removes a folder that `makeSocketFolder` put into the temporary one; leaves any other alone. */
export function removeTemporarySocketFolder(folder: string): void {
  if (!new RegExp(`^${TEMPORARY_PREFIX}[A-Za-z0-9]{6}$`).test(basename(folder))) return;
  try {
    if (!lstatSync(folder).isDirectory()) return;
  } catch {
    return;
  }
  rmSync(folder, { recursive: true, force: true });
}

/** Whether a server answers there. Unlike process numbers this also sees one in another container. */
export function answers(folder: string): Promise<boolean> {
  return new Promise((resolve) => {
    const path = socketPath(folder);
    if (Buffer.byteLength(path) > LONGEST_SOCKET_PATH) return resolve(false);
    const socket = connect(path);
    const settle = (result: boolean): void => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(2_000, () => settle(true));
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}

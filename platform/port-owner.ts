/** Who listens on a port of this host, as far as Linux tells this user. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** State of a socket that listens: include/net/tcp_states.h. */
const LISTEN = '0A';
/** Processes that are looked at. */
const MOST = 20_000;

const linesOf = (path: string): string[] => {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(1);
  } catch {
    return [];
  }
};

/** @returns "nginx (process 812)"; nothing when it cannot be told */
export function whoListens(port: number): string | undefined {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  const inodes = new Set(
    [...linesOf('/proc/net/tcp'), ...linesOf('/proc/net/tcp6')]
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local = '', , state]) => state === LISTEN && local.endsWith(`:${wanted}`))
      .map((words) => `socket:[${words[9]}]`),
  );
  if (inodes.size === 0) return undefined;
  try {
    const pids = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .slice(0, MOST);
    const pid = pids.find((each) => holds(each, inodes));
    if (pid === undefined) return 'a process of another user';
    return `${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()} (process ${pid})`;
  } catch {
    return undefined;
  }
}

function holds(pid: string, inodes: ReadonlySet<string>): boolean {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).some((file) => {
      try {
        return inodes.has(readlinkSync(`${folder}/${file}`));
      } catch {
        return false;
      }
    });
  } catch {
    return false;
  }
}

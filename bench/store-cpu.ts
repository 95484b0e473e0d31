/** CPU time of the processes that a process has started, and of those that these have: an embedded Postgres. */
import { readdirSync, readFileSync } from 'node:fs';

/** Linux tells CPU times in hundredths of a second (USER_HZ), on every machine it runs on today. */
const MICROS_PER_TICK = 10_000;

interface Times {
  readonly parent: number;
  readonly ticks: number;
}

/** @returns microseconds so far; undefined where there is no /proc to read them from */
export function descendantsCpuMicros(root: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const processes = new Map<number, Times>();
  for (const name of readdirSync('/proc')) {
    const times = /^\d+$/.test(name) ? readTimes(name) : undefined;
    if (times) processes.set(Number(name), times);
  }
  const descends = (pid: number): boolean => {
    const parent = processes.get(pid)?.parent;
    return parent !== undefined && parent !== 0 && (parent === root || descends(parent));
  };
  let ticks = 0;
  for (const [pid, times] of processes) if (descends(pid)) ticks += times.ticks;
  return ticks * MICROS_PER_TICK;
}

/** Fields 4 and 14 to 17 of proc(5); the second field is a program name that may hold spaces and parentheses. */
function readTimes(pid: string): Times | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = fields.slice(11, 15);
    return { parent: fields[1] ?? 0, ticks: user + system + childrenUser + childrenSystem };
  } catch {
    // It has ended meanwhile.
    return undefined;
  }
}

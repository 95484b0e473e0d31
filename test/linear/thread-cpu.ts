/** CPU time of this process' main thread, however busy the machine and the other threads of the process are. */
import { readFileSync } from 'node:fs';

/** Linux counts by thread; elsewhere the whole process has to do, which is never less. */
const SCHEDULER_COUNT = `/proc/self/task/${process.pid}/schedstat`;

/** Milliseconds since the thread began. */
export function threadCpuMs(): number {
  try {
    return Number(readFileSync(SCHEDULER_COUNT, 'latin1').split(' ', 1)[0]) / 1e6;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e3;
  }
}

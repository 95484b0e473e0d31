import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options?: { type: 'minor' }) => void;

/** Collects what is young, as happens all the time, until everything that lives has counted as old. */
export function age(): void {
  for (let round = 0; round < 3; round += 1) collect({ type: 'minor' });
}

/**
 * Bytes of dead memory that only a full collection finds after `work`. Those stop everything for tens of milliseconds;
 * what is dead when a call is over should go with the quick ones.
 */
export async function outliving(work: () => Promise<void> | void): Promise<number> {
  collect();
  collect();
  await work();
  age();
  const before = process.memoryUsage().heapUsed;
  collect();
  return before - process.memoryUsage().heapUsed;
}

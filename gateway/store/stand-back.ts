/** Lets calls come first wherever both want the processor. */
import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Not the least there is, or a piece of work would be held for long. */
const LOW_PRIORITY = 10;

/**
 * A server process leads a session of its own, and Linux shares processors out among sessions before it looks at what
 * is nice within one: both are asked to stand back. https://man7.org/linux/man-pages/man7/sched.7.html
 *
 * @param processId of a process on this machine
 */
export function standBack(processId: number): void {
  try {
    setPriority(processId, LOW_PRIORITY);
    writeFileSync(`/proc/${processId}/autogroup`, `${LOW_PRIORITY}`);
  } catch {
    // Another system than Linux, or no such right: then it runs as calls do.
  }
}

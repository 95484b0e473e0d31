/** Does work in steps, so that whoever else is served need not wait for all of it. */

/** Bytes of a body from which on a step of the work on it takes long enough for others to notice. */
const LARGE = 1024 * 1024;

/** @param bytes of the body that is worked on: after each step of a large one the event loop goes on, once around */
export async function inTurns(steps: Iterable<void>, bytes: number): Promise<void> {
  const isLarge = bytes >= LARGE;
  const walk = steps[Symbol.iterator]();
  while (walk.next().done !== true) if (isLarge) await new Promise<void>((resolve) => setImmediate(resolve));
}

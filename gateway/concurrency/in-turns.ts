/** Does work in steps, so that whoever else is served need not wait for all of it. */

import { LARGE } from './large-bodies';

/** @param bytes of the body that is worked on: after each step of a large one the event loop goes on, once around */
export async function inTurns(steps: Iterable<void>, bytes: number): Promise<void> {
  const isLarge = bytes >= LARGE;
  const walk = steps[Symbol.iterator]();
  while (walk.next().done !== true) if (isLarge) await new Promise<void>((resolve) => setImmediate(resolve));
}

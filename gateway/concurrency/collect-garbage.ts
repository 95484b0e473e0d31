/**
 * Has V8 collect what is garbage, now.
 *
 * V8 looks at its own heap to tell when that is due. After a body of tens of megabytes most of what can go lies outside
 * of it, in buffers that are freed with their handles only, and a process that was never short of memory holds several
 * such bodies at once.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/** A full collection: tens of milliseconds for what a gateway keeps. */
export function collectGarbage(): void {
  if (collect === undefined) {
    // The function is there for contexts that are made while the flag is set, and for no other.
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
    setFlagsFromString('--no-expose-gc');
  }
  collect();
}

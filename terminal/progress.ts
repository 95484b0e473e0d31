/** What goes on, for a person who waits: to stderr, so that a result stays clean. */
import { forTerminal } from './terminal-text';

/** Milliseconds in which nobody asks what is going on. */
const QUIET_MS = 1_500;
/** Milliseconds between two words on it. */
const AGAIN_MS = 5_000;

/** Runs work; once it takes long, says what it is, and then how long it has taken. */
export async function saying<T>(what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const say = (): void => {
    const seconds = Math.round((performance.now() - began) / 1000);
    process.stderr.write(`${forTerminal(what)} … ${seconds < 2 ? '' : `${seconds} s`}`.trimEnd() + '\n');
  };
  let timer = setTimeout(function again() {
    say();
    timer = setTimeout(again, AGAIN_MS);
  }, QUIET_MS);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}

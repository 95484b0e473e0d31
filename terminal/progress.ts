/** What goes on, for a person who waits: to stderr, so that a result stays clean. */
import { counted } from './figures';
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

export interface Count {
  /** One more is done. */
  add(): void;
  end(): void;
}

/** Says how many of how many are done, once it takes long, until its end. */
export function counting(of: number, what: string): Count {
  let done = 0;
  const say = (): void =>
    void process.stderr.write(`${counted(done)} of ${counted(of)} ${forTerminal(what)}\n`);
  let timer = setTimeout(function again() {
    say();
    timer = setTimeout(again, AGAIN_MS);
  }, QUIET_MS);
  return { add: () => void (done += 1), end: () => clearTimeout(timer) };
}

/** Bounds how much of one thing runs at once in this process: the rest waits in line, in order, and not without end. */

export interface TurnLimits {
  /** Running at once, over all callers. */
  readonly atOnce: number;
  /** Running at once for one caller, so that nobody keeps the others out. */
  readonly atOnceOfOne: number;
  /** Waiting, over all callers and for one of them. */
  readonly waiting: number;
  readonly waitingOfOne: number;
  /** Milliseconds that one may wait. */
  readonly waitMs: number;
}

export interface TurnsInLine {
  /**
   * Runs the work when it is the caller's turn; throws `refusal()` where too many wait or it takes too long, and the
   * signal's reason where nobody wants it any more.
   */
  run<T>(caller: string, signal: AbortSignal, work: () => Promise<T>, refusal: () => Error): Promise<T>;
}

interface Waiting {
  readonly caller: string;
  readonly begin: () => void;
}

export function createTurnsInLine(limits: TurnLimits): TurnsInLine {
  const line: Waiting[] = [];
  const running = new Map<string, number>();
  let total = 0;

  const mayRun = (caller: string): boolean =>
    total < limits.atOnce && (running.get(caller) ?? 0) < limits.atOnceOfOne;

  function begin(caller: string): void {
    total += 1;
    running.set(caller, (running.get(caller) ?? 0) + 1);
  }

  function end(caller: string): void {
    total -= 1;
    const left = (running.get(caller) ?? 1) - 1;
    if (left > 0) running.set(caller, left);
    else running.delete(caller);
    // The line is short by its limit.
    const next = line.findIndex((each) => mayRun(each.caller));
    if (next >= 0) line.splice(next, 1)[0]?.begin();
  }

  function waitFor(caller: string, signal: AbortSignal, refusal: () => Error): Promise<void> {
    const own = line.filter((each) => each.caller === caller).length;
    if (line.length >= limits.waiting || own >= limits.waitingOfOne) throw refusal();
    return new Promise((resolve, reject) => {
      const leave = (why: unknown): void => {
        const at = line.indexOf(waiting);
        if (at >= 0) line.splice(at, 1);
        settle();
        reject(why instanceof Error ? why : refusal());
      };
      const gone = (): void => leave(signal.reason);
      const timer = setTimeout(() => leave(refusal()), limits.waitMs);
      const settle = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', gone);
      };
      const waiting: Waiting = {
        caller,
        begin: () => {
          settle();
          begin(caller);
          resolve();
        },
      };
      line.push(waiting);
      signal.addEventListener('abort', gone);
    });
  }

  return {
    async run(caller, signal, work, refusal) {
      signal.throwIfAborted();
      if (mayRun(caller)) begin(caller);
      else await waitFor(caller, signal, refusal);
      try {
        return await work();
      } finally {
        end(caller);
      }
    },
  };
}

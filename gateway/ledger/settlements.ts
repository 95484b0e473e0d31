/** Sees settlements through: what the store could not take at once is tried again until it can. */
import { setTimeout as delay } from 'node:timers/promises';
import { GatewayError } from '../errors';
import { describeFault, type Logger } from '../log';
import { Roster } from '../roster';

export interface Settlements {
  /** Resolves after the first try; later ones go on by themselves. */
  run(requestId: string, settle: () => Promise<void>): Promise<void>;
  /** Waits for those still open, at most so many milliseconds. */
  finish(limitMs: number): Promise<void>;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

export function createSettlements(logger: Logger): Settlements {
  const open = new Roster<Promise<void>>();
  let isClosing = false;

  async function tryOnce(requestId: string, settle: () => Promise<void>): Promise<boolean> {
    try {
      await settle();
      return true;
    } catch (fault) {
      if (fault instanceof GatewayError && fault.code === 'store_unavailable') return false;
      // The reservation stays, so the budget errs on the safe side.
      logger.error('call not booked', { request_id: requestId, ...describeFault(fault) });
      return true;
    }
  }

  async function keepTrying(requestId: string, settle: () => Promise<void>): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; !isClosing; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      await delay(pause, undefined, { ref: false });
      if (await tryOnce(requestId, settle)) return;
    }
    if (!(await tryOnce(requestId, settle))) logger.error('call not booked', { request_id: requestId });
  }

  return {
    async run(requestId, settle) {
      const first = tryOnce(requestId, settle);
      const whole = first.then((isDone) => (isDone ? undefined : keepTrying(requestId, settle)));
      const place = open.enter(whole);
      void whole.finally(() => open.leave(place));
      await first;
    },
    async finish(limitMs) {
      isClosing = true;
      await Promise.race([Promise.all(open), delay(limitMs, undefined, { ref: false })]);
    },
  };
}

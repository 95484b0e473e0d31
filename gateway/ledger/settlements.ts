/**
 * Sees settlements through: what the store could not take at once is tried again until it can. What it refuses would be
 * refused for ever, so the call is booked as an estimate instead.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { GatewayError } from '../errors';
import { describeFault, type Logger } from '../log';
import { Roster } from '../concurrency/roster';

type Settle = () => Promise<void>;

export interface Settlements {
  /** Those the store has refused for now or not answered yet. */
  readonly waiting: number;
  /** Resolves after the first try; later ones go on by themselves. */
  run(requestId: string, settle: Settle, estimate: Settle): Promise<void>;
  /** Waits for those still open, at most so many milliseconds. */
  finish(limitMs: number): Promise<void>;
}

/** What is still to be booked, and what instead should it be refused. */
interface Pending {
  readonly settle: Settle;
  readonly estimate: Settle | undefined;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

export function createSettlements(logger: Logger): Settlements {
  const open = new Roster<Promise<void>>();
  let isClosing = false;

  /** Gives what the store could not take just now. */
  async function tryOnce(requestId: string, settle: Settle, estimate?: Settle): Promise<Pending | undefined> {
    try {
      await settle();
      return undefined;
    } catch (fault) {
      if (fault instanceof GatewayError && fault.status === 503) return { settle, estimate };
      logger.error('alert', {
        alert: 'settlement_refused',
        request_id: requestId,
        ...describeFault(fault),
        consequence: estimate
          ? 'the call is booked as an estimate, at all that was set aside for it'
          : 'what was set aside for the call stays so until this process ends, and is booked then',
      });
      return estimate && tryOnce(requestId, estimate);
    }
  }

  async function keepTrying(requestId: string, first: Pending): Promise<void> {
    let pending: Pending | undefined = first;
    for (let pause = FIRST_PAUSE_MS; !isClosing; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      await delay(pause, undefined, { ref: false });
      pending = await tryOnce(requestId, pending.settle, pending.estimate);
      if (pending === undefined) return;
    }
    if (await tryOnce(requestId, pending.settle, pending.estimate))
      logger.error('call not booked', { request_id: requestId });
  }

  return {
    get waiting() {
      return open.size;
    },
    async run(requestId, settle, estimate) {
      const first = tryOnce(requestId, settle, estimate);
      const whole = first.then((pending) => pending && keepTrying(requestId, pending));
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

/** The model calls this process is answering, so that none of them is lost when it is told to stop. */
import { GatewayError } from '../errors';
import { Roster, type Place } from './roster';

export interface CallUnderWay {
  /**
   * Undefined: nobody was asked yet. An object around the function: put into the field itself, it was seen to hold every
   * call, once over, until the next full collection (V8 11.3; `memory-held.test.ts`).
   */
  readonly attempt: Stoppable | undefined;
}

export interface Stoppable {
  /** Ends the call at once: its client is told, what came so far is booked. */
  stop(): void;
}

export interface CallsUnderWay {
  /** Throws `shutting_down` when no new ones are taken any more. */
  begin(call: CallUnderWay): Place<CallUnderWay>;
  /** The call is answered and booked. */
  end(place: Place<CallUnderWay>): void;
  /** Whether there is any. */
  readonly isAny: boolean;
  readonly size: number;
  /** Whether calls are being stopped, so that none may go to a provider any more. */
  readonly isStopped: boolean;
  /**
   * Takes no new ones, and waits for those under way. After so many milliseconds it stops them, and waits a moment
   * longer for them to be booked.
   */
  finish(limitMs: number): Promise<Finished>;
  /** From now on it counts which end: the process is told to stop, and takes new ones for a while yet. */
  count(): void;
  /** While it waits for them: no longer. */
  stopNow(): void;
}

/** What became of the calls that were under way since they are counted. */
export interface Finished {
  readonly finished: number;
  readonly cut: number;
}

/** Milliseconds for the last words and the booking of calls that were stopped. */
export const LAST_WORDS_MS = 5_000;

export function createCallsUnderWay(): CallsUnderWay {
  const calls = new Roster<CallUnderWay>();
  let isClosing = false;
  let isCounting = false;
  let ended = 0;
  let isStopped = false;
  let onEmpty: (() => void) | undefined;
  let onStop: (() => void) | undefined;
  return {
    begin(call) {
      if (isClosing) throw new GatewayError('shutting_down');
      return calls.enter(call);
    },
    end(place) {
      const before = calls.size;
      calls.leave(place);
      if (isCounting) ended += before - calls.size;
      if (calls.size === 0) onEmpty?.();
    },
    get isAny() {
      return calls.size > 0;
    },
    get size() {
      return calls.size;
    },
    get isStopped() {
      return isStopped;
    },
    async finish(limitMs) {
      isClosing = true;
      isCounting = true;
      let cut = 0;
      let finished: number | undefined;
      let timer: NodeJS.Timeout | undefined;
      const emptied = new Promise<void>((resolve) => (onEmpty = resolve));
      const late = new Promise<void>((resolve) => {
        onStop = () => {
          clearTimeout(timer);
          isStopped = true;
          cut = calls.size;
          finished = ended;
          timer = setTimeout(resolve, LAST_WORDS_MS);
          for (const { attempt } of calls) attempt?.stop();
        };
        timer = setTimeout(onStop, limitMs);
      });
      if (calls.size > 0) await Promise.race([emptied, late]);
      clearTimeout(timer);
      isStopped = true;
      return { finished: finished ?? ended, cut };
    },
    count() {
      isCounting = true;
    },
    stopNow() {
      if (!isStopped) onStop?.();
    },
  };
}

/**
 * Lets one large body at a time be worked on in this process, by turns of those who sent them: what a body becomes while
 * it is read and written anew takes several times its bytes, and what others keep waiting with is those bytes alone.
 */
import { collectGarbage } from './collect-garbage';

/** Gives the turn back. Harmless when repeated. */
type Leave = () => void;

export interface LargeBodies {
  /** How many wait for their turn. */
  readonly waiting: number;
  /** Resolves when it is the body's turn: at once for one that is not large. */
  enter(caller: string, bytes: number): Promise<Leave>;
  /** The body was read, and nobody holds its bytes any more. */
  forget(bytes: number): Promise<void>;
}

/** Bytes of a body from which on the work on it takes long enough for others to notice, and memory. */
export const LARGE = 1024 * 1024;

/** Bytes from which on what a body leaves behind half-way is worth a collection of garbage of its own. */
const VERY_LARGE = 8 * LARGE;

const NOTHING: Leave = () => {};

/** In a turn of its own: whoever asks for it still holds some of the body. */
const collectSoon = (): Promise<void> =>
  new Promise((resolve) =>
    setImmediate(() => {
      collectGarbage();
      resolve();
    }),
  );

export function createLargeBodies(): LargeBodies {
  /** Who waits, by caller: those who waited longest come first, and who had a turn goes to the end. */
  const waiting = new Map<string, (() => void)[]>();
  let isTaken = false;

  function next(): void {
    const [first] = waiting;
    if (first === undefined) {
      isTaken = false;
      return;
    }
    const [caller, turns] = first;
    waiting.delete(caller);
    const begin = turns.shift();
    if (turns.length > 0) waiting.set(caller, turns);
    begin?.();
  }

  return {
    get waiting() {
      let count = 0;
      for (const turns of waiting.values()) count += turns.length;
      return count;
    },
    async enter(caller, bytes) {
      if (bytes < LARGE) return NOTHING;
      if (isTaken)
        await new Promise<void>((begin) => {
          const turns = waiting.get(caller);
          if (turns) turns.push(begin);
          else waiting.set(caller, [begin]);
        });
      isTaken = true;
      let isLeft = false;
      return () => {
        if (isLeft) return;
        isLeft = true;
        void collectSoon().then(next);
      };
    },
    async forget(bytes) {
      if (bytes >= VERY_LARGE) await collectSoon();
    },
  };
}

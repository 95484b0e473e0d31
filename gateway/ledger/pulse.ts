/**
 * What the main loop and the thread that beats for it know of each other: a few numbers in shared memory, which either
 * reads however busy the other is.
 */

/** Milliseconds since 1970, of the wall clock: the monotonic one stands still on Linux while the machine sleeps. */
type Moment = number;

export interface Pulse {
  /** For the other side, which makes its own `Pulse` of it. */
  readonly memory: SharedArrayBuffer;
  /** Said by the main loop as often as it can. */
  turn(): void;
  /** How often the main loop has turned; only a difference says anything. */
  turns(): bigint;
  /** The store has taken a beat. @param longestGapMs since the one before, for the two to count as without a gap */
  beaten(now: Moment, longestGapMs: number): void;
  /** A beat was missed: what is steady begins anew. */
  missed(): void;
  /** When the store took the last beat, whatever was missed since; 0: never. */
  lastBeat(): Moment;
  /** Whether there was no gap for so many milliseconds, up to now. */
  isSteady(now: Moment, forMs: number, longestGapMs: number): boolean;
}

const [TURNS, LAST_BEAT, STEADY_SINCE, LAST_TAKEN] = [0, 1, 2, 3] as const;
const SLOTS = 4;

export function createPulse(memory = new SharedArrayBuffer(SLOTS * BigInt64Array.BYTES_PER_ELEMENT)): Pulse {
  const slots = new BigInt64Array(memory);
  const read = (slot: number): number => Number(Atomics.load(slots, slot));
  const write = (slot: number, moment: Moment): void =>
    void Atomics.store(slots, slot, BigInt(Math.round(moment)));

  // A clock that was set back tells nothing of how long nothing was heard, so it counts as a gap.
  const isRecent = (now: Moment, longestGapMs: number): boolean => {
    const last = read(LAST_BEAT);
    return last > 0 && now >= last && now - last <= longestGapMs;
  };

  return {
    memory,
    turn: () => void Atomics.add(slots, TURNS, 1n),
    turns: () => Atomics.load(slots, TURNS),
    beaten(now, longestGapMs) {
      if (!isRecent(now, longestGapMs)) write(STEADY_SINCE, now);
      write(LAST_BEAT, now);
      write(LAST_TAKEN, now);
    },
    missed: () => write(LAST_BEAT, 0),
    lastBeat: () => read(LAST_TAKEN),
    isSteady: (now, forMs, longestGapMs) => isRecent(now, longestGapMs) && now - read(STEADY_SINCE) >= forMs,
  };
}

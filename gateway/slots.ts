/** Bounds how much of one thing each caller may have under way at once, in this process. */

export interface Slots {
  /** Runs the work if the caller has a slot free, and gives the slot back after it; otherwise throws `refusal()`. */
  hold<T>(caller: string, work: () => Promise<T>, refusal: () => Error): Promise<T>;
}

export function createSlots(most: number): Slots {
  const taken = new Map<string, number>();
  return {
    async hold(caller, work, refusal) {
      const before = taken.get(caller) ?? 0;
      if (before >= most) throw refusal();
      taken.set(caller, before + 1);
      try {
        return await work();
      } finally {
        const left = (taken.get(caller) ?? 1) - 1;
        if (left > 0) taken.set(caller, left);
        else taken.delete(caller);
      }
    },
  };
}

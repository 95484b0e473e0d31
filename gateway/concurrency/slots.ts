/** Bounds how much of one thing each caller may have under way at once, in this process. */

export interface Slots {
  /** Takes a slot, if the caller has fewer than so many. Returns what gives it back, once however often it is called. */
  enter(caller: string, most: number): (() => void) | undefined;
  /** Runs the work if the caller has a slot free, and gives the slot back after it; otherwise throws `refusal()`. */
  hold<T>(caller: string, most: number, work: () => Promise<T>, refusal: () => Error): Promise<T>;
}

export function createSlots(): Slots {
  const taken = new Map<string, number>();
  const enter: Slots['enter'] = (caller, most) => {
    const before = taken.get(caller) ?? 0;
    if (before >= most) return undefined;
    taken.set(caller, before + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const left = (taken.get(caller) ?? 1) - 1;
      if (left > 0) taken.set(caller, left);
      else taken.delete(caller);
    };
  };
  return {
    enter,
    async hold(caller, most, work, refusal) {
      const leave = enter(caller, most);
      if (leave === undefined) throw refusal();
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}

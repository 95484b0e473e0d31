/** Does the work of each caller one after another, in this process, and that of different callers side by side. */

export interface Queues {
  run<T>(caller: string, work: () => Promise<T>): Promise<T>;
}

export function createQueues(): Queues {
  /** What each caller asked for last; it never rejects. */
  const last = new Map<string, Promise<void>>();
  return {
    run(caller, work) {
      const result = (last.get(caller) ?? Promise.resolve()).then(work);
      const end = result
        .then(
          () => {},
          () => {},
        )
        .then(() => {
          if (last.get(caller) === end) last.delete(caller);
        });
      last.set(caller, end);
      return result;
    },
  };
}

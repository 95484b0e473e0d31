/**
 * Works on a few at the same time, begun in their order. After a fault none is begun any more, and those under way are
 * waited for.
 *
 * @param most that are worked on at the same time
 * @returns what came of each, in their order
 * @throws the fault of the first of them that has one
 */
export async function fewAtOnce<T, R>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const done: R[] = [];
  const faults = new Map<number, unknown>();
  const left = items.entries();
  async function worker(): Promise<void> {
    for (const [at, item] of left) {
      try {
        done[at] = await work(item);
      } catch (fault) {
        faults.set(at, fault);
      }
      if (faults.size > 0) return;
    }
  }
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  if (faults.size > 0) throw faults.get(Math.min(...faults.keys()));
  return done;
}

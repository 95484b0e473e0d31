/** Work on a list, some items side by side, whose results are taken in the order of the list. */

export interface Taken<Item, Result> {
  readonly item: Item;
  readonly outcome: PromiseSettledResult<Result>;
}

export interface Side<Item, Result> {
  readonly work: (item: Item) => Promise<Result>;
  /** Items side by side, at most. The first is alone, and each that succeeds lets one more begin. */
  readonly most: number;
  readonly mayBegin: () => boolean;
  /** Called in the order of the items. What has begun is taken also after it has said that no other may begin. */
  readonly take: (taken: Taken<Item, Result>) => Promise<'go on' | 'stop'>;
}

/** Resolves once everything that was begun has been taken. */
export async function inOrder<Item, Result>(
  items: readonly Item[],
  { work, most, mayBegin, take }: Side<Item, Result>,
): Promise<void> {
  const begun: { readonly item: Item; readonly settled: Promise<PromiseSettledResult<Result>[]> }[] = [];
  let next = 0;
  let atOnce = 1;
  let goesOn = true;
  for (;;) {
    while (goesOn && mayBegin() && next < items.length && begun.length < atOnce) {
      const item = items[next] as Item;
      next += 1;
      begun.push({ item, settled: Promise.allSettled([work(item)]) });
    }
    const first = begun.shift();
    if (first === undefined) return;
    const [outcome] = await first.settled;
    if (outcome === undefined) return;
    const then = await take({ item: first.item, outcome });
    if (then === 'stop') goesOn = false;
    else if (outcome.status === 'fulfilled') atOnce = Math.min(most, atOnce + 1);
  }
}

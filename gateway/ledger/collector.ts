/**
 * Gathers what many callers ask for at about the same time into one question.
 *
 * Who comes while nothing is asked waits for the rest of this turn of the event loop only; who comes while a question
 * is out waits for its answer and goes with everybody else who came meanwhile. So there is never more than one out,
 * and the busier it is, the more share one.
 */
import { GatewayError } from '../errors';

/** Answers each of the items, in their order. */
export type Flush<Item, Result> = (items: readonly Item[]) => Promise<readonly Result[]>;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (fault: unknown) => void;
}

export function createCollector<Item, Result>(
  most: number,
  flush: Flush<Item, Result>,
): (item: Item) => Promise<Result> {
  let waiting: Waiting<Item, Result>[] = [];
  let isBusy = false;

  function start(): void {
    if (isBusy || waiting.length === 0) return;
    isBusy = true;
    setImmediate(() => {
      const batch = waiting.slice(0, most);
      waiting = waiting.slice(most);
      void send(batch).finally(() => {
        isBusy = false;
        start();
      });
    });
  }

  async function send(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await flush(batch.map(({ item }) => item));
      batch.forEach(({ resolve, reject }, index) => {
        if (index < results.length) resolve(results[index] as Result);
        else reject(new Error('the store answered fewer than it was asked'));
      });
    } catch (fault) {
      const isAway = fault instanceof GatewayError && fault.code === 'store_unavailable';
      if (isAway || batch.length === 1) for (const { reject } of batch) reject(fault);
      // One that the store cannot take must not take the others with it.
      else for (const each of batch) await send([each]);
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      start();
    });
}

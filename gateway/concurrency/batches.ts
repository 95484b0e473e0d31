/**
 * Asks one question for all who ask alike meanwhile, so that many of them cost the one who answers little more than one.
 */

/** Questions under way at once. */
const AT_ONCE = 3;
/** Names in one question. */
const MOST = 500;

interface Waiting<T> {
  readonly name: string;
  readonly resolve: (found: T | undefined) => void;
  readonly reject: (fault: unknown) => void;
}

/** @param ask finds what goes by these names; who asked for what it leaves out gets undefined */
export function createBatches<T>(
  ask: (names: readonly string[]) => Promise<ReadonlyMap<string, T>>,
): (name: string) => Promise<T | undefined> {
  let waiting: Waiting<T>[] = [];
  let underWay = 0;
  async function run(): Promise<void> {
    underWay += 1;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MOST);
      waiting = waiting.slice(MOST);
      try {
        const found = await ask(batch.map(({ name }) => name));
        for (const { name, resolve } of batch) resolve(found.get(name));
      } catch (fault) {
        for (const { reject } of batch) reject(fault);
      }
    }
    underWay -= 1;
  }
  return (name) =>
    new Promise((resolve, reject) => {
      waiting.push({ name, resolve, reject });
      if (underWay < AT_ONCE) void run();
    });
}

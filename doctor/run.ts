/** Goes through the checks, all at once, each within the time for all. */
import { Refused, type Facts } from './facts';
import { fault, notChecked, type Check, type Finding, type Found } from './finding';
import { NEEDS } from './needs';
import { NoAnswer } from './ask';

/** @param onDone called as each one is done */
export async function goThrough(
  checks: readonly Check[],
  facts: Facts,
  onDone: () => void,
): Promise<readonly Finding[]> {
  const isOver = new Promise<readonly Found[]>((over) => {
    const tell = (): void =>
      over([notChecked(`the ${facts.words.timeout} seconds for all checks were over (--timeout)`)]);
    if (facts.stop.aborted) tell();
    else facts.stop.addEventListener('abort', tell, { once: true });
  });
  const found = await Promise.all(
    checks.map(async (check) => {
      const all = await Promise.race([isOver, lookAt(check, facts)]);
      onDone();
      return all.map((each): Finding => ({ check: check.name, ...each }));
    }),
  );
  return found.flat();
}

async function lookAt(check: Check, facts: Facts): Promise<readonly Found[]> {
  try {
    for (const need of check.needs ?? []) {
      const why = await NEEDS[need](facts);
      if (why !== undefined) return [notChecked(why)];
    }
    return await check.find(facts);
  } catch (thrown) {
    const { message } = thrown as Error;
    if (thrown instanceof NoAnswer || thrown instanceof Refused) return [notChecked(message)];
    return [fault(`the check itself failed: ${message.slice(0, 500)}`, 'report it with what is said here')];
  }
}

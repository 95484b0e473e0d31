import { setImmediate as turn } from 'node:timers/promises';
import { createLargeBodies, LARGE } from '../../gateway/concurrency/large-bodies';

/** Long enough for everything that can go on to have gone on. */
async function settle(): Promise<void> {
  for (let count = 0; count < 20; count += 1) await turn();
}

test('one large body at a time is worked on, by turns of who sent them', async () => {
  const bodies = createLargeBodies();
  const begun: string[] = [];
  const leaves: (() => void)[] = [];
  const send = (caller: string, name: string): void => {
    void bodies.enter(caller, LARGE).then((leave) => {
      begun.push(name);
      leaves.push(leave);
    });
  };
  for (const name of ['a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'c2']) send(name[0] ?? '', name);
  await settle();
  expect(begun).toEqual(['a1']);
  while (leaves.length > 0) {
    const leave = leaves.shift();
    leave?.();
    // A turn is given back once, however often that is said.
    leave?.();
    await settle();
    expect(leaves.length).toBeLessThanOrEqual(1);
  }
  // However many one caller sends, others wait for one of them only.
  expect(begun).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'c2', 'a4']);
});

test('what is not large waits for nobody', async () => {
  const bodies = createLargeBodies();
  await bodies.enter('a', LARGE);
  const leave = await bodies.enter('b', LARGE - 1);
  leave();
  await bodies.enter('a', 0);
});

test('after the last one the next comes at once', async () => {
  const bodies = createLargeBodies();
  for (let count = 0; count < 3; count += 1) {
    const leave = await bodies.enter('a', LARGE);
    leave();
    await settle();
  }
});

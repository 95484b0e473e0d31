import { createQueues } from '../../gateway/concurrency/queues';

/** Work that ends when it is told to, and notes its begin. */
function held(begun: string[], name: string) {
  let end: (fault?: Error) => void = () => {};
  const ended = new Promise<string>((resolve, reject) => {
    end = (fault) => (fault ? reject(fault) : resolve(name));
  });
  const work = () => {
    begun.push(name);
    return ended;
  };
  return { work, end: (fault?: Error) => end(fault) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a caller is served one after another, in the order of asking, and others meanwhile', async () => {
  const queues = createQueues();
  const begun: string[] = [];
  const [one, two, other] = [held(begun, 'one'), held(begun, 'two'), held(begun, 'other')];
  const first = queues.run('a', one.work);
  const second = queues.run('a', two.work);
  const third = queues.run('b', other.work);
  await turn();
  expect(begun).toEqual(['one', 'other']);
  other.end();
  expect(await third).toBe('other');
  one.end();
  expect(await first).toBe('one');
  await turn();
  expect(begun).toEqual(['one', 'other', 'two']);
  two.end();
  expect(await second).toBe('two');
});

test('what fails is told to its caller alone, and holds nobody up', async () => {
  const queues = createQueues();
  const begun: string[] = [];
  const [one, two] = [held(begun, 'one'), held(begun, 'two')];
  const first = queues.run('a', one.work);
  const second = queues.run('a', two.work);
  one.end(new Error('went wrong'));
  await expect(first).rejects.toThrow('went wrong');
  two.end();
  expect(await second).toBe('two');
  // Nothing is left of it for the next one to wait for.
  const three = held(begun, 'three');
  three.end();
  expect(await queues.run('a', three.work)).toBe('three');
});

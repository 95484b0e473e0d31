import { createBatches } from '../../gateway/concurrency/batches';
import { makeGate, type Gate } from './support/gate';

describe('questions asked together', () => {
  let asked: (readonly string[])[];
  let gate: Gate;
  beforeEach(() => {
    asked = [];
    gate = makeGate();
  });

  test('are three at once, and one for all who ask meanwhile; each gets its own answer', async () => {
    const find = createBatches<string>(async (names) => {
      asked.push(names);
      await gate.opened;
      return new Map(names.filter((name) => name !== 'none').map((name) => [name, name.toUpperCase()]));
    });
    const answers = Promise.all(['a', 'b', 'c', 'd', 'none', 'e'].map(find));
    gate.open();
    expect(await answers).toEqual(['A', 'B', 'C', 'D', undefined, 'E']);
    expect(asked).toEqual([['a'], ['b'], ['c'], ['d', 'none', 'e']]);
  });

  test('are bounded in length', async () => {
    const find = createBatches<string>(async (names) => {
      asked.push(names);
      await gate.opened;
      return new Map();
    });
    const all = Promise.all(Array.from({ length: 1_203 }, (_, index) => find(String(index))));
    gate.open();
    await all;
    expect(asked.map(({ length }) => length).sort((one, other) => other - one)).toEqual([
      500, 500, 200, 1, 1, 1,
    ]);
  });

  test('fail for those who asked them, and for nobody after', async () => {
    let isAway = true;
    const find = createBatches<string>((names) =>
      isAway
        ? Promise.reject(new Error('away'))
        : Promise.resolve(new Map(names.map((name) => [name, name]))),
    );
    await expect(find('a')).rejects.toThrow('away');
    isAway = false;
    expect(await find('a')).toBe('a');
  });
});

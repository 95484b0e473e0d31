import { boundedJson } from '../../../gateway/content/bounded-json';
import { fitJson } from '../../../gateway/content/json-size';

const CHARACTERS = ['a', 'é', '長', '😀', '"', '\\', '\n', '\t', '\u0001', '\u007f', '\ud83d', '\ude00', ' '];

/** The same numbers every time. */
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ;) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    yield state;
  }
}

test('what a text comes to as JSON is what JSON.stringify and UTF-8 make of it, and what fits is its longest beginning that does', () => {
  const next = numbers(7);
  for (let round = 0; round < 500; round += 1) {
    const text = Array.from(
      { length: next.next().value % 40 },
      () => CHARACTERS[(next.next().value >> 8) % CHARACTERS.length],
    ).join('');
    const bytesOf = (part: string): number => Buffer.byteLength(JSON.stringify(part)) - 2;
    expect(fitJson(text, 1_000)).toEqual({ units: text.length, bytes: bytesOf(text) });
    const most = next.next().value % 60;
    const { units, bytes } = fitJson(text, most);
    expect(bytes).toBe(bytesOf(text.slice(0, units)));
    expect(bytes).toBeLessThanOrEqual(most);
    const further = text.slice(0, units + ([...text.slice(units)][0]?.length ?? 0));
    if (further.length > units) expect(bytesOf(further)).toBeGreaterThan(most);
  }
});

test('a value that fits is written as JSON.stringify writes it; of one that does not, no more than fits is looked at', () => {
  const value = { a: [1, 'two', null, true, { 'b"': 'c\n' }], d: {}, e: [], f: -1.5e10 };
  expect(boundedJson(value, 1_000)).toEqual({ json: JSON.stringify(value), isWhole: true });
  let looks = 0;
  const wide = new Proxy([] as unknown[], {
    get: (_, name) => {
      if (name === 'length') return 1_000_000;
      looks += 1;
      return 'x'.repeat(100);
    },
    has: () => true,
  });
  const { json, isWhole } = boundedJson({ wide }, 1_000);
  expect(isWhole).toBe(false);
  expect(json.length).toBeLessThan(1_200);
  expect(looks).toBeLessThan(50);
  let deep: unknown = 'bottom';
  for (let depth = 0; depth < 50_000; depth += 1) deep = [deep];
  expect(boundedJson(deep, 1_000_000).isWhole).toBe(false);
});

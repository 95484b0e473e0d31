import fc from 'fast-check';
import { MemberNames } from '../../gateway/json/member-names';

const NAMES = new Map([
  ['filter_id_', 'filter[id]'],
  ['a', 'a "quoted" 🙂 name'],
  ['__proto__', 'é'],
]);
/** What the text comes to when it is read at once. */
const expected = (value: object): unknown =>
  Object.fromEntries(Object.entries(value).map(([name, each]) => [NAMES.get(name) ?? name, each]));

function cutAt(text: string, places: readonly number[]): string[] {
  const ends = [...new Set(places.map((place) => place % (text.length + 1)))].sort((one, two) => one - two);
  return [...ends, text.length].map((end, at) => text.slice(at === 0 ? 0 : ends[at - 1], end));
}

function renamed(pieces: readonly string[]): string {
  const names = new MemberNames(NAMES);
  return pieces.map((piece) => names.push(piece)).join('') + names.end();
}

const name = fc.oneof(fc.constantFrom(...NAMES.keys(), 'b', '"', '\\', '{'), fc.string());

test('renames members at the top and nothing else, wherever the text is cut', () => {
  fc.assert(
    fc.property(
      fc.dictionary(name, fc.jsonValue(), { maxKeys: 6 }),
      fc.array(fc.nat(), { maxLength: 12 }),
      fc.constantFrom(undefined, 1),
      (value, places, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(JSON.parse(renamed(cutAt(text, places)))).toEqual(expected(JSON.parse(text) as object));
      },
    ),
    { numRuns: 500 },
  );
});

test('names of inner objects, and texts that look like names, stay', () => {
  const text = '{"a":{"a":1,"x":["a",{"a":2}]},"b":"a","c":"{\\"a\\":1}"}';
  expect(renamed([...text])).toBe(
    '{"a \\"quoted\\" 🙂 name":{"a":1,"x":["a",{"a":2}]},"b":"a","c":"{\\"a\\":1}"}',
  );
});

test('a name written with escapes is the same name', () =>
  expect(renamed(['{"\\u0061', '":1}'])).toBe('{"a \\"quoted\\" 🙂 name":1}'));

test.each(['', '{"a', '{"filter_id_":', 'no JSON "a", "a"', '[[["a"', '}}}{"'])(
  'what is no whole object loses nothing: %s',
  (text) => expect(renamed([...text]).replace('filter[id]', 'filter_id_')).toBe(text),
);

test('what is held back is bounded: a long name passes as it comes', () => {
  const names = new MemberNames(NAMES);
  names.push('{"');
  const passed = Array.from({ length: 100 }, () => names.push('x'.repeat(100))).join('');
  expect(passed.length).toBeGreaterThan(9_500);
});

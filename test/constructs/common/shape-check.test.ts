import fc from 'fast-check';
import { checkShape } from '../../../constructs/common/shape-check';
import { SHAPES, type Shape } from '../../../constructs/common/shape';
import { catalog } from '../../../src/catalog';
import { policy } from '../../../src/policy';

test.each([
  ['Policy', policy],
  ['Catalog', catalog],
])('what we ship is right, and is left as it is: %s', (shape, value) => {
  expect(checkShape(value, shape)).toEqual({ faults: [], usable: value });
});

const paths = (value: unknown, at: readonly string[] = []): (readonly string[])[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, inner]) => [[...at, name], ...paths(inner, [...at, name])])
    : [];

/** A copy with another value at one place. */
function changed(value: unknown, [name, ...rest]: readonly string[], to: unknown): unknown {
  if (name === undefined) return to;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<
    string,
    unknown
  >;
  copy[name] = changed(copy[name], rest, to);
  return copy;
}

const odd = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withNullPrototype: true }),
  fc.constantFrom(NaN, null, undefined, Symbol('x'), () => 1, class X {}, [undefined], 'sk-0123456789abcdef'),
);

test('whatever stands anywhere is taken, or told of at its place in words; what is of use then is right', () => {
  for (const [shape, value] of [
    ['Policy', policy],
    ['Catalog', catalog],
  ] as const)
    fc.assert(
      fc.property(fc.constantFrom(...paths(value)), odd, (path, to) => {
        const given = changed(value, path, to);
        const { faults, usable } = checkShape(given, shape, { at: 'x', fallback: value });
        for (const fault of faults) {
          expect(fault.path.startsWith('x.')).toBe(true);
          expect(fault.text).not.toMatch(/\[object |undefined|sk-0/);
          expect(fault.text.length).toBeLessThan(1_000);
        }
        expect(checkShape(usable, shape).faults).toEqual([]);
        expect(checkShape(given, shape).faults.length).toBe(faults.length);
      }),
      { numRuns: 300 },
    );
});

test('a member of an unknown name is always told of, in whatever object of ours', () => {
  const objects: [string, unknown][] = [
    ['Policy', policy],
    ['Floors', policy.floors],
    ['Scope', policy.scopes.ci],
    ['Catalog', catalog],
    ['Model', catalog.models[0]],
    ['Deployment', catalog.models[0]?.deployments[0]],
    ['Price', catalog.models[0]?.deployments[0]?.price],
    ['ModelChoice', catalog.choices[0]],
  ];
  for (const [shape, value] of objects)
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (name) => {
        fc.pre(!Object.hasOwn(SHAPES.types[shape]?.members ?? {}, name) && name !== '__proto__');
        const { faults } = checkShape({ ...(value as object), [name]: 1 }, shape);
        expect(faults).toHaveLength(1);
        expect(faults[0]?.text).toMatch(/^is not known: \w/);
      }),
      { numRuns: 50 },
    );
});

test('JSON that holds itself, or goes too deep, is refused where it does', () => {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  let deep: unknown = 1;
  for (let level = 0; level < 50; level += 1) deep = [deep];
  const parts = { settings: { circle, deep, date: new Date(0), fine: [1, null, { a: 'b' }] } };
  expect(
    checkShape(parts, 'ImageParts').faults.map(({ path, text }) => `${path.slice(0, 25)} ${text}`),
  ).toEqual([
    'settings.circle.self must not hold itself: it is written as JSON',
    'settings.deep[0][0][0][0] must not go more than 32 levels deep',
    'settings.date must be what can be written as JSON, got a Date',
  ]);
});

test('a list with ten thousand elements is read once', () => {
  const gateways = Array.from({ length: 10_000 }, (_, at) => `http://g${at}`);
  expect(checkShape({ ...policy, gateways }, 'Policy').faults).toEqual([]);
});

test('an object of a class may have more than is asked of it where the interface is there to be implemented', () => {
  class Aider {
    readonly name = 'aider';
    readonly image = {};
    readonly version = 3;
    get metadata() {
      return [];
    }
    bind() {
      return { version: this.version };
    }
  }
  expect(checkShape(new Aider(), 'Assistant')).toMatchObject({ faults: [] });
});

test('every kind of shape is one that the check knows', () => {
  const kinds = (shape: Shape): string => (typeof shape === 'string' ? shape : (Object.keys(shape)[0] ?? ''));
  const all = Object.values(SHAPES.types).flatMap(({ members }) =>
    Object.values(members).map(({ shape }) => kinds(shape)),
  );
  expect([...new Set(all)].sort()).toEqual(
    [
      'boolean',
      'byName',
      'construct',
      'either',
      'function',
      'list',
      'map',
      'members',
      'number',
      'oneOf',
      'text',
      'type',
      'value',
    ].sort(),
  );
});

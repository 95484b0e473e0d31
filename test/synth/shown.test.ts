import { shown } from '../../synth/shown';

class Size {}
const circle: Record<string, unknown> = {};
circle['self'] = circle;

test.each<[unknown, string]>([
  ['x', '"x"'],
  ['a\nb\u001b[31m', '"a\\nb\\u001b[31m"'],
  ['y'.repeat(500), `"${'y'.repeat(59)}…"`],
  [5, '5'],
  [NaN, 'NaN'],
  [5n, '5n'],
  [true, 'true'],
  [null, 'null'],
  [undefined, 'nothing'],
  [Symbol('x'), 'a symbol'],
  [Size, 'the class Size'],
  [function size() {}, 'a function size'],
  [new Size(), 'a Size'],
  [new Map(), 'a Map'],
  [new Error('x'), 'an Error'],
  [[], '[]'],
  [[1, ['a'], { b: [] }], '[1, ["a"], { b: [] }]'],
  [Array.from({ length: 9 }, (_, at) => at), '[0, 1, 2, 3, 4, 5, …]'],
  [{}, '{}'],
  [{ a: { b: { c: { d: 1 } } } }, '{ a: { b: { c: {…} } } }'],
  [{ 'a b': 1 }, '{ "a b": 1 }'],
  [Object.create(null), '{}'],
  [circle, '{ self: { self: { self: {…} } } }'],
  [
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no');
        },
      },
    ),
    'an object',
  ],
])('a value as a message shows it: %#', (value, text) => {
  expect(shown(value)).toBe(text);
});

test('no getter is run', () => {
  const value = {
    get price(): number {
      throw new Error('was run');
    },
  };
  expect(shown(value)).toBe('{ price: … }');
});

test.each<[unknown, string]>([
  ['sk-ant-REDACTED', '"…"'],
  ['the key is sk-0123456789abcdef', '"the key is …"'],
  ['AKIAIOSFODNN7EXAMPLE', '"…"'],
  ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b', '"…"'],
  ['https://ann:hunter2@git.example.com/x', '"https://…@git.example.com/x"'],
  [{ apiKey: 'hunter2', password: 'x', max: 1 }, '{ apiKey: …, password: …, max: 1 }'],
])('what may be a secret is not shown: %#', (value, text) => {
  expect(shown(value)).toBe(text);
});

test.each([
  'registry.example.com/contractor-workspace:2026.11.1',
  'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  'http://litellm:4000',
  'x@sha256:6f1c3bd1a6f0d8c9b9f6f0c0a8f2f47d5e1f1b1d',
])('what is none is shown: %s', (text) => {
  expect(shown(text)).toBe(JSON.stringify(text));
});

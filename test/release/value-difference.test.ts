import type { Json } from '../../synth/hcl/expressions';
import { code, codes } from '../../release/code-span';
import { describeDifference } from '../../release/diff/value-difference';

describe('quoted pieces of a template', () => {
  test.each([
    ['plain', '`plain`'],
    ['two\n  lines', '`two lines`'],
    ['a `tick`', '`` a `tick` ``'],
    ['x'.repeat(200), `\`${'x'.repeat(99)}…\``],
  ])('%j', (text, expected) => {
    expect(code(text)).toBe(expected);
  });

  test('in a row', () => {
    expect([codes([]), codes(['a']), codes(['a', 'b', 'c'])]).toEqual(['', '`a`', '`a`, `b` and `c`']);
  });
});

test.each<[string, Json | undefined, Json | undefined, string[]]>([
  ['texts and expressions', 'a', '${local.b}', ['`"a"` → `local.b`']],
  ['what is new', undefined, 1, ['`1` added']],
  ['what is gone', true, undefined, ['`true` removed']],
  [
    'entries of a map',
    { a: '1', b: '2' },
    { a: '1', b: '3', c: '4' },
    ['`b`: `"2"` → `"3"`', '`c`: `"4"` added'],
  ],
  [
    'the only block of its kind',
    [{ drop: ['ALL'] }],
    [{ drop: ['NONE'] }],
    ['`drop`: `["ALL"]` → `["NONE"]`'],
  ],
])('%s', (_, before, after, expected) => {
  expect(describeDifference(before, after)).toEqual(expected);
});

test('blocks by what tells them apart', () => {
  const before = [
    { key: 'cpu', script: 'a' },
    { key: 'memory', script: 'b' },
  ];
  expect(describeDifference(before, [{ key: 'memory', script: 'c' }], 'metadata')).toEqual([
    '`metadata.cpu`: `{"key":"cpu","script":"a"}` removed',
    '`metadata.memory.script`: `"b"` → `"c"`',
  ]);
});

test('of long values the part that differs', () => {
  const long = 'x'.repeat(300);
  const [line = ''] = describeDifference(`${long}1`, `${long}2`);
  expect(line).toMatch(/^`…x+1"` → `…x+2"`$/);
});

test('many differences are counted', () => {
  const map = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`key${i}`, i]));
  expect(describeDifference({ other: 1 }, map).at(-1)).toBe('and 13 differences more');
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { enclosingOf } from '../../review/context/enclosing';
import { testsOf } from '../../review/context/listing';
import { fingerprintOf } from '../../review/findings/fingerprint';
import { makePatch } from '../../review/findings/patch';
import { once, pick } from '../../review/findings/pick';

test('a fingerprint stays with its lines, and not with another rule, file or text', () => {
  const own = fingerprintOf('security/other', 'a.ts', ['  query(a + b);']);
  expect(fingerprintOf('security/other', 'a.ts', ['\tquery(a  +  b);  \r', ''])).toBe(own);
  const others = [
    fingerprintOf('security/unchecked-input', 'a.ts', ['query(a + b);']),
    fingerprintOf('security/other', 'b.ts', ['query(a + b);']),
    fingerprintOf('security/other', 'a.ts', ['query(a + c);']),
  ];
  expect(new Set([own, ...others]).size).toBe(4);
});

test('said twice of one place is shown once; alike lines elsewhere are told apart; the heaviest come first', () => {
  const at = (startLine: number, confidence: number, severity: 'high' | 'low' = 'high') => ({
    startLine,
    confidence,
    severity,
    path: 'a.ts',
    rule: 'security/other',
    fingerprint: 'same',
  });
  const found = once([at(1, 0.5), at(1, 0.5), at(9, 0.9), at(20, 1, 'low')]);
  expect(new Set(found.map(({ fingerprint }) => fingerprint)).size).toBe(3);
  const { shown, beyond } = pick(found, 2);
  expect([shown.map(({ startLine }) => startLine), beyond]).toEqual([[9, 1], 1]);
});

test.each([
  ['in the middle', 'a\nb\nc\nd\ne\nf\ng\nh\n', 4, 5, 'X\nY\nZ', 'a\nb\nc\nX\nY\nZ\nf\ng\nh\n'],
  ['at the top', 'a\nb\n', 1, 1, 'X', 'X\nb\n'],
  ['at an end without a newline', 'a\nb', 2, 2, 'X', 'a\nX'],
  ['with carriage returns', 'a\r\nb\r\n', 1, 1, 'X\nY', 'X\r\nY\r\nb\r\n'],
])('a patch %s applies', async (_, before, startLine, endLine, replacement, after) => {
  const folder = mkdtempSync(join(tmpdir(), 'review-patch-'));
  const content = Buffer.from(before);
  const patch = await makePatch(folder, { content, path: 'a b.ts', startLine, endLine, replacement });
  writeFileSync(join(folder, 'a b.ts'), content);
  execFileSync('git', ['apply', '-'], { cwd: folder, input: patch ?? '' });
  expect(execFileSync('cat', [join(folder, 'a b.ts')]).toString()).toBe(after);
  rmSync(folder, { recursive: true });
});

test('no patch for lines that are not there, or a file that is no text', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'review-patch-'));
  const at = { path: 'a.ts', startLine: 1, endLine: 1, replacement: 'X' };
  expect(await makePatch(folder, { ...at, content: Buffer.from([0xff, 0x0a]) })).toBeUndefined();
  expect(await makePatch(folder, { ...at, content: Buffer.from('a\n'), endLine: 5 })).toBeUndefined();
  rmSync(folder, { recursive: true });
});

test.each([
  [
    'TypeScript',
    'export class Store {\n  get(id: string) {\n    if (id) {\n      return 1;\n    }\n  }\n}',
    4,
    [2, 6, 'get'],
  ],
  [
    'Python',
    'class A:\n    def load(self, x):\n        if x:\n            return 1\n\n    def other(self):\n        pass',
    4,
    [2, 4, 'load'],
  ],
  [
    'Go',
    'func (s *Store) Load(id string) error {\n\tif id == "" {\n\t\treturn nil\n\t}\n}',
    3,
    [1, 5, 'Load'],
  ],
  ['Rust', 'pub fn load(id: &str) -> u8 {\n    1\n}', 2, [1, 3, 'load']],
])('what encloses a line of %s', (_, text, line, [start, end, name]) => {
  expect(enclosingOf(text.split('\n'), line)).toEqual({ start, end, name });
});

test('tests of a file are found by its name, the nearest first', () => {
  const files = [
    'a/load.ts',
    'test/a/load.test.ts',
    'a/load.spec.ts',
    'x/test_load.py',
    'a/loader.test.ts',
    'test/load.ts',
  ];
  expect(testsOf('a/load.ts', files, 5)).toEqual(['a/load.spec.ts', 'test/a/load.test.ts', 'test/load.ts']);
});

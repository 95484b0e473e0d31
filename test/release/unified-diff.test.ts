import fc from 'fast-check';
import { unifiedDiff } from '../../release/diff/unified-diff';

const lines = (...texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');

test('a changed line with the lines around it', () => {
  const older = lines('1', '2', '3', '4', '5', '6', '7', '8', '9');
  expect(unifiedDiff('a.sh', older, older.replace('5', 'five'))).toEqual([
    '--- a/a.sh',
    '+++ b/a.sh',
    '@@ -2,7 +2,7 @@',
    ' 2',
    ' 3',
    ' 4',
    '-5',
    '+five',
    ' 6',
    ' 7',
    ' 8',
  ]);
});

test('places far from each other are hunks of their own', () => {
  const older = lines(...Array.from({ length: 30 }, (_, i) => `line ${i}`));
  const newer = older.replace('line 2\n', 'two\n').replace('line 25\n', '');
  const headers = unifiedDiff('a', older, newer).filter((line) => line.startsWith('@@'));
  expect(headers).toEqual(['@@ -1,6 +1,6 @@', '@@ -23,7 +23,6 @@']);
});

test('a file that is new, one that is gone, one that is the same', () => {
  expect(unifiedDiff('a', undefined, 'x\n')).toEqual(['--- /dev/null', '+++ b/a', '@@ -0,0 +1,1 @@', '+x']);
  expect(unifiedDiff('a', 'x\n', undefined)).toEqual(['--- a/a', '+++ /dev/null', '@@ -1,1 +0,0 @@', '-x']);
  expect(unifiedDiff('a', 'x\n', 'x\n')).toEqual([]);
});

test('a long difference is cut, and says so', () => {
  const newer = lines(...Array.from({ length: 1000 }, (_, i) => String(i)));
  expect(unifiedDiff('a', '', newer).at(-1)).toMatch(/^# … and \d+ lines more$/);
});

test('holds every line of both texts, for any two short texts', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 6 }).map((all) => lines(...all));
  fc.assert(
    fc.property(text, text, (older, newer) => {
      const body = unifiedDiff('x', older, newer)
        .slice(2)
        .filter((line) => !line.startsWith('@@'));
      const side = (other: string): string =>
        lines(...body.filter((line) => !line.startsWith(other)).map((line) => line.slice(1)));
      // With at most six lines nothing is too far from a change to be shown, unless the texts are equal.
      if (older === newer) return body.length === 0;
      return older.endsWith(side('+')) || older.includes(side('+')) ? newer.includes(side('-')) : false;
    }),
  );
});

import { renderCsv } from '../../terminal/csv';
import { mayColour } from '../../terminal/colours';
import { fromNow, localTime, money } from '../../terminal/figures';
import { renderTable } from '../../terminal/table';

describe('CSV', () => {
  test('leaves ordinary values as they are, whatever they begin with', () => {
    const ordinary = [
      '-5',
      '@ann',
      '+ann',
      '-ann-laptop',
      '+49 170 12',
      '-1.5',
      '@ann@example.com',
      'a=b',
      '',
    ];
    expect(
      renderCsv(
        ['name'],
        ordinary.map((value) => [value]),
      ),
    ).toBe(['name', ...ordinary].join('\r\n'));
    expect(renderCsv(['n'], [[-5], [0.1], [null], [undefined], [true]])).toBe(
      'n\r\n-5\r\n0.1\r\n\r\n\r\ntrue',
    );
  });

  test.each([
    '=1+1',
    '=cmd|x',
    '+cmd|x',
    '-cmd|x!A0',
    '@SUM(1)',
    ' =1',
    '＝1+1',
    '-2+3+cmd()',
    '=HYPERLINK("a")',
  ])('makes %s text, with nothing but a space before it', (formula) => {
    expect(renderCsv([], [[formula]])).toBe(`\r\n" ${formula.replaceAll('"', '""')}"`);
  });

  test('quotes what would be taken apart', () => {
    expect(renderCsv([], [['a,b', 'say "x"', 'c']])).toBe('\r\n"a,b","say ""x""",c');
  });
});

describe('a table', () => {
  const COLUMNS = [
    { heading: 'name' },
    { heading: 'spent', isRight: true },
    { heading: 'hash', isWhole: true },
  ];

  test('has columns as wide as they need, numbers to the right, nothing behind a line', () => {
    expect(
      renderTable(COLUMNS, [
        ['ann', '$1.00', 'abc'],
        ['somebody', '$1,000.00', ''],
        ['日本', '$2.00', 'x'],
      ]).split('\n'),
    ).toEqual([
      'name          spent  hash',
      'ann           $1.00  abc',
      'somebody  $1,000.00',
      '日本          $2.00  x',
    ]);
    expect(renderTable(COLUMNS, [])).toBe('name  spent  hash');
  });

  test('is not shortened but for a terminal that is too narrow, and never what is whole', () => {
    const row = ['a'.repeat(30), '$1.00', 'f'.repeat(12)];
    expect(renderTable(COLUMNS, [row])).toContain(row[0]);
    const narrow = renderTable(COLUMNS, [row], { width: 40 }).split('\n');
    expect(narrow[1]).toBe(`${'a'.repeat(18)}…  $1.00  ${'f'.repeat(12)}`);
    expect(renderTable(COLUMNS, [row], { width: 10 })).toContain('f'.repeat(12));
  });

  test('takes time in proportion to its rows, and has one heading', () => {
    const rows = Array.from({ length: 20_000 }, (_, at) => [`user${at}`, '$1.00', 'f'.repeat(12)]);
    const lines = renderTable(COLUMNS, rows).split('\n');
    expect(lines).toHaveLength(20_001);
    expect(lines.filter((line) => line.startsWith('name'))).toHaveLength(1);
    expect(lines.at(-1)).toBe(`user19999  $1.00  ${'f'.repeat(12)}`);
  });

  test('shows nothing that a terminal would obey', () => {
    expect(renderTable([{ heading: 'n' }], [['a\u001b]0;x\u0007\nb']])).toBe('n\na?]0;x??b');
  });
});

test.each<[number, string]>([
  [0, '$0.00'],
  [12.5, '$12.50'],
  [1_234_567.891, '$1,234,567.89'],
  [0.0123, '$0.0123'],
  [0.00001, '<$0.0001'],
  [-3, '-$3.00'],
])('%d dollars are %s', (usd, text) => expect(money(usd)).toBe(text));

test.each<[number, string]>([
  [0, 'now'],
  [-40, '40 seconds ago'],
  [119, 'in 119 seconds'],
  [120, 'in 2 minutes'],
  [5_400, 'in 90 minutes'],
  [3 * 86_400, 'in 3 days'],
  [-7_200, '2 hours ago'],
])('%d seconds from now are %s', (seconds, text) => {
  const now = new Date('2026-11-20T12:00:00Z');
  expect(fromNow(new Date(now.getTime() + seconds * 1_000), now)).toBe(text);
});

test('a time is that of this machine, with its zone', () => {
  const at = new Date(2026, 10, 20, 9, 5, 7);
  expect(localTime(at)).toMatch(/^2026-11-20 09:05:07 \S+$/);
  expect([localTime('nonsense'), fromNow('nonsense')]).toEqual(['-', '-']);
});

test.each<[boolean, Record<string, string>, boolean]>([
  [true, {}, true],
  [true, { TERM: 'dumb' }, false],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [false, { CI: 'true' }, false],
  [false, { FORCE_COLOR: '1' }, true],
  [true, { FORCE_COLOR: '0' }, false],
  [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
])('a terminal (%p) with %j: colours %p', (isTTY, environment, may) => {
  expect(mayColour({ isTTY }, environment)).toBe(may);
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readUserList } from '../../administration/user-list';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'user-list-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (content: string | Buffer) => {
  const file = join(folder, 'users.csv');
  writeFileSync(file, content);
  return readUserList(file).map(({ line, name, budget, rpm }) => [line, name, budget, rpm]);
};

/** What is said of the file, without its first line. */
const faults = (content: string | Buffer): string[] => {
  try {
    read(content);
  } catch (fault) {
    return (fault as Error).message.replaceAll(`${folder}/users.csv`, 'FILE').split('\n').slice(1);
  }
  throw new Error('it was read');
};

const says = (content: string | Buffer): string => {
  try {
    read(content);
  } catch (fault) {
    return (fault as Error).message;
  }
  throw new Error('it was read');
};

describe('takes', () => {
  test.each<[string, string, unknown[]]>([
    [
      'commas',
      'ann,10,60\nbob,12.50,\n',
      [
        [1, 'ann', 10, 60],
        [2, 'bob', 12.5, undefined],
      ],
    ],
    ['the colons of scripts', 'c1:10.00:60', [[1, 'c1', 10, 60]]],
    [
      'semicolons of spreadsheets',
      'ann;0.5;1\r\nbob;0;2\r\n',
      [
        [1, 'ann', 0.5, 1],
        [2, 'bob', 0, 2],
      ],
    ],
    [
      'two columns',
      'ann,10\nbob,20',
      [
        [1, 'ann', 10, undefined],
        [2, 'bob', 20, undefined],
      ],
    ],
    [
      'a heading, comments, empty lines',
      '# a:b;c\n\nName,Budget,RPM\n ann , 10 , 60 \n',
      [[4, 'ann', 10, 60]],
    ],
    ['somebody called user', 'user,10,60', [[1, 'user', 10, 60]]],
  ])('%s', (_, content, users) => expect(read(content)).toEqual(users));
});

const BUDGET = 'must be US dollars in digits, cents behind a point, as 12.50; no currency, no other sign';
const RPM = "must be requests a minute, a whole number in digits, 1 or more; empty for the policy's";

test.each([
  '12,50',
  '1.000',
  '12.345',
  '1e9',
  'Infinity',
  'NaN',
  '-5',
  '+5',
  '$5',
  '5 USD',
  '€5',
  '.5',
  '5.',
  '007',
  '0x10',
  '1_000',
  '1 000',
  '',
  '１０',
])('a budget of %j is no money', (budget) => {
  expect(faults(`ann;10;60\nhans;${budget};30`)).toEqual([
    `line 2: budget ${JSON.stringify(budget)}: ${BUDGET}`,
  ]);
});

test.each(['0', '-1', '1.5', '1e3', 'many', 'NaN', '1.000', '01'])('%j requests a minute are none', (rpm) => {
  expect(faults(`hans;12.50;${rpm}`)).toEqual([`line 1: rpm ${JSON.stringify(rpm)}: ${RPM}`]);
});

test.each(['', '-ann', 'ann b', 'an\u0000n', 'änn', '=cmd', 'a'.repeat(129)])('%j is no name', (name) => {
  expect(faults(`${name};10;60`)).toEqual([expect.stringMatching(/^line 1: name .*: must be a user name/)]);
});

test('the line that was once read as twelve dollars and fifty requests is refused whatever comes before it', () => {
  for (const before of ['', 'name;budget;rpm\n', 'ann;10;60\n', 'ann:10:60\n', 'ann,10,60\n'])
    expect(says(`${before}hans;12,50;30`)).toContain(`line ${before === '' ? 1 : 2}: `);
});

test('all lines are named, before anything is done', () => {
  expect(
    says(
      'name,budget,rpm\nann,10,60\nbob,ten,0\nANN,5,60\n"eva",1,1\nkim,1,2,3\nlee\nmax;1;1\nmia,1\nsue,1,1:2\n',
    ),
  ).toBe(
    [
      `${folder}/users.csv: nothing was done.`,
      `line 3: budget "ten": ${BUDGET}`,
      `line 3: rpm "0": ${RPM}`,
      'line 4: name "ANN" is on line 2 already',
      'line 5: has quotes: write the values without them',
      'line 6: has 4 columns: must be name,budget,rpm, the last may be missing',
      'line 7: has one column: must be name,budget,rpm',
      'line 8: is separated by ;, the lines before it by ,',
      'line 9: has 2 columns, line 1 has 3: all must have as many',
      `line 10: rpm "1:2": ${RPM}`,
    ].join('\n'),
  );
});

test('another heading is no user, and columns in another order are not guessed', () => {
  expect(faults('name,rpm,budget\nann,60,10')[0]).toMatch(/^line 1: budget "rpm": must be/);
  expect(faults('Name;Betrag\nann;10')[0]).toMatch(/^line 1: budget "Betrag": must be/);
  expect(faults('ann,10,60\nname,budget,rpm')[0]).toMatch(/^line 2: budget "budget": must be/);
});

test('what is no plain text is refused', () => {
  expect(says(Buffer.from('\ufeffann,10,60'))).toContain('byte order mark');
  expect(says(Buffer.from('ann,10,60', 'utf16le'))).toContain('line 1: ');
  expect(says(Buffer.from([0x61, 0xff, 0x2c]))).toContain('is not UTF-8 text');
  expect(says('')).toContain('there is no user in it');
  expect(says('name,budget,rpm\n')).toContain('there is no user in it');
  expect(() => readUserList(join(folder, 'none.csv'))).toThrow('cannot be read (ENOENT)');
  expect(() => readUserList(folder)).toThrow('cannot be read (EISDIR)');
});

test('what is too large is not read to its end, and only so many faults are told', () => {
  expect(says(Buffer.alloc(1024 * 1024 + 1, 'a'))).toContain('has more than 1048576 bytes');
  expect(faults(`${'a'.repeat(301)}\nann,10,60`)).toEqual([
    'line 1: has 301 characters, at most 300 are allowed',
  ]);
  const many = faults('x,y,z\n'.repeat(60));
  expect(many).toHaveLength(51);
  expect(many.at(-1)).toMatch(/^and \d+ more$/);
  expect(read(Array.from({ length: 20_000 }, (_, at) => `user${at},10,60`).join('\n'))).toHaveLength(20_000);
});

test('a secret in a wrong file is not shown', () => {
  const secret = 'f'.repeat(64);
  const key = 'sk-abcdefghijk';
  const said = says(`workspace_claim_secret: ${secret}\nmaster: ${key}\nGATEWAY_MASTER_KEY=sk-${secret}\n`);
  expect(said).toContain('line 1: budget (64 characters): must be');
  expect(said).not.toContain('ffff');
  expect(said).not.toContain(key);
});

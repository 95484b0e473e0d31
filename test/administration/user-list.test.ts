import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readUserList, type UserFormat } from '../../administration/user-list';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'user-list-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const whole = (content: string | Buffer, format?: UserFormat) => {
  const file = join(folder, 'users.csv');
  writeFileSync(file, content);
  return readUserList(file, format);
};

const read = (content: string | Buffer, format?: UserFormat) => {
  return whole(content, format).map(({ line, name, budget, rpm }) => [line, name, budget, rpm]);
};

/** What is said of the file, without its first line. */
const faults = (content: string | Buffer, format?: UserFormat): string[] => {
  try {
    read(content, format);
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
      'line 6: has 4 columns, line 1 has 3: all must have as many',
      'line 7: has one column: must be name,budget,rpm',
      'line 8: is separated by ;, the lines before it by ,',
      'line 9: has 2 columns, line 1 has 3: all must have as many',
      `line 10: rpm "1:2": ${RPM}`,
    ].join('\n'),
  );
});

test('a first line of column names says the order; another heading is no user', () => {
  expect(read('RPM;User;Budget\n60;ann;10\n;bob;12.50')).toEqual([
    [2, 'ann', 10, 60],
    [3, 'bob', 12.5, undefined],
  ]);
  expect(whole('email,user_id,key_alias\nann@example.com,ann,ann-laptop\n,bob,')).toEqual([
    {
      line: 2,
      name: 'ann-laptop',
      user: 'ann',
      email: 'ann@example.com',
      budget: undefined,
      rpm: undefined,
      more: {},
    },
    { line: 3, name: 'bob', user: 'bob', email: undefined, budget: undefined, rpm: undefined, more: {} },
  ]);
  expect(faults('name,user,budget\nann,ann,10')).toEqual([
    'line 1: names two columns for the name (name, user, username, user_id): only one of them can hold',
  ]);
  expect(faults('budget,rpm\n10,60')).toEqual([
    'line 1: names no column for the user: must be one of name, user, username, user_id',
  ]);
  expect(faults('rpm,user,budget\n60,ann,"10"\nmany,bob,10\n60,cy')).toEqual([
    'line 2: has quotes: write the values without them',
    `line 3: rpm "many": ${RPM}`,
    'line 4: has 2 columns, line 1 has 3: all must have as many',
  ]);
  expect(faults('email,user\nann at home,ann')[0]).toBe(
    'line 2: email "ann at home": must be an e-mail address; empty for none',
  );
  expect(faults('Name;Betrag\nann;10')[0]).toMatch(/^line 1: budget "Betrag": must be/);
  expect(faults('ann,10,60\nname,budget,rpm')[0]).toMatch(/^line 2: budget "budget": must be/);
  expect(faults('kim,1,2,3')).toEqual([
    'line 1: has 4 columns: must be name,budget,rpm, the last may be missing',
  ]);
});

test('a format that is named has its separator and no other', () => {
  expect(read('ann;10;60', 'semicolon')).toEqual([[1, 'ann', 10, 60]]);
  expect(read('ann:10:60', 'colon')).toEqual([[1, 'ann', 10, 60]]);
  expect(faults('ann;10;60', 'csv')).toEqual(['line 1: is separated by ;, not by , as --format says']);
  expect(faults('ann;12,50', 'semicolon')).toEqual([`line 1: budget "12,50": ${BUDGET}`]);
});

describe('a list of LiteLLM’s', () => {
  const lite = (...entries: unknown[]) => whole(JSON.stringify({ keys: entries }), 'litellm-json');
  const wrong = (entry: unknown) => faults(JSON.stringify([entry]), 'litellm-json');

  test('is taken over with what limits a key', () => {
    expect(
      lite({
        user_id: 'ann',
        key_alias: 'ann laptop',
        max_budget: 0.5,
        rpm_limit: 3,
        max_parallel_requests: 2,
        budget_duration: '30d',
        models: [],
        blocked: true,
        spend: 3,
      }),
    ).toEqual([
      {
        line: 1,
        name: 'ann laptop',
        user: 'ann',
        email: undefined,
        budget: 0.5,
        rpm: 3,
        more: { max_parallel_requests: 2, budget_duration: '30d', blocked: true },
        spent: 3,
      },
    ]);
  });

  test.each<[string, unknown, string]>([
    ['a hash alone', 'f'.repeat(64), 'is no object: list whole keys, with return_full_object=true'],
    ['no user', { key_alias: 'ci' }, 'user_id "": must be a user name'],
    [
      'a key as alias',
      { user_id: 'a', key_alias: 'sk-abcdef' },
      'key_alias (9 characters): must be the name',
    ],
    ['a budget as text', { user_id: 'a', max_budget: '10' }, 'max_budget "10": must be US dollars from 0'],
    ['half a request', { user_id: 'a', rpm_limit: 0.5 }, 'rpm_limit "0.5": must be a whole number from 1'],
    ['another window', { user_id: 'a', budget_duration: '1mo' }, 'budget_duration "1mo": must be one of 1d'],
    ['spend as text', { user_id: 'a', spend: '3' }, 'spend "3": must be US dollars from 0'],
    ['models that are none', { user_id: 'a', models: 'all' }, 'models: must be a list'],
    [
      'an end in the past',
      { user_id: 'a', expires: '2001-01-01T00:00:00Z' },
      'expires "2001-01-01T00:00:00Z": must lie',
    ],
  ])('%s is refused', (_, entry, says) => {
    expect(wrong(entry)).toEqual([expect.stringContaining(`entry 1: ${says}`)]);
  });

  test('is no list at all, or named twice, or read as lines', () => {
    expect(() => whole('{"keys": 1}', 'litellm-json')).toThrow('holds no list');
    expect(() => whole('ann,10', 'litellm-json')).toThrow('is no JSON');
    expect(() => whole('[{"user_id":"ann"}]')).toThrow('looks like JSON. With --format litellm-json');
    expect(faults(JSON.stringify([{ user_id: 'ann' }, { user_id: 'ANN' }]), 'litellm-json')).toEqual([
      'entry 2: key "ANN" is that of entry 1 already',
    ]);
  });
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

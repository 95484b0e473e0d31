import type { AccountCheck } from '../../gateway/admin/account-check';
import { CHECK_NAMES } from '../../gateway/admin/ledger-checks';
import { say } from '../standins/anthropic';
import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { policyFile, type PolicyFile } from '../gateway/support/policy-file';
import { adminOf, ASK, type Admin } from './support';

let file: PolicyFile;
let gateway: TestGateway;
let admin: Admin;
let key: string;

const run = (sql: string) => gateway.store.query<Record<string, unknown>>(sql);
const check = async (): Promise<AccountCheck> =>
  (await admin('/spend/verify')).json as unknown as AccountCheck;
const call = async (rows: number): Promise<void> => {
  gateway.standin.answer({ ...say('x'), usage: { input_tokens: 1_000, output_tokens: 10 } });
  await gateway.chat(key, ASK);
  await gateway.ledger(rows);
};

beforeAll(async () => {
  file = await policyFile({
    retentionDays: 1,
    owner: { budgetDuration: 'none' },
    workspace: { budgetDuration: '30d' },
    teams: {
      templates: { 'contractor-workspace': { maxBudget: 100, budgetDuration: '7d' } },
      groups: { reviewers: { maxBudget: 100, budgetDuration: 'none' } },
    },
  });
  gateway = await startTestGateway({ env: file.env });
  admin = adminOf(gateway);
  key = await gateway.workspaceKey({
    workspace: { id: 'w-1', name: 'dev' },
    owner: { id: 'owner-1', name: 'ann', groups: ['reviewers'] },
  });
  for (let rows = 1; rows <= 3; rows += 1) await call(rows);
  // Two of them long ago: outside every window but those that never end, and sums by now.
  await run(`update calls set finished_at = finished_at - interval '60 days'
    where request_id in (select request_id from calls order by finished_at limit 2)`);
  await run(`update accounts a set spent_nano = c.cost_nano from (select max(cost_nano) as cost_nano from calls) c
    where label like 'workspace/%' or label like 'template/%'`);
  await gateway.gateway.services.retention.run();
  await call(2);
});
afterAll(async () => {
  await gateway.close();
  await file.remove();
});

test('windows of every length, single calls and sums add up for key, owner, template and group', async () => {
  const found = await check();
  expect(found.findings).toEqual([]);
  expect(found.ok).toBe(true);
  const labels = (await run('select label from accounts where spent_nano > 0 order by 1')).map(
    (row) => row['label'],
  );
  expect(labels).toEqual([
    'group/reviewers',
    'owner/owner-1',
    'template/contractor-workspace',
    'workspace/w-1/owner-1',
  ]);
  expect(await run('select sum(calls)::int as calls from daily_sums')).toEqual([{ calls: 2 }]);
});

const OF = {
  reserved: 'what an account has reserved is the sum of its open reservations',
  open: 'what an account has open is the number of its reservations',
  spent: 'what an account has spent is the sum of its calls in its window, since its last reset',
  keyed: 'every call belongs to a key of its account',
  charged: 'every call is charged to the account of its key first, and to accounts that are there',
  sums: 'every daily sum belongs to a key of its account, and is one',
  followed: 'the sums that follow calls are those of the calls and daily sums of their day',
  twice: 'no call is booked that is still reserved',
  orphaned: 'every reservation is of a gateway process that is known, and of accounts that are there',
  keyless: 'every account of a key or workspace has a key',
  heir: 'every key that replaced another is of the same account',
} as const;

test('every check has a corruption below', () => {
  expect([...CHECK_NAMES].sort()).toEqual(Object.values(OF).sort());
});

const change = (table: string, where: string, column: string, by: string) => [
  `update ${table} set ${column} = ${column} + ${by} where ${where}`,
  `update ${table} set ${column} = ${column} - ${by} where ${where}`,
];
const SAVED = 'create table saved as select * from';
const RESERVATION = `insert into reservations (request_id, process_id, account_ids, amount_nano, call)`;

test.each<[what: string, check: keyof typeof OF, about: RegExp, corrupt: readonly string[]]>([
  [
    'a reservation that nobody made',
    'reserved',
    /^owner\//,
    change('accounts', "label like 'owner/%'", 'reserved_nano', '7'),
  ],
  [
    'an open call that nobody makes',
    'open',
    /^template\//,
    change('accounts', "label like 'template/%'", 'open_calls', '1'),
  ],
  [
    'spend of a key',
    'spent',
    /^workspace\//,
    change('accounts', "label like 'workspace/%'", 'spent_nano', '1'),
  ],
  [
    'spend of an owner',
    'spent',
    /^owner\//,
    change('accounts', "label like 'owner/%'", 'spent_nano', '(-1)'),
  ],
  [
    'spend of a template',
    'spent',
    /^template\//,
    change('accounts', "label like 'template/%'", 'spent_nano', '1'),
  ],
  ['spend of a group', 'spent', /^group\//, change('accounts', "label like 'group/%'", 'spent_nano', '1')],
  ['the cost of a call', 'spent', /^workspace\//, change('calls', 'true', 'cost_nano', '1')],
  ['the cost of a daily sum', 'spent', /^owner\//, change('daily_sums', 'true', 'cost_nano', '1')],
  [
    'a call that is gone',
    'spent',
    /^group\//,
    [`${SAVED} calls; delete from calls`, 'insert into calls select * from saved; drop table saved'],
  ],
  [
    'a daily sum that is gone',
    'spent',
    /^group\//,
    [
      `${SAVED} daily_sums; delete from daily_sums`,
      'insert into daily_sums select * from saved; drop table saved',
    ],
  ],
  [
    'a call of another account’s key',
    'keyed',
    /^[0-9a-f-]{36}$/,
    [
      `update keys set account_id = (select id from accounts where label like 'owner/%')`,
      `update keys set account_id = (select id from accounts where label like 'workspace/%')`,
    ],
  ],
  [
    'a call charged to an account that is not there',
    'charged',
    /^[0-9a-f-]{36}$/,
    [
      'update calls set account_ids = account_ids || 999999::bigint',
      'update calls set account_ids = array_remove(account_ids, 999999::bigint)',
    ],
  ],
  [
    'a sum whose key is not there',
    'sums',
    /^\d{4}-\d\d-\d\d ann /,
    change('daily_sums', 'true', 'key_id', '1000'),
  ],
  [
    'a sum with more estimated than spent',
    'sums',
    /ann/,
    change('daily_sums', 'true', 'estimated_nano', '1000000000'),
  ],
  [
    'a sum that follows calls and tells more',
    'followed',
    /^\d{4}-\d\d-\d\d by kind$/,
    change('sums_by_day', 'true', 'cost_nano', '1'),
  ],
  [
    'a call that a key’s sums miss',
    'followed',
    /^\d{4}-\d\d-\d\d by key$/,
    change('key_sums_by_day', 'true', 'calls', '(-1)'),
  ],
  [
    'a booked call that is reserved as well',
    'twice',
    /^[0-9a-f-]{36}$/,
    [
      `${RESERVATION} select request_id, 1, account_ids, 0, '{}' from calls limit 1`,
      'delete from reservations',
    ],
  ],
  [
    'a reservation of no process',
    'orphaned',
    /^[0-9a-f-]{36}$/,
    [
      `${RESERVATION} select gen_random_uuid(), 999999, account_ids, 0, '{}' from calls limit 1`,
      'delete from reservations',
    ],
  ],
  [
    'an account without a key',
    'keyless',
    /^key\/ghost$/,
    ["insert into accounts (label) values ('key/ghost')", "delete from accounts where label = 'key/ghost'"],
  ],
  [
    'a key whose heir spends from elsewhere',
    'heir',
    /^h-old$/,
    [
      `insert into keys (hash, prefix, last_four, scope, account_id, owner_id, owner_name, valid_from, rotated_to)
     select 'h-old', 'p', 'four', 'user', (select id from accounts where label like 'owner/%'), 'owner-1', 'ann', now(),
       id from keys`,
      "delete from keys where hash = 'h-old'",
    ],
  ],
])('%s is found and named', async (_, name, about, [corrupt = '', repair = '']) => {
  await run(corrupt);
  const found = await check();
  await run(repair);
  expect(found.ok).toBe(false);
  const findings = found.findings.filter((finding) => finding.check === OF[name]);
  expect(findings.map((finding) => finding.about)).toContainEqual(expect.stringMatching(about));
  for (const { expected, found: actual } of findings) expect(actual).not.toBe(expected);
  expect(found.checks.find((each) => each.name === OF[name])).toMatchObject({ findings: findings.length });
  expect((await check()).findings).toEqual([]);
});

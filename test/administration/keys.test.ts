import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noonDay } from '../gateway/support/calendar';
import { MASTER_KEY, startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { ASK } from '../admin/support';
import { asked, run, type Ran } from './support';

let gateway: TestGateway;
let folder: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  folder = await mkdtemp(join(tmpdir(), 'administration-'));
});
afterAll(async () => {
  await gateway.close();
  await rm(folder, { recursive: true, force: true });
});

const keys = (args: readonly string[], env?: Record<string, string>): Promise<Ran> =>
  run(gateway.adminUrl, ['keys', ...args], env);

const json = <T = Record<string, unknown>>(...args: string[]): Promise<T> =>
  asked<T>(gateway.adminUrl, 'keys', ...args);

test('says how it is used, and what it does not understand', async () => {
  const help = await keys(['--help'], {});
  expect([help.code, help.out]).toEqual([0, expect.stringContaining('keys create ci frontend') as string]);
  expect((await keys(['rotate', '--help'], {})).out).toContain('--grace');
  for (const args of [
    [],
    ['dance'],
    ['create', 'car', 'x'],
    ['raise', 'x'],
    ['list', '--nonsense', '1'],
    ['info'],
  ])
    expect([args, (await keys(args)).code]).toEqual([args, 2]);
});

test('takes no key from the command line, and none from a file that others can read', async () => {
  const { err, code } = await keys(['info', `sk-${'a'.repeat(43)}`]);
  expect([code, err]).toEqual([2, expect.stringContaining('seen by others') as string]);
  const file = join(folder, 'key');
  await writeFile(file, `GATEWAY_MASTER_KEY=${MASTER_KEY}\n`);
  await chmod(file, 0o644);
  expect((await keys(['list'], { GATEWAY_ADMIN_KEY_FILE: file })).code).toBe(2);
  await chmod(file, 0o600);
  expect((await keys(['list'], { GATEWAY_ADMIN_KEY_FILE: file })).code).toBe(0);
  expect((await keys(['list'], {})).code).toBe(2);
  expect((await keys(['list'], { GATEWAY_ADMIN_KEY: 'sk-wrong' })).code).toBe(3);
  expect(
    (await keys(['list'], { GATEWAY_ADMIN_KEY: MASTER_KEY, GATEWAY_ADMIN_URL: 'http://127.0.0.1:9' })).code,
  ).toBe(4);
  expect(
    (await keys(['list'], { GATEWAY_ADMIN_KEY: MASTER_KEY, GATEWAY_ADMIN_URL: 'http://gw.example.com' }))
      .code,
  ).toBe(2);
});

test('makes, shows, rotates, raises and revokes keys', async () => {
  const ci = await json<{ key: string }>('create', 'ci', 'frontend');
  expect(ci).toMatchObject({ scope: 'ci:frontend', key_alias: 'ci-frontend', max_budget: 5, rpm_limit: 30 });
  expect(await json('create', 'agent', 'review')).toMatchObject({
    key_alias: 'agent-review',
    max_budget: 15,
  });
  expect(
    await json('create', 'user', 'ann', '--budget', '3', '--alias', 'ann-laptop', '--models', 'claude-haiku'),
  ).toMatchObject({
    scope: 'user:ann',
    max_budget: 3,
    models: ['claude-haiku-4-5'],
  });
  expect(await json('create', 'workspace', 'w-1', '--owner', 'ann')).toMatchObject({
    scope: 'workspace:w-1',
  });
  const again = await keys(['create', 'ci', 'frontend']);
  expect([again.code, again.err]).toEqual([3, expect.stringContaining('already exists') as string]);

  const table = await keys(['list']);
  expect(table.out.split('\n')[0]).toMatch(/^name +scope +owner/);
  expect(table.out).toContain('ci-frontend');
  expect(table.out).not.toContain(ci.key);
  expect(await json('list', '--user', 'ann')).toHaveLength(2);

  const next = await json<{ key: string }>('rotate', 'ci-frontend', '--grace', '1h');
  for (const key of [ci.key, next.key])
    expect((await gateway.request('/v1/models', { key })).status).toBe(200);
  expect(await json('raise', 'ci-frontend', '--by', '2', '--for', '1h')).toMatchObject({ max_budget: 7 });
  expect(await json('raise', '--user', 'ann', '--by', '2', '--for', '1h')).toMatchObject({ max_budget: 22 });
  expect(await json('info', 'ci-frontend')).toMatchObject({ raise: { amount: 2 } });
  await json('revoke', 'ci-frontend');
  for (const key of [ci.key, next.key])
    expect((await gateway.request('/v1/models', { key })).status).toBe(401);
  expect((await keys(['info', 'ci-frontend'])).code).toBe(3);
});

test('reports spend as table, CSV and JSON; a name is no formula', async () => {
  const key = await gateway.workspaceKey({ workspace: { id: 'w-spend', name: '=cmd|x' } });
  await gateway.chat(key, ASK);
  await gateway.ledger(1);
  const report = await json<{ rows: { spend: number }[]; total_spend: number }>(
    'spend',
    'report',
    '--by',
    'model',
  );
  expect(report).toMatchObject({ rows: [{ id: 'claude-haiku-4-5', calls: 1 }] });
  expect(report.rows[0]?.spend).toBe(report.total_spend);
  const csv = await keys(['spend', 'report', '--by', 'workspace', '--csv']);
  expect(csv.out).toMatch(
    /^workspace,name,calls,failed,input,output,cache written,cache read,usd\r\nw-spend," =cmd\|x",1,0,/,
  );
  for (const by of ['user', 'team', 'key', 'provider', 'day'])
    expect((await keys(['spend', 'report', '--by', by])).code).toBe(0);
  const today = noonDay();
  expect(
    (await json<{ rows: unknown[] }>('spend', 'report', '--from', today, '--to', today)).rows,
  ).toHaveLength(1);
  expect((await json<{ rows: unknown[] }>('spend', 'report', '--to', '2001-01-01')).rows).toEqual([]);
});

test('verifies the account, and ends with 5 when it does not add up', async () => {
  const good = await keys(['verify']);
  expect([good.code, good.out]).toEqual([0, expect.stringContaining('ok') as string]);
  await gateway.store.query(
    "update accounts set reserved_nano = reserved_nano + 5 where label like 'workspace/%'",
  );
  const bad = await keys(['verify']);
  expect([bad.code, bad.err]).toEqual([5, expect.stringContaining('5 instead of 0') as string]);
  await gateway.store.query("update accounts set reserved_nano = 0 where label like 'workspace/%'");
});

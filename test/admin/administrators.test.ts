import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { adminOf, type Admin } from './support';

let gateway: TestGateway;
let admin: Admin;
let clock = 0;
beforeAll(async () => {
  gateway = await startTestGateway({ now: () => new Date(Date.now() + clock) });
  admin = adminOf(gateway);
});
afterAll(() => gateway.close());

const adminKey = async (name: string, role: string, more: Record<string, unknown> = {}): Promise<string> =>
  (await admin('/admin/key/new', { name, role, ...more })).json.key;

test('a viewer may look at everything and change nothing', async () => {
  const key = await adminKey('vera', 'viewer');
  for (const path of ['/key/list', '/user/list', '/budget/list', '/spend/logs', '/audit', '/openapi.json'])
    expect([path, (await admin(path, undefined, { key })).status]).toEqual([path, 200]);
  for (const path of [
    '/key/generate',
    '/key/update',
    '/key/delete',
    '/key/regenerate',
    '/key/block',
    '/user/new',
    '/user/update',
    '/budget/new',
    '/budget/update',
    '/global/spend/reset',
    '/admin/key/new',
    '/admin/key/revoke',
  ])
    expect([path, (await admin(path, { user_id: 'x', key: 'x' }, { key })).status]).toEqual([path, 403]);
});

test('an admin is named in the trail, and is out from the moment of revocation', async () => {
  const key = await adminKey('ada', 'admin');
  const { json } = await admin('/key/generate', { user_id: 'ann', max_budget: 5 }, { key });
  await admin(
    '/key/update',
    { key: json.key, max_budget: 7, temp_budget_increase: 2, temp_budget_expiry: '1h' },
    { key },
  );
  const { entries } = (await admin(`/audit?target=${json.token}`)).json;
  expect(entries).toMatchObject([
    {
      actor: 'ada',
      action: 'key/update',
      before: { max_budget: 5 },
      after: { max_budget: 7, temp_budget_increase: 2 },
    },
    { actor: 'ada', action: 'key/generate', before: null, after: { max_budget: 5, user_id: 'ann' } },
  ]);
  await admin('/admin/key/revoke', { name: 'ada' });
  expect((await admin('/key/list', undefined, { key })).status).toBe(401);
  expect((await admin('/admin/key/revoke', { name: 'ada' })).status).toBe(404);
  // Who comes back comes back with another key.
  expect(await adminKey('ada', 'viewer')).not.toBe(key);
  expect((await admin('/key/list', undefined, { key })).status).toBe(401);
});

test('a key ends by its duration; names are one holder’s', async () => {
  const key = await adminKey('tim', 'viewer', { duration: '1h' });
  expect((await admin('/key/list', undefined, { key })).status).toBe(200);
  clock = 3_601_000;
  expect((await admin('/key/list', undefined, { key })).status).toBe(401);
  clock = 0;
  for (const name of ['tim', 'master'])
    expect((await admin('/admin/key/new', { name, role: 'admin' })).json.error.param).toBe('name');
  expect((await admin('/admin/key/new', { name: 'x', role: 'root' })).json.error.param).toBe('role');
});

test('keys of workspaces and people open nothing on the admin listener, and admin keys nothing on the other', async () => {
  const key = await adminKey('olga', 'admin');
  const users = (await admin('/key/generate', { user_id: 'ann' })).json.key;
  for (const other of [await gateway.workspaceKey(), users])
    expect((await admin('/key/list', undefined, { key: other })).status).toBe(401);
  expect((await gateway.request('/v1/models', { key })).status).toBe(401);
});

describe('the trail', () => {
  test('has every action, refused ones not', async () => {
    const count = async () =>
      Number((await gateway.store.query('select count(*) from admin_audit'))[0]?.['count']);
    const before = await count();
    await admin('/key/update', { key: 'nothing-of-that-name', max_budget: 1 });
    await admin('/budget/new', { budget_id: 'trail', max_budget: 1 });
    await admin('/budget/new', { budget_id: 'trail', max_budget: 1 });
    await admin('/budget/update', { user_id: 'zed', max_budget: 1 });
    expect(await count()).toBe(before + 2);
  });

  test.each(["update admin_audit set actor = 'nobody'", 'delete from admin_audit', 'truncate admin_audit'])(
    'cannot be changed: %s',
    async (statement) => {
      await expect(gateway.store.query(statement)).rejects.toThrow('append-only');
    },
  );

  test('holds no key', async () => {
    const { json } = await admin('/user/new', { user_id: 'quinn' });
    const key = await adminKey('rita', 'viewer');
    const next = (await admin('/key/regenerate', { key: json.key })).json.key;
    const { text } = await admin('/audit?size=500');
    for (const secret of [json.key, key, next]) {
      expect(text).not.toContain(secret);
      expect(gateway.logs.join()).not.toContain(secret);
    }
  });
});

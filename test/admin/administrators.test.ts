import { ENDPOINTS } from '../../gateway/admin/catalogue';
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
  const entries = () => gateway.store.query('select from admin_audit');
  const before = (await entries()).length;
  for (const endpoint of ENDPOINTS.filter(({ role }) => role === 'admin'))
    for (const path of endpoint.paths) {
      const asked = path.replace('{key}', 'x');
      expect([path, (await admin(asked, { user_id: 'x', key: 'x' }, { key })).status]).toEqual([path, 403]);
    }
  expect(await entries()).toHaveLength(before);
});

test('what is looked up changes nothing: only admins may ask for what the trail has', () => {
  const changing = ENDPOINTS.filter(({ role }) => role === 'admin').flatMap(({ paths }) => paths);
  const looking = ENDPOINTS.filter(({ role }) => role === 'viewer').flatMap(({ paths }) => paths);
  // Made again by who asks for it, and told so.
  const makesAgain = ['/spend/verify/rebuild'];
  const looks = /info|list|logs|report|verify|health|settings/;
  expect(changing.filter((path) => looks.test(path) && !makesAgain.includes(path))).toEqual([]);
  expect(
    looking.filter((path) => /new|update|delete|block|generate|regenerate|reset|revoke/.test(path)),
  ).toEqual([]);
});

test('what a viewer can see opens nothing', async () => {
  const viewer = await adminKey('vic', 'viewer');
  await admin('/key/generate', { user_id: 'seen', key_alias: 'seen-by-vic' });
  const { text } = await admin('/key/list?return_full_object=true&size=500', undefined, { key: viewer });
  const { keys } = JSON.parse(text) as { keys: Record<string, string>[] };
  expect(keys.length).toBeGreaterThan(0);
  for (const { token = '', key_name = '', key_prefix = '', key_alias } of keys)
    for (const credential of [token, `sk-${token}`, key_name, key_prefix, key_alias ?? '-']) {
      expect((await gateway.request('/v1/models', { key: credential })).status).toBe(401);
      expect((await admin('/key/list', undefined, { key: credential })).status).toBe(401);
    }
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
  // Nor can anybody act in the trail as somebody else, or have Coder take back what an administrator did.
  for (const name of ['tim', 'master', 'coder', 'Coder', 'self-service'])
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

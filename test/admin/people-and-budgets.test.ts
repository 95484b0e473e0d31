import { secondsFromNow } from '../gateway/support/claims';
import { eventually, startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { policy } from '../../src/policy';
import { policyFile } from '../gateway/support/policy-file';
import { adminOf, LONG_ASK, type Admin } from './support';

let gateway: TestGateway;
let admin: Admin;
beforeAll(async () => {
  gateway = await startTestGateway();
  admin = adminOf(gateway);
});
afterAll(() => gateway.close());

const user = async (id: string) => (await admin(`/user/info?user_id=${id}`)).json.user_info;
const generate = async (body: Record<string, unknown>) => (await admin('/key/generate', body)).json.key;
const ask = async (key: string) => (await gateway.chat(key, LONG_ASK)).status;
const own = async (key: string) =>
  (await gateway.request('/key/info', { key })).json as unknown as { info: Record<string, unknown> };

describe('a person', () => {
  test('has terms over all keys, and one key to begin with', async () => {
    const { json } = await admin('/user/new', {
      user_id: 'nina',
      max_budget: 4,
      user_email: 'nina@example.com',
    });
    expect(json).toMatchObject({ user_id: 'nina', max_budget: 4, rpm_limit: 200, spend: 0 });
    expect((await own(json.key)).info).toMatchObject({ scope: 'user:nina', max_budget: 20 });
    expect((await admin('/user/new', { user_id: 'nina' })).json.error.message).toContain('exists already');
    const bare = await admin('/user/new', { user_id: 'noah', auto_create_key: false });
    expect(bare.json.key).toBeNull();
    expect((await admin('/user/info?user_id=nobody')).status).toBe(404);
  });

  test('is bounded over all keys together; a raise and a reset hold at once', async () => {
    await admin('/user/new', { user_id: 'olaf', max_budget: 0.05, auto_create_key: false });
    const keys = [await generate({ user_id: 'olaf' }), await generate({ user_id: 'olaf' })];
    expect(await ask(keys[0] ?? '')).toBe(200);
    await eventually(async () => ((await user('olaf'))['spend'] as number) > 0 || undefined);
    expect(await ask(keys[1] ?? '')).toBe(402);
    await admin('/user/update', { user_id: 'olaf', temp_budget_increase: 1, temp_budget_expiry: '1h' });
    expect(await user('olaf')).toMatchObject({ max_budget: 1.05, raise: { amount: 1 } });
    expect(await ask(keys[1] ?? '')).toBe(200);
    await admin('/user/update', { user_id: 'olaf', temp_budget_increase: null });
    await eventually(async () => ((await user('olaf'))['reserved'] as number) === 0 || undefined);
    expect(await ask(keys[1] ?? '')).toBe(402);
    await admin('/user/update', { user_id: 'olaf', spend: 0 });
    expect(await ask(keys[1] ?? '')).toBe(200);
    await eventually(async () => ((await user('olaf'))['reserved'] as number) === 0 || undefined);
    expect((await admin('/spend/verify')).json).toMatchObject({ ok: true });
  });

  test('known by name only is taken over by the first holder of the name, once', async () => {
    const key = await generate({ user_id: 'Petra', max_budget: 3 });
    await admin('/user/update', { user_id: 'petra', max_budget: 6 });
    expect(await ask(key)).toBe(200);
    await eventually(async () => ((await user('petra'))['spend'] as number) > 0 || undefined);
    const claim = (id: string, workspace: string) => ({
      workspace: { id: workspace, name: 'dev' },
      owner: { id, name: 'petra', groups: [] },
      issued_at: secondsFromNow(-5),
    });
    await gateway.workspaceKey(claim('id-petra-1', 'w-p1'));
    await eventually(async () => (await own(key)).info['user_id'] === 'id-petra-1' || undefined);
    expect(await user('petra')).toMatchObject({ user_id: 'id-petra-1', max_budget: 6 });
    expect((await user('petra'))['spend']).toBeGreaterThan(0);
    // A recycled name: nothing of it.
    await gateway.workspaceKey(claim('id-petra-2', 'w-p2'));
    expect(await user('petra')).toMatchObject({ user_id: 'id-petra-1' });
    expect(await user('id-petra-2')).toMatchObject({ max_budget: 20, spend: 0 });
    expect((await own(key)).info['user_id']).toBe('id-petra-1');
    expect((await admin('/key/list?user_id=id-petra-2')).json.keys).toHaveLength(1);
  });

  test('that is suspended is refused with every key, and gets none', async () => {
    const owner = { id: 'id-rolf', name: 'rolf', groups: [] };
    const claim = { workspace: { id: 'w-rolf', name: 'dev' }, owner };
    const keys = [await gateway.workspaceKey(claim), await generate({ user_id: 'rolf' })];
    await admin('/user/update', { user_id: 'rolf', suspended: true });
    for (const key of keys) expect(await ask(key)).toBe(403);
    expect((await gateway.claimKey(claim)).json.error.type).toBe('owner_suspended');
    await admin('/user/update', { user_id: 'rolf', suspended: false });
    for (const key of keys) expect(await ask(key)).toBe(200);
    const gone = await admin('/user/delete', { user_ids: ['rolf'] });
    expect(gone.json['deleted_keys']).toHaveLength(2);
    for (const key of keys) expect(await ask(key)).toBe(401);
  });
});

describe('a named budget', () => {
  test('holds for all keys that have it, behind their own limits', async () => {
    await admin('/budget/new', { budget_id: 'interns', max_budget: 2, rpm_limit: 9 });
    const key = await generate({ user_id: 'sven', budget_id: 'interns', rpm_limit: 4 });
    expect((await own(key)).info).toMatchObject({ max_budget: 2, rpm_limit: 4, budget_id: 'interns' });
    await admin('/budget/update', { budget_id: 'interns', max_budget: 3, rpm_limit: null });
    expect((await own(key)).info).toMatchObject({ max_budget: 3, rpm_limit: 4 });
    expect((await admin('/budget/delete', { id: 'interns' })).json.error.param).toBe('id');
    await admin('/key/update', { key, budget_id: null });
    expect((await own(key)).info).toMatchObject({ max_budget: 20 });
    expect((await admin('/budget/delete', { id: 'interns' })).status).toBe(200);
  });

  test('is refused as LiteLLM refuses it', async () => {
    await admin('/budget/new', { budget_id: 'twice' });
    const twice = await admin('/budget/new', { budget_id: 'twice' });
    expect(twice.json.error).toMatchObject({
      code: '400',
      message: "Budget with id 'twice' already exists.",
    });
    const without = await admin('/budget/update', { max_budget: 1 });
    expect(without.json.error).toMatchObject({
      code: '400',
      message: expect.stringMatching(/^budget_id is required/) as string,
    });
    expect((await admin('/budget/update', { budget_id: 'none', max_budget: 1 })).status).toBe(404);
    expect((await admin('/key/generate', { user_id: 'sven', budget_id: 'none' })).status).toBe(404);
  });
});

test("a group's floor holds for every key of its members, a template's for what they can paste", async () => {
  const file = await policyFile({
    defaultLevel: 'unrestricted',
    floors: {
      ...policy.floors,
      groups: { contractors: 'design-first' },
      templates: { strict: 'design-first' },
    },
  });
  const second = await startTestGateway({ store: gateway.store, standin: gateway.standin, env: file.env });
  const ask2 = adminOf(second);
  const level = async (key: string) => (await second.request('/api/v1/keys/info', { key })).json.level;
  const key = (await ask2('/key/generate', { user_id: 'id-tom', level: 'unrestricted' })).json.key;
  const other = (await ask2('/key/generate', { user_id: 'id-una', level: 'unrestricted' })).json.key;
  const free = (await ask2('/key/generate', { user_id: 'id-vic', level: 'unrestricted' })).json.key;
  await second.workspaceKey({
    workspace: { id: 'w-vic', name: 'a' },
    owner: { id: 'id-vic', name: 'vic', groups: [] },
  });
  await second.workspaceKey({
    workspace: { id: 'w-tom', name: 'a' },
    owner: { id: 'id-tom', name: 'tom', groups: ['contractors'] },
  });
  await second.workspaceKey({
    workspace: { id: 'w-una', name: 'a' },
    owner: { id: 'id-una', name: 'una', groups: [] },
    template: { id: 't', name: 'strict', version: '1' },
  });
  const levels = [await level(key), await level(other), await level(free)];
  expect(levels).toEqual(['design-first', 'design-first', 'unrestricted']);
  await second.close();
  await file.remove();
});

import { say } from '../standins/anthropic';
import { secondsFromNow } from '../gateway/support/claims';
import { eventually, startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { adminOf, ASK, costing, LONG_ASK, type Admin } from './support';

let gateway: TestGateway;
let admin: Admin;
let clock = 0;
beforeAll(async () => {
  gateway = await startTestGateway({ now: () => new Date(Date.now() + clock) });
  admin = adminOf(gateway);
});
afterAll(() => gateway.close());
beforeEach(() => {
  clock = 0;
});

const DAY = 86_400_000;
const own = async (key: string) => {
  const { status, json } = await gateway.request('/key/info', { key });
  return { status, json: json as unknown as { info: Record<string, unknown>; error: { type: string } } };
};
const statusOfCall = async (key: string, model = 'claude-haiku') =>
  (await gateway.chat(key, { ...ASK, model })).status;
const statusOfLongCall = async (key: string) => (await gateway.chat(key, LONG_ASK)).status;
/** A call that costs so much, once it is booked. */
const spend = async (key: string, usd: number): Promise<void> => {
  gateway.standin.answer({ ...say('x'), usage: costing(usd) });
  await gateway.chat(key, LONG_ASK);
  await eventually(async () => ((await own(key)).json.info['spend'] as number) >= usd || undefined);
};
const generate = async (body: Record<string, unknown>): Promise<string> => {
  const { status, json, text } = await admin('/key/generate', body);
  if (status !== 200) throw new Error(text);
  return json.key;
};

describe('the terms of a new key come from the policy', () => {
  test.each([
    ['user:dora', 20, 100, 200_000, 10, 'all', 90],
    ['ci:frontend', 5, 30, 50_000, 3, ['claude-haiku-4-5'], 365],
    ['agent:review', 15, 40, 100_000, 5, ['claude-sonnet-4-5', 'claude-haiku-4-5', 'claude-sonnet-5-5'], 365],
    ['agent:write', 30, 60, 200_000, 10, 'all', 365],
    ['workspace:w-terms', 10, 60, 100_000, 5, 'all', 30],
  ])('%s', async (scope, max_budget, rpm_limit, tpm_limit, max_parallel_requests, models, days) => {
    const owner = scope.startsWith('workspace') ? { user_id: 'dora' } : {};
    const { json } = await admin('/key/generate', { scope, ...owner });
    expect(json).toMatchObject({ scope, max_budget, rpm_limit, tpm_limit, max_parallel_requests });
    expect(json).toMatchObject({ budget_duration: '1d', status: 'active' });
    if (models !== 'all') expect(json['models']).toEqual(models);
    const left = (Date.parse(json['expires'] as string) - Date.now()) / DAY;
    expect(Math.abs(left - days)).toBeLessThan(0.1);
    expect(json.key).toMatch(/^sk-[A-Za-z0-9_-]{43}$/);
    expect(await statusOfCall(json.key)).toBe(200);
  });

  test('a workspace key by an administrator spends from the workspace, and ends with its own claim', async () => {
    const owner = { id: 'owner-ws', name: 'wes', groups: [] };
    const wish = { scope: 'workspace:w-admin', user_id: 'owner-ws' };
    const key = await generate(wish);
    expect((await own(key)).json.info).toMatchObject({ scope: 'workspace:w-admin', max_budget: 10 });
    const claimed = await gateway.workspaceKey({ workspace: { id: 'w-admin', name: 'dev' }, owner });
    expect((await own(key)).status).toBe(401);
    expect((await own(claimed)).status).toBe(200);
    const rows = await gateway.store.query(
      "select distinct account_id from keys where workspace_id = 'w-admin'",
    );
    expect(rows).toHaveLength(1);
    const stolen = await admin('/key/generate', { ...wish, user_id: 'owner-other' });
    expect(stolen.json.error).toMatchObject({ param: 'user_id', code: '400' });
  });

  test.each<[Record<string, unknown>, string]>([
    [{ scope: 'root' }, 'scope'],
    [{ scope: 'ci' }, 'scope'],
    [{ scope: 'ci:../x y' }, 'scope'],
    [{ scope: 'agent:admin' }, 'scope'],
    [{ scope: 'agent:write:x' }, 'scope'],
    [{ scope: 'user:ann', user_id: 'bob' }, 'user_id'],
    [{ user_id: 'ann', max_budget: -1 }, 'max_budget'],
    [{ user_id: 'ann', max_budget: '10' }, 'max_budget'],
    [{ user_id: 'ann', max_budgets: 10 }, 'max_budgets'],
    [{ user_id: 'ann', duration: 'soon' }, 'duration'],
    [{ user_id: 'ann', models: ['gpt-9'] }, 'models'],
    [{ user_id: 'ann', metadata: { enforcement_level: 'lax' } }, 'metadata'],
    [{ user_id: 'ann', guardrails: ['pii'] }, 'guardrails'],
    [{ user_id: 'ann', temp_budget_increase: 5 }, 'temp_budget_expiry'],
    [{ user_id: 'ann', temp_budget_increase: 5, temp_budget_expiry: '2001-01-01' }, 'temp_budget_expiry'],
    [{ user_id: 'a\u0000b' }, 'user_id'],
  ])('%j is refused', async (body, param) => {
    const { status, json } = await admin('/key/generate', body);
    expect([status, json.error.param]).toEqual([400, param]);
  });

  test('a raised maximum is cut to the maximum age; neutral fields of LiteLLM are let pass', async () => {
    const { json } = await admin('/key/generate', {
      user_id: 'ann',
      duration: '9999d',
      tags: [],
      team_id: null,
    });
    expect((Date.parse(json['expires'] as string) - Date.now()) / DAY).toBeLessThan(90.1);
  });
});

describe('a key that is given out', () => {
  test('is shown once and stored as a hash, with prefix and last four', async () => {
    const key = await generate({ user_id: 'ann', key_alias: 'once' });
    const dump = JSON.stringify([
      await gateway.store.query('select * from keys'),
      await gateway.store.query('select * from admin_audit'),
      (await admin('/key/info?key=once')).text,
      (await admin('/key/list?return_full_object=true&size=500')).text,
      gateway.logs,
    ]);
    expect(dump).not.toContain(key);
    expect(dump).not.toContain(key.slice(8, 30));
    expect((await admin('/key/info?key=once')).json.info).toMatchObject({
      key_name: `sk-...${key.slice(-4)}`,
      key_prefix: key.slice(0, 7),
    });
  });

  test('has a name that no other living key has', async () => {
    await generate({ scope: 'ci:shop' });
    const again = await admin('/key/generate', { scope: 'ci:shop' });
    expect(again.json.error).toMatchObject({
      type: 'bad_request_error',
      param: 'key_alias',
      code: '400',
      message: "Key with alias 'ci-shop' already exists. Unique key aliases across all keys are required.",
    });
    await admin('/key/delete', { key_aliases: ['ci-shop'] });
    await generate({ scope: 'ci:shop' });
  });

  test('may use the models of its scope and of its own list, no other', async () => {
    const ci = await generate({ scope: 'ci:models' });
    expect([await statusOfCall(ci), await statusOfCall(ci, 'claude-opus')]).toEqual([200, 403]);
    // A list cannot add to the scope's.
    const wide = await generate({ scope: 'ci:wide', models: ['claude-opus', 'claude-haiku'] });
    expect(await statusOfCall(wide, 'claude-opus')).toBe(403);
    const narrow = await generate({ user_id: 'ann', models: ['claude-haiku'] });
    expect([await statusOfCall(narrow), await statusOfCall(narrow, 'claude-sonnet')]).toEqual([200, 403]);
    await admin('/key/update', { key: narrow, models: null });
    expect(await statusOfCall(narrow, 'claude-sonnet')).toBe(200);
  });

  test('expires by its own duration', async () => {
    const key = await generate({ user_id: 'ann', duration: '1h' });
    clock = 3_300_000;
    expect((await own(key)).status).toBe(200);
    clock = 3_601_000;
    expect((await own(key)).json.error.type).toBe('expired_key');
    expect((await admin(`/key/info?key=${key}`)).json.info['status']).toBe('expired');
  });

  test('is blocked and unblocked at once, whatever it is called by', async () => {
    const key = await generate({ user_id: 'ann', key_alias: 'blocky' });
    const { token } = (await admin('/key/block', { key })).json;
    expect((await own(key)).status).toBe(401);
    await admin('/key/unblock', { key: token });
    expect((await own(key)).status).toBe(200);
    await admin('/key/block', { key_alias: 'blocky' });
    expect((await own(key)).status).toBe(401);
  });

  test('is revoked for good', async () => {
    const key = await generate({ user_id: 'ann' });
    const { json } = await admin('/key/delete', { keys: [key] });
    expect(json['deleted_keys']).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect((await own(key)).status).toBe(401);
    for (const path of ['/key/unblock', '/key/update', '/key/regenerate'])
      expect((await admin(path, { key })).json.error).toMatchObject({ code: '400', param: 'key' });
    expect((await admin('/key/delete', {})).json.error.param).toBe('keys');
    expect((await admin('/key/delete', { keys: ['nothing'] })).status).toBe(404);
  });
});

describe('rotation', () => {
  const rotate = async (body: Record<string, unknown>) => (await admin('/key/regenerate', body)).json;

  test('ends the former key at once, and keeps name, terms and spend', async () => {
    const key = await generate({ scope: 'ci:rotate', max_budget: 1, metadata: { team: 'shop' } });
    await spend(key, 0.025);
    const before = (await own(key)).json.info['spend'];
    const next = await rotate({ key: 'ci-rotate' });
    expect((await own(key)).status).toBe(401);
    expect(next).toMatchObject({
      key_alias: 'ci-rotate',
      max_budget: 1,
      spend: before,
      metadata: { team: 'shop' },
    });
    expect((await own(next.key)).status).toBe(200);
  });

  test('with a grace lets both work on one account until its end', async () => {
    const key = await generate({ scope: 'agent:write', key_alias: 'writer' });
    const next = await rotate({ key: 'writer', grace_period: '1h' });
    expect([(await own(key)).status, (await own(next.key)).status]).toEqual([200, 200]);
    expect((await admin(`/key/info?key=${key}`)).json.info['status']).toBe('replaced');
    expect((await admin('/key/info?key=writer')).json.info).toMatchObject({
      token: next.token,
      status: 'active',
    });
    const rows = await gateway.store.query(
      "select distinct account_id from keys where scope = 'agent:write' and rotated_to is not null or alias = 'writer'",
    );
    expect(rows).toHaveLength(1);
    expect((await rotate({ key })).error).toMatchObject({ code: '400' });
    clock = 3_601_000;
    expect([(await own(key)).status, (await own(next.key)).status]).toEqual([401, 200]);
  });

  test('is no way around a block, a limit or a revocation', async () => {
    const key = await generate({ user_id: 'ann', key_alias: 'kin' });
    const next = await rotate({ key, grace_period: '1d' });
    await admin('/key/update', { key: 'kin', max_budget: 3 });
    expect((await own(key)).json.info['max_budget']).toBe(3);
    await admin('/key/block', { key: 'kin' });
    expect([(await own(key)).status, (await own(next.key)).status]).toEqual([401, 401]);
    await admin('/key/unblock', { key: 'kin' });
    await admin('/key/delete', { keys: ['kin'] });
    expect([(await own(key)).status, (await own(next.key)).status]).toEqual([401, 401]);
    const blocked = await generate({ user_id: 'ann', key_alias: 'kept-out' });
    await admin('/key/block', { key: blocked });
    expect((await own((await rotate({ key: blocked })).key)).status).toBe(401);
  });

  test("of a workspace's key reaches it by its claim, without a new start", async () => {
    const claim = { workspace: { id: 'w-rotate', name: 'dev' }, issued_at: secondsFromNow(-5) };
    const key = await gateway.workspaceKey(claim);
    const next = await rotate({ key, grace_period: '1h' });
    expect(await gateway.workspaceKey(claim)).toBe(next.key);
    expect((await own(key)).status).toBe(200);
    clock = 3_601_000;
    expect([(await own(key)).status, (await own(next.key)).status]).toEqual([401, 200]);
  });
});

test('a workspace whose key is taken away needs a newer start, and gets another key then', async () => {
  const workspace = { id: 'w-taken', name: 'dev' };
  const claim = { workspace, issued_at: secondsFromNow(-5) };
  const key = await gateway.workspaceKey(claim);
  await admin('/key/delete', { keys: [key] });
  const again = await gateway.claimKey(claim);
  expect([again.status, again.json.error.type]).toEqual([403, 'claim_used_up']);
  const next = await gateway.workspaceKey({ workspace, issued_at: secondsFromNow(-4) });
  expect(next).not.toBe(key);
  expect((await own(key)).status).toBe(401);
  await admin('/key/block', { key: next });
  expect((await gateway.claimKey({ workspace, issued_at: secondsFromNow(-3) })).status).toBe(401);
  expect((await own(next)).status).toBe(401);
  await admin('/key/unblock', { key: next });
  expect(await gateway.workspaceKey({ workspace, issued_at: secondsFromNow(-2) })).toBe(next);
});

describe('limits of one key', () => {
  test('take the place of the policy’s, and null gives them back', async () => {
    const key = await generate({ user_id: 'ann', max_budget: 2, rpm_limit: 7, budget_duration: '24h' });
    expect((await own(key)).json.info).toMatchObject({ max_budget: 2, rpm_limit: 7, budget_duration: '1d' });
    await admin('/key/update', {
      key,
      max_budget: null,
      budget_duration: '7d',
      metadata: { enforcement_level: 'design-first' },
    });
    expect((await own(key)).json.info).toMatchObject({
      max_budget: 20,
      rpm_limit: 7,
      budget_duration: '7d',
      level: 'design-first',
      metadata: { enforcement_level: 'design-first' },
    });
  });

  test('a raise counts from the next call on, and ends by itself', async () => {
    const key = await generate({ user_id: 'owner-raise', max_budget: 0.13 });
    await spend(key, 0.1);
    expect(await statusOfLongCall(key)).toBe(402);
    await admin('/key/update', { key, temp_budget_increase: 0.12, temp_budget_expiry: '30m' });
    expect((await own(key)).json.info).toMatchObject({ max_budget: 0.25, raise: { amount: 0.12 } });
    expect(await statusOfLongCall(key)).toBe(200);
    // By the store's clock, which all gateway processes share.
    await gateway.store.query('update accounts set raised_until = now() where raised_nano > 0');
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await statusOfLongCall(key)).toBe(402);
    await admin('/key/update', { key, temp_budget_increase: 0 });
    expect((await own(key)).json.info).toMatchObject({ max_budget: 0.13, raise: null });
  });

  test('spend is reset, noted, and the account still adds up', async () => {
    const key = await generate({ user_id: 'owner-reset', max_budget: 0.13 });
    await spend(key, 0.1);
    expect(await statusOfLongCall(key)).toBe(402);
    const { token } = (await admin(`/key/info?key=${key}`)).json.info as { token: string };
    expect((await admin(`/key/${token}/reset_spend`, { reset_to: 0 })).json['spend']).toBe(0);
    expect(await statusOfLongCall(key)).toBe(200);
    await gateway.ledger(1);
    expect((await admin('/spend/verify')).json).toMatchObject({ ok: true, findings: [] });
    await gateway.store.query(
      'update accounts set spent_nano = spent_nano + 1 where id in (select account_id from keys where hash = $1)',
      [token],
    );
    expect((await admin('/spend/verify')).json).toMatchObject({
      ok: false,
      findings: [{ about: expect.any(String) as string }],
    });
    await gateway.store.query(
      'update accounts set spent_nano = spent_nano - 1 where id in (select account_id from keys where hash = $1)',
      [token],
    );
  });
});

test('spend that is set counts in the window that holds, also before its first call', async () => {
  const key = await generate({ user_id: 'owner-set', max_budget: 0.13 });
  await spend(key, 0.1);
  clock = DAY;
  expect((await own(key)).json.info).toMatchObject({ spend: 0 });
  await admin('/key/update', { key, spend: 0.12 });
  expect((await own(key)).json.info).toMatchObject({ spend: 0.12 });
  expect(await statusOfLongCall(key)).toBe(402);
});

describe('keys are found', () => {
  test('by owner, name, scope, state and part of what people know', async () => {
    const key = await generate({ user_id: 'finn', key_alias: 'finn-laptop' });
    await generate({ user_id: 'finn', key_alias: 'finn-desk' });
    const list = async (query: string) =>
      (await admin(`/key/list?return_full_object=true&size=100&${query}`)).json.keys;
    expect(await list('user_id=finn')).toHaveLength(2);
    expect(await list('user_id=FINN&sort_by=key_alias&sort_order=asc')).toMatchObject([
      { key_alias: 'finn-desk' },
      { key_alias: 'finn-laptop' },
    ]);
    expect(await list('search=LAPTOP')).toMatchObject([{ key_alias: 'finn-laptop' }]);
    expect(await list(`key_hash=${key}`)).toHaveLength(1);
    const { token } = (await admin(`/key/info?key=${key}`)).json.info as { token: string };
    expect(await list(`key_hash=${token.slice(0, 6)}`)).toMatchObject([{ token }]);
    // Five digits are too few to name one by, and no pattern either.
    expect(await list(`key_hash=${token.slice(0, 5)}`)).toEqual([]);
    expect(await list('key_hash=%25%25%25%25%25%25%25')).toEqual([]);
    expect((await list('scope=ci')).every(({ scope }) => String(scope).startsWith('ci:'))).toBe(true);
    await admin('/key/delete', { keys: [key] });
    expect(await list('user_id=finn')).toHaveLength(1);
    expect(await list('user_id=finn&status=deleted')).toMatchObject([
      { key_alias: 'finn-laptop', status: 'revoked' },
    ]);
    expect(await list('user_id=finn&status=all')).toHaveLength(2);
    expect(await list('search=%27%3B%20drop%20table%20keys%3B--')).toEqual([]);
    expect((await admin('/key/list?sort_by=hash;drop')).status).toBe(400);
  });

  test('as hashes alone unless asked for whole, by page', async () => {
    const { json } = await admin('/key/list?size=2');
    expect(json).toMatchObject({ current_page: 1, total_count: expect.any(Number) as number });
    expect(json.keys).toEqual([
      expect.stringMatching(/^[0-9a-f]{64}$/),
      expect.stringMatching(/^[0-9a-f]{64}$/),
    ]);
    expect((await admin('/key/aliases?search=finn')).json['aliases']).toEqual(['finn-desk']);
  });

  test('on the data listener one’s own only', async () => {
    const key = await generate({ user_id: 'gus' });
    const other = await generate({ user_id: 'hal' });
    for (const path of [`/key/info?key=${other}`, '/user/info?user_id=hal'])
      expect((await gateway.request(path, { key })).status).toBe(403);
    expect((await gateway.request(`/key/info?key=${key}`, { key })).status).toBe(200);
    const user = await gateway.request('/user/info', { key });
    expect(user.json).toMatchObject({ user_id: 'gus', user_info: { spend: 0, max_budget: 20 } });
    expect(user.text).not.toContain('hal');
  });
});

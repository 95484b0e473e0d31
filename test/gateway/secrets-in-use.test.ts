import { hkdfSync } from 'node:crypto';
import { pinnedKeySecret } from '../../gateway/keys/key-derivation';
import { adminOf } from '../admin/support';
import { startAnthropicStandin, type AnthropicStandin } from '../standins/anthropic';
import { CLAIM_SECRET, makeClaim, secondsFromNow, type Claim } from './support/claims';
import { MASTER_KEY, startTestGateway, type TestGateway } from './support/gateway';
import { startStore, type TestStore } from './support/store';

const NEW_MASTER = 'sk-another-master-key-for-tests-9876543210fedcba';
const NEW_CLAIM = 'another-claim-secret-for-tests-9876543210fedcba';
const NEW_KEY = 'another-key-secret-for-tests-9876543210fedcbazz';
const VALUES = [MASTER_KEY, NEW_MASTER, CLAIM_SECRET, NEW_CLAIM, NEW_KEY, pinnedKeySecret(MASTER_KEY)];

interface Shown {
  readonly secret: string;
  readonly print: string | null;
  readonly previous: string | null;
  readonly since: string | null;
  readonly held: readonly {
    print: string;
    previous: string | null;
    processes: number;
    on_previous: number;
  }[];
  readonly uses: readonly { caller: string; uses: number; last_used_at: string }[];
  readonly left: {
    on_current: number;
    on_previous: number;
    on_other: number;
    names: readonly string[];
  } | null;
}

let store: TestStore;
let standin: AnthropicStandin;
const running: TestGateway[] = [];
beforeAll(async () => {
  store = await startStore();
  standin = await startAnthropicStandin();
});
afterEach(async () => {
  for (const gateway of running.splice(0)) {
    const said = gateway.logs.join('\n');
    for (const value of VALUES) expect(said).not.toContain(value);
    await gateway.close();
  }
  await store.query('delete from keys');
  await store.query('delete from workspaces');
});
afterAll(async () => {
  await standin.close();
  await store.remove();
});

async function start(env: Record<string, string> = {}): Promise<TestGateway> {
  const gateway = await startTestGateway({ store, standin, env });
  running.push(gateway);
  return gateway;
}

async function shown(gateway: TestGateway, name: string, key = MASTER_KEY): Promise<Shown> {
  const { status, text } = await gateway.request(`${gateway.adminUrl}/secrets`, { key });
  expect(status).toBe(200);
  for (const value of VALUES) expect(text).not.toContain(value);
  const { secrets } = JSON.parse(text) as { secrets: Shown[] };
  const found = secrets.find(({ secret }) => secret === name);
  if (found === undefined) throw new Error(`no ${name} in ${text}`);
  return found;
}

const workspace = (number: number, name: string): Partial<Claim> => ({
  workspace: { id: `5b1c7d0e-0000-4000-8000-00000000000${number}`, name },
});
const later = (seconds: number): Partial<Claim> => ({ issued_at: secondsFromNow(seconds) });

describe('the master key', () => {
  const both = {
    GATEWAY_MASTER_KEY: NEW_MASTER,
    GATEWAY_MASTER_KEY_PREVIOUS: MASTER_KEY,
    GATEWAY_KEY_SECRET: pinnedKeySecret(MASTER_KEY),
  };

  test('both are taken while it is changed, and who still uses the former one is counted', async () => {
    const gateway = await start(both);
    const ask = (key: string, agent: string) =>
      gateway.request(`${gateway.adminUrl}/key/list`, { key, headers: { 'user-agent': agent } });
    for (const [key, agent] of [
      [NEW_MASTER, 'curl/8.1'],
      [MASTER_KEY, 'curl/8.1'],
      [MASTER_KEY, 'curl/8.2'],
      [MASTER_KEY, 'whatever somebody writes'],
    ] as const)
      expect((await ask(key, agent)).status).toBe(200);
    const master = await shown(gateway, 'master', NEW_MASTER);
    expect(master.held).toMatchObject([{ print: master.print, previous: master.previous, processes: 1 }]);
    expect(Date.now() - Date.parse(master.since ?? '')).toBeLessThan(600_000);
    expect(Object.fromEntries(master.uses.map(({ caller, uses }) => [caller, uses]))).toEqual({
      curl: 2,
      other: 1,
    });
  });

  test('the former one is refused once it is taken out', async () => {
    const gateway = await start({ ...both, GATEWAY_MASTER_KEY_PREVIOUS: '' });
    const answer = await gateway.request(`${gateway.adminUrl}/key/list`, { key: MASTER_KEY });
    expect(answer.status).toBe(401);
    expect((await shown(gateway, 'master', NEW_MASTER)).uses).toEqual([]);
  });

  test('workspaces keep the keys that were derived from the former one', async () => {
    const before = await start();
    const key = await before.workspaceKey();
    const after = await start(both);
    expect((await after.claimKey(later(1))).json).toMatchObject({ key, reused: true });
    expect(hkdfSync('sha256', MASTER_KEY, '', 'workspace-keys', 32).byteLength).toBe(32);
    expect((await shown(after, 'key', NEW_MASTER)).print).toBe((await shown(before, 'key')).print);
  });

  test('a viewer is not told', async () => {
    const gateway = await start();
    const { key } = (await adminOf(gateway)('/admin/key/new', { name: 'eve', role: 'viewer' })).json;
    expect((await gateway.request(`${gateway.adminUrl}/secrets`, { key })).status).toBe(403);
    await adminOf(gateway)('/admin/key/revoke', { name: 'eve' });
  });
});

describe('the claim secret', () => {
  const both = { WORKSPACE_CLAIM_SECRET: NEW_CLAIM, WORKSPACE_CLAIM_SECRET_PREVIOUS: CLAIM_SECRET };

  test('each workspace is on the secret that signed its newest claim', async () => {
    const gateway = await start(both);
    await gateway.claimKey(workspace(1, 'one'));
    await gateway.claimKey(workspace(2, 'two'));
    expect((await shown(gateway, 'claim')).left).toEqual({
      on_current: 0,
      on_previous: 2,
      on_other: 0,
      names: ['ann/one', 'ann/two'],
    });
    expect((await gateway.claimKey({ ...workspace(1, 'one'), ...later(1) }, NEW_CLAIM)).status).toBe(200);
    expect((await shown(gateway, 'claim')).left).toMatchObject({
      on_current: 1,
      on_previous: 1,
      names: ['ann/two'],
    });
    // Gone: it keeps nobody from going on.
    await store.query("update workspaces set ended_at = now() where name = 'two'");
    expect((await shown(gateway, 'claim')).left).toMatchObject({ on_current: 1, on_previous: 0, names: [] });
  });

  test('a claim that a gateway of before has taken counts as not known', async () => {
    const gateway = await start(both);
    await gateway.claimKey(workspace(1, 'one'), NEW_CLAIM);
    await store.query("update workspaces set newest_claim_at = newest_claim_at + interval '1 second'");
    expect((await shown(gateway, 'claim')).left).toMatchObject({
      on_current: 0,
      on_other: 1,
      names: ['ann/one'],
    });
  });

  test("a template's own secret is counted by itself", async () => {
    const gateway = await start({ WORKSPACE_CLAIM_SECRETS: JSON.stringify({ other: NEW_CLAIM }) });
    const template = { ...makeClaim().template, name: 'other' };
    await gateway.claimKey({ ...workspace(1, 'one'), template }, NEW_CLAIM);
    expect((await shown(gateway, 'claim/other')).left).toMatchObject({ on_current: 1 });
    expect((await shown(gateway, 'claim')).left).toMatchObject({ on_current: 0, on_other: 0 });
  });
});

describe('the key secret', () => {
  test('keys are told apart by the secret they were derived from', async () => {
    const before = await start();
    const old = await before.workspaceKey(workspace(1, 'one'));
    const gateway = await start({
      GATEWAY_KEY_SECRET: NEW_KEY,
      GATEWAY_KEY_SECRET_PREVIOUS: pinnedKeySecret(MASTER_KEY),
    });
    await gateway.workspaceKey(workspace(2, 'two'));
    expect((await shown(gateway, 'key')).left).toEqual({
      on_current: 1,
      on_previous: 1,
      on_other: 0,
      names: ['ann/one'],
    });
    // It stays the workspace's, until the former secret is taken out.
    expect((await gateway.claimKey({ ...workspace(1, 'one'), ...later(1) })).json.key).toBe(old);
    const ended = await start({ GATEWAY_KEY_SECRET: NEW_KEY });
    expect((await shown(ended, 'key')).left).toMatchObject({ on_current: 1, on_previous: 0, on_other: 1 });
    expect((await ended.request('/api/v1/keys/info', { key: old })).status).toBe(200);
    expect((await ended.claimKey({ ...workspace(1, 'one'), ...later(2) })).json.key).not.toBe(old);
    expect((await shown(ended, 'key')).left).toMatchObject({ on_current: 2, on_other: 0, names: [] });
  });
});

test('every process is counted by what it holds, and one that ended is not', async () => {
  const [one, two] = [await start(), await start({ WORKSPACE_CLAIM_SECRET_PREVIOUS: NEW_CLAIM })];
  const { held } = await shown(one, 'claim');
  expect(held.map(({ previous, processes }) => [typeof previous, processes]).sort()).toEqual([
    ['object', 1],
    ['string', 1],
  ]);
  running.splice(running.indexOf(two), 1);
  await two.close();
  expect((await shown(one, 'claim')).held).toHaveLength(1);
});

describe("an administrator's key", () => {
  test('is changed with both of them working for a while', async () => {
    const gateway = await start();
    const admin = adminOf(gateway);
    const { key: former } = (await admin('/admin/key/new', { name: 'ops', role: 'admin' })).json;
    const rotated = await admin('/admin/key/rotate', { name: 'ops', grace_period: '1h' });
    const { key } = rotated.json;
    const ask = async (credential: string) =>
      (await gateway.request(`${gateway.adminUrl}/admin/key/list`, { key: credential })).status;
    expect([await ask(former), await ask(key)]).toEqual([200, 200]);
    await store.query("update admin_keys set former_until = now() - interval '1 second'");
    expect([await ask(former), await ask(key)]).toEqual([401, 200]);
    const at_once = (await admin('/admin/key/rotate', { name: 'ops' })).json.key;
    expect([await ask(key), await ask(at_once)]).toEqual([401, 200]);
    expect((await admin('/admin/key/rotate', { name: 'nobody' })).status).toBe(404);
    await admin('/admin/key/revoke', { name: 'ops' });
    expect((await admin('/admin/key/rotate', { name: 'ops' })).status).toBe(404);
    const trail = await store.query<{ after: string }>(
      "select after::text from admin_audit where action = 'admin/key/rotate'",
    );
    expect(trail).toHaveLength(2);
    expect(JSON.stringify(trail)).not.toContain(at_once);
  });
});

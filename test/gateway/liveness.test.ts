import { createCoderClient } from '../../gateway/coder/client';
import { startLiveness, type Liveness } from '../../gateway/coder/liveness';
import { createLogger } from '../../gateway/log';
import {
  startCoderStandin,
  type CoderStandin,
  type StandinUser,
  type StandinWorkspace,
} from '../standins/coder';
import { secondsFromNow } from './support/claims';
import { eventually, MASTER_KEY, startTestGateway, type TestGateway } from './support/gateway';

let gateway: TestGateway;
let coder: CoderStandin;
let liveness: Liveness;
let admin: StandinUser;
let count = 0;
let seconds = -10_000;

const uuid = (): string => `00000000-0000-4000-8000-${String((count += 1)).padStart(12, '0')}`;

beforeAll(async () => {
  coder = await startCoderStandin();
  gateway = await startTestGateway();
  admin = { id: uuid(), username: 'poller', status: 'active' };
  coder.users.push(admin);
  const token = coder.token(admin.id, {
    scopes: ['workspace:read', 'template:read', 'user:read'],
    isWide: true,
  });
  const { database, keys } = gateway.gateway.services;
  liveness = startLiveness({
    database,
    keys,
    coder: createCoderClient(coder.url),
    token,
    // Looks are made by the tests.
    intervalMs: 3_600_000,
    logger: createLogger('debug', (line) => logs.push(line)),
  });
  // The one it makes by itself as it starts.
  await eventually(async () => {
    const [poll] = await gateway.store.query<{ outcome: string | null }>('select outcome from coder_poll');
    return poll?.outcome === 'done' || undefined;
  });
});
const logs: string[] = [];
afterAll(async () => {
  await liveness.close();
  await gateway.close();
  await coder.close();
});
beforeEach(() => {
  coder.trouble = 'none';
  coder.hasNoParameterSearch = false;
  coder.onList = undefined;
});

const look = async (): Promise<string> => {
  await gateway.store.query("update coder_poll set started_at = '-infinity'");
  return liveness.look();
};
const person = (): StandinUser => {
  const user: StandinUser = { id: uuid(), username: `user-${count}`, status: 'active' };
  coder.users.push(user);
  return user;
};
const workspaceOf = (user: StandinUser): StandinWorkspace => {
  const workspace: StandinWorkspace = {
    id: uuid(),
    name: 'dev',
    owner_id: user.id,
    transition: 'start',
    status: 'running',
  };
  coder.workspaces.push(workspace);
  return workspace;
};
const claim = (
  user: StandinUser,
  workspace: StandinWorkspace,
  issued_at = secondsFromNow((seconds += 1)),
) => ({
  workspace: { id: workspace.id, name: workspace.name },
  owner: { id: user.id, name: user.username, groups: [] },
  issued_at,
});
const stop = (workspace: StandinWorkspace) =>
  Object.assign(workspace, { transition: 'stop', status: 'stopped' });
const messageTo = async (key: string): Promise<string> =>
  (await gateway.request('/v1/models', { key })).json.error.message;
const statusOf = async (key: string) => (await gateway.request('/v1/models', { key })).status;

test("a stopped workspace's key is paused until a newer start, and is the same key then", async () => {
  const user = person();
  const workspace = workspaceOf(user);
  const first = claim(user, workspace);
  const key = await gateway.workspaceKey(first);
  expect(await look()).toBe('done');
  expect(await statusOf(key)).toBe(200);
  stop(workspace);
  await look();
  expect(await statusOf(key)).toBe(401);
  expect((await gateway.claimKey(first)).json.error.type).toBe('claim_used_up');
  Object.assign(workspace, { transition: 'start', status: 'starting' });
  expect(await gateway.workspaceKey(claim(user, workspace))).toBe(key);
  expect(await statusOf(key)).toBe(200);
  await look();
  expect(await statusOf(key)).toBe(200);
});

test.each(['pending', 'starting', 'stopping', 'failed', 'canceled', 'something-new'])(
  'a build that is %s says nothing',
  async (status) => {
    const user = person();
    const workspace = workspaceOf(user);
    const key = await gateway.workspaceKey(claim(user, workspace));
    Object.assign(workspace, { transition: 'stop', status });
    await look();
    expect(await statusOf(key)).toBe(200);
  },
);

test('a look that began before the newest claim changes nothing', async () => {
  const user = person();
  const workspace = workspaceOf(user);
  const key = await gateway.workspaceKey(claim(user, workspace));
  stop(workspace);
  const newer = claim(user, workspace);
  // The start comes while the look is under way; what the look saw is old by then.
  let claimed: Promise<unknown> | undefined;
  coder.onList = () => {
    claimed ??= gateway.claimKey(newer);
  };
  await look();
  await claimed;
  expect(claimed).toBeDefined();
  expect(await statusOf(key)).toBe(200);
});

test('a deleted workspace’s key is dead; one that is only not shown is not', async () => {
  const user = person();
  const [deleted, hidden, unknown] = [workspaceOf(user), workspaceOf(user), workspaceOf(user)];
  const claims = [deleted, hidden, unknown].map((workspace) => claim(user, workspace));
  const keys = await Promise.all(claims.map((each) => gateway.workspaceKey(each)));
  deleted.isDeleted = true;
  hidden.isHidden = true;
  coder.workspaces.splice(coder.workspaces.indexOf(unknown), 1);
  await look();
  expect(await Promise.all(keys.map(statusOf))).toEqual([401, 200, 200]);
  expect((await gateway.claimKey(claims[0])).status).toBe(403);
  expect(await messageTo(keys[0]!)).toContain('this workspace was deleted in Coder.');
});

test("a workspace that changed hands ends the former owner's key", async () => {
  const [ann, bob] = [person(), person()];
  const workspace = workspaceOf(ann);
  const key = await gateway.workspaceKey(claim(ann, workspace));
  workspace.owner_id = bob.id;
  await look();
  expect(await statusOf(key)).toBe(401);
});

test('a workspace that runs without AI has no key; with AI again it gets another, on the terms it had', async () => {
  const user = person();
  const [off, blocked, on] = [workspaceOf(user), workspaceOf(user), workspaceOf(user)];
  const keys = await Promise.all([off, blocked, on].map((each) => gateway.workspaceKey(claim(user, each))));
  await gateway.request(`${gateway.adminUrl}/key/update`, {
    key: MASTER_KEY,
    body: { key: keys[0], rpm_limit: 7 },
  });
  await gateway.request(`${gateway.adminUrl}/key/block`, { key: MASTER_KEY, body: { key: keys[1] } });
  off.assistant = blocked.assistant = 'none';
  // A build that has not run through says nothing.
  off.status = blocked.status = 'starting';
  await look();
  expect(await statusOf(keys[0]!)).toBe(200);
  off.status = blocked.status = 'running';
  coder.hasNoParameterSearch = true;
  expect(await look()).toBe('done');
  expect(await statusOf(keys[0]!)).toBe(200);
  coder.hasNoParameterSearch = false;
  await look();
  expect(await Promise.all(keys.map(statusOf))).toEqual([401, 401, 200]);
  expect(await messageTo(keys[0]!)).toContain('AI was switched off for this workspace.');
  expect(await messageTo(keys[1]!)).toContain('an administrator has blocked this key.');
  off.assistant = blocked.assistant = 'roo-code';
  const next = await gateway.workspaceKey(claim(user, off));
  expect(next).not.toBe(keys[0]);
  await look();
  expect(await statusOf(next)).toBe(200);
  const info = await gateway.request('/api/v1/keys/info?usage=false', { key: next });
  expect(info.json).toMatchObject({ limits: { rpm_limit: 7 } });
  // Off and on is no way around a block.
  expect((await gateway.claimKey(claim(user, blocked))).json.error.message).toContain('blocked');
});

test('all keys of a suspended person die, and none is given; back in, a new start brings another', async () => {
  const user = person();
  const workspace = workspaceOf(user);
  const key = await gateway.workspaceKey(claim(user, workspace));
  const own = await gateway.request(`${gateway.adminUrl}/key/generate`, {
    key: MASTER_KEY,
    body: { user_id: user.id },
  });
  user.status = 'suspended';
  await look();
  expect([await statusOf(key), await statusOf(own.json.key)]).toEqual([401, 401]);
  // Their workspaces keep running in Coder, and may even be started.
  expect((await gateway.claimKey(claim(user, workspace))).json.error.type).toBe('owner_suspended');
  user.status = 'active';
  await look();
  const next = await gateway.workspaceKey(claim(user, workspace));
  expect(next).not.toBe(key);
  expect([await statusOf(key), await statusOf(next)]).toEqual([401, 200]);
});

test('a deleted person is noticed when missing twice, also when the name is taken anew', async () => {
  const user = person();
  const key = await gateway.workspaceKey(claim(user, workspaceOf(user)));
  coder.users.splice(coder.users.indexOf(user), 1);
  coder.users.push({ id: uuid(), username: user.username, status: 'active' });
  await look();
  expect(await statusOf(key)).toBe(200);
  await look();
  expect(await statusOf(key)).not.toBe(200);
});

test.each(['outage', 'outage-as-401', 'html', 'limited', 'silent'] as const)(
  'nothing is concluded from a Coder in trouble: %s',
  async (trouble) => {
    const user = person();
    const workspace = workspaceOf(user);
    const key = await gateway.workspaceKey(claim(user, workspace));
    stop(workspace);
    coder.trouble = trouble;
    expect(await look()).toBe('failed');
    expect(await statusOf(key)).toBe(200);
  },
);

test('a token that shows nobody else proves nobody gone', async () => {
  const user = person();
  const key = await gateway.workspaceKey(claim(user, workspaceOf(user)));
  const { database, keys } = gateway.gateway.services;
  const narrow = startLiveness({
    database,
    keys,
    coder: createCoderClient(coder.url),
    token: coder.token(admin.id, { scopes: ['workspace:read', 'user:read'] }),
    intervalMs: 3_600_000,
    logger: createLogger('debug', (line) => logs.push(line)),
  });
  for (let times = 0; times < 3; times += 1) {
    await gateway.store.query("update coder_poll set started_at = '-infinity'");
    await narrow.look();
  }
  await narrow.close();
  expect(await statusOf(key)).toBe(200);
  expect(logs.join()).toContain('user:read');
});

test('many workspaces are read page by page; one process looks for all', async () => {
  const user = person();
  for (let index = 0; index < 230; index += 1) workspaceOf(user);
  const last = workspaceOf(user);
  const key = await gateway.workspaceKey(claim(user, last));
  stop(last);
  coder.requests.length = 0;
  expect(await look()).toBe('done');
  expect(await statusOf(key)).toBe(401);
  const pages = coder.requests.filter(({ path }) => path.startsWith('/api/v2/workspaces?'));
  expect(pages.length).toBeGreaterThanOrEqual(3);
  expect(await liveness.look()).toBe('lately');
});

test('what Coder’s word changed is in the trail, and no token in any log', async () => {
  const rows = await gateway.store.query<{ action: string }>(
    "select distinct action from admin_audit where actor = 'coder'",
  );
  expect(rows.map(({ action }) => action).sort()).toEqual([
    'user/suspended',
    'workspace/assistant-off',
    'workspace/ended',
    'workspace/stopped',
  ]);
  for (const { token } of coder.requests) expect(logs.join()).not.toContain(token);
});

import { endedKey } from '../../gateway/keys/ended-key';
import { MASTER_KEY, startTestGateway, type TestGateway } from './support/gateway';

const WORKSPACE = { workspaceId: 'w', createdBy: 'claim' };
const OWN = { workspaceId: null, createdBy: 'self-service' };
const ISSUED = { workspaceId: null, createdBy: 'master key' };
const LIVING = { isReplaced: false, ownerSuspendedAt: null, endedBecause: null };

type Code = Parameters<typeof endedKey>[0];

test.each<[Code, object, string]>([
  ['key_expired', WORKSPACE, 'this key has expired. Restart the workspace to renew it.'],
  ['key_expired', OWN, 'this key has expired. Ask for a new one as you did for this one.'],
  ['key_expired', ISSUED, 'this key has expired. Ask an administrator for a new one.'],
  [
    'key_expired',
    { ...WORKSPACE, isReplaced: true },
    'another key has taken the place of this one. Reload the window; if that does not help, restart the workspace.',
  ],
  [
    'key_expired',
    { ...ISSUED, isReplaced: true },
    'another key has taken the place of this one. Use the newer one, or ask an administrator for it.',
  ],
  [
    'key_revoked',
    WORKSPACE,
    'this key has been revoked. Reload the window; if that does not help, restart or update the workspace.',
  ],
  ['key_revoked', ISSUED, 'this key has been revoked. Ask an administrator for a new one.'],
  [
    'key_revoked',
    { ...WORKSPACE, ownerSuspendedAt: new Date(0) },
    'this key has been revoked, since Coder says that its owner is suspended or gone. Ask an administrator of Coder.',
  ],
  [
    'key_revoked',
    { ...WORKSPACE, endedBecause: 'workspace_deleted', ownerSuspendedAt: new Date(0) },
    'this workspace was deleted in Coder. Work in another workspace; each has a key of its own.',
  ],
  [
    'key_revoked',
    { ...WORKSPACE, endedBecause: 'workspace_passed_on' },
    'this workspace has another owner in Coder. Restart the workspace, then reload the window.',
  ],
  [
    'key_revoked',
    { ...WORKSPACE, endedBecause: 'assistant_off' },
    'AI was switched off for this workspace. Choose an AI Coding Agent in its settings and restart it.',
  ],
  ['key_blocked', WORKSPACE, 'an administrator has blocked this key. Ask an administrator to open it again.'],
  ['key_paused', WORKSPACE, "this key's workspace is stopped. Start the workspace to use it again."],
])('%s of %j', (code, key, message) => {
  const error = endedKey(code, { ...LIVING, ...(key as typeof WORKSPACE) });
  expect(error.message).toBe(`Authentication Error, ${message}`);
  expect(error).toMatchObject({ code, status: 401 });
  // One short line.
  expect(error.message.length).toBeLessThan(140);
  expect(error.message).not.toContain('\n');
});

describe('at the gateway', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.close());

  const told = async (key: string): Promise<string> => {
    const answer = await gateway.chat(key, { messages: [{ role: 'user', content: 'hi' }] });
    expect(answer.status).toBe(401);
    return answer.json.error.message;
  };

  test('a workspace’s key and one for CI are told what helps for each', async () => {
    const workspace = await gateway.workspaceKey();
    const made = await gateway.request(`${gateway.adminUrl}/key/generate`, {
      key: MASTER_KEY,
      body: { scope: 'ci:shop' },
    });
    const ci = made.json.key;
    for (const key of [workspace, ci])
      await gateway.request(`${gateway.adminUrl}/key/delete`, {
        key: MASTER_KEY,
        body: { keys: [key] },
      });
    expect(await told(workspace)).toMatch(/Reload the window/);
    expect(await told(ci)).toMatch(/Ask an administrator for a new one/);
    expect(await told('sk-nobody-ever-had-this-key-000000000000000000000')).toMatch(/In a workspace: reload/);
  });
});

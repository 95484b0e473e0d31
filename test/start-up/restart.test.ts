/** A workspace over stops and starts, by the numbers platform teams know the checks by. */
import { Client } from 'pg';
import type { ThrowAwayWorkspace } from '../harness/throw-away-workspace';
import { MASTER_KEY, startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { CLAIM_SECRET } from '../gateway/support/claims';
import { filesOf, Platform } from './support';

let platform: Platform;
let gateway: TestGateway;
beforeAll(async () => {
  platform = await Platform.start();
  gateway = await startTestGateway();
});
afterAll(async () => {
  await gateway.close();
  await platform.stop();
});

const workspace = (
  home: string,
  parameters: Record<string, string> = {},
  owner: Record<string, string> = {},
): Promise<ThrowAwayWorkspace> =>
  platform.workspace(
    { gateway: { url: gateway.dataUrl, claimSecret: CLAIM_SECRET }, parameters, workspace: owner },
    home,
  );

const keyOf = (home: string): string => filesOf(home)['.config/ai-gateway/key']?.text.trim() ?? '';

const liveKeys = async (): Promise<number> => {
  const client = new Client({ connectionString: gateway.store.url });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: string }>(
      'select count(*) from keys where revoked_at is null',
    );
    return Number(rows[0]?.count);
  } finally {
    await client.end();
  }
};

const authorized = async (key: string): Promise<number> =>
  (await gateway.request('/api/v1/keys/info', { key })).status;

test('A64 after a stop and a start the same key works, there is no second one, and the home is as it was', async () => {
  const home = platform.newHome();
  await (await workspace(home)).runScript('ai_setup');
  const before = filesOf(home);
  const key = keyOf(home);
  // The claim of a later build must be newer.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  expect(await (await workspace(home)).runScript('ai_setup')).toMatchObject({ status: 0 });
  expect(keyOf(home)).toBe(key);
  expect(await authorized(key)).toBe(200);
  expect(await liveKeys()).toBe(1);
  expect(filesOf(home)).toEqual(before);
});

test('A65 another model and assistant take effect at the next start, with the same key', async () => {
  const home = platform.newHome();
  await (await workspace(home)).runScript('ai_setup');
  const key = keyOf(home);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const next = await workspace(home, { ai_model: 'claude-haiku', ai_assistant: 'opencode' });
  expect(await next.runScript('ai_setup')).toMatchObject({ status: 0 });
  const files = filesOf(home);
  expect(JSON.parse(files['.config/opencode/opencode.json']?.text ?? '{}')).toMatchObject({
    model: 'litellm/claude-haiku-4-5',
  });
  expect(files['.config/roo-code/settings.json']).toBeUndefined();
  expect(keyOf(home)).toBe(key);
});

test('a start without AI gives the key back, one with AI again gets another; neither asks more than once', async () => {
  const home = platform.newHome();
  await (await workspace(home)).runScript('ai_setup');
  const key = keyOf(home);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const off = await (await workspace(home, { ai_assistant: 'none' })).runScript('ai_setup');
  expect(off).toMatchObject({ status: 0 });
  expect(off.output).toContain('the key that this workspace had is ended');
  expect(off.output).not.toContain(key);
  expect(await authorized(key)).toBe(401);
  expect(keyOf(home)).toBe('');
  const again = await (await workspace(home, { ai_assistant: 'none' })).runScript('ai_setup');
  expect(again.output).not.toContain('ended');
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  expect(await (await workspace(home)).runScript('ai_setup')).toMatchObject({ status: 0 });
  expect(keyOf(home)).not.toBe(key);
  expect(await authorized(keyOf(home))).toBe(200);
});

test('a key goes back to no gateway but those of the template, and one that was pasted stays its person’s', async () => {
  const home = platform.newHome();
  await (await workspace(home)).runScript('ai_setup');
  const key = keyOf(home);
  const off = await workspace(home, { ai_assistant: 'none' });
  await off.runInShell('printf "http://127.0.0.1:9\\n" > ~/.config/ai-gateway/gateway');
  const elsewhere = await off.runScript('ai_setup');
  expect(elsewhere).toMatchObject({ status: 0 });
  expect(elsewhere.output).not.toContain('127.0.0.1:9');
  expect(await authorized(key)).toBe(200);
  const made = await gateway.request(`${gateway.adminUrl}/key/generate`, {
    key: MASTER_KEY,
    body: { user_id: 'ann' },
  });
  const other = platform.newHome();
  await (await workspace(other, { litellm_api_key: made.json.key })).runScript('ai_setup');
  expect(keyOf(other)).toBe(made.json.key);
  const without = await (await workspace(other, { ai_assistant: 'none' })).runScript('ai_setup');
  expect(without).toMatchObject({ status: 0 });
  expect(without.output).not.toContain('ended');
  expect(await authorized(made.json.key)).toBe(200);
});

test('a workspace that was built ahead gets the key of the person it is given to', async () => {
  const home = platform.newHome();
  const ahead = { workspaceId: 'a1a1a1a1-2f0b-4f7e-8d0e-5b9b1c2d3e4f' };
  const prebuild = await platform.workspace(
    {
      gateway: { url: gateway.dataUrl, claimSecret: CLAIM_SECRET },
      workspace: { ...ahead, owner: 'prebuilds', ownerId: 'prebuilds-id', prebuild: true },
    },
    home,
  );
  expect(await prebuild.runScript('ai_setup')).toMatchObject({ status: 0 });
  expect(keyOf(home)).toBe('');
  const claimed = await workspace(home, {}, { ...ahead, owner: 'grace', ownerId: 'grace-id' });
  expect(await claimed.runScript('ai_setup')).toMatchObject({ status: 0 });
  const info = await gateway.request('/api/v1/keys/info', { key: keyOf(home) });
  expect(info.json).toMatchObject({ owner: { id: 'grace-id' } });
});

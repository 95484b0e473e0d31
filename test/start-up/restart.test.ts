/** A workspace over stops and starts, by the numbers platform teams know the checks by. */
import { Client } from 'pg';
import type { ThrowAwayWorkspace } from '../harness/throw-away-workspace';
import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
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

import { lastSent, MASTER_KEY, startTestGateway, type TestGateway } from './support/gateway';
import { askMessages } from './support/messages';
import { policyFile, type PolicyFile } from './support/policy-file';

const hi = [{ role: 'user', content: 'hi' }];
const DATED = 'claude-haiku-4-5-20251001';
const ON_BEDROCK = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';

let policy: PolicyFile;
let gateway: TestGateway;
let key: string;
beforeAll(async () => {
  policy = await policyFile();
  gateway = await startTestGateway({ env: policy.env });
  key = await gateway.workspaceKey();
});
afterAll(async () => {
  await gateway.close();
  await policy.remove();
});
beforeEach(async () => {
  gateway.standin.reset();
  await gateway.clearLedger();
});

const keyFor = async (models: readonly string[]): Promise<string> =>
  (
    await gateway.request(`${gateway.adminUrl}/key/generate`, {
      key: MASTER_KEY,
      body: { user_id: 'alice', models },
    })
  ).json.key;

test.each(['chat', 'messages'])('a model is known by the id of its provider, over %s', async (protocol) => {
  const answer =
    protocol === 'chat'
      ? await gateway.chat(key, { model: DATED, messages: hi })
      : await askMessages(gateway, key, { model: DATED });
  expect(answer.status).toBe(200);
  // The client gets back the name that it asked for.
  expect(answer.json).toMatchObject({ model: DATED });
  expect(lastSent(gateway.standin)).toMatchObject({ model: DATED });
  const [row] = await gateway.ledger(1);
  expect(row).toMatchObject({ model: 'claude-haiku-4-5', model_asked: DATED });
});

test('leave for it is leave for the model', async () => {
  const sonnet = await keyFor(['claude-sonnet-4-5']);
  const refused = await gateway.chat(sonnet, { model: DATED, messages: hi });
  expect([refused.status, refused.json.error.type]).toEqual([403, 'key_model_access_denied']);
  expect(refused.json.error.message).toContain('Tried to access claude-haiku-4-5');
  const haiku = await keyFor(['claude-haiku-4-5']);
  expect((await gateway.chat(haiku, { model: DATED, messages: hi })).status).toBe(200);
});

test('of several models with the id, the one that the key may use answers', async () => {
  // Both of them are there, and no Bedrock is configured: Anthropic answers for the one, nobody for the other.
  expect((await gateway.chat(key, { model: ON_BEDROCK, messages: hi })).status).toBe(200);
  const only = await keyFor(['bedrock-claude-haiku']);
  const { json } = await gateway.chat(only, { model: ON_BEDROCK, messages: hi });
  expect(json.error.message).toContain('bedrock-claude-haiku is served by: bedrock');
});

test('an id that is like one, but of no deployment, is unknown', async () => {
  for (const model of ['claude-haiku-4-5-20251002', 'claude-haiku-4-5-2025100', `${DATED} `])
    expect((await gateway.chat(key, { model, messages: hi })).status).toBe(400);
  expect(gateway.standin.requests).toEqual([]);
});

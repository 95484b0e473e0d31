import { MASTER_KEY, startTestGateway, type TestGateway } from './support/gateway';
import { askMessages } from './support/messages';
import { policyFile, type PolicyFile } from './support/policy-file';

const HELLO = { max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] };
const COUNTS = '/v1/messages/count_tokens';
/** A fifth of the first and half of the second at once. */
const LIMITS = { refusalsAMinute: 10, countsAMinute: 10 };

describe('what refusals cost', () => {
  let policy: PolicyFile;
  let gateway: TestGateway;
  let now: Date;
  let number = 0;
  beforeAll(async () => {
    policy = await policyFile();
    now = new Date();
    gateway = await startTestGateway({ env: policy.env, limits: LIMITS, now: () => now });
  });
  afterAll(async () => {
    await gateway.close();
    await policy.remove();
  });
  beforeEach(() => {
    now = new Date();
    gateway.standin.reset();
  });

  const newKey = () =>
    gateway.workspaceKey({ workspace: { id: `price-${(number += 1)}`, name: 'dev' }, level: 'unrestricted' });
  const limit = (key: string, limits: object) =>
    gateway.request(`${gateway.adminUrl}/key/update`, { key: MASTER_KEY, body: { key, ...limits } });
  /** What is no JSON tells whether it was read. */
  const askUnread = (key: string, path = '/v1/chat/completions') => gateway.request(path, { key, body: '{' });
  const later = (ms: number) => (now = new Date(now.getTime() + ms));

  test('a key whose calls are too dear for what is left is told so unread, in the same words, until it may be read again', async () => {
    const key = await newKey();
    await limit(key, { max_budget: 0.000001 });
    const first = await gateway.chat(key, HELLO);
    expect([first.status, first.json.error.type]).toEqual([402, 'budget_exceeded']);
    // Another call may be cheaper, so it is read.
    expect((await askUnread(key)).status).toBe(400);
    for (let asked = 0; asked < 20; asked += 1) {
      const again = await askUnread(key);
      expect([again.status, again.json]).toEqual([402, first.json]);
    }
    later(6_000);
    expect((await askUnread(key)).status).toBe(400);
    expect((await askUnread(key)).status).toBe(402);
    // At once, whatever was refused before.
    await limit(key, { max_budget: 100 });
    expect((await gateway.chat(key, HELLO)).status).toBe(200);
  });

  test('a long body costs more than a short one', async () => {
    const key = await newKey();
    await limit(key, { max_budget: 0.000001 });
    const dear = { messages: [{ role: 'user', content: 'x'.repeat(256 * 1024) }] };
    expect((await gateway.chat(key, dear)).status).toBe(402);
    expect((await askUnread(key)).status).toBe(402);
    later(17_000);
    expect((await askUnread(key)).status).toBe(402);
    later(1_100);
    expect((await askUnread(key)).status).toBe(400);
  });

  test('a key whose requests are refused for what they say is told to wait, since nothing stands against the next', async () => {
    const key = await newKey();
    const other = await newKey();
    expect([(await askUnread(key)).status, (await askUnread(key)).status]).toEqual([400, 400]);
    const refused = await gateway.chat(key, HELLO);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('6');
    expect(refused.json.error.message).toContain('read and refused');
    expect((await askUnread(other)).status).toBe(400);
    later(6_000);
    expect((await gateway.chat(key, HELLO)).status).toBe(200);
    expect((await gateway.chat(key, HELLO)).status).toBe(200);
  });

  test('what is let through costs nothing of it', async () => {
    const key = await newKey();
    for (let asked = 0; asked < 10; asked += 1) expect((await gateway.chat(key, HELLO)).status).toBe(200);
    expect((await askUnread(key)).status).toBe(400);
  });

  test('token counts have a rate of their own', async () => {
    const key = await newKey();
    const other = await newKey();
    const statuses = [];
    for (let asked = 0; asked < 5; asked += 1)
      statuses.push((await askMessages(gateway, key, {}, { path: COUNTS })).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200]);
    const refused = await askUnread(key, COUNTS);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('6');
    expect(refused.json).toMatchObject({ type: 'error', error: { type: 'rate_limit_error' } });
    expect((await gateway.chat(key, HELLO)).status).toBe(200);
    expect((await askMessages(gateway, other, {}, { path: COUNTS })).status).toBe(200);
    later(6_000);
    expect((await askMessages(gateway, key, {}, { path: COUNTS })).status).toBe(200);
    expect((await askUnread(key, COUNTS)).status).toBe(429);
  });
});

import { makeGate } from './support/gate';
import { eventually, startTestGateway, type TestGateway } from './support/gateway';
import { startStore, type TestStore } from './support/store';
import { text } from '../standins/anthropic';

describe('a store that is away', () => {
  let store: TestStore;
  let gateway: TestGateway;
  beforeAll(async () => {
    store = await startStore();
    gateway = await startTestGateway({ store });
  });
  afterAll(async () => {
    await gateway.close();
    await gateway.standin.close();
    await store.remove();
  });

  const ask = (key: string) => gateway.chat(key, { messages: [{ role: 'user', content: 'hi' }] });

  test('lets nothing through, is said plainly, and is used again once it is back', async () => {
    const key = await gateway.workspaceKey();
    expect((await ask(key)).status).toBe(200);
    await gateway.ledger(1);
    await store.stop();
    const sent = gateway.standin.requests.length;
    // At once, while the key is still remembered, and later.
    for (const wait of [0, 1_200]) {
      await new Promise((resolve) => setTimeout(resolve, wait));
      const refused = await ask(key);
      expect(refused.json.error).toMatchObject({ type: 'store_unavailable', code: '503' });
      expect(refused.headers.get('retry-after')).toBe('2');
      expect(refused.text).not.toMatch(/socket|ECONN|ENOENT|\/tmp/);
    }
    expect((await gateway.claimKey()).status).toBe(503);
    // What cannot be a key of the gateway's is not looked up at all; what could be is.
    expect((await ask('sk-unknown')).json.error).toMatchObject({
      type: 'token_not_found_in_db',
      code: '401',
    });
    expect((await ask(`sk-${'a'.repeat(43)}`)).status).toBe(503);
    for (const path of ['/health/readiness', '/health', `${gateway.adminUrl}/health`]) {
      const { status, json } = await gateway.request(path);
      expect([status, json]).toEqual([503, { status: 'disconnected', db: 'disconnected' }]);
    }
    expect((await gateway.request('/health/liveness')).status).toBe(200);
    expect(gateway.standin.requests).toHaveLength(sent);

    await store.start();
    await eventually(async () =>
      (await gateway.request('/health/readiness')).status === 200 ? true : undefined,
    );
    expect((await ask(key)).status).toBe(200);
  });

  test('while a call is under way: the call ends well and is booked when the store is back', async () => {
    const key = await gateway.workspaceKey();
    await gateway.ledger(2);
    const { opened, open } = makeGate();
    gateway.standin.answer({
      content: [text('a', 'b', 'c', 'd')],
      until: opened,
      usage: { input_tokens: 7, output_tokens: 3 },
    });
    const answer = gateway.chat(key, { messages: [{ role: 'user', content: 'hi' }], stream: true });
    await eventually(() => (gateway.standin.requests.length > 2 ? true : undefined));
    await store.stop();
    open();
    expect((await answer).text).toContain('[DONE]');
    await store.start();
    const rows = await gateway.ledger(3);
    expect(rows.at(-1)).toMatchObject({ input_tokens: '7', output_tokens: '3', estimated: false });
  });
});

import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually, startTestGateway, type TestGateway } from './support/gateway';
import { askMessages } from './support/messages';

const MOST = 2;
const path = '/v1/messages/count_tokens';

describe('token counts asked for at once', () => {
  let provider: Server;
  let held: ServerResponse[] = [];
  let gateway: TestGateway;
  beforeAll(async () => {
    provider = createServer((request, response) => {
      request.resume().on('end', () => held.push(response));
    });
    await new Promise<void>((done) => provider.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
    gateway = await startTestGateway({ env: { ANTHROPIC_BASE_URL: url }, limits: { countsAtOnce: MOST } });
  });
  afterAll(async () => {
    await gateway.close();
    provider.closeAllConnections();
    provider.close();
  });
  beforeEach(() => {
    held = [];
  });

  const heldAre = (count: number) => eventually(() => (held.length === count ? true : undefined));
  const release = () => held.splice(0).forEach((response) => response.end('{"input_tokens":7}'));

  test('are as many as a key may have open, and one more when one has ended', async () => {
    const key = await gateway.workspaceKey();
    const other = await gateway.workspaceKey({ workspace: { id: 'w-other', name: 'dev' } });
    const open = [askMessages(gateway, key, {}, { path }), askMessages(gateway, key, {}, { path })];
    await heldAre(MOST);
    const refused = await askMessages(gateway, key, {}, { path });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('2');
    expect(refused.json.error.type).toBe('rate_limit_error');
    expect(refused.json.error.message).toContain(`has ${MOST} token counts under way`);
    const elsewhere = askMessages(gateway, other, {}, { path });
    await heldAre(MOST + 1);
    release();
    expect((await Promise.all([...open, elsewhere])).map(({ status }) => status)).toEqual([200, 200, 200]);
    const next = askMessages(gateway, key, {}, { path });
    await heldAre(1);
    release();
    expect((await next).status).toBe(200);
  });

  test('that are left are given up, and make room', async () => {
    const key = await gateway.workspaceKey({ workspace: { id: 'w-left', name: 'dev' } });
    const client = new AbortController();
    const body = JSON.stringify({ model: 'claude-sonnet', messages: [{ role: 'user', content: 'hi' }] });
    const left = Array.from({ length: MOST }, () =>
      fetch(gateway.dataUrl + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}` },
        body,
        signal: client.signal,
      }),
    );
    const gone = Promise.allSettled(left);
    await heldAre(MOST);
    client.abort();
    await gone;
    await eventually(() => (held.every(({ destroyed }) => destroyed) ? true : undefined));
    held = [];
    const next = askMessages(gateway, key, {}, { path });
    await heldAre(1);
    release();
    expect((await next).status).toBe(200);
  });
});

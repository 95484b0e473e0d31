import { request } from 'node:http';
import { connect } from 'node:net';
import { MASTER_KEY, startTestGateway, type TestGateway } from './support/gateway';

describe('the listeners', () => {
  let gateway: TestGateway;
  let key: string;
  beforeAll(async () => {
    gateway = await startTestGateway({ limits: { bodyBytes: 10_000 } });
    key = await gateway.workspaceKey();
  });
  afterAll(() => gateway.close());

  test('health needs no key, on both', async () => {
    for (const url of [gateway.dataUrl, gateway.adminUrl]) {
      for (const path of ['/health/readiness', '/health']) {
        const ready = await gateway.request(url + path);
        expect([ready.status, ready.json]).toEqual([200, { status: 'connected', db: 'connected' }]);
      }
      for (const path of ['/health/liveliness', '/health/liveness'])
        expect((await gateway.request(url + path)).json).toBe("I'm alive!");
    }
  });

  test.each([
    '/key/generate',
    '/user/new',
    '/v2/key/info',
    '/spend/logs',
    '/global/spend',
    '/ui',
    '/ui/index.html',
    '/metrics',
    '/v1/model/info',
  ])('an admin path on the data listener, %s, says where it is served', async (path) => {
    const answer = await gateway.request(path, { key: MASTER_KEY });
    expect(answer.status).toBe(404);
    expect(answer.json.error.message).toContain('admin listener');
  });

  test.each(['/', '/v1/responses', '/v1/chat/completions/', '/../v1/models', '//v1/models', '/v1%2Fmodels'])(
    'an unknown path, %s, reaches no provider',
    async (path) => {
      const answer = await gateway.request(gateway.dataUrl + path, {
        key,
        body: { model: 'claude-sonnet', messages: [] },
      });
      expect([404, 405]).toContain(answer.status);
      expect(answer.json.error).toMatchObject({
        message: expect.any(String) as string,
        code: String(answer.status),
      });
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
      expect(gateway.standin.requests).toHaveLength(0);
    },
  );

  test.each(['GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD'])(
    '%s on a model call is not allowed',
    async (method) => {
      const answer = await gateway.request('/v1/chat/completions', { method });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    },
  );

  test('the admin listener says nothing without the master key', async () => {
    for (const given of [undefined, key, 'sk-wrong', `${MASTER_KEY}x`]) {
      const answer = await gateway.request(
        `${gateway.adminUrl}/key/list`,
        given === undefined ? {} : { key: given },
      );
      expect(answer.json.error).toMatchObject({ type: 'auth_error', code: '401' });
    }
    expect((await gateway.request(`${gateway.adminUrl}/nothing`, { key: MASTER_KEY })).status).toBe(404);
    expect(
      (await gateway.request(`${gateway.adminUrl}/v1/chat/completions`, { key: MASTER_KEY, body: {} }))
        .status,
    ).toBe(404);
  });

  test('a body too large is refused, announced or not', async () => {
    const content = 'x'.repeat(20_000);
    const announced = await gateway.chat(key, { messages: [{ role: 'user', content }] });
    expect([announced.status, announced.json.error.code]).toEqual([413, '413']);
    // In chunks, so without a length in front.
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { authorization: `Bearer ${key}` };
      const sending = request(`${gateway.dataUrl}/v1/chat/completions`, { method: 'POST', headers });
      sending.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
      sending.write(content);
      sending.end();
    });
    expect(status).toBe(413);
  });

  test('what is no HTTP gets a 400', async () => {
    const { port } = new URL(gateway.dataUrl);
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(Number(port), '127.0.0.1', () => socket.write('nonsense\r\n\r\n'));
      socket.on('data', (chunk) => (text += chunk.toString())).on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  });
});

/** Milliseconds. Calls under way get longer than that, so who waits for them is told from who need not. */
const SOON = 20_000;

test('a connection that never asked for anything does not keep the gateway from stopping', async () => {
  const gateway = await startTestGateway({ limits: { shutdownMs: 3 * SOON } });
  const socket = connect(Number(new URL(gateway.dataUrl).port), '127.0.0.1');
  await new Promise((resolve) => socket.once('connect', resolve));
  const start = performance.now();
  await gateway.gateway.close();
  expect(performance.now() - start).toBeLessThan(SOON);
  socket.destroy();
  await gateway.close();
});

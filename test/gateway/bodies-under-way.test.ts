import { hashKey } from '../../gateway/keys/key-derivation';
import { startCoderStandin, type CoderStandin } from '../standins/coder';
import { makeGate } from './support/gate';
import { eventually, MASTER_KEY, startTestGateway, type TestGateway } from './support/gateway';
import { policyFile, type PolicyFile } from './support/policy-file';
import { sendRaw, type RawRequest } from './support/raw';

const KIB = 1024;
const LARGEST = 512 * KIB;
const HELLO = { messages: [{ role: 'user', content: 'hi' }] };
const AT_ONCE = 5;

describe('bodies under way', () => {
  let policy: PolicyFile;
  let coder: CoderStandin;
  let gateway: TestGateway;
  let sent: RawRequest[] = [];
  let number = 0;
  beforeAll(async () => {
    policy = await policyFile({ workspace: { maxParallelRequests: AT_ONCE } });
    coder = await startCoderStandin();
    gateway = await startTestGateway({
      env: { ...policy.env, CODER_URL: coder.url },
      limits: { bodyBytes: LARGEST, bodiesBytes: 5 * LARGEST, keyBodiesBytes: 2.5 * LARGEST },
    });
  });
  afterAll(async () => {
    await gateway.close();
    await coder.close();
    await policy.remove();
  });
  beforeEach(() => gateway.standin.reset());
  afterEach(async () => {
    for (const { socket } of sent) socket.destroy();
    sent = [];
    await eventually(() => (held() === 0 ? true : undefined));
  });

  const held = () => gateway.gateway.services.bodies.held;
  const newKey = () => gateway.workspaceKey({ workspace: { id: `bodies-${(number += 1)}`, name: 'dev' } });
  const send = (key: string, head: readonly string[], body?: Buffer, path = '/v1/chat/completions') => {
    const request = sendRaw(gateway.dataUrl, path, [`authorization: Bearer ${key}`, ...head], body);
    sent.push(request);
    return request;
  };
  const most = Buffer.alloc(LARGEST - 1, ' ');
  const count = (status: number) => sent.filter((request) => request.status() === status).length;

  test('of sixty connections that hold back the last byte are as many as the key has memory for', async () => {
    const key = await newKey();
    for (let index = 0; index < 60; index += 1) send(key, [`content-length: ${LARGEST}`], most);
    await eventually(() => (count(429) === 60 - 2 ? true : undefined));
    expect(held()).toBeLessThanOrEqual(2.5 * LARGEST);
    for (const request of sent.filter((each) => each.status() === 429))
      expect(request.heard()).toMatch(
        /all the memory that one key may have|Limit type: max_parallel_requests\./,
      );
    const other = await newKey();
    expect(
      (await gateway.chat(other, { messages: [{ role: 'user', content: 'x'.repeat(300_000) }] })).status,
    ).toBe(200);
  });

  test('are counted for the key from their first byte: one too many is refused before its own is read', async () => {
    const key = await newKey();
    for (let index = 0; index < AT_ONCE; index += 1) send(key, ['content-length: 1000'], Buffer.from('{'));
    await eventually(() => (held() >= AT_ONCE ? true : undefined));
    const late = send(key, [`content-length: 1000`]);
    await eventually(() => late.status());
    expect(late.status()).toBe(429);
    expect(late.heard()).toContain('Rate limit exceeded for this key: 5 calls at once.');
    expect(late.heard()).toMatch(/retry-after: 1\r\n/);
    for (const { socket } of sent) socket.destroy();
    await eventually(() => (held() === 0 ? true : undefined));
    expect((await gateway.chat(key, HELLO)).status).toBe(200);
  });

  test('leave their place as soon as the answer is there, so that one call after the other is let through', async () => {
    const key = await newKey();
    const limits = { key, max_parallel_requests: 1 };
    const update = await gateway.request(`${gateway.adminUrl}/key/update`, { key: MASTER_KEY, body: limits });
    expect(update.status).toBe(200);
    const [account] = await gateway.store.query<{ account_id: string }>(
      'select account_id from keys where hash = $1',
      [hashKey(key)],
    );
    for (let call = 0; call < 10; call += 1) {
      expect((await gateway.chat(key, HELLO)).status).toBe(200);
      const leave = gateway.gateway.services.callSlots.enter(account?.account_id ?? '', 1);
      expect(leave).toBeDefined();
      leave?.();
      await gateway.settled();
    }
  });

  test('of all keys together have a bound, and the others are told to wait', async () => {
    const keys = [await newKey(), await newKey(), await newKey(), await newKey()];
    for (const key of keys) {
      for (let index = 0; index < 2; index += 1) send(key, [`content-length: ${LARGEST}`], most);
      await eventually(() =>
        sent.every((each) => each.status() !== undefined || each.socket.writableLength === 0)
          ? true
          : undefined,
      );
    }
    await eventually(() => (count(503) > 0 ? true : undefined));
    expect(held()).toBeLessThanOrEqual(5 * LARGEST);
    const refused = sent.find((request) => request.status() === 503);
    expect(refused?.heard()).toMatch(/retry-after: 1\r\n/);
    expect((await gateway.chat(await newKey(), HELLO)).status).toBe(200);
  });

  test('in single bytes hold no more than they are', async () => {
    const key = await newKey();
    const request = send(key, ['transfer-encoding: chunked'], Buffer.from('1\r\n \r\n'.repeat(100_000)));
    await eventually(() => (held() > 64 * KIB ? true : undefined));
    request.socket.write('1\r\n \r\n'.repeat(50_000));
    let most = 0;
    const looking = setInterval(() => (most = Math.max(most, held())), 1);
    const body = JSON.stringify({ model: 'claude-sonnet-4-5', ...HELLO });
    request.socket.write(`${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`);
    await eventually(() => request.status());
    clearInterval(looking);
    expect(request.status()).toBe(200);
    expect(most).toBeLessThan(2 * 150_000 + 64 * KIB);
  });

  test('in too many chunks are refused', async () => {
    const request = send(
      await newKey(),
      ['transfer-encoding: chunked'],
      Buffer.from('1\r\n \r\n'.repeat(210_000)),
    );
    await eventually(() => request.status());
    expect(request.heard()).toMatch(/^HTTP\/1\.1 413 [^]*more chunks than the gateway reads/);
  });

  test('count as what was written of them, until the call is over', async () => {
    const key = await newKey();
    const { opened, open } = makeGate();
    gateway.standin.answer({ until: opened });
    const answer = gateway.chat(key, { messages: [{ role: 'user', content: 'x'.repeat(100_000) }] });
    await eventually(() => gateway.standin.requests.find(({ rawBody }) => rawBody.length > 100_000));
    const meanwhile = held();
    open();
    expect((await answer).status).toBe(200);
    expect(meanwhile).toBeGreaterThan(100_000);
    expect(meanwhile).toBeLessThan(130_000);
    expect(held()).toBe(0);
  });

  test.each([
    ['a key nobody gave out', '/v1/chat/completions', () => `sk-${'x'.repeat(43)}`, 401],
    ['a claim nobody signed', '/api/v1/keys/workspace', () => `v1.e30=.${'0'.repeat(64)}`, 401],
    ['a token nobody made', '/api/v1/keys/self', () => `${'x'.repeat(10)}-${'y'.repeat(22)}`, 401],
    ['a wrong key at the admin listener', '/key/generate', () => 'sk-wrong', 401],
  ])('of %s are not waited for, nor read', async (_, path, credential, status) => {
    const url = path === '/key/generate' ? gateway.adminUrl : gateway.dataUrl;
    const request = sendRaw(
      url,
      path,
      [`authorization: Bearer ${credential()}`, `content-length: ${32 * 1024 * KIB}`],
      Buffer.from('{'),
    );
    sent.push(request);
    await eventually(() => request.status());
    expect(request.status()).toBe(status);
    expect(request.heard()).toMatch(/connection: close/i);
    expect(held() + gateway.gateway.services.keylessBodies.held).toBe(0);
  });

  test('of who asks for a key are small', async () => {
    const ann = { id: '00000000-0000-4000-8000-0000000000aa', username: 'ann', status: 'active' as const };
    coder.users.push(ann);
    const ask = (body: object) =>
      gateway.request('/api/v1/keys/self', { key: coder.token(ann.id), method: 'POST', body });
    expect((await ask({ purpose: 'x'.repeat(5_000) })).status).toBe(413);
    expect((await ask({ purpose: 'x' })).status).toBe(200);
    expect(gateway.gateway.services.keylessBodies.held).toBe(0);
  });
});

import { fail, say, text } from '../standins/anthropic';
import { startTestGateway, type TestGateway } from './support/gateway';
import { askMessages } from './support/messages';
import type { PolicyFile } from './support/policy-file';
import { asked, FIRST, SECOND, twoDeployments } from './support/two-deployments';

describe('a deployment that failed', () => {
  let policy: PolicyFile;
  let gateway: TestGateway;
  let key: string;

  beforeAll(async () => {
    policy = await twoDeployments();
    // Far longer than a test takes: no pause ends by itself.
    gateway = await startTestGateway({ env: policy.env, limits: { coolDownMs: 600_000 } });
    key = await gateway.workspaceKey();
  });
  afterAll(async () => {
    await gateway.close();
    await policy.remove();
  });
  beforeEach(() => {
    gateway.standin.reset();
    for (const id of [FIRST, SECOND]) gateway.gateway.services.health.answered(`anthropic/${id}`, Infinity);
  });

  const ask = (stream = false) =>
    gateway.chat(key, { stream, max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] });

  test('is passed over by the next calls, which then need one attempt only', async () => {
    gateway.standin.answer(fail(529), say('a'));
    await ask();
    const next = await ask();
    expect(next.headers.get('x-gateway-attempts')).toBe('1');
    expect(next.headers.get('x-gateway-deployment')).toBe(`anthropic/${SECOND}`);
    expect(asked(gateway)).toEqual([FIRST, SECOND, SECOND]);
  });

  test('inside its stream is passed over too', async () => {
    gateway.standin.answer({
      content: [text('some', 'more')],
      interruption: { after: 'content', how: 'cut' },
    });
    expect((await ask(true)).text).toContain('"error"');
    await ask();
    expect(asked(gateway)).toEqual([FIRST, SECOND]);
  });

  test('is not asked to count tokens either, as long as another can', async () => {
    const count = async () =>
      (await askMessages(gateway, key, {}, { path: '/v1/messages/count_tokens' })).status;
    gateway.standin.answer(fail(529), say('a'), fail(529), fail(529));
    await ask();
    expect(await count()).toBe(200);
    expect(asked(gateway)).toEqual([FIRST, SECOND, SECOND]);
    // Both have failed now; the first one's pause ends first.
    expect((await ask()).status).toBe(503);
    expect(await count()).toBe(200);
    expect(asked(gateway).slice(3)).toEqual([SECOND, FIRST]);
  });

  test('is asked all the same when the others fail too: one attempt a call, never none', async () => {
    gateway.standin.answer(fail(529), fail(500), fail(529), say('back'));
    expect((await ask()).status).toBe(503);
    expect(asked(gateway)).toEqual([FIRST, SECOND]);
    // The first one's pause ends first; when it fails again, the other's does.
    expect((await ask()).status).toBe(503);
    expect((await ask()).text).toContain('back');
    expect(asked(gateway).slice(2)).toEqual([FIRST, SECOND]);
  });

  test('costs nobody an answer, and under many calls no more tries than were under way when it failed', async () => {
    gateway.standin.setDefault(({ body }) => (body['model'] === FIRST ? fail(529) : say('here')));
    const askMany = (stream: boolean) => Promise.all(Array.from({ length: 25 }, () => ask(stream)));
    for (const answer of [...(await askMany(true)), ...(await askMany(false))])
      expect([answer.status, answer.text.includes('here')]).toEqual([200, true]);
    const tries = asked(gateway).filter((id) => id === FIRST).length;
    expect(tries).toBeGreaterThanOrEqual(1);
    expect(tries).toBeLessThanOrEqual(25);
  });

  test('is not one that refuses what the client asked', async () => {
    gateway.standin.answer(fail(400), say('a'));
    expect((await ask()).status).toBe(400);
    await ask();
    expect(asked(gateway)).toEqual([FIRST, FIRST]);
  });
});

test('a provider that says how long to wait is left alone for as long', async () => {
  const policy = await twoDeployments();
  const gateway = await startTestGateway({ env: policy.env, limits: { coolDownMs: 0 } });
  const { health } = gateway.gateway.services;
  const key = await gateway.workspaceKey();
  const ask = () => gateway.chat(key, { max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] });
  const before = health.now();
  gateway.standin.answer(fail(429, { retryAfter: 50 }), say('a'));
  await ask();
  expect(health.pausedUntil(`anthropic/${FIRST}`)).toBeGreaterThanOrEqual(before + 50_000);
  await ask();
  expect(asked(gateway)).toEqual([FIRST, SECOND, SECOND]);
  await gateway.close();
  await policy.remove();
});

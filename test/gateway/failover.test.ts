import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalog } from '../../src/catalog';
import { renderGatewayDocument } from '../../src/gateway-document';
import { policy } from '../../src/policy';
import { fail, say, text } from '../standins/anthropic';
import { eventually, readStream, startTestGateway, type TestGateway } from './support/gateway';

const FIRST = 'claude-sonnet-4-5-20250929';
const SECOND = 'claude-haiku-4-5-20251001';

describe('a model with two deployments', () => {
  let folder: string;
  let gateway: TestGateway;
  let key: string;
  let calls = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gateway-failover-'));
    const [sonnet, haiku] = catalog.models.map(({ deployments }) => deployments[0]);
    if (!sonnet || !haiku) throw new Error('the catalog has lost its models');
    const models = catalog.models.map((model) => ({ ...model, deployments: [sonnet, haiku] }));
    const document = renderGatewayDocument({ ...catalog, models }, policy);
    await writeFile(join(folder, 'config.json'), JSON.stringify(document));
    gateway = await startTestGateway({ env: { GATEWAY_CONFIG: join(folder, 'config.json') } });
    key = await gateway.workspaceKey();
  });
  afterAll(async () => {
    await gateway.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => gateway.standin.reset());

  const ask = (stream: boolean) =>
    gateway.chat(key, { stream, max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] });
  const asked = () => gateway.standin.requests.map(({ body }) => (body as { model: string }).model);
  const booked = async () => (await gateway.ledger((calls += 1))).at(-1);

  test.each([429, 529, 500, 401, 404])('goes on to the second when the first answers %i', async (status) => {
    for (const stream of [false, true]) {
      gateway.standin.reset();
      gateway.standin.answer(fail(status), { ...say('here'), usage: { input_tokens: 10, output_tokens: 3 } });
      const answer = await ask(stream);
      expect(answer.status).toBe(200);
      expect(answer.text).toContain('here');
      expect(asked()).toEqual([FIRST, SECOND]);
      expect(answer.headers.get('x-gateway-attempts')).toBe('2');
      expect(answer.headers.get('x-gateway-deployment')).toBe(`anthropic/${SECOND}`);
      // At the price of the one that answered.
      expect(await booked()).toMatchObject({ attempts: 2, deployment: SECOND, cost_nano: '25000' });
    }
  });

  test.each(['overloaded_error', 'api_error'])(
    'goes on when the first stream opens with %s',
    async (errorType) => {
      const interruption = { after: 'start', how: 'error', errorType } as const;
      gateway.standin.answer({ content: [text('never')], interruption }, say('here'));
      const answer = await ask(true);
      expect(readStream(answer.text).isDone).toBe(true);
      expect(answer.text).not.toContain('never');
      expect(await booked()).toMatchObject({ attempts: 2, estimated: false });
    },
  );

  test('does not go on once something was shown', async () => {
    const interruption = { after: 'content', how: 'error' } as const;
    gateway.standin.answer({ content: [text('some', 'more')], interruption });
    expect((await ask(true)).text).toContain('"error"');
    expect(asked()).toEqual([FIRST]);
    await booked();
  });

  test('does not go on when every deployment would refuse the same', async () => {
    gateway.standin.answer(fail(400, { message: 'messages: too odd' }));
    const answer = await ask(false);
    expect(answer.json.error.message).toContain('messages: too odd');
    expect(asked()).toEqual([FIRST]);
    await booked();
  });

  test('gives the first error when all fail', async () => {
    gateway.standin.answer(fail(529), fail(500));
    expect((await ask(true)).json.error).toMatchObject({ type: 'provider_overloaded', code: '503' });
    expect(await booked()).toMatchObject({ attempts: 2, cost_nano: '0', status: 503 });
  });

  test('does not ask twice, and books the worst, when the first may have taken the call on', async () => {
    let heard = 0;
    const silent = createServer((request) => {
      heard += 1;
      request.socket.destroy();
    });
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
    const { port } = silent.address() as AddressInfo;
    const other = await startTestGateway({
      store: gateway.store,
      standin: gateway.standin,
      env: {
        GATEWAY_CONFIG: join(folder, 'config.json'),
        ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}`,
      },
    });
    const answer = await other.chat(key, { max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] });
    expect(answer.status).toBe(502);
    expect(answer.text).not.toContain('127.0.0.1');
    expect(heard).toBe(1);
    expect(await booked()).toMatchObject({ attempts: 1, estimated: true });
    silent.close();
    await eventually(() => (silent.listening ? undefined : true));
    // Nobody there at all: nothing was sent, so nothing is owed and the next is asked.
    const unreachable = await other.chat(key, {
      max_tokens: 100,
      messages: [{ role: 'user', content: 'hi' }],
    });
    expect(unreachable.json.error).toMatchObject({ type: 'provider_unreachable', code: '503' });
    expect(await booked()).toMatchObject({ attempts: 2, cost_nano: '0', estimated: false });
    await other.close();
  });
});

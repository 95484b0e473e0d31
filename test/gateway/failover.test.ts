import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fail, say, text } from '../standins/anthropic';
import { makeGate } from './support/gate';
import { eventually, readStream, startTestGateway, type TestGateway } from './support/gateway';
import { WIDE, type PolicyFile } from './support/policy-file';
import { asked, FIRST, onlyTwo, SECOND, twoDeployments } from './support/two-deployments';

describe('a model with two deployments', () => {
  let policy: PolicyFile;
  let gateway: TestGateway;
  let key: string;
  let calls = 0;

  beforeAll(async () => {
    policy = await twoDeployments();
    // A pause that is over at once, so that no test finds what the one before it has left.
    gateway = await startTestGateway({ env: policy.env, limits: { coolDownMs: 0 } });
    key = await gateway.workspaceKey();
  });
  afterAll(async () => {
    await gateway.close();
    await policy.remove();
  });
  beforeEach(() => gateway.standin.reset());

  const ask = (stream: boolean) =>
    gateway.chat(key, { stream, max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] });
  const booked = async () => (await gateway.ledger((calls += 1))).at(-1);

  test.each([401, 403, 404, 408, 409, 429, 500, 503, 529])(
    'goes on to the second when the first answers %i',
    async (status) => {
      for (const stream of [false, true]) {
        gateway.standin.reset();
        gateway.standin.answer(fail(status), {
          ...say('here'),
          usage: { input_tokens: 10, output_tokens: 3 },
        });
        const answer = await ask(stream);
        expect(answer.status).toBe(200);
        expect(answer.text).toContain('here');
        expect(asked(gateway)).toEqual([FIRST, SECOND]);
        expect(answer.headers.get('x-gateway-attempts')).toBe('2');
        expect(answer.headers.get('x-gateway-deployment')).toBe(`anthropic/${SECOND}`);
        // At the price of the one that answered.
        expect(await booked()).toMatchObject({ attempts: 2, deployment: SECOND, cost_nano: '25000' });
      }
    },
  );

  test.each(['overloaded_error', 'rate_limit_error', 'api_error'])(
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
    expect(asked(gateway)).toEqual([FIRST]);
    await booked();
  });

  test('does not go on when every deployment would refuse the same', async () => {
    gateway.standin.answer(fail(400, { message: 'messages: too odd' }));
    const answer = await ask(false);
    expect(answer.json.error.message).toContain('messages: too odd');
    expect(asked(gateway)).toEqual([FIRST]);
    await booked();
  });

  test('gives the first error when all fail', async () => {
    gateway.standin.answer(fail(529), fail(500));
    expect((await ask(true)).json.error).toMatchObject({ type: 'provider_overloaded', code: '503' });
    expect(await booked()).toMatchObject({ attempts: 2, cost_nano: '0', status: 503 });
  });

  test.each(['cut', 'end'] as const)(
    'goes on when the first stream breaks before its content (%s), and books what it may be billed',
    async (how) => {
      gateway.standin.answer(
        { content: [text('never')], interruption: { after: 'start', how } },
        say('here'),
      );
      const answer = await ask(true);
      expect(readStream(answer.text).isDone).toBe(true);
      expect(answer.headers.get('x-gateway-attempts')).toBe('2');
      const rows = (await gateway.ledger((calls += 2))).slice(-2);
      expect(rows).toMatchObject([
        { attempts: 1, deployment: FIRST, estimated: true, status: 502, error_type: 'provider_error' },
        { attempts: 2, deployment: SECOND, estimated: false, status: 200 },
      ]);
      // The one the client knows of is under the id it was told.
      expect(rows[1]?.['request_id']).toBe(answer.headers.get('x-request-id'));
      expect(Number(rows[0]?.['cost_nano'])).toBeGreaterThan(100 * 15_000);
    },
  );

  test('after a pause one call finds out whether the first answers again, the others do not wait for it', async () => {
    gateway.standin.answer(fail(500), say('here'));
    await ask(false);
    const gate = makeGate();
    gateway.standin.answer({ ...say('back'), until: gate.opened }, say('elsewhere'), say('again'));
    const probe = ask(true);
    await eventually(() => gateway.standin.requests[2]);
    expect((await ask(false)).text).toContain('elsewhere');
    gate.open();
    expect((await probe).text).toContain('back');
    await ask(false);
    expect(asked(gateway)).toEqual([FIRST, SECOND, FIRST, SECOND, FIRST]);
    await gateway.ledger((calls += 4));
  });

  test('tries no further when there were too many tries already', async () => {
    const take = jest.spyOn(gateway.gateway.services.retries, 'take').mockReturnValueOnce(false);
    gateway.standin.answer(fail(500));
    expect((await ask(false)).status).toBe(502);
    expect(asked(gateway)).toEqual([FIRST]);
    take.mockRestore();
    await booked();
  });

  describe('whose provider breaks the connection', () => {
    let heard = 0;
    const breaks: RequestListener = (request) => {
      heard += 1;
      request.socket.destroy();
    };
    const provider = createServer(breaks);
    let other: TestGateway;
    beforeAll(async () => {
      await new Promise<void>((done) => provider.listen(0, '127.0.0.1', done));
      const { port } = provider.address() as AddressInfo;
      other = await startTestGateway({
        store: gateway.store,
        standin: gateway.standin,
        env: { ...policy.env, ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}` },
        limits: { coolDownMs: 0 },
      });
    });
    afterAll(() => other.close());
    const budgetOf = (holder: string, dollars: number) =>
      eventually(async () => {
        const { json } = await other.request('/api/v1/keys/info', { key: holder });
        return (json as unknown as { max_budget: number }).max_budget === dollars ? true : undefined;
      });
    const ask = (by = key) =>
      other.chat(by, { max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] });

    test('the second is asked, and both are booked at their worst, since both may have taken the call on', async () => {
      heard = 0;
      const answer = await ask();
      expect(answer.status).toBe(502);
      expect(answer.text).not.toContain('127.0.0.1');
      expect(heard).toBe(2);
      const rows = (await gateway.ledger((calls += 2))).slice(-2);
      expect(rows).toMatchObject([
        { attempts: 1, deployment: FIRST, estimated: true },
        { attempts: 2, deployment: SECOND, estimated: true },
      ]);
      expect(rows[0]?.['cost_nano']).toBe(rows[1]?.['cost_nano']);
    });

    test('the second is not asked when the budget has no room for both', async () => {
      const [row] = (await gateway.ledger(calls)).slice(-1);
      const maxBudget = (1.5 * Number(row?.['cost_nano'])) / 1e9;
      const poor = await gateway.workspaceKey({ workspace: { id: 'ws-poor', name: 'poor' } });
      await policy.write({ models: onlyTwo(), workspace: { maxBudget } });
      await budgetOf(poor, maxBudget);
      heard = 0;
      expect((await ask(poor)).status).toBe(502);
      expect(heard).toBe(1);
      expect((await gateway.ledger((calls += 1))).at(-1)).toMatchObject({ attempts: 1, estimated: true });
      await policy.write({ models: onlyTwo() });
      await budgetOf(poor, WIDE.maxBudget);
    });

    test('nothing is owed to one that cannot be reached at all', async () => {
      provider.closeAllConnections();
      await new Promise((done) => provider.close(done));
      const unreachable = await ask();
      expect(unreachable.json.error).toMatchObject({ type: 'provider_unreachable', code: '503' });
      expect(await booked()).toMatchObject({ attempts: 2, cost_nano: '0', estimated: false });
    });
  });
});

import { showDollars } from '../../gateway/ledger/money';
import { say } from '../standins/anthropic';
import { nextMidnight } from './support/calendar';
import { makeGate } from './support/gate';
import { eventually, lastSent, startTestGateway, type Answer, type TestGateway } from './support/gateway';
import { policyFile, type PolicyFile } from './support/policy-file';
import { startStore, type TestStore } from './support/store';

/** $0.05, in nano-dollars. */
const BUDGET = 50_000_000;

describe('a budget that calls under way hold', () => {
  let file: PolicyFile;
  let store: TestStore;
  let gateway: TestGateway;
  /** On the same store; its calls wait for a moment only. */
  let hasty: TestGateway;
  let now: Date | undefined;
  let number = 0;
  let key: string;

  beforeAll(async () => {
    file = await policyFile({ workspace: { maxBudget: BUDGET / 1e9 } });
    store = await startStore();
    const shared = { env: file.env, store, now: () => now ?? new Date() };
    gateway = await startTestGateway({ ...shared, limits: { budgetWaitMs: 120_000 } });
    hasty = await startTestGateway({
      ...shared,
      standin: gateway.standin,
      limits: { budgetWaitMs: 300 },
    });
  });
  afterAll(async () => {
    await hasty.close();
    await gateway.close();
    await gateway.standin.close();
    await store.remove();
    await file.remove();
  });
  beforeEach(async () => {
    now = undefined;
    gateway.standin.reset();
    await gateway.clearLedger();
    key = await newKey();
  });
  afterEach(() => expect(gateway.gateway.services.budgetQueues.size).toBe(0));

  const newKey = () =>
    gateway.workspaceKey({
      workspace: { id: `wait-${(number += 1)}`, name: 'dev' },
      owner: { id: `o-${number}`, name: `o${number}`, groups: [] },
      level: 'unrestricted',
    });
  const body = (max_tokens: number, extra: object = {}) => ({
    model: 'claude-haiku-4-5',
    max_tokens,
    messages: [{ role: 'user', content: 'hi' }],
    ...extra,
  });
  const usage = (output_tokens: number) => ({ usage: { input_tokens: 10, output_tokens } });
  const waiting = (count: number, where = gateway) =>
    eventually(() => where.gateway.services.budgetQueues.size === count || undefined);
  /** Output limits of the calls that reached the provider, in their order. */
  const asked = () =>
    gateway.standin.requests
      .filter(({ path }) => path === '/v1/messages')
      .map((request) => (request.body as { max_tokens: number }).max_tokens);
  /** A call under way that sets aside most of the budget and will cost next to nothing. */
  async function hold(tokens = 8_000) {
    const gate = makeGate();
    const before = asked().length;
    gateway.standin.answer({ ...say('x'), ...usage(10), until: gate.opened });
    const answer = gateway.chat(key, body(tokens));
    await eventually(() => asked().length > before || undefined);
    return {
      async end() {
        gate.open();
        return answer;
      },
    };
  }

  test('is waited for in order: a dear call is not kept from its turn by cheap ones, nor another key by either', async () => {
    const holder = await hold();
    const dear = gateway.chat(key, body(7_000));
    await waiting(1);
    // There would be enough for it.
    const cheap = gateway.chat(key, body(100));
    await waiting(2);
    expect((await gateway.chat(await newKey(), body(6_000))).status).toBe(200);
    expect(asked()).toEqual([8_000, 6_000]);
    await holder.end();
    const answers = await Promise.all([dear, cheap]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(asked()).toEqual([8_000, 6_000, 7_000, 100]);
    // All that it asked for, though less would have done for an answer.
    expect(answers[0].headers.get('x-gateway-max-tokens')).toBeNull();
  });

  test('is waited for in another process too', async () => {
    const holder = await hold();
    const own = await startTestGateway({ env: file.env, store, standin: gateway.standin });
    const elsewhere = own.chat(key, body(7_000));
    await waiting(1, own);
    await holder.end();
    expect((await elsewhere).status).toBe(200);
    await own.close();
  });

  test('is told after a while by a 429 that says so, which stands against nobody', async () => {
    const holder = await hold();
    for (const stream of [false, true]) {
      const late = await hasty.chat(key, body(7_000, { stream }));
      expect(late.status).toBe(429);
      expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(late.headers.get('x-should-retry')).toBe('true');
      expect(late.json.error.type).toBe('throttling_error');
      expect(late.json.error.message).toMatch(
        /^The budget has room, but calls under way hold it\. Key=sk-\.\.\..{4} Current cost: \$0\.00, set aside for calls under way: \$0\.04(?:\d\d)?, Max budget: \$0\.05\. This call may cost \$0\.0\d+ or more\./,
      );
    }
    // One that finds room goes on all the while.
    expect((await hasty.chat(key, body(100))).status).toBe(200);
    await holder.end();
    await gateway.settled();
    expect((await hasty.chat(key, body(7_000))).status).toBe(200);
  });

  test('is waited for by so many, and others are told so at once', async () => {
    const holder = await hold();
    const limits = { budgetWaitMs: 120_000, keyBudgetWaiters: 1 };
    const own = await startTestGateway({ env: file.env, store, standin: gateway.standin, limits });
    const first = own.chat(key, body(7_000));
    await waiting(1, own);
    const second = await own.chat(key, body(7_000));
    expect([second.status, second.json.error.type]).toEqual([429, 'throttling_error']);
    expect(second.json.error.message).toContain('calls under way hold it');
    await holder.end();
    expect((await first).status).toBe(200);
    await own.close();
  });

  test('is left by a client that goes, and the next has its turn', async () => {
    const holder = await hold();
    const client = new AbortController();
    const gone = gateway.chat(key, body(7_000, { stream: true }), { signal: client.signal });
    await waiting(1);
    const next = gateway.chat(key, body(100));
    await waiting(2);
    client.abort();
    await expect(gone).rejects.toThrow();
    expect((await next).status).toBe(200);
    await holder.end();
    expect(asked()).toEqual([8_000, 100]);
    const rows = await gateway.ledger(2);
    expect(rows).toHaveLength(2);
  });

  test('is waited for no longer than its window', async () => {
    now = new Date(nextMidnight().getTime() - 60_000);
    // $0.03 is spent.
    gateway.standin.answer({ ...say('x'), ...usage(6_000) });
    expect((await gateway.chat(key, body(6_000))).status).toBe(200);
    await gateway.settled();
    const holder = await hold(3_000);
    const next = gateway.chat(key, body(2_000));
    await waiting(1);
    now = nextMidnight();
    expect((await next).status).toBe(200);
    expect(asked()).toEqual([6_000, 3_000, 2_000]);
    await holder.end();
  });

  test('is clamped by what is spent, and waited for where the rest is only held', async () => {
    gateway.standin.answer({ ...say('x'), ...usage(7_000) });
    expect((await gateway.chat(key, body(7_000))).status).toBe(200);
    await gateway.settled();
    // Some $0.015 is left: enough for 2,600 tokens beside the input.
    const clamped = await gateway.chat(key, body(8_000));
    expect(clamped.status).toBe(200);
    expect(lastSent(gateway.standin).max_tokens).toBeGreaterThan(2_000);
    expect(lastSent(gateway.standin).max_tokens).toBeLessThan(3_000);
    await gateway.settled();
    const holder = await hold(1_500);
    const next = gateway.chat(key, body(8_000));
    await waiting(1);
    await holder.end();
    expect((await next).status).toBe(200);
    expect(asked().at(-1)).toBeGreaterThan(2_000);
  });

  test('is refused by a 402 as soon as it is spent, also to those who wait', async () => {
    const gate = makeGate();
    gateway.standin.answer({ ...say('x'), ...usage(9_700), until: gate.opened });
    const last = gateway.chat(key, body(9_700));
    await eventually(() => asked()[0]);
    const waiters = [gateway.chat(key, body(300)), gateway.chat(key, body(300))];
    await waiting(2);
    gate.open();
    expect((await last).status).toBe(200);
    for (const { status, json } of await Promise.all(waiters)) {
      expect(status).toBe(402);
      expect(json.error.message).toMatch(/^Budget has been exceeded! .* Current cost: \$0\.048/);
    }
  });

  test('sends those who wait away when the gateway stops', async () => {
    const holder = await hold();
    const own = await startTestGateway({ env: file.env, store, standin: gateway.standin });
    const answer = own.chat(key, body(7_000));
    await waiting(1, own);
    const closed = own.close();
    expect(await answer).toMatchObject({ status: 503, json: { error: { type: 'shutting_down' } } });
    await closed;
    await holder.end();
  });

  describe('is used to its end', () => {
    const TEXT = 'word '.repeat(640);
    const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status);
    const spent = async () => {
      await gateway.settled();
      const rows = await store.query<{ cost_nano: string }>('select cost_nano from calls');
      return rows.reduce((sum, { cost_nano }) => sum + Number(cost_nano), 0);
    };

    test('by as many of two hundred calls at once as fit', async () => {
      // At $3 and $15 a million, eight of them come to some $0.046.
      gateway.standin.setDefault(() => ({ ...say('x'), usage: { output_tokens: 215 }, delayMs: 100 }));
      const call = () =>
        gateway.chat(key, {
          model: 'claude-sonnet-4-5',
          max_tokens: 500,
          messages: [{ role: 'user', content: TEXT }],
        });
      const answers = await Promise.all(Array.from({ length: 200 }, call));
      expect(statuses(answers).filter((status) => status === 200)).toHaveLength(8);
      const total = await spent();
      expect(total).toBeGreaterThan((BUDGET * 8) / 9);
      expect(total).toBeLessThanOrEqual(BUDGET);
      for (const { status, headers, json } of answers) {
        if (status === 200) continue;
        expect([402, 429]).toContain(status);
        const { message } = json.error;
        expect(message.startsWith('Budget has been exceeded!')).toBe(status === 402);
        if (status === 402)
          expect(message.replaceAll('\u202f', '')).toContain(`Current cost: ${showDollars(total)}`);
        else expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      }
    });

    test('by one call after the other', async () => {
      gateway.standin.setDefault(() => ({ ...say('x'), usage: { output_tokens: 100 } }));
      let last: Answer | undefined;
      do {
        last = await gateway.chat(key, {
          model: 'claude-haiku-4-5',
          max_tokens: 100,
          messages: [{ role: 'user', content: TEXT }],
        });
        await gateway.settled();
      } while (last.status === 200);
      expect(last.status).toBe(402);
      const total = await spent();
      expect(total).toBeGreaterThan(0.95 * BUDGET);
      expect(total).toBeLessThanOrEqual(BUDGET);
    });

    test('by five agents at once, with long conversations and their titles', async () => {
      await file.write({ workspace: { maxBudget: 10 } });
      gateway.gateway.services.documents.poll();
      // No more than the titles ask for: a bill beyond what was set aside would close the key.
      gateway.standin.setDefault(() => ({ ...say('x'), usage: { output_tokens: 150 }, delayMs: 200 }));
      const conversation = (agent: number) =>
        gateway.chat(key, {
          model: 'claude-opus-4',
          max_tokens: 64_000,
          messages: [{ role: 'user', content: `${agent} ${'word '.repeat(40_000)}` }],
        });
      const title = () => gateway.chat(key, body(200));
      const agents = [1, 2, 3, 4, 5].map(async (agent) => [await conversation(agent), await title()]);
      expect(statuses((await Promise.all(agents)).flat())).toEqual(Array(10).fill(200));
      expect(await spent()).toBeLessThan(5e9);
      await file.write({ workspace: { maxBudget: BUDGET / 1e9 } });
      gateway.gateway.services.documents.poll();
    });
  });
});

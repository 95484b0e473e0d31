import { say } from '../standins/anthropic';
import { makeGate } from './support/gate';
import { startTestGateway, eventually, type Answer, type TestGateway } from './support/gateway';
import { askMessages } from './support/messages';
import { policyFile, type PolicyFile } from './support/policy-file';
import { startStore, type TestStore } from './support/store';

const HELLO = { max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] };
const USAGE = {
  input_tokens: 100,
  output_tokens: 50,
  cache_creation_input_tokens: 40,
  cache_read_input_tokens: 30,
};

describe('limits', () => {
  let file: PolicyFile;
  let store: TestStore;
  let gateway: TestGateway;
  let other: TestGateway;
  let number = 0;

  beforeAll(async () => {
    file = await policyFile();
    store = await startStore();
    gateway = await startTestGateway({ env: file.env, store });
    other = await startTestGateway({ env: file.env, store, standin: gateway.standin });
  });
  afterAll(async () => {
    await other.close();
    await gateway.close();
    await gateway.standin.close();
    await store.remove();
    await file.remove();
  });
  beforeEach(async () => {
    gateway.standin.reset();
    gateway.standin.setDefault(() => ({ ...say('x'), usage: USAGE }));
    await gateway.clearLedger();
  });

  const policyOf = async (changes: Parameters<PolicyFile['write']>[0]) => {
    await file.write(changes);
    for (const each of [gateway, other]) each.gateway.services.documents.poll();
  };
  const ann = () => ({ id: `owner-${number}`, name: 'ann', groups: [] });
  const newKey = () =>
    gateway.workspaceKey({
      workspace: { id: `limits-${(number += 1)}`, name: 'dev' },
      owner: ann(),
      level: 'unrestricted',
    });
  const keyOfSameOwner = (workspace: string) =>
    gateway.workspaceKey({ workspace: { id: workspace, name: 'dev' }, owner: ann(), level: 'unrestricted' });
  const limited = (answer: Answer, type: string) => {
    expect(answer.status).toBe(429);
    expect(answer.json.error).toMatchObject({ type: 'throttling_error', code: '429' });
    expect(answer.json.error.message).toContain(`Limit type: ${type}.`);
    expect(answer.headers.get('rate_limit_type')).toBe(type);
    expect(answer.headers.get('x-should-retry')).toBe('true');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(60);
  };
  /** Both at once, by turns over the two processes. */
  const askBoth = (keys: readonly string[], calls: number, answered: (status: number) => void = () => {}) =>
    Promise.all(
      Array.from({ length: calls }, async (_, call) => {
        const answer = await (call % 2 === 0 ? gateway : other).chat(keys[call % keys.length] ?? '', HELLO);
        answered(answer.status);
        return answer;
      }),
    );
  /** The same, with every call that is let through under way until the others have been refused. */
  const askAtOnce = async (keys: readonly string[], calls: number) => {
    const { opened, open } = makeGate();
    gateway.standin.setDefault(() => ({ ...say('x'), usage: USAGE, until: opened }));
    let refused = 0;
    const answers = askBoth(keys, calls, (status) => (refused += status === 429 ? 1 : 0));
    await eventually(() => (refused + gateway.standin.requests.length >= calls ? true : undefined));
    open();
    return answers;
  };
  const admitted = (key: string) =>
    eventually(async () => ((await gateway.chat(key, HELLO)).status === 200 ? true : undefined));
  const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status).sort();
  const times = (status: number, count: number) => Array.from({ length: count }, () => status);

  test('on requests count over all processes, and every answer says what is left', async () => {
    await policyOf({ workspace: { rpmLimit: 7 } });
    const key = await newKey();
    const first = await gateway.chat(key, HELLO);
    expect(first.headers.get('x-ratelimit-limit-requests')).toBe('7');
    expect(first.headers.get('x-ratelimit-remaining-requests')).toBe('6');
    expect(first.headers.get('x-ratelimit-reset-requests')).toMatch(/^\d+s$/);
    expect(statuses(await askBoth([key], 11))).toEqual([...times(200, 6), ...times(429, 5)]);
    const refused = await other.chat(key, HELLO);
    limited(refused, 'requests');
    expect(refused.json.error.message).toContain('7 requests a minute');
    expect(refused.headers.get('x-ratelimit-remaining-requests')).toBe('0');
    expect(gateway.standin.requests).toHaveLength(7);
    expect(await gateway.ledger(7)).toHaveLength(7);
  });

  test('on requests open anew a minute after the first one', async () => {
    await policyOf({ workspace: { rpmLimit: 1 } });
    const key = await newKey();
    await gateway.chat(key, HELLO);
    limited(await gateway.chat(key, HELLO), 'requests');
    await store.query("update accounts set minute_start = minute_start - interval '1 minute'");
    expect((await other.chat(key, HELLO)).status).toBe(200);
  });

  test('on tokens count what is not cached, once it is known', async () => {
    await policyOf({ workspace: { tpmLimit: 300 } });
    const key = await newKey();
    for (const left of [300, 150]) {
      const answer = await gateway.chat(key, HELLO);
      expect(answer.headers.get('x-ratelimit-limit-tokens')).toBe('300');
      expect(answer.headers.get('x-ratelimit-remaining-tokens')).toBe(String(left));
      await gateway.settled();
    }
    const refused = await other.chat(key, HELLO);
    limited(refused, 'tokens');
    expect(refused.headers.get('x-ratelimit-remaining-tokens')).toBe('0');
    expect(gateway.standin.requests).toHaveLength(2);
  });

  test('on calls at once hold over all processes, and a call that ends makes room', async () => {
    await policyOf({ workspace: { maxParallelRequests: 3 } });
    const key = await newKey();
    const answers = await askAtOnce([key], 8);
    expect(statuses(answers)).toEqual([...times(200, 3), ...times(429, 5)]);
    const refused = answers.find(({ status }) => status === 429) as Answer;
    limited(refused, 'max_parallel_requests');
    expect(refused.headers.get('retry-after')).toBe('1');
    await gateway.ledger(3);
    // At once where one of them ended, within a second where the key was refused while others had them.
    await admitted(key);
  });

  test.each([
    ['requests', { rpmLimit: 5 }],
    ['max_parallel_requests', { maxParallelRequests: 5 }],
  ] as const)('on %s hold over all keys of an owner', async (type, owner) => {
    await policyOf({ owner });
    const keys = [await newKey(), await keyOfSameOwner(`second-${type}`)];
    const answers = await askAtOnce([keys[0] ?? '', keys[1] ?? '', keys[1] ?? ''], 12);
    expect(statuses(answers)).toEqual([...times(200, 5), ...times(429, 7)]);
    const refused = answers.find(({ status }) => status === 429) as Answer;
    limited(refused, type);
    expect(refused.json.error.message).toContain('all keys of its owner together');
    await gateway.ledger(5);
  });

  test('on tokens hold over all keys of an owner', async () => {
    await policyOf({ owner: { tpmLimit: 150 } });
    const [one, two] = [await newKey(), await keyOfSameOwner('second-tokens')];
    await gateway.chat(one, HELLO);
    await gateway.ledger(1);
    limited(await other.chat(two, HELLO), 'tokens');
  });

  test('are told in the dialect of the protocol', async () => {
    await policyOf({ workspace: { rpmLimit: 1 } });
    const key = await newKey();
    const ok = await askMessages(gateway, key, { max_tokens: 100 });
    expect(ok.headers.get('x-ratelimit-remaining-requests')).toBe('0');
    for (const stream of [false, true]) {
      const refused = await askMessages(gateway, key, { max_tokens: 100, stream });
      expect(refused.status).toBe(429);
      expect(refused.json).toMatchObject({ type: 'error', error: { type: 'rate_limit_error' } });
      expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    }
  });

  test('take nothing from another limit when one refuses', async () => {
    await policyOf({ workspace: { rpmLimit: 2, maxParallelRequests: 1 } });
    const key = await newKey();
    expect(statuses(await askAtOnce([key], 6))).toEqual([200, ...times(429, 5)]);
    await gateway.ledger(1);
    await admitted(key);
  });

  test('a refused key is answered from memory, without body or store, for a second at most', async () => {
    await policyOf({ workspace: { rpmLimit: 1 } });
    const key = await newKey();
    await gateway.chat(key, HELLO);
    await gateway.ledger(1);
    const run = jest.spyOn(gateway.gateway.services.database, 'run');
    const admissions = () => run.mock.calls.filter(([name]) => name === 'ledger-admit').length;
    const clock = jest.spyOn(performance, 'now');
    const start = performance.now();
    try {
      clock.mockReturnValue(start);
      for (let asked = 0; asked < 5; asked += 1) limited(await gateway.chat(key, HELLO), 'requests');
      clock.mockReturnValue(start + 799);
      // Not read, so not even found to be no JSON.
      limited(await gateway.request('/v1/chat/completions', { key, body: '{' }), 'requests');
      expect(admissions()).toBe(1);

      await policyOf({ workspace: { rpmLimit: 100 } });
      limited(await gateway.chat(key, HELLO), 'requests');
      clock.mockReturnValue(start + 1_000);
      expect((await gateway.chat(key, HELLO)).status).toBe(200);
    } finally {
      clock.mockRestore();
      run.mockRestore();
    }
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderGatewayDocument } from '../../src/gateway-document';
import { say } from '../standins/anthropic';
import { nextMidnight, noonPolicy as policy } from './support/calendar';
import { lastSent, startTestGateway, type TestGateway } from './support/gateway';
import { lastingCatalog as catalog } from './support/lasting-catalog';

const HELLO = { messages: [{ role: 'user', content: 'hi' }] };

describe('the account', () => {
  let folder: string;
  let gateway: TestGateway;
  let now: Date;
  let key: string;
  let number = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gateway-budget-'));
    const wide = { rpmLimit: 1_000, tpmLimit: 10_000_000, maxParallelRequests: 100 };
    const workspace = { ...policy.scopes.workspace, ...wide, maxBudget: 0.1 };
    const document = renderGatewayDocument(catalog, {
      ...policy,
      scopes: { ...policy.scopes, workspace },
      owner: { ...policy.owner, ...wide },
    });
    await writeFile(join(folder, 'config.json'), JSON.stringify(document));
    now = new Date();
    gateway = await startTestGateway({
      env: { GATEWAY_CONFIG: join(folder, 'config.json') },
      now: () => now,
    });
  });
  afterAll(async () => {
    await gateway.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    now = new Date();
    gateway.standin.reset();
    await gateway.clearLedger();
    key = await gateway.workspaceKey({
      workspace: { id: `w-${(number += 1)}`, name: 'dev' },
      level: 'unrestricted',
    });
  });

  const usage = (input: number, output: number, write = 0, read = 0) => ({
    input_tokens: input,
    output_tokens: output,
    cache_creation_input_tokens: write,
    cache_read_input_tokens: read,
  });
  const useUp = async () => {
    gateway.standin.answer({ ...say('x'), usage: usage(0, 6_390) });
    await gateway.chat(key, { ...HELLO, max_tokens: 6_390 });
    await gateway.ledger(1);
  };
  const info = async () => (await gateway.request('/api/v1/keys/info', { key })).json;

  test('is charged to the nano-dollar, with one row that says everything but the content', async () => {
    gateway.standin.answer({ ...say('secret words'), usage: usage(101, 23, 457, 1_003) });
    const answer = await gateway.chat(key, { ...HELLO, model: 'claude-haiku', max_tokens: 100 });
    const [row] = await gateway.ledger(1);
    const cost = 101 * 1_000 + 23 * 5_000 + 457 * 1_250 + 1_003 * 100;
    expect(row).toMatchObject({
      request_id: answer.headers.get('x-request-id'),
      scope: 'workspace',
      owner_name: 'ann',
      workspace_id: `w-${number}`,
      workspace_name: 'dev',
      template_name: 'contractor-workspace',
      level: 'unrestricted',
      protocol: 'openai-chat',
      model: 'claude-haiku-4-5',
      model_asked: 'claude-haiku',
      provider: 'anthropic',
      deployment: 'claude-haiku-4-5-20251001',
      attempts: 1,
      streamed: false,
      input_tokens: '101',
      output_tokens: '23',
      cache_write_tokens: '457',
      cache_read_tokens: '1003',
      cost_nano: String(cost),
      estimated: false,
      status: 200,
      error_type: null,
      client: 'node',
    });
    expect(JSON.stringify(await gateway.store.query('select * from calls'))).not.toMatch(/secret words|"hi"/);
    expect(await info()).toMatchObject({
      spend: cost / 1e9,
      reserved: 0,
      budget_left: (100_000_000 - cost) / 1e9,
      usage: [
        { model: 'claude-haiku-4-5', calls: 1, input_tokens: 101, output_tokens: 23, spend: cost / 1e9 },
      ],
    });
  });

  test('near its end fewer output tokens are asked for, then no more calls are made', async () => {
    gateway.standin.answer({ ...say('x'), usage: usage(0, 4_000) });
    await gateway.chat(key, { ...HELLO, max_tokens: 4_000 });
    await gateway.ledger(1);
    gateway.standin.answer({ ...say('x'), usage: usage(0, 2_000) });
    // $0.04 is left: at $15 a million, some 2,300 tokens beside the input's bound.
    const clamped = await gateway.chat(key, { ...HELLO, max_tokens: 50_000 });
    expect(clamped.status).toBe(200);
    const { max_tokens } = lastSent(gateway.standin);
    expect(max_tokens).toBeGreaterThan(2_000);
    expect(max_tokens).toBeLessThan(2_667);
    expect(clamped.headers.get('x-gateway-max-tokens')).toBe(String(max_tokens));

    await gateway.ledger(2);
    gateway.standin.answer({ ...say('x'), usage: usage(0, 400) });
    await gateway.chat(key, { ...HELLO, max_tokens: 400 });
    await gateway.ledger(3);
    const sent = gateway.standin.requests.length;
    const refused = await gateway.chat(key, { ...HELLO, stream: true });
    expect(refused.status).toBe(402);
    expect(refused.headers.get('x-should-retry')).toBe('false');
    expect(refused.json.error).toMatchObject({ type: 'budget_exceeded', code: '402' });
    expect(refused.json.error.message).toMatch(
      /^Budget has been exceeded! Key=sk-\.\.\..{4} Current cost: \$0\.09(?:\d\d)?, Max budget: \$0\.10\./,
    );
    expect(refused.json.error.message).toContain(`resets at ${nextMidnight().toISOString()}`);
    expect(gateway.standin.requests).toHaveLength(sent);
  });

  test("opens anew at midnight of the policy's time zone", async () => {
    await useUp();
    now = new Date(nextMidnight().getTime() - 1);
    expect((await gateway.chat(key, HELLO)).status).toBe(402);
    now = nextMidnight();
    expect(await info()).toMatchObject({ spend: 0, budget_left: 0.1 });
    expect((await gateway.chat(key, HELLO)).status).toBe(200);
  });

  test('is not overdrawn by calls at once, and nothing stays reserved', async () => {
    gateway.standin.setDefault(() => ({ ...say('x'), usage: usage(500, 300), delayMs: 30 }));
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => gateway.chat(key, { ...HELLO, max_tokens: 300 })),
    );
    const served = answers.filter(({ status }) => status === 200).length;
    const refused = answers.filter(({ status }) => status === 402).length;
    expect(served + refused).toBe(60);
    expect(served).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
    await gateway.ledger(served);
    const bill = gateway.standin.billed()['claude-sonnet-4-5-20250929'];
    const charged = (bill?.input_tokens ?? 0) * 3_000 + (bill?.output_tokens ?? 0) * 15_000;
    const [account] = await gateway.store.query(
      'select spent_nano, reserved_nano from accounts where label like $1',
      [`workspace/w-${number}/%`],
    );
    expect(account).toEqual({ spent_nano: String(charged), reserved_nano: '0' });
    expect(charged).toBeLessThanOrEqual(100_000_000);
  });

  test('stays with the workspace when its key changes', async () => {
    await useUp();
    await gateway.store.query('update workspaces set generation = generation + 1 where id = $1', [
      `w-${number}`,
    ]);
    const next = await gateway.workspaceKey({ workspace: { id: `w-${number}`, name: 'dev' } });
    expect(next).not.toBe(key);
    expect((await gateway.chat(next, HELLO)).status).toBe(402);
  });

  test('a key of a scope with fewer models is refused the others', async () => {
    await gateway.store.query("update keys set scope = 'ci' where workspace_id = $1", [`w-${number}`]);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const refused = await gateway.chat(key, HELLO);
    expect(refused.json.error).toMatchObject({
      type: 'key_model_access_denied',
      param: 'model',
      code: '403',
    });
    expect(refused.json.error.message).toContain("['claude-haiku-4-5']");
    const models = await gateway.request('/v1/models', { key });
    expect(models.json.data.map(({ id }) => id)).toEqual(['claude-haiku-4-5', 'claude-haiku']);
  });

  test('a key dies at its maximum age', async () => {
    now = new Date(now.getTime() + 31 * 86_400_000);
    expect((await gateway.chat(key, HELLO)).json.error).toMatchObject({ type: 'expired_key', code: '401' });
  });
});

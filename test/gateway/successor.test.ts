import type { Deployment } from '../../src/catalog';
import { say } from '../standins/anthropic';
import { startBedrockStandin } from '../standins/bedrock';
import { lastSent, MASTER_KEY, startTestGateway, type TestGateway } from './support/gateway';
import { lastingCatalog } from './support/lasting-catalog';
import { askMessages } from './support/messages';
import { policyFile, type PolicyFile } from './support/policy-file';

const DAY_MS = 86_400_000;
const dayIn = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

/** Its provider Anthropic ends Sonnet 4.5 two days from now. */
const models = lastingCatalog.models.map((model) => ({
  ...model,
  deployments: model.deployments.map((each): Deployment =>
    each.id === 'claude-sonnet-4-5-20250929' ? { ...each, retiresOn: dayIn(2) } : each,
  ),
}));

/** The same, but a token read from the cache costs more with the successor. */
const dearer = models.map((model) => ({
  ...model,
  deployments: model.deployments.map((each): Deployment =>
    each.id === 'claude-sonnet-5-5' ? { ...each, price: { ...each.price, cacheRead: 0.331 } } : each,
  ),
}));

const hi = [{ role: 'user', content: 'hi' }];
const FORMER = 'anthropic/claude-sonnet-4-5-20250929';
const USAGE = { input_tokens: 1_000, output_tokens: 100 };

describe('a model that its provider has ended', () => {
  let policy: PolicyFile;
  let gateway: TestGateway;
  let key: string;
  let daysPassed = 0;

  beforeAll(async () => {
    policy = await policyFile({ models });
    gateway = await startTestGateway({
      env: policy.env,
      now: () => new Date(Date.now() + daysPassed * DAY_MS),
    });
    key = await gateway.workspaceKey();
  });
  afterAll(async () => {
    await gateway.close();
    await policy.remove();
  });
  beforeEach(async () => {
    daysPassed = 3;
    gateway.standin.reset();
    await gateway.clearLedger();
  });

  /** A key that may use these models only. */
  const keyFor = async (allowed: readonly string[]): Promise<string> => {
    const answer = await gateway.request(`${gateway.adminUrl}/key/generate`, {
      key: MASTER_KEY,
      body: { user_id: 'alice', models: allowed },
    });
    return answer.json.key;
  };
  const listed = async (of: string) =>
    (await gateway.request('/v1/models', { key: of })).json.data as unknown as Record<string, unknown>[];
  const warnings = () => gateway.logs.filter((line) => line.includes('its successor answers'));

  test('answers itself until that day', async () => {
    daysPassed = 0;
    const answer = await gateway.chat(key, { max_tokens: 100, messages: hi });
    expect(answer.headers.get('x-gateway-deployment')).toBe(FORMER);
    expect(answer.headers.has('x-gateway-retired-model')).toBe(false);
    expect(warnings()).toEqual([]);
  });

  test('is answered for by its successor from then on, at the price of that one', async () => {
    for (let call = 0; call < 2; call += 1) {
      gateway.standin.answer({ ...say('here'), usage: USAGE });
      const answer = await gateway.chat(key, { max_tokens: 100, messages: hi });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('x-gateway-deployment')).toBe('anthropic/claude-sonnet-5-5');
      expect(answer.headers.get('x-gateway-retired-model')).toBe('claude-sonnet-4-5');
      expect(answer.json).toMatchObject({ model: 'claude-sonnet-4-5' });
    }
    const cost_nano = String(1_000 * 2_000 + 100 * 10_000);
    const booked = { model: 'claude-sonnet-5-5', model_asked: 'claude-sonnet-4-5', cost_nano };
    expect(await gateway.ledger(2)).toMatchObject([booked, booked]);
    expect(warnings()).toHaveLength(1);
    expect(warnings()[0]).toContain('"successor":"claude-sonnet-5-5"');
  });

  test('is listed with what its successor can do and costs', async () => {
    const of = async (id: string) => (await listed(key)).find((each) => each['id'] === id);
    const { id, model, ...facts } = (await of('claude-sonnet-5-5')) ?? {};
    expect([id, model]).toEqual(['claude-sonnet-5-5', 'claude-sonnet-5-5']);
    expect(await of('claude-sonnet-4-5')).toEqual({
      ...facts,
      id: 'claude-sonnet-4-5',
      model: 'claude-sonnet-4-5',
      successor: 'claude-sonnet-5-5',
    });
  });

  test('has given its successor to keys and scopes that name it, before that day and after', async () => {
    const named = await keyFor(['claude-sonnet-4-5']);
    await policy.write({ models, workspace: { models: ['claude-sonnet-4-5'] } });
    gateway.gateway.services.documents.poll();
    const scoped = await gateway.workspaceKey({ workspace: { id: 'scoped', name: 'dev' } });
    for (const days of [0, 3]) {
      daysPassed = days;
      for (const one of [named, scoped]) {
        for (const model of ['claude-sonnet-4-5', 'claude-sonnet', 'claude-sonnet-5-5'])
          expect((await gateway.chat(one, { model, max_tokens: 100, messages: hi })).status).toBe(200);
        expect((await gateway.chat(one, { model: 'claude-haiku', max_tokens: 9, messages: hi })).status).toBe(
          403,
        );
        expect((await listed(one)).map(({ id, available }) => [id, available])).toEqual([
          ['claude-sonnet-4-5', true],
          ['claude-sonnet-5-5', true],
          ['claude-sonnet', true],
        ]);
      }
    }
    await policy.write({ models });
    gateway.gateway.services.documents.poll();
  });

  test('belongs to the family of its successor, as a key says that names the alias', async () => {
    const family = await keyFor(['claude-sonnet']);
    for (const model of ['claude-sonnet-4-5', 'claude-sonnet', 'claude-sonnet-5-5'])
      expect((await gateway.chat(family, { model, max_tokens: 100, messages: hi })).status).toBe(200);
    for (const model of ['claude-opus-5-5', 'bedrock-claude-sonnet'])
      expect((await gateway.chat(family, { model, max_tokens: 100, messages: hi })).status).toBe(403);
  });

  test('is no way to a successor that is dearer, unless the key may use that as well', async () => {
    const narrow = await keyFor(['claude-sonnet-4-5', 'claude-haiku-4-5']);
    const both = await keyFor(['claude-sonnet-4-5', 'claude-sonnet-5-5']);
    await policy.write({ models: dearer });
    gateway.gateway.services.documents.poll();
    expect((await gateway.chat(both, { max_tokens: 100, messages: hi })).status).toBe(200);
    gateway.standin.reset();
    for (const answer of [
      await gateway.chat(narrow, { max_tokens: 100, messages: hi }),
      await askMessages(gateway, narrow, {}, { path: '/v1/messages/count_tokens' }),
    ]) {
      expect(answer.status).toBe(403);
      expect(answer.json.error.message).toContain('claude-sonnet-4-5 has been ended by its provider');
      expect(answer.json.error.message).toContain("models=['claude-sonnet-4-5', 'claude-haiku-4-5']");
    }
    expect(gateway.standin.requests).toHaveLength(0);
    expect((await listed(narrow)).map(({ id, available }) => [id, available])).toEqual([
      ['claude-sonnet-4-5', false],
      ['claude-haiku-4-5', true],
      ['claude-haiku', true],
    ]);
    daysPassed = 0;
    expect((await gateway.chat(narrow, { max_tokens: 100, messages: hi })).status).toBe(200);
    await policy.write({ models });
    gateway.gateway.services.documents.poll();
  });

  test('is not opened by leave for its successor alone', async () => {
    const answer = await gateway.chat(await keyFor(['claude-sonnet-5-5']), { max_tokens: 100, messages: hi });
    expect(answer.status).toBe(403);
    expect(answer.json.error.message).toContain('Tried to access claude-sonnet-4-5');
  });

  test.each([
    ['by its name', 'claude-sonnet-4-5'],
    ['by the alias that was its own', 'claude-sonnet'],
  ])('may be asked as before, %s: what is taken otherwise is put so, and named', async (_, model) => {
    const answer = await askMessages(gateway, key, {
      model,
      max_tokens: 4_000,
      temperature: 0.5,
      top_k: 5,
      thinking: { type: 'enabled', budget_tokens: 2_000 },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-gateway-dropped-fields')).toBe('temperature, top_k, thinking.budget_tokens');
    expect(lastSent(gateway.standin)).toMatchObject({ thinking: { type: 'adaptive' }, max_tokens: 4_000 });
    for (const name of ['temperature', 'top_k']) expect(lastSent(gateway.standin)).not.toHaveProperty(name);

    gateway.standin.answer(say('there'));
    const begun = await askMessages(gateway, key, {
      model,
      messages: [...hi, { role: 'assistant', content: 'it is' }],
    });
    expect(begun.status).toBe(200);
    expect(lastSent(gateway.standin).messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);

    const counted = await askMessages(gateway, key, { model }, { path: '/v1/messages/count_tokens' });
    expect(counted.status).toBe(200);
    expect(counted.headers.get('x-gateway-deployment')).toBe('anthropic/claude-sonnet-5-5');
  });

  test('without a successor is asked for all the same', async () => {
    const orphaned = await policyFile({
      models: models.map(({ successor: _, ...model }) => ({
        ...model,
        deployments: model.deployments.map((each) => ({ ...each, retiresOn: dayIn(-1) })),
      })),
    });
    const other = await startTestGateway({
      env: orphaned.env,
      store: gateway.store,
      standin: gateway.standin,
    });
    const answer = await other.chat(key, { max_tokens: 100, messages: hi });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-gateway-deployment')).toBe(FORMER);
    await other.close();
    await orphaned.remove();
  });

  test('goes on where another provider still has it', async () => {
    const bedrock = await startBedrockStandin();
    const other = await startTestGateway({
      env: { ...policy.env, ...bedrock.env },
      store: gateway.store,
      standin: gateway.standin,
      now: () => new Date(Date.now() + 3 * DAY_MS),
    });
    const answer = await other.chat(key, { max_tokens: 100, messages: hi });
    expect(answer.headers.get('x-gateway-deployment')).toBe(
      'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    );
    expect(answer.headers.has('x-gateway-retired-model')).toBe(false);
    expect(gateway.standin.requests).toHaveLength(0);
    await other.close();
    await bedrock.close();
  });
});

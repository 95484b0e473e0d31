import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Deployment, Model } from '../../src/catalog';
import { say } from '../standins/anthropic';
import { startBedrockStandin, type BedrockStandin } from '../standins/bedrock';
import { lastingCatalog as catalog } from './support/lasting-catalog';
import { lastSent, startTestGateway, type TestGateway } from './support/gateway';
import { askMessages } from './support/messages';
import { policyFile, type PolicyFile } from './support/policy-file';

const COUNTS = '/v1/messages/count_tokens';
/** At a token a byte it costs more than the budget, as four bytes a token a quarter of it. */
const LONG = 'word '.repeat(9_000);

function modelsWith(...more: readonly [string, readonly Deployment[]][]): readonly Model[] {
  const haiku = catalog.models.find(({ name }) => name === 'claude-haiku-4-5');
  if (haiku === undefined) throw new Error('the catalog has lost its model');
  const named = more.map(([name, deployments]) => ({ ...haiku, name, aliases: [], deployments }));
  return [...catalog.models, ...named];
}
const deploymentOf = (model: string): Deployment => {
  const found = catalog.models.find(({ name }) => name === model)?.deployments[0];
  if (found === undefined) throw new Error(`the catalog has no ${model}`);
  return found;
};

describe('a call whose bytes leave no money for it', () => {
  let file: PolicyFile;
  let bedrock: BedrockStandin;
  let gateway: TestGateway;
  let key: string;
  let number = 0;
  beforeAll(async () => {
    const haiku = deploymentOf('claude-haiku-4-5');
    file = await policyFile({
      workspace: { maxBudget: 0.05 },
      defaultOutputTokens: 1_000,
      models: modelsWith(
        ['same', [haiku, deploymentOf('bedrock-claude-haiku')]],
        ['different', [haiku, deploymentOf('bedrock-claude-sonnet')]],
        ['two', [haiku, deploymentOf('claude-sonnet-4-5')]],
      ),
    });
    bedrock = await startBedrockStandin();
    gateway = await startTestGateway({ env: { ...file.env, ...bedrock.env } });
  });
  afterAll(async () => {
    await gateway.close();
    await bedrock.close();
    await file.remove();
  });
  beforeEach(async () => {
    gateway.standin.reset();
    key = await newKey();
  });

  const newKey = () =>
    gateway.workspaceKey({ workspace: { id: `exact-${(number += 1)}`, name: 'dev' }, level: 'unrestricted' });
  const text = (extra = '') => `${extra}${LONG}`;
  const ask = (content: unknown, extra: object = {}) =>
    askMessages(gateway, key, {
      model: 'claude-haiku-4-5',
      max_tokens: 100,
      messages: [{ role: 'user', content }],
      ...extra,
    });
  const counts = () => gateway.standin.requests.filter(({ path }) => path === COUNTS);

  test('is counted by the provider, once, by what it counts; others are not', async () => {
    expect((await ask('hi')).status).toBe(200);
    expect(counts()).toHaveLength(0);
    const system = 'Be brief.';
    const extra = { temperature: 0.5, stop_sequences: ['x'], metadata: { user_id: 'u' }, system };
    expect((await ask(text(), extra)).status).toBe(200);
    expect(Object.keys(counts()[0]?.body as object).sort()).toEqual(['messages', 'model', 'system']);
    expect((await ask(text(), { ...extra, temperature: 0.6 })).status).toBe(200);
    expect(counts()).toHaveLength(1);
    expect((await ask(text('another '))).status).toBe(200);
    expect(counts()).toHaveLength(2);
    await gateway.settled();
    expect(gateway.logs.some((line) => line.includes('"alert"'))).toBe(false);
  });

  test('is counted for every deployment that serves the same model, and for no other', async () => {
    expect((await ask(text(), { model: 'same' })).status).toBe(200);
    const before = counts().length;
    for (const model of ['different', 'two', 'bedrock-claude-haiku'])
      expect((await ask(text(), { model })).status).toBe(402);
    expect(counts()).toHaveLength(before);
  });

  test.each<[string, object]>([
    ['an image that is only named', { type: 'image', source: { type: 'url', url: 'https://example.com/x' } }],
    [
      'a document that is only named',
      { type: 'document', source: { type: 'url', url: 'https://example.com/x' } },
    ],
    [
      'a document that may be cited',
      {
        type: 'document',
        source: { type: 'text', media_type: 'text/plain', data: 'x' },
        citations: { enabled: true },
      },
    ],
  ])('is not counted with %s, which may come to something else', async (_, block) => {
    expect((await ask([block, { type: 'text', text: text() }])).status).toBe(402);
    expect(counts()).toHaveLength(0);
  });

  test('is refused when the count is too high as well', async () => {
    const refused = await ask(text(LONG.repeat(4)));
    expect(refused.status).toBe(402);
    expect(counts()).toHaveLength(1);
    // What was refused is too dear for a call that is as dear, and not for one that only is as long.
    expect((await ask(text('once more '))).status).toBe(200);
    expect(counts()).toHaveLength(2);
  });

  test('is not believed any more when the provider bills far more than it counted', async () => {
    gateway.standin.answer({ ...say('x'), usage: { input_tokens: 30_000, output_tokens: 1 } });
    expect((await ask(text('less '))).status).toBe(200);
    await gateway.settled();
    expect(gateway.logs.some((line) => line.includes('count_below_usage'))).toBe(true);
    key = await newKey();
    expect((await ask(text('less '))).status).toBe(402);
    expect(counts()).toHaveLength(1);
  });

  test('may write what the policy says where it names no limit itself', async () => {
    const hello = { model: 'claude-haiku-4-5', messages: [{ role: 'user', content: 'hi' }] };
    expect((await gateway.chat(key, hello)).status).toBe(200);
    expect(lastSent(gateway.standin).max_tokens).toBe(1_000);
    expect((await gateway.chat(key, { ...hello, max_tokens: 2_000 })).status).toBe(200);
    expect(lastSent(gateway.standin).max_tokens).toBe(2_000);
  });

  test('stays weighed by its bytes while the provider does not count, and it is not asked again soon', async () => {
    let asked = 0;
    const failing = createServer((request, response) => {
      request.resume().on('end', () => {
        asked += 1;
        response.writeHead(500).end('{}');
      });
    });
    await new Promise<void>((done) => failing.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(failing.address() as AddressInfo).port}`;
    const own = await startTestGateway({
      env: { ...file.env, ANTHROPIC_BASE_URL: url },
      store: gateway.store,
    });
    for (const extra of ['a', 'b', 'c']) {
      const messages = [{ role: 'user', content: text(extra) }];
      const refused = await askMessages(own, key, { model: 'claude-haiku-4-5', max_tokens: 100, messages });
      expect(refused.status).toBe(402);
      expect(refused.json.error.message).toMatch(/^Budget has been exceeded!/);
    }
    expect(asked).toBe(1);
    await own.close();
    failing.close();
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderGatewayDocument } from '../../src/gateway-document';
import { say } from '../standins/anthropic';
import { noonPolicy as policy } from './support/calendar';
import { lastSent, startTestGateway, type TestGateway } from './support/gateway';
import { lastingCatalog as catalog } from './support/lasting-catalog';
import { askMessages } from './support/messages';

const HOUR = { type: 'ephemeral', ttl: '1h' };
const DAY = { type: 'ephemeral', ttl: '24h' };

/** US dollars. */
const BUDGET = 0.05;

describe('what is cached for an hour', () => {
  let folder: string;
  let gateway: TestGateway;
  let key: string;
  let number = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gateway-cache-'));
    const workspace = { ...policy.scopes.workspace, maxBudget: BUDGET };
    // Haiku is a model without that price here.
    const models = catalog.models.map((model) =>
      model.name === 'claude-haiku-4-5'
        ? {
            ...model,
            deployments: model.deployments.map(({ price: { cacheWriteHour: _, ...price }, ...rest }) => ({
              ...rest,
              price,
            })),
          }
        : model,
    );
    const document = renderGatewayDocument(
      { ...catalog, models },
      { ...policy, scopes: { ...policy.scopes, workspace } },
    );
    await writeFile(join(folder, 'config.json'), JSON.stringify(document));
    gateway = await startTestGateway({ env: { GATEWAY_CONFIG: join(folder, 'config.json') } });
  });
  afterAll(async () => {
    await gateway.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    gateway.standin.reset();
    key = await gateway.workspaceKey({
      workspace: { id: `w-${(number += 1)}`, name: 'dev' },
      owner: { id: `o-${number}`, name: `p-${number}`, groups: [] },
      level: 'unrestricted',
    });
  });

  const marked = (text: string, cache_control: object = HOUR) => [{ type: 'text', text, cache_control }];
  const openAi = (content: unknown, extra = {}) =>
    gateway.chat(key, { messages: [{ role: 'user', content }], max_tokens: 300, ...extra });
  const anthropic = (content: unknown, extra = {}) =>
    askMessages(gateway, key, { messages: [{ role: 'user', content }], max_tokens: 300, ...extra });

  test.each<[string, typeof openAi | typeof anthropic]>([
    ['OpenAI chat', openAi],
    ['Anthropic messages', anthropic],
  ])('is booked at its own price: %s', async (_, ask) => {
    await gateway.clearLedger();
    gateway.standin.answer({
      ...say('x'),
      usage: {
        input_tokens: 7,
        output_tokens: 3,
        cache_creation_input_tokens: 1_000,
        cache_creation: { ephemeral_5m_input_tokens: 400, ephemeral_1h_input_tokens: 600 },
        cache_read_input_tokens: 11,
      },
    });
    expect((await ask(marked('hi'))).status).toBe(200);
    expect(JSON.stringify(lastSent(gateway.standin).messages)).toContain('"ttl":"1h"');
    expect(await gateway.ledger(1)).toMatchObject([
      {
        cache_write_tokens: '1000',
        cost_nano: String(7 * 3_000 + 3 * 15_000 + 400 * 3_750 + 600 * 6_000 + 11 * 300),
      },
    ]);
  });

  test('is booked as well when it is streamed', async () => {
    await gateway.clearLedger();
    gateway.standin.answer({
      ...say('x'),
      usage: {
        input_tokens: 0,
        output_tokens: 1,
        cache_creation_input_tokens: 100,
        cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 100 },
        cache_read_input_tokens: 0,
      },
    });
    expect((await anthropic(marked('hi'), { stream: true })).status).toBe(200);
    expect(await gateway.ledger(1)).toMatchObject([{ cost_nano: String(15_000 + 100 * 6_000) }]);
  });

  test('is set aside at its own price: a call that fits for five minutes may not fit for an hour', async () => {
    // The provider counts some 7,000 tokens: at 3.75 a million they come to less than the budget, at 6 to more.
    const long = 'x'.repeat(28_000);
    expect((await anthropic(marked(long, { type: 'ephemeral' }))).status).toBe(200);
    await gateway.clearLedger();
    expect((await anthropic(marked(long))).status).toBe(402);
  });

  test.each<[string, typeof openAi | typeof anthropic]>([
    ['OpenAI chat', openAi],
    ['Anthropic messages', anthropic],
  ])('is the usual one where it has no price, and named: %s', async (_, ask) => {
    const answer = await ask(marked('hi'), { model: 'claude-haiku' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-gateway-dropped-fields')).toBe('cache_control.ttl');
    const sent = JSON.stringify(lastSent(gateway.standin));
    expect(sent).not.toContain('ttl');
    expect(sent).toContain('cache_control');
    const usual = await ask(marked('hi', { type: 'ephemeral' }), { model: 'claude-haiku' });
    expect(usual.headers.get('x-gateway-dropped-fields')).toBeNull();
    expect(JSON.stringify(lastSent(gateway.standin))).toBe(sent);
  });

  test('a life that nobody offers is the usual one, and is named', async () => {
    for (const ask of [anthropic, openAi]) {
      const answer = await ask(marked('hi', DAY));
      expect(answer.status).toBe(200);
      expect(answer.headers.get('x-gateway-dropped-fields')).toBe('cache_control.ttl');
      expect(JSON.stringify(lastSent(gateway.standin))).not.toContain('ttl');
    }
  });
});

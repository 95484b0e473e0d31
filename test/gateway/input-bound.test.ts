import { catalog } from '../../src/catalog';
import { say } from '../standins/anthropic';
import { makeGate } from './support/gate';
import { eventually, startTestGateway, type TestGateway } from './support/gateway';
import { askMessages, tool } from './support/messages';

/** Nano-dollars, at the dearest an input token can become. */
const INPUT = 3_750;
const OUTPUT = 15_000;
const MAX_TOKENS = 100;

describe('what is set aside for the input of a call', () => {
  let gateway: TestGateway;
  let key: string;
  let number = 0;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.close());
  beforeEach(async () => {
    gateway.standin.reset();
    key = await gateway.workspaceKey({ workspace: { id: `w-${(number += 1)}`, name: 'dev' } });
  });

  /** The tokens reserved for the input while the call is under way, and the bytes the provider got. */
  async function reserve(content: unknown[], extra: Record<string, unknown> = {}) {
    const { opened, open } = makeGate();
    gateway.standin.setDefault(() => ({ ...say('x'), until: opened }));
    const messages = [{ role: 'user', content }];
    const asking = askMessages(gateway, key, { max_tokens: MAX_TOKENS, messages, ...extra });
    const request = await eventually(() => gateway.standin.requests[0]);
    const [row] = await gateway.store.query<{ amount_nano: string }>('select amount_nano from reservations');
    open();
    await asking;
    await gateway.ledger(number);
    return {
      tokens: (Number(row?.amount_nano) - MAX_TOKENS * OUTPUT) / INPUT,
      bytes: Buffer.byteLength(request.rawBody),
    };
  }

  const text = (value: string, extra: Record<string, unknown> = {}) => ({
    type: 'text',
    text: value,
    ...extra,
  });
  const document = (extra: Record<string, unknown> = {}) => ({
    type: 'document',
    source: { type: 'text', media_type: 'text/plain', data: 'a. '.repeat(50) },
    ...extra,
  });
  const search = (extra: Record<string, unknown> = {}) => ({
    type: 'search_result',
    source: 'https://example.com',
    title: 'T',
    content: [text('found')],
    ...extra,
  });

  test.each<[string, unknown[], Record<string, unknown>]>([
    ['plain text', [text('hi')], {}],
    ['text beyond ASCII', [text('中文 🙂 ä'.repeat(300))], {}],
    ['what JSON has to escape', [text('"\\\n\t\u0001\ud800'.repeat(300))], {}],
    ['documents that are text', [document(), text('sum up')], {}],
    ['documents of blocks', [{ type: 'document', source: { type: 'content', content: [text('x')] } }], {}],
    ['search results', [search(), text('sum up')], {}],
    ['members nobody here knows', [document({ context: 'c'.repeat(500), title: 't' })], {}],
    ['tools and a system', [text('hi')], { system: 'Mine. '.repeat(200), tools: [tool('a'), tool('b')] }],
  ])('is a token a byte at least: %s', async (_, content, extra) => {
    const { tokens, bytes } = await reserve(content, extra);
    expect(tokens).toBeGreaterThanOrEqual(bytes);
    expect(tokens).toBeLessThan(bytes + 1_100);
  });

  test.each<[string, unknown]>([
    ['a document that may be cited', document({ citations: { enabled: true } })],
    ['a search result that may be cited', search({ citations: { enabled: true } })],
    [
      'a document that is packed',
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' } },
    ],
    [
      'a document that is only named',
      { type: 'document', source: { type: 'url', url: 'https://example.com/x.pdf' } },
    ],
  ])('is a whole context for %s', async (_, block) => {
    const { tokens } = await reserve([block, text('sum up')]);
    expect(tokens).toBe(catalog.models.find(({ name }) => name === 'claude-sonnet-4-5')?.contextWindow);
  });

  test('is not more for a document whose citing is switched off', async () => {
    const { tokens, bytes } = await reserve([document({ citations: { enabled: false } }), text('sum up')]);
    expect(tokens).toBeLessThan(bytes + 1_100);
  });
});

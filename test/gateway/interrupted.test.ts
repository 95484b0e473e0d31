import { text } from '../standins/anthropic';
import { startTestGateway, type TestGateway } from './support/gateway';

describe('a client whose answer broke off inside its stream', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ limits: { coolDownMs: 0 } });
  });
  afterAll(() => gateway.close());
  beforeEach(() => gateway.standin.reset());

  const PATHS = { openai: '/v1/chat/completions', anthropic: '/v1/messages' };
  const asker = async (client: string, path: string, id: string) => {
    const key = await gateway.workspaceKey({ workspace: { id, name: 'dev' } });
    return () =>
      gateway.request(path, {
        key,
        headers: { 'user-agent': client },
        body: {
          model: 'claude-sonnet',
          stream: true,
          max_tokens: 100,
          messages: [{ role: 'user', content: 'hi' }],
        },
      });
  };
  const broken = { content: [text('some', 'more')], interruption: { after: 'content', how: 'cut' } } as const;

  test.each([
    ['RooCode/3.52.1', 'openai'],
    ['ZooCode/3.82.0', 'openai'],
    ['RooCode/3.52.1', 'anthropic'],
  ] as const)(
    'and that would loop, %s, is stopped once by an ordinary error (%s)',
    async (client, dialect) => {
      const ask = await asker(client, PATHS[dialect], `ws-${client.slice(0, 3)}-${dialect}`);
      gateway.standin.answer(broken);
      const first = await ask();
      expect(first.status).toBe(200);
      expect(first.text).toContain('"error"');

      const second = await ask();
      expect(second.status).toBe(503);
      expect(second.headers.get('retry-after')).toBe('5');
      expect(second.headers.get('x-should-retry')).toBe('false');
      expect(second.json.error.message).toContain('broke off');
      expect(gateway.standin.requests).toHaveLength(1);

      const third = await ask();
      expect(third.status).toBe(200);
      expect(third.text).not.toContain('"error"');
    },
  );

  test('and that asks a person first, or waits by itself, is not kept from asking', async () => {
    const ask = await asker('opencode/1.18.33', PATHS.openai, 'ws-opencode');
    gateway.standin.answer(broken);
    await ask();
    expect((await ask()).status).toBe(200);
  });
});

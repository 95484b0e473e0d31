import { lastSent, startTestGateway, type TestGateway } from './support/gateway';
import { askMessages, tool } from './support/messages';

const long = { type: 'ephemeral', ttl: '1h' };
const text = (extra: Record<string, unknown> = {}) => ({ type: 'text', text: 'x', ...extra });
const image = (extra: Record<string, unknown> = {}) => ({
  type: 'image',
  source: { type: 'base64', media_type: 'image/png', data: 'AAAA' },
  ...extra,
});
const search = (content: unknown, extra: Record<string, unknown> = {}) => ({
  type: 'search_result',
  source: 'https://example.com/doc',
  title: 'T',
  content,
  ...extra,
});
const nested = (content: unknown, extra: Record<string, unknown> = {}) => ({
  type: 'document',
  source: { type: 'content', content },
  ...extra,
});
const result = (content: unknown, extra: Record<string, unknown> = {}) => ({
  type: 'tool_result',
  tool_use_id: 't1',
  content,
  ...extra,
});

describe('a cache mark of the longer and dearer life', () => {
  let gateway: TestGateway;
  let key: string;
  beforeAll(async () => {
    gateway = await startTestGateway();
    key = await gateway.workspaceKey({ level: 'unrestricted' });
  });
  afterAll(() => gateway.close());
  beforeEach(() => gateway.standin.reset());

  const ask = (body: Record<string, unknown>) => askMessages(gateway, key, body);
  const conversation = (...blocks: unknown[]) => [
    { role: 'user', content: 'hi' },
    { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'a', input: { cache_control: 1 } }] },
    { role: 'user', content: [result('done'), ...blocks] },
  ];
  const withTool = { tools: [tool('a')] };
  const marked = { cache_control: long };

  test.each<[string, Record<string, unknown>]>([
    ['the request', { ...marked }],
    ['a tool', { tools: [tool('a', marked)] }],
    ['a tool the client runs', { tools: [tool('a'), { type: 'bash_20250124', name: 'bash', ...marked }] }],
    ['the system', { system: [text(marked)] }],
    ['a text', { messages: conversation(text(marked)) }],
    ['an image', { messages: conversation(image(marked)) }],
    ['a document', { messages: conversation(nested('x', marked)) }],
    ['a text in a document', { messages: conversation(nested([text(marked)])) }],
    ['an image in a document', { messages: conversation(nested([image(marked)])) }],
    ['a search result', { messages: conversation(search([text()], marked)) }],
    ['a text in a search result', { messages: conversation(search([text(marked)])) }],
    [
      'a tool result',
      { messages: [...conversation().slice(0, 2), { role: 'user', content: [result('x', marked)] }] },
    ],
    [
      'a text in a tool result',
      { messages: [...conversation().slice(0, 2), { role: 'user', content: [result([text(marked)])] }] },
    ],
    [
      'a text in a search result in a tool result',
      {
        messages: [
          ...conversation().slice(0, 2),
          { role: 'user', content: [result([search([text(marked)])])] },
        ],
      },
    ],
    [
      'a text in a document in a tool result',
      {
        messages: [
          ...conversation().slice(0, 2),
          { role: 'user', content: [result([nested([text(marked)])])] },
        ],
      },
    ],
  ])('on %s reaches the provider, and its price is set aside', async (_, body) => {
    const answer = await ask({ ...withTool, messages: conversation(), ...body });
    const [request] = gateway.standin.requests;
    expect(answer.headers.get('x-gateway-dropped-fields')).toBeNull();
    expect(request?.rawBody.match(/"cache_control":\{"type":"ephemeral","ttl":"1h"\}/g)).toHaveLength(1);
    expect(request?.rawBody.match(/"cache_control":\{/g)).toHaveLength(1);
  });

  test.each<[string, unknown, string]>([
    ['a citation', text({ citations: [{ type: 'char_location', ...marked }] }), '0.cache_control'],
    [
      'the source of an image',
      image({ source: { type: 'base64', data: 'A', extra: marked } }),
      'source.extra',
    ],
    ['settings of a document', nested('x', { citations: { enabled: true, ...marked } }), 'citations'],
    [
      'the source of a document',
      { type: 'document', source: { type: 'text', data: 'x', list: [marked] } },
      'list.0',
    ],
    ['settings of a search result', search([text()], { citations: { ...marked } }), 'citations'],
    ['a part nobody knows', text({ parts: { a: [{ b: marked }] } }), 'parts.a.0.b'],
  ])('in %s is refused, naming it', async (_, block, named) => {
    const answer = await ask({ ...withTool, messages: conversation(block) });
    expect(answer.status).toBe(400);
    expect(answer.json.error.message).toContain(named);
    expect(answer.json.error.message).toContain('a cache mark is not taken here');
    expect(gateway.standin.requests).toHaveLength(0);
  });

  test('in words of the model that only look like one is left alone', async () => {
    await ask({ ...withTool, messages: conversation() });
    expect(JSON.stringify(lastSent(gateway.standin).messages)).toContain('"input":{"cache_control":1}');
  });

  test('no more marks than the provider takes go out, wherever they sit', async () => {
    const mark = { cache_control: { type: 'ephemeral' } };
    const blocks = [search([text(mark), text(mark)], mark), nested([text(mark), text(mark)], mark)];
    await ask({ ...withTool, messages: conversation(...blocks) });
    expect(gateway.standin.requests[0]?.rawBody.match(/"cache_control":\{/g)).toHaveLength(4);
  });

  test.each<[string, unknown, string]>([
    ['an image in a search result', search([image()]), 'content.0.type'],
    ['a search result that is text', search('x'), 'content'],
  ])('%s is refused', async (_, block, named) => {
    const answer = await ask({ ...withTool, messages: conversation(block) });
    expect(answer.status).toBe(400);
    expect(answer.json.error.message).toContain(named);
  });
});

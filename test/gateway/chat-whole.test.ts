import { text, thinking, toolCall } from '../standins/anthropic';
import { lastSent, startTestGateway, type TestGateway } from './support/gateway';

describe('a chat completion in one piece', () => {
  let gateway: TestGateway;
  let key: string;

  beforeAll(async () => {
    gateway = await startTestGateway();
    key = await gateway.workspaceKey();
  });
  afterAll(() => gateway.close());
  beforeEach(() => gateway.standin.reset());

  const lastBody = () => lastSent(gateway.standin);

  test('text, thinking and tool calls come back in the shape of OpenAI', async () => {
    gateway.standin.answer({
      content: [
        thinking('hm'),
        text('Let me look.'),
        toolCall('read', { path: 'a.ts' }, { id: 'toolu_1' }),
        toolCall('list'),
      ],
      usage: {
        input_tokens: 10,
        output_tokens: 20,
        cache_creation_input_tokens: 300,
        cache_read_input_tokens: 4000,
      },
    });
    const answer = await gateway.chat(key, {
      messages: [{ role: 'user', content: 'hi' }],
      model: 'claude-sonnet',
      tools: [tool('read'), tool('list')],
    });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      object: 'chat.completion',
      model: 'claude-sonnet',
      choices: [
        {
          index: 0,
          finish_reason: 'tool_calls',
          message: {
            role: 'assistant',
            content: 'Let me look.',
            reasoning_content: 'hm',
            tool_calls: [
              { id: 'toolu_1', type: 'function', function: { name: 'read', arguments: '{"path":"a.ts"}' } },
              { type: 'function', function: { name: 'list', arguments: '{}' } },
            ],
          },
        },
      ],
      usage: {
        prompt_tokens: 4310,
        completion_tokens: 20,
        total_tokens: 4330,
        prompt_tokens_details: { cached_tokens: 4000 },
        cache_creation_input_tokens: 300,
        cache_read_input_tokens: 4000,
      },
    });
    expect(answer.headers.get('x-request-id')).toBe(answer.headers.get('x-litellm-call-id'));
    expect(answer.headers.get('x-gateway-deployment')).toBe('anthropic/claude-sonnet-5-5');
  });

  test('a conversation with parallel tool calls over several turns is accepted by the provider', async () => {
    const answer = await gateway.chat(key, {
      messages: [
        { role: 'system', content: 'You help.', cache_control: { type: 'ephemeral' } },
        { role: 'user', content: [{ type: 'text', text: 'look' }] },
        {
          role: 'assistant',
          content: null,
          reasoning_content: 'thoughts',
          tool_calls: [
            {
              id: 'call.1',
              type: 'function',
              function: { name: 'read', arguments: '{"path":"a"}' },
              cache_control: { type: 'ephemeral' },
            },
            { id: 'call.2', type: 'function', function: { name: 'read', arguments: '{broken' } },
            { id: 'call.3', type: 'function', function: { name: 'read', arguments: '' } },
          ],
        },
        { role: 'tool', tool_call_id: 'call.2', content: 'two' },
        { role: 'user', content: 'and?' },
        { role: 'tool', tool_call_id: 'call.1', content: '', cache_control: { type: 'ephemeral' } },
        { role: 'tool', tool_call_id: 'nobody', content: 'stray' },
        { role: 'assistant', content: ' ' },
        {
          role: 'assistant',
          tool_calls: [{ id: 'call.1', type: 'function', function: { name: 'read', arguments: '{}' } }],
        },
      ],
      tools: [tool('read')],
      tool_choice: 'auto',
      parallel_tool_calls: false,
    });
    expect(answer.text).toContain('chat.completion');
    const { messages, tool_choice } = lastBody();
    expect(tool_choice).toEqual({ type: 'auto', disable_parallel_tool_use: true });
    expect(messages).toMatchObject([
      { role: 'user', content: [{ type: 'text', text: 'look' }] },
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 'call_1', input: { path: 'a' }, cache_control: { type: 'ephemeral' } },
          { type: 'tool_use', id: 'call_2', input: { arguments: '{broken' } },
          { type: 'tool_use', id: 'call_3', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'call_2', content: [{ type: 'text', text: 'two' }] },
          { type: 'tool_result', tool_use_id: 'call_1', cache_control: { type: 'ephemeral' } },
          { type: 'tool_result', tool_use_id: 'call_3', is_error: true },
          { type: 'text', text: 'and?' },
          { type: 'text', text: 'Result of an earlier tool call:' },
          { type: 'text', text: 'stray' },
        ],
      },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1_2' }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1_2', is_error: true }] },
    ]);
  });

  test('a history with tools but none offered stays acceptable and calls none', async () => {
    const answer = await gateway.chat(key, {
      messages: [
        { role: 'user', content: 'look' },
        {
          role: 'assistant',
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'read', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'done' },
      ],
    });
    expect(answer.status).toBe(200);
    expect(lastBody().tools).toMatchObject([{ name: 'read', input_schema: { type: 'object' } }]);
    expect(lastBody().tool_choice).toEqual({ type: 'none' });
  });

  test('images go through as data and as addresses, unfetched', async () => {
    const png =
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    const image_url = { url: `data:image/png;base64,${png}` };
    const answer = await gateway.chat(key, {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
          ],
        },
      ],
    });
    expect(answer.status).toBe(200);
    expect(lastBody().messages[0]?.content).toMatchObject([
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
      { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
    ]);
  });

  test('numbers are fitted to the provider, the rest is dropped and named', async () => {
    const answer = await gateway.chat(key, {
      messages: [{ role: 'user', content: 'hi' }],
      temperature: 1.7,
      top_p: 0.5,
      stop: ['END', ' '],
      max_tokens: 9_999_999,
      user: 'ann@example.com',
      seed: 7,
      ['x\u00e9\n']: 1,
    });
    expect(answer.status).toBe(200);
    expect(lastBody()).toMatchObject({ temperature: 1, stop_sequences: ['END'], max_tokens: 64_000 });
    expect(lastBody()).not.toHaveProperty('top_p');
    expect(lastBody()).not.toHaveProperty('metadata');
    expect(answer.headers.get('x-gateway-dropped-fields')).toBe('x__, user, seed, top_p');
  });

  test('cache marks: added where the client set none, its own kept and no more than four', async () => {
    const long = 'word '.repeat(1_000);
    await gateway.chat(key, {
      messages: [
        { role: 'system', content: long },
        { role: 'user', content: 'one' },
        { role: 'assistant', content: 'two' },
        { role: 'user', content: 'three' },
      ],
      tools: [tool('a'), tool('b')],
    });
    const count = () => JSON.stringify(lastBody()).split('"cache_control"').length - 1;
    expect(count()).toBe(4);
    expect(lastBody().tools?.[1]).toHaveProperty('cache_control');
    expect(lastBody().system?.at(-1)).toHaveProperty('cache_control');

    const mark = { cache_control: { type: 'ephemeral' } };
    await gateway.chat(key, {
      messages: [1, 2, 3, 4, 5, 6].map((n) => ({
        role: 'user',
        content: [{ type: 'text', text: `${n}`, ...mark }],
      })),
    });
    expect(count()).toBe(4);
    await gateway.chat(key, { model: 'claude-haiku', messages: [{ role: 'user', content: 'short' }] });
    expect(count()).toBe(0);
  });

  test.each([
    [{ messages: null }, 'messages', 'a list'],
    [{ messages: [] }, 'messages', 'at least one message'],
    [{ messages: [{ role: 'system', content: 'x' }] }, 'messages', 'at least one message'],
    [{ messages: [{ role: 'robot', content: 'x' }] }, 'messages[0].role', '"user"'],
    [
      { messages: [{ role: 'user', content: [{ type: 'video' }] }] },
      'messages[0].content[0].type',
      '"image_url"',
    ],
    [{ n: 2 }, 'n', 'one choice'],
    [{ max_tokens: 0 }, 'max_tokens', 'above 0'],
    [{ temperature: 'hot' }, 'temperature', 'a number from 0 to 2'],
    [{ stream: 'yes' }, 'stream', 'true or false'],
    [{ tools: [{ type: 'web_search' }] }, 'tools[0].type', '"function"'],
    [
      { tools: [tool('a')], tool_choice: { type: 'function', function: { name: 'b' } } },
      'tool_choice.function.name',
      'one of the tools',
    ],
    [{ model: 7 }, 'model', 'a string'],
  ])('%j is refused, naming %s', async (change, param, allowed) => {
    const answer = await gateway.chat(key, { messages: [{ role: 'user', content: 'x' }], ...change });
    expect(answer.status).toBe(400);
    expect(answer.json.error).toMatchObject({ type: 'invalid_request_error', param, code: '400' });
    expect(answer.json.error.message).toContain(allowed);
    expect(gateway.standin.requests).toHaveLength(0);
  });

  test('what is no JSON, too deep or too large is refused', async () => {
    const send = (body: string) => gateway.request('/chat/completions', { key, body });
    expect((await send('{"model":')).json.error).toMatchObject({ param: 'request_body', code: '400' });
    expect((await send('[]')).json.error).toMatchObject({ param: 'request_body', code: '400' });
    const deep = `{"model":"claude-sonnet","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"a","parameters":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}}]}`;
    expect((await send(deep)).status).toBe(400);
  });

  test('unknown and unserved models are named', async () => {
    const unknown = await gateway.chat(key, { model: 'gpt-x', messages: [{ role: 'user', content: 'x' }] });
    expect(unknown.json.error).toMatchObject({ param: 'model', code: '400' });
    expect(unknown.json.error.message).toContain('/v1/models');
    const unserved = await gateway.chat(key, {
      model: 'bedrock-claude-sonnet',
      messages: [{ role: 'user', content: 'x' }],
    });
    expect(unserved.json.error).toMatchObject({ type: 'provider_not_configured', code: '400' });
    expect(unserved.json.error.message).toContain('bedrock');
  });
});

function tool(name: string) {
  return {
    type: 'function',
    function: {
      name,
      description: `does ${name}`,
      strict: true,
      parameters: { type: 'object', properties: { path: { type: 'string' } } },
    },
  };
}

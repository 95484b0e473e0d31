import { fail, text, thinking, toolCall } from '../standins/anthropic';
import { lastSent, startTestGateway, type TestGateway } from './support/gateway';
import { askMessages, tool, type MessageOptions } from './support/messages';

describe("an answer of Anthropic's Messages API in one piece", () => {
  let gateway: TestGateway;
  let key: string;

  beforeAll(async () => {
    gateway = await startTestGateway();
    key = await gateway.workspaceKey({ level: 'unrestricted' });
  });
  afterAll(() => gateway.close());
  beforeEach(async () => {
    gateway.standin.reset();
    await gateway.clearLedger();
  });

  const ask = (body?: Record<string, unknown>, options?: MessageOptions) =>
    askMessages(gateway, key, body, options);
  const sent = () => lastSent(gateway.standin);

  test('is what the provider said, but for the name of the model', async () => {
    gateway.standin.answer({
      content: [
        thinking('hm'),
        { type: 'redacted_thinking', data: 'abc' },
        text('Let me look.'),
        toolCall('read', { path: 'a.ts' }, { id: 'toolu_1' }),
        toolCall('list', {}, { id: 'toolu_2' }),
      ],
      usage: { input_tokens: 10, output_tokens: 20, cache_read_input_tokens: 7 },
    });
    const answer = await ask({ tools: [tool('read'), tool('list')] });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-4-5',
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: { input_tokens: 10, output_tokens: 20, cache_read_input_tokens: 7, service_tier: 'standard' },
    });
    expect(answer.json.content).toEqual([
      { type: 'thinking', thinking: 'hm', signature: expect.any(String) as string },
      { type: 'redacted_thinking', data: 'abc' },
      { type: 'text', text: 'Let me look.' },
      { type: 'tool_use', id: 'toolu_1', name: 'read', input: { path: 'a.ts' } },
      { type: 'tool_use', id: 'toolu_2', name: 'list', input: {} },
    ]);
    expect(sent()).toMatchObject({ model: 'claude-sonnet-4-5-20250929' });
    expect(answer.headers.get('x-gateway-deployment')).toBe('anthropic/claude-sonnet-4-5-20250929');
    expect(answer.headers.get('request-id')).toBe(answer.headers.get('x-request-id'));
  });

  test('follows a request that reached the provider as it was sent', async () => {
    const body = {
      max_tokens: 2_000,
      system: [{ type: 'text', text: 'Mine.', cache_control: { type: 'ephemeral' } }],
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'look', cache_control: { type: 'ephemeral' } }] },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'Both.' },
            { type: 'tool_use', id: 't1', name: 'read', input: { path: 'a' } },
            { type: 'tool_use', id: 't2', name: 'list', input: {} },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 't2', content: 'plain', is_error: true },
            {
              type: 'tool_result',
              tool_use_id: 't1',
              content: [
                { type: 'text', text: 'rich' },
                { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
              ],
            },
            { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'doc' }, title: 'T' },
          ],
        },
      ],
      tools: [
        tool('read', { type: 'custom' }),
        tool('list', { cache_control: { type: 'ephemeral' } }),
        { type: 'bash_20250124', name: 'bash' },
      ],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      metadata: { user_id: 'user_1_session_2' },
      stop_sequences: ['END'],
      temperature: 0.5,
      top_k: 40,
      service_tier: 'standard_only',
    };
    const answer = await ask(body);
    expect(answer.text).toContain('"type":"message"');
    expect(sent()).toEqual({ model: 'claude-sonnet-4-5-20250929', stream: false, ...body });
    expect(answer.headers.get('x-gateway-dropped-fields')).toBeNull();
  });

  test('thinking goes back with its signature', async () => {
    const thinkingOn = { thinking: { type: 'enabled', budget_tokens: 1_024 }, max_tokens: 3_000 };
    const tools = [tool('read')];
    gateway.standin.answer({ content: [thinking('deep'), toolCall('read', { path: 'a' })] });
    const user = { role: 'user', content: 'hi' };
    const first = await ask({ ...thinkingOn, tools, messages: [user] });
    const { content } = first.json;
    const result = {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: content[1]?.['id'], content: 'x' }],
    };
    const second = await ask({
      ...thinkingOn,
      tools,
      messages: [user, { role: 'assistant', content }, result],
    });
    expect(second.status).toBe(200);
    expect(sent().messages[1]?.content).toEqual(content);
    const forged = [{ ...content[0], thinking: 'other' }, content[1]];
    const refused = await ask({
      ...thinkingOn,
      tools,
      messages: [user, { role: 'assistant', content: forged }, result],
    });
    expect(refused.status).toBe(400);
    expect(refused.json.error.message).toContain('signature');
  });

  test('cache marks: ours where the client sent none, its own as they are', async () => {
    const long = 'word '.repeat(1_000);
    const messages = ['one', 'two', 'three'].map((content, index) => ({
      role: index === 1 ? 'assistant' : 'user',
      content,
    }));
    const count = () => JSON.stringify(sent()).split('"cache_control"').length - 1;
    await ask({ system: long, messages, tools: [tool('a')] });
    expect(count()).toBe(4);
    await ask({ system: long, messages, tools: [tool('a', { cache_control: { type: 'ephemeral' } })] });
    expect(count()).toBe(1);
    await ask({ system: long, messages, cache_control: { type: 'ephemeral' } });
    expect(sent()).toMatchObject({ cache_control: { type: 'ephemeral' } });
    expect(count()).toBe(1);
    const longLived = await ask({
      system: [{ type: 'text', text: long, cache_control: { type: 'ephemeral', ttl: '1h' } }],
    });
    expect(sent().system).toMatchObject([{ cache_control: { type: 'ephemeral', ttl: '1h' } }]);
    expect(count()).toBe(1);
    expect(longLived.headers.get('x-gateway-dropped-fields')).toBeNull();
  });

  test('is booked to the nano-dollar, under its own protocol', async () => {
    gateway.standin.answer({
      content: [text('secret words')],
      usage: {
        input_tokens: 101,
        output_tokens: 23,
        cache_creation_input_tokens: 457,
        cache_read_input_tokens: 1_003,
      },
    });
    const answer = await ask({ model: 'claude-haiku' });
    const [row] = await gateway.ledger(1);
    expect(row).toMatchObject({
      request_id: answer.headers.get('request-id'),
      protocol: 'anthropic-messages',
      model: 'claude-haiku-4-5',
      model_asked: 'claude-haiku',
      streamed: false,
      input_tokens: '101',
      output_tokens: '23',
      cache_write_tokens: '457',
      cache_read_tokens: '1003',
      cost_nano: String(101 * 1_000 + 23 * 5_000 + 457 * 1_250 + 1_003 * 100),
      estimated: false,
      status: 200,
    });
  });

  test('tokens are counted with the prompt in, and nothing is charged', async () => {
    const path = '/v1/messages/count_tokens?beta=true';
    const plain = await ask({}, { path });
    expect(plain.json).toEqual({ input_tokens: expect.any(Number) as number });
    const standard = await gateway.workspaceKey({ workspace: { id: 'counting', name: 'dev' } });
    const prompted = await askMessages(gateway, standard, {}, { path });
    expect(Number((prompted.json as unknown as { input_tokens: number }).input_tokens)).toBeGreaterThan(
      Number((plain.json as unknown as { input_tokens: number }).input_tokens),
    );
    expect(sent().system).toHaveLength(1);
    expect((await ask({ max_tokens: 5 }, { path })).json.error.message).toContain('max_tokens');
    expect((await askMessages(gateway, 'sk-nobody', {}, { path })).json.error.type).toBe(
      'authentication_error',
    );
    expect((await ask({ messages: [{ role: 'assistant', content: 'x ' }] }, { path })).status).toBe(400);
    expect(await gateway.store.query('select * from calls')).toHaveLength(0);
    expect(gateway.logs.some((line) => line.includes('"anthropic-count-tokens"'))).toBe(true);
  });

  test.each([
    [400, 400, 'invalid_request_error'],
    [401, 502, 'api_error'],
    [413, 413, 'request_too_large'],
    [429, 429, 'rate_limit_error'],
    [500, 502, 'api_error'],
    [504, 504, 'timeout_error'],
    [529, 503, 'overloaded_error'],
  ])('the provider answers %i: the client gets %i and %s', async (status, expected, type) => {
    gateway.standin.answer(fail(status, { message: 'bad at http://10.0.0.7:99/x', retryAfter: 7 }));
    const answer = await ask();
    expect(answer.status).toBe(expected);
    expect(answer.json).toEqual({
      type: 'error',
      error: { type, message: expect.any(String) as string },
      request_id: answer.headers.get('request-id'),
    });
    expect(answer.text).not.toContain('10.0.0.7');
    expect(answer.headers.get('retry-after')).toBe('7');
    expect((await gateway.ledger(1))[0]).toMatchObject({ cost_nano: '0', status: expected });
  });
});

import { call, fail, say } from '../standins/openai-compatible';
import { startCompatibleGateway, type CompatibleGateway } from './support/compatible';
import { askMessages, tool } from './support/messages';

describe("clients of Anthropic's Messages API before an OpenAI-compatible endpoint", () => {
  let gateway: CompatibleGateway;
  let key: string;

  beforeAll(async () => {
    gateway = await startCompatibleGateway();
    key = await gateway.workspaceKey({ level: 'unrestricted' });
  });
  afterAll(() => gateway.close());
  beforeEach(async () => {
    await gateway.clearLedger();
    gateway.endpoint.reset();
    gateway.standin.reset();
  });

  const ask = (body: Record<string, unknown> = {}, path?: string) =>
    askMessages(gateway, key, { model: 'local', ...body }, path === undefined ? {} : { path });
  const sent = () => gateway.endpoint.requests.at(-1)?.body ?? {};

  test('get text, thoughts, calls and usage as they know them', async () => {
    gateway.endpoint.answer({
      thoughts: ['hm'],
      text: ['Let me look.'],
      calls: [call('read', { path: 'a' }, { id: 'c1' })],
      usage: { prompt_tokens: 100, completion_tokens: 20, prompt_tokens_details: { cached_tokens: 40 } },
    });
    const answer = await ask({ tools: [tool('read')] });
    expect(answer.json).toEqual({
      id: expect.stringMatching(/^msg_chatcmpl-standin-\d+$/) as string,
      type: 'message',
      role: 'assistant',
      model: 'local',
      content: [
        { type: 'thinking', thinking: 'hm', signature: '' },
        { type: 'text', text: 'Let me look.' },
        { type: 'tool_use', id: 'c1', name: 'read', input: { path: 'a' } },
      ],
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: {
        input_tokens: 60,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 40,
        output_tokens: 20,
      },
    });
    expect((await gateway.ledger(1))[0]).toMatchObject({
      protocol: 'anthropic-messages',
      provider: 'openai-compatible/local',
      input_tokens: '60',
      cache_read_tokens: '40',
    });
  });

  test('send a conversation that a strict server takes', async () => {
    const mark = { cache_control: { type: 'ephemeral' } };
    const source = { type: 'base64', media_type: 'image/png', data: 'AAAA' };
    const answer = await ask({
      system: [{ type: 'text', text: 'Mine.', ...mark }],
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'look', ...mark }] },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm', signature: '' },
            { type: 'text', text: 'Both.' },
            { type: 'tool_use', id: 't1', name: 'read', input: { path: 'a' } },
            { type: 'tool_use', id: 't2', name: 'read', input: {} },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 't2', content: 'no such file', is_error: true },
            {
              type: 'tool_result',
              tool_use_id: 't1',
              content: [
                { type: 'text', text: 'rich' },
                { type: 'image', source },
              ],
            },
            { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'doc' }, title: 'T' },
          ],
        },
      ],
      tools: [tool('read', mark)],
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
      thinking: { type: 'enabled', budget_tokens: 5_000 },
      max_tokens: 7_000,
      stop_sequences: ['END'],
      metadata: { user_id: 'user_1' },
      top_k: 5,
      temperature: 0.5,
    });
    expect(answer.status).toBe(200);
    expect(sent()).toEqual({
      model: 'standin-coder-1',
      max_tokens: 7_000,
      stream: false,
      messages: [
        { role: 'system', content: 'Mine.' },
        { role: 'user', content: 'look' },
        {
          role: 'assistant',
          content: 'Both.',
          tool_calls: [
            { id: 't1', type: 'function', function: { name: 'read', arguments: '{"path":"a"}' } },
            { id: 't2', type: 'function', function: { name: 'read', arguments: '{}' } },
          ],
        },
        { role: 'tool', tool_call_id: 't2', content: 'The tool call failed.\n\nno such file' },
        { role: 'tool', tool_call_id: 't1', content: 'rich' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Belongs to the result of the tool call t1:' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
            { type: 'text', text: 'T\n\ndoc' },
          ],
        },
      ],
      tools: [
        {
          type: 'function',
          function: {
            name: 'read',
            description: 'does read',
            parameters: { type: 'object', properties: { path: { type: 'string' } } },
          },
        },
      ],
      tool_choice: 'required',
      parallel_tool_calls: false,
      temperature: 0.5,
      stop: ['END'],
      user: 'user_1',
      reasoning_effort: 'medium',
    });
    expect(answer.headers.get('x-gateway-dropped-fields')).toBe('thinking, top_k');
  });

  test('get a stream of the events they know, and an error event when it breaks', async () => {
    gateway.endpoint.answer({ text: ['Grüße ', '🙂'], calls: [call('read', { path: 'ä' })] });
    const { events } = await ask({ stream: true, tools: [tool('read')] });
    expect(events.map(({ name }) => name).filter((name) => name !== 'content_block_delta')).toEqual([
      'message_start',
      'content_block_start',
      'content_block_stop',
      'content_block_start',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    const deltas = events.map(({ data }) => (data.delta ?? {}) as { text?: string; partial_json?: string });
    expect(deltas.map((delta) => delta.text ?? '').join('')).toBe('Grüße 🙂');
    expect(deltas.map((delta) => delta.partial_json ?? '').join('')).toBe('{"path":"ä"}');
    gateway.endpoint.answer({ text: ['some', 'thing'], interruption: { after: 'content', how: 'cut' } });
    const broken = await ask({ stream: true });
    expect(broken.events.at(-1)?.name).toBe('error');
  });

  test('are told what only a model of Anthropic’s could do', async () => {
    const bash = await ask({ tools: [{ type: 'bash_20250124', name: 'bash' }] });
    expect(bash.status).toBe(400);
    expect(bash.json.error.message).toContain('bash_20250124');
    const source = { type: 'url', url: 'https://example.com/a.pdf' };
    const document = await ask({ messages: [{ role: 'user', content: [{ type: 'document', source }] }] });
    expect(document.json.error.message).toContain('takes no document by its address');
    const count = await ask({}, '/v1/messages/count_tokens');
    expect(count.status).toBeGreaterThanOrEqual(400);
    expect(count.json.error.message).not.toBe('');
    expect(gateway.endpoint.requests).toHaveLength(0);
  });

  test('a model of both goes on to Anthropic where the endpoint fails, or could not be asked at all', async () => {
    gateway.endpoint.answer(fail(503));
    const answer = await ask({ model: 'mixed' });
    expect(answer.headers.get('x-gateway-deployment')).toMatch(/^anthropic\//);
    expect(answer.json.content[0]?.['text']).toContain('stand-in model');
    const bash = await ask({ model: 'mixed', tools: [{ type: 'bash_20250124', name: 'bash' }] });
    expect(bash.status).toBe(200);
    expect(bash.headers.get('x-gateway-attempts')).toBe('1');
    expect(gateway.endpoint.requests).toHaveLength(1);
  });

  test('legacy completions go the same way, to either provider', async () => {
    const complete = (body: Record<string, unknown>, path = '/v1/completions') =>
      gateway.request(path, { key, body: { prompt: 'Say it', max_tokens: 50, ...body } });
    gateway.endpoint.answer(say('here'));
    const local = await complete({ model: 'local' });
    expect(local.json).toMatchObject({ object: 'text_completion', choices: [{ text: 'here' }] });
    expect(sent()).toMatchObject({ max_tokens: 50, messages: [{ role: 'user', content: 'Say it' }] });
    const claude = await complete({ model: 'claude-haiku', stream: true }, '/completions');
    expect(claude.status).toBe(200);
    expect(claude.text).toContain('"object":"text_completion"');
    expect(claude.text.endsWith('data: [DONE]\n\n')).toBe(true);
    const rows = await gateway.ledger(2);
    expect(rows.map(({ protocol }) => protocol)).toEqual(['openai-completions', 'openai-completions']);
    const standard = await gateway.workspaceKey({ workspace: { id: 'w-completions', name: 'dev' } });
    await gateway.request('/v1/completions', { key: standard, body: { model: 'local', prompt: 'a' } });
    expect(sent()['messages']).toMatchObject([{ role: 'system' }, { role: 'user', content: 'a' }]);
  });
});

import { text, thinking, toolCall } from '../standins/anthropic';
import { lastSent, readStream, startTestGateway, type TestGateway } from './support/gateway';

describe('thinking over several turns of a chat', () => {
  let gateway: TestGateway;
  let key: string;
  beforeAll(async () => {
    gateway = await startTestGateway();
    key = await gateway.workspaceKey({ level: 'unrestricted' });
  });
  afterAll(() => gateway.close());
  beforeEach(() => gateway.standin.reset());

  const tools = [{ type: 'function', function: { name: 'read', parameters: { type: 'object' } } }];
  const user = { role: 'user', content: 'hi' };
  const ask = (body: Record<string, unknown>) =>
    gateway.chat(key, { reasoning_effort: 'low', max_tokens: 8_000, tools, messages: [user], ...body });
  const scripted = { content: [thinking('deep'), text('Let me.'), toolCall('read', {}, { id: 'toolu_1' })] };
  type Message = { thinking_blocks?: unknown[]; reasoning_content?: string };
  const messageOf = (body: string): Message =>
    (JSON.parse(body) as { choices: [{ message: Message }] }).choices[0].message;
  const goOn = (message: object) => ({
    messages: [user, message, { role: 'tool', tool_call_id: 'toolu_1', content: 'x' }],
  });

  test('Q16: a message that is given back as it came goes on thinking', async () => {
    gateway.standin.answer(scripted);
    const message = messageOf((await ask({})).text);
    expect(message).toMatchObject({ reasoning_content: 'deep', thinking_blocks: [{ thinking: 'deep' }] });
    const second = await ask(goOn(message));
    expect(second.status).toBe(200);
    expect(second.headers.get('x-gateway-dropped-fields')).toBeNull();
    expect(lastSent(gateway.standin)).toMatchObject({ thinking: { type: 'enabled', budget_tokens: 4_096 } });
    expect(lastSent(gateway.standin).messages[1]?.content[0]).toEqual(message.thinking_blocks?.[0]);
  });

  test('Q16: the blocks of a stream are as good as those of a whole message', async () => {
    gateway.standin.answer(scripted);
    const { chunks } = readStream((await ask({ stream: true })).text);
    const deltas = chunks.flatMap((chunk) => chunk.choices?.map(({ delta }) => delta as Message) ?? []);
    const thinking_blocks = deltas.flatMap((delta) => delta.thinking_blocks ?? []);
    const tool_calls = [{ id: 'toolu_1', type: 'function', function: { name: 'read', arguments: '{}' } }];
    const second = await ask(goOn({ role: 'assistant', content: null, thinking_blocks, tool_calls }));
    expect(second.status).toBe(200);
    expect(lastSent(gateway.standin)).toHaveProperty('thinking');
  });

  test('Q16: a client that loses the signature is answered without thinking, which is named', async () => {
    gateway.standin.answer(scripted);
    const message = messageOf((await ask({})).text);
    const second = await ask(goOn({ ...message, thinking_blocks: undefined }));
    expect(second.status).toBe(200);
    expect(second.headers.get('x-gateway-dropped-fields')).toBe('reasoning_effort');
    expect(lastSent(gateway.standin)).not.toHaveProperty('thinking');
  });

  test('Q15: a schema is followed by the model, and effort is a word where the model takes one', async () => {
    const schema = { type: 'object', properties: { a: { type: 'integer', minimum: 1 } } };
    const answer = await ask({
      model: 'claude-opus',
      tools: undefined,
      response_format: { type: 'json_schema', json_schema: { name: 'a', schema } },
    });
    expect(answer.status).toBe(200);
    expect(lastSent(gateway.standin)).toMatchObject({
      output_config: { effort: 'low', format: { schema: { additionalProperties: false } } },
    });
    expect(gateway.standin.requests.at(-1)?.headers['anthropic-beta']).toBe('effort-2025-11-24');
  });

  test('Q15: any object is asked of a tool, whose input is the answer', async () => {
    gateway.standin.answer({ content: [toolCall('json_tool_call', { a: 1 })] });
    const answer = await ask({
      reasoning_effort: undefined,
      tools: undefined,
      response_format: { type: 'json_object' },
    });
    expect(answer.json).toMatchObject({
      choices: [{ message: { content: '{"a":1}' }, finish_reason: 'stop' }],
    });
  });
});

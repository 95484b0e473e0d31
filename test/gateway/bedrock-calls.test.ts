import { fail, say, text, thinking, toolCall } from '../standins/anthropic';
import { startBedrockStandin, type BedrockStandin } from '../standins/bedrock';
import { readStream, startTestGateway, type TestGateway } from './support/gateway';
import { askMessages, tool } from './support/messages';

const SONNET = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const USAGE = { input_tokens: 100, output_tokens: 10 };
/** At the price of the id on Bedrock, which is a tenth above Anthropic's. */
const COST = String(100 * 3_300 + 10 * 16_500);
const hi = [{ role: 'user', content: 'hi' }];

describe('a model that Bedrock serves', () => {
  let bedrock: BedrockStandin;
  let gateway: TestGateway;
  let key: string;
  let calls = 0;

  beforeAll(async () => {
    bedrock = await startBedrockStandin();
    gateway = await startTestGateway({ env: bedrock.env, limits: { coolDownMs: 0 } });
    key = await gateway.workspaceKey();
  });
  afterAll(async () => {
    await gateway.close();
    await bedrock.close();
  });
  beforeEach(() => {
    bedrock.reset();
    gateway.standin.reset();
  });

  const chat = (body: Record<string, unknown>) =>
    gateway.chat(key, { model: 'bedrock-claude-sonnet', max_tokens: 100, messages: hi, ...body });
  const messages = (body: Record<string, unknown>, headers?: Record<string, string>) =>
    askMessages(gateway, key, { model: 'bedrock-claude-sonnet', ...body }, headers ? { headers } : {});
  const booked = async () => (await gateway.ledger((calls += 1))).at(-1);
  const sent = () => (bedrock.requests.at(-1)?.body ?? {}) as Record<string, unknown>;

  test("B1: is asked by InvokeModel, with everything of Anthropic's body but model and stream", async () => {
    bedrock.answer({ ...say('here'), usage: USAGE });
    const answer = await chat({ temperature: 0.5 });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('here');
    expect(answer.headers.get('x-gateway-deployment')).toBe(`bedrock/${SONNET}`);
    const [request] = bedrock.requests;
    expect(request).toMatchObject({
      path: `/model/${encodeURIComponent(SONNET)}/invoke`,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
    });
    expect(Object.keys(sent()).sort()).toEqual([
      'anthropic_version',
      'max_tokens',
      'messages',
      'system',
      'temperature',
    ]);
    expect(sent()).toMatchObject({ anthropic_version: 'bedrock-2023-05-31', max_tokens: 100 });
    expect(gateway.standin.requests).toHaveLength(0);
    expect(await booked()).toMatchObject({
      provider: 'bedrock',
      deployment: SONNET,
      cost_nano: COST,
      estimated: false,
      input_tokens: '100',
      output_tokens: '10',
    });
    expect(bedrock.billed()[SONNET]).toMatchObject({ requests: 1, ...USAGE });
  });

  test("B2: streams, on OpenAI's protocol", async () => {
    bedrock.answer({
      content: [thinking('hm'), text('Grüße ', '🙂'), toolCall('read', { path: 'ä' }), toolCall('list')],
      usage: USAGE,
    });
    const functions = ['read', 'list'].map((name) => ({ type: 'function', function: { name } }));
    const answer = await chat({ stream: true, tools: functions });
    const { chunks, isDone } = readStream(answer.text);
    expect(isDone).toBe(true);
    const deltas = chunks.flatMap(({ choices }) => choices?.map(({ delta }) => delta) ?? []);
    expect(deltas.map(({ content }) => content ?? '').join('')).toBe('Grüße 🙂');
    const toolCalls = deltas.flatMap(({ tool_calls }) => tool_calls ?? []);
    const argumentsOf = (index: number) =>
      toolCalls
        .filter((each) => each.index === index)
        .map((each) => each.function.arguments)
        .join('');
    expect([argumentsOf(0), argumentsOf(1)]).toEqual(['{"path":"ä"}', '{}']);
    expect(bedrock.requests[0]).toMatchObject({
      path: `/model/${encodeURIComponent(SONNET)}/invoke-with-response-stream`,
      headers: { accept: 'application/vnd.amazon.eventstream' },
    });
    expect(sent()).not.toHaveProperty('stream');
    expect(await booked()).toMatchObject({ cost_nano: COST, streamed: true, estimated: false });
  });

  test("streams, on Anthropic's protocol, what Anthropic itself would have streamed", async () => {
    const script = {
      content: [thinking('hm'), text('a', 'ü'), toolCall('read', { path: 'x' }, { id: 't' })],
    };
    bedrock.answer({ ...script, usage: USAGE });
    gateway.standin.answer({ ...script, usage: USAGE });
    const body = { stream: true, tools: [tool('read')] };
    const [here, there] = [await messages(body), await messages({ ...body, model: 'claude-sonnet' })];
    const comparable = ({ events }: typeof here) =>
      JSON.stringify(events)
        .replace(/(toolu|msg)_standin_\d+/g, '$1')
        .replaceAll('bedrock-claude-', 'claude-');
    expect(here.events.length).toBeGreaterThan(10);
    expect(comparable(here)).toBe(comparable(there));
    expect(await booked()).toBeDefined();
    expect(await booked()).toMatchObject({
      provider: 'anthropic',
      cost_nano: String(100 * 2_000 + 10 * 10_000),
    });
  });

  test('keeps a conversation with tools, thoughts and their signatures going', async () => {
    bedrock.answer({ content: [thinking('hm'), toolCall('read', { path: 'x' })] }, say('done'));
    const tools = [tool('read')];
    const asked = { tools, max_tokens: 2_000, thinking: { type: 'enabled', budget_tokens: 1_024 } };
    const first = await messages(asked);
    expect(first.status).toBe(200);
    const use = first.json.content.find(({ type }) => type === 'tool_use');
    const second = await messages({
      ...asked,
      messages: [
        ...hi,
        { role: 'assistant', content: first.json.content },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: use?.['id'], content: 'text' }] },
      ],
    });
    expect(second.json.content).toEqual([{ type: 'text', text: 'done' }]);
    await booked();
    await booked();
  });

  test('B6: is not asked for what Bedrock refuses, and the client is told what was left out', async () => {
    const answer = await messages(
      {
        tools: [tool('read', { eager_input_streaming: true, input_examples: [{ path: 'x' }] }), tool('list')],
        metadata: { user_id: 'someone' },
        service_tier: 'auto',
        cache_control: { type: 'ephemeral' },
      },
      {
        'anthropic-beta':
          'interleaved-thinking-2025-05-14,token-efficient-tools-2025-02-19,prompt-caching-2024-07-31',
      },
    );
    expect(answer.status).toBe(200);
    expect(sent()).toMatchObject({
      anthropic_beta: ['interleaved-thinking-2025-05-14', 'fine-grained-tool-streaming-2025-05-14'],
      messages: [{ content: [{ type: 'text', text: 'hi', cache_control: { type: 'ephemeral' } }] }],
    });
    for (const name of ['metadata', 'service_tier', 'cache_control', 'tools.input_examples'])
      expect(sent()).not.toHaveProperty(name);
    expect(bedrock.requests[0]?.rawBody).not.toMatch(/eager_input_streaming|input_examples/);
    const dropped = answer.headers.get('x-gateway-dropped-fields') ?? '';
    for (const name of ['metadata', 'service_tier', 'tools.input_examples']) expect(dropped).toContain(name);
    await booked();
  });

  test('Q9: takes images as bytes, and refuses their addresses in plain words', async () => {
    const image = (source: object) => [
      {
        role: 'user',
        content: [
          { type: 'image', source },
          { type: 'text', text: 'What is it?' },
        ],
      },
    ];
    const bytes = { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' };
    expect((await messages({ messages: image(bytes) })).status).toBe(200);
    await booked();
    const address = { type: 'url', url: 'https://example.com/a.png' };
    const refused = await messages({ messages: image(address) });
    expect(refused.status).toBe(400);
    expect(refused.json.error.message).toContain('Bedrock takes no address for an image. Send its bytes');
    expect(bedrock.requests).toHaveLength(1);
    // Where Anthropic serves the model too, it alone is asked.
    gateway.standin.answer(fail(529));
    const overloaded = await messages({ model: 'claude-sonnet', messages: image(address) });
    expect(overloaded.status).toBe(503);
    expect(overloaded.headers.get('x-gateway-attempts')).toBe('1');
    expect(bedrock.requests).toHaveLength(1);
    await booked();
  });

  test('is not asked how many tokens a call has: Anthropic is, or nobody', async () => {
    const path = '/v1/messages/count_tokens';
    const counted = await askMessages(gateway, key, { model: 'claude-sonnet' }, { path });
    expect(counted.status).toBe(200);
    expect(counted.json).toEqual({ input_tokens: expect.any(Number) as unknown });
    const refused = await askMessages(gateway, key, { model: 'bedrock-claude-sonnet' }, { path });
    expect(refused.status).toBe(400);
    expect(refused.headers.get('x-should-retry')).toBe('false');
    expect(refused.json.error.message).toContain('counts tokens');
    expect(bedrock.requests).toHaveLength(0);
  });

  test.each([false, true])(
    'serves when Anthropic does not (streamed: %s), at its own price',
    async (stream) => {
      gateway.standin.answer(fail(529));
      bedrock.answer({ ...say('from ', 'Bedrock'), usage: USAGE });
      const answer = await chat({ model: 'claude-sonnet-4-5', stream });
      expect(answer.status).toBe(200);
      expect(answer.text).toContain('Bedrock');
      expect(answer.headers.get('x-gateway-deployment')).toBe(`bedrock/${SONNET}`);
      expect(answer.headers.get('x-gateway-attempts')).toBe('2');
      expect(await booked()).toMatchObject({ provider: 'bedrock', attempts: 2, cost_nano: COST });
    },
  );
});

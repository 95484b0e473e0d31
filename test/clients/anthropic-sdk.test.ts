import Anthropic, { APIError, NotFoundError } from '@anthropic-ai/sdk';
import { say, text, thinking, toolCall } from '../standins/anthropic';
import {
  counted,
  LOCAL,
  PIXEL,
  REFUSED,
  refusedBy,
  sentBlocks,
  SLOW,
  startClientGateway,
  WEATHER,
  WEATHER_STEPS,
  type ClientGateway,
} from './support';

const MODEL = 'claude-sonnet-4-5';
const tools: Anthropic.Tool[] = [
  { name: 'weather', description: 'Weather of a city', input_schema: { ...WEATHER, required: ['city'] } },
];

let gateway: ClientGateway;
let client: Anthropic;
beforeAll(async () => {
  // The SDK tells at each call when a model will retire.
  jest.spyOn(console, 'warn').mockImplementation(() => {});
  gateway = await startClientGateway();
  client = new Anthropic({ apiKey: gateway.key, baseURL: gateway.dataUrl });
});
afterAll(() => gateway.close());
beforeEach(() => gateway.standin.reset());

const user = (content: Anthropic.MessageParam['content']): Anthropic.MessageParam => ({
  role: 'user',
  content,
});

describe.each([
  ['whole', false],
  ['streamed', true],
])('the Anthropic SDK, %s', (_, stream) => {
  const ask = (body: Partial<Anthropic.MessageCreateParamsNonStreaming>): Promise<Anthropic.Message> => {
    const whole = { model: MODEL, max_tokens: 4_000, messages: [user('hi')], ...body };
    return stream ? client.messages.stream(whole).finalMessage() : client.messages.create(whole);
  };

  test('text, stop and usage', async () => {
    gateway.standin.answer({ ...say('Grüße', ' 🙂'), usage: { input_tokens: 11, output_tokens: 7 } });
    expect(await ask({})).toMatchObject({
      model: MODEL,
      content: [{ type: 'text', text: 'Grüße 🙂' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 11, output_tokens: 7 },
    });
  });

  test('parallel tools over several turns, with thinking in between', async () => {
    const [first, second, last] = WEATHER_STEPS;
    gateway.standin.answer(
      { content: [thinking('I need both.'), ...(first?.content ?? [])] },
      { content: [thinking('And one more.'), ...(second?.content ?? [])] },
      last ?? say(''),
    );
    const messages = [user('How cold is it?')];
    const asked: unknown[] = [];
    for (;;) {
      const { content, stop_reason: reason } = await ask({
        messages,
        tools,
        thinking: { type: 'enabled', budget_tokens: 1_024 },
      });
      messages.push({ role: 'assistant', content });
      if (reason !== 'tool_use') {
        expect(content).toMatchObject([{ type: 'text', text: 'Cold everywhere.' }]);
        break;
      }
      messages.push(
        user(
          content.flatMap((block) => {
            if (block.type !== 'tool_use') return [];
            asked.push(block.input);
            return [
              { type: 'tool_result' as const, tool_use_id: block.id, content: `${asked.length} degrees` },
            ];
          }),
        ),
      );
    }
    expect(asked).toEqual([{ city: 'Köln' }, { city: '東京' }, { city: 'Oslo' }]);
    // With their signatures, or the stand-in would have refused them.
    expect(sentBlocks(gateway, 'thinking').map((block) => block['thinking'])).toEqual([
      'I need both.',
      'And one more.',
    ]);
    expect(refusedBy(gateway)).toEqual([]);
  });

  test('an image, and one in a tool’s result', async () => {
    const image: Anthropic.ImageBlockParam = {
      type: 'image',
      source: { type: 'base64', media_type: 'image/png', data: PIXEL },
    };
    await ask({
      tools,
      messages: [
        user([image, { type: 'text', text: 'What is it?' }]),
        { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} }] },
        user([{ type: 'tool_result', tool_use_id: 'toolu_1', content: [image] }]),
      ],
    });
    expect(sentBlocks(gateway, 'image').map(({ source }) => source)).toEqual([image.source]);
    expect(sentBlocks(gateway, 'tool_result')[0]).toMatchObject({ content: [{ source: image.source }] });
    expect(refusedBy(gateway)).toEqual([]);
  });

  test('a tool without input', async () => {
    gateway.standin.answer({ content: [text('One moment.'), toolCall('weather', {}, { id: 'toolu_1' })] });
    const { content } = await ask({ tools });
    expect(content[1]).toMatchObject({ type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} });
  });
});

test.each(REFUSED)('status $status: asked $tries times, and the message is shown', async (refused) => {
  const { fetch, tries } = counted();
  const asking = new Anthropic({
    apiKey: refused.key ?? (await gateway.newKey()),
    baseURL: gateway.dataUrl,
    fetch,
  });
  await refused.prepare?.(gateway);
  try {
    const body = { model: MODEL, max_tokens: 4_000, messages: [user('hi')], stream: true as const };
    await expect(asking.messages.create(body)).rejects.toMatchObject({
      status: refused.status,
      message: expect.stringMatching(refused.message) as string,
    });
    expect(tries()).toBe(refused.tries);
  } finally {
    await gateway.policy({});
  }
});

test.each(['cut', 'error', 'end'] as const)(
  'a stream that breaks off by %s is an error, not a short answer',
  async (how) => {
    gateway.standin.answer({ ...say('Half ', 'an answer'), interruption: { after: 'content', how } });
    const stream = client.messages.stream({ model: MODEL, max_tokens: 100, messages: [user('hi')] });
    let text = '';
    stream.on('text', (piece) => (text += piece));
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(APIError);
    expect(text).toBe('Half ');
  },
);

test('a client that leaves is served no longer, and what was generated is booked', async () => {
  await gateway.clearLedger();
  gateway.standin.answer(SLOW);
  const stream = client.messages.stream({ model: MODEL, max_tokens: 100, messages: [user('hi')] });
  stream.once('text', () => stream.abort());
  await expect(stream.finalMessage()).rejects.toThrow(/aborted/);
  const [row] = await gateway.ledger(1);
  expect(row).toMatchObject({ status: 499 });
});

test('tokens are counted', async () => {
  const { input_tokens: tokens } = await client.messages.countTokens({
    model: MODEL,
    messages: [user('hi')],
  });
  expect(tokens).toBeGreaterThan(0);
});

test('models are listed page by page, and each is shown by its name', async () => {
  const listed: string[] = [];
  for await (const { id, type } of client.models.list({ limit: 2 })) {
    expect(type).toBe('model');
    listed.push(id);
  }
  expect(new Set(listed).size).toBe(listed.length);
  for (const id of [MODEL, 'claude-sonnet', LOCAL.name, LOCAL.alias]) expect(listed).toContain(id);
  const last = await client.models.list({ limit: 1, before_id: listed[2] ?? '' });
  expect(last.data.map(({ id }) => id)).toEqual([listed[1]]);
  expect(await client.models.retrieve(LOCAL.name)).toMatchObject({ id: LOCAL.name, max_tokens: 16_000 });
  await expect(client.models.retrieve('gpt-x')).rejects.toThrow(NotFoundError);
});

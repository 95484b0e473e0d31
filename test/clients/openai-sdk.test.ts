import OpenAI, { APIError } from 'openai';
import { say } from '../standins/anthropic';
import {
  counted,
  LOCAL,
  PIXEL,
  REFUSED,
  refusedBy,
  sentBlocks,
  SLOW,
  startClientGateway,
  THOUGHT,
  WEATHER,
  WEATHER_STEPS,
  type ClientGateway,
} from './support';

const MODEL = 'claude-sonnet-4-5';
const tools: OpenAI.ChatCompletionTool[] = [
  { type: 'function', function: { name: 'weather', description: 'Weather of a city', parameters: WEATHER } },
];

let gateway: ClientGateway;
let client: OpenAI;
beforeAll(async () => {
  gateway = await startClientGateway();
  client = new OpenAI({ apiKey: gateway.key, baseURL: `${gateway.dataUrl}/v1` });
});
afterAll(() => gateway.close());
beforeEach(() => gateway.standin.reset());

const user = (content: OpenAI.ChatCompletionUserMessageParam['content']) => ({
  role: 'user' as const,
  content,
});

describe.each([
  ['whole', false],
  ['streamed', true],
])('the openai SDK, %s', (_, stream) => {
  /** The SDK's own gathering of a stream gives the same object as a whole answer. */
  const ask = (body: Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, 'model' | 'stream'>) =>
    stream
      ? client.chat.completions
          .stream({ model: MODEL, ...body, stream_options: { include_usage: true } })
          .finalChatCompletion()
      : client.chat.completions.create({ model: MODEL, ...body });

  test('text, stop and usage', async () => {
    gateway.standin.answer({ ...say('Grüße', ' 🙂'), usage: { input_tokens: 11, output_tokens: 7 } });
    const { choices, usage } = await ask({ messages: [user('hi')] });
    expect(choices[0]).toMatchObject({ message: { content: 'Grüße 🙂' }, finish_reason: 'stop' });
    expect(usage).toMatchObject({ completion_tokens: 7 });
  });

  test('parallel tools over several turns', async () => {
    gateway.standin.answer(...WEATHER_STEPS);
    const messages: OpenAI.ChatCompletionMessageParam[] = [user('How cold is it?')];
    const asked: unknown[] = [];
    for (;;) {
      const { choices } = await ask({ messages, tools });
      const [choice] = choices;
      if (!choice) throw new Error('no choice');
      const { message, finish_reason: reason } = choice;
      messages.push(message);
      if (reason !== 'tool_calls') {
        expect(message.content).toBe('Cold everywhere.');
        break;
      }
      for (const call of message.tool_calls ?? []) {
        if (call.type !== 'function') throw new Error('no function');
        asked.push(JSON.parse(call.function.arguments));
        messages.push({ role: 'tool', tool_call_id: call.id, content: `${asked.length} degrees` });
      }
    }
    expect(asked).toEqual([{ city: 'Köln' }, { city: '東京' }, { city: 'Oslo' }]);
    expect(sentBlocks(gateway, 'tool_use').map(({ id, input }) => [id, input])).toEqual([
      ['toolu_a', { city: 'Köln' }],
      ['toolu_b', { city: '東京' }],
      ['toolu_c', { city: 'Oslo' }],
    ]);
    expect(sentBlocks(gateway, 'tool_result').map(({ tool_use_id: id }) => id)).toEqual([
      'toolu_a',
      'toolu_b',
      'toolu_c',
    ]);
    expect(refusedBy(gateway)).toEqual([]);
  });

  test('an image', async () => {
    await ask({
      messages: [
        user([
          { type: 'text', text: 'What is it?' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } },
        ]),
      ],
    });
    expect(sentBlocks(gateway, 'image').map(({ source }) => source)).toEqual([
      { type: 'base64', media_type: 'image/png', data: PIXEL },
    ]);
    expect(refusedBy(gateway)).toEqual([]);
  });

  test('thinking is asked for and comes beside the text', async () => {
    gateway.standin.answer(THOUGHT);
    const { choices } = await ask({ messages: [user('May I?')], reasoning_effort: 'low', max_tokens: 8_000 });
    expect(choices[0]?.message).toMatchObject({ content: 'Yes.' });
    if (!stream) expect(choices[0]?.message).toMatchObject({ reasoning_content: 'It is asked politely.' });
    expect(gateway.standin.requests.at(-1)?.body).toHaveProperty('thinking');
    expect(refusedBy(gateway)).toEqual([]);
  });

  test('thoughts given back with their signature are accepted', async () => {
    gateway.standin.answer(THOUGHT, say('Indeed.'));
    const first = await client.chat.completions.create({
      model: MODEL,
      messages: [user('May I?')],
      reasoning_effort: 'low',
      max_tokens: 8_000,
    });
    const said = first.choices[0]?.message as OpenAI.ChatCompletionAssistantMessageParam;
    const { choices } = await ask({
      messages: [user('May I?'), said, user('Really?')],
      reasoning_effort: 'low',
      max_tokens: 8_000,
    });
    expect(choices[0]?.message.content).toBe('Indeed.');
    expect(sentBlocks(gateway, 'thinking').map(({ thinking }) => thinking)).toEqual([
      'It is asked politely.',
    ]);
    expect(refusedBy(gateway)).toEqual([]);
  });
});

test.each(REFUSED)('status $status: asked $tries times, and the message is shown', async (refused) => {
  const { fetch, tries } = counted();
  const asking = new OpenAI({
    apiKey: refused.key ?? (await gateway.newKey()),
    baseURL: `${gateway.dataUrl}/v1`,
    fetch,
  });
  await refused.prepare?.(gateway);
  try {
    const failed = asking.chat.completions.create({ model: MODEL, messages: [user('hi')], stream: true });
    await expect(failed).rejects.toMatchObject({
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
    const chunks = await client.chat.completions.create({
      model: MODEL,
      messages: [user('hi')],
      stream: true,
    });
    let text = '';
    const read = async (): Promise<void> => {
      for await (const chunk of chunks) text += chunk.choices[0]?.delta.content ?? '';
    };
    await expect(read()).rejects.toBeInstanceOf(APIError);
    expect(text).toBe('Half ');
  },
);

test('a client that leaves is served no longer, and what was generated is booked', async () => {
  await gateway.clearLedger();
  gateway.standin.answer(SLOW);
  const chunks = await client.chat.completions.create({ model: MODEL, messages: [user('hi')], stream: true });
  for await (const chunk of chunks) if (chunk.choices[0]?.delta.content) chunks.controller.abort();
  const [row] = await gateway.ledger(1);
  expect(row).toMatchObject({ status: 499 });
});

test('models are listed', async () => {
  const { data } = await client.models.list();
  const ids = data.map(({ id }) => id);
  for (const id of [MODEL, LOCAL.name]) expect(ids).toContain(id);
  expect(await client.models.retrieve(LOCAL.name)).toEqual(data.find(({ id }) => id === LOCAL.name));
  await expect(client.models.retrieve('gpt-x')).rejects.toMatchObject({ status: 404 });
});

import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, stepCountIs, streamText, tool, type LanguageModelUsage, type ModelMessage } from 'ai';
import { z } from 'zod';
import { say } from '../standins/anthropic';
import {
  counted,
  PIXEL,
  REFUSED,
  refusedBy,
  sentBlocks,
  SLOW,
  startClientGateway,
  THOUGHT,
  WEATHER_STEPS,
  type ClientGateway,
} from './support';

let gateway: ClientGateway;
beforeAll(async () => {
  gateway = await startClientGateway();
});
afterAll(() => gateway.close());
beforeEach(() => gateway.standin.reset());

const modelOf = (key = gateway.key, fetch = globalThis.fetch) =>
  createOpenAICompatible({
    name: 'gateway',
    apiKey: key,
    baseURL: `${gateway.dataUrl}/v1`,
    includeUsage: true,
    fetch,
  })('claude-sonnet-4-5');

interface Answered {
  readonly text: string;
  readonly thoughts: string;
  readonly reason: string;
  readonly usage: LanguageModelUsage;
}

type Request = Omit<Parameters<typeof generateText>[0], 'model' | 'prompt' | 'messages'> & {
  readonly messages?: ModelMessage[];
};

describe.each([
  ['whole', false],
  ['streamed', true],
])('the AI SDK with its openai-compatible provider, %s', (_, isStreamed) => {
  async function ask({
    messages = [{ role: 'user', content: 'hi' }],
    ...rest
  }: Request = {}): Promise<Answered> {
    const request = { model: modelOf(), messages, ...rest };
    if (!isStreamed) {
      const { text, reasoningText, finishReason, usage } = await generateText(request);
      return { text, thoughts: reasoningText ?? '', reason: finishReason, usage };
    }
    const result = streamText({ ...request, onError: () => {} });
    return {
      text: await result.text,
      thoughts: (await result.reasoningText) ?? '',
      reason: await result.finishReason,
      usage: await result.usage,
    };
  }

  test('text, stop and usage, with what came from the cache', async () => {
    const usage = {
      input_tokens: 11,
      output_tokens: 7,
      cache_read_input_tokens: 30,
      cache_creation_input_tokens: 5,
    };
    gateway.standin.answer({ ...say('Grüße', ' 🙂'), usage });
    expect(await ask()).toMatchObject({
      text: 'Grüße 🙂',
      reason: 'stop',
      usage: { inputTokens: 46, outputTokens: 7, cachedInputTokens: 30 },
    });
  });

  test('parallel tools over several turns, run by the SDK', async () => {
    gateway.standin.answer(...WEATHER_STEPS);
    const asked: string[] = [];
    const weather = tool({
      description: 'Weather of a city',
      inputSchema: z.object({ city: z.string() }),
      execute: ({ city }) => {
        asked.push(city);
        return { city, degrees: asked.length };
      },
    });
    const { text } = await ask({ tools: { weather }, stopWhen: stepCountIs(5) });
    expect(text).toBe('Cold everywhere.');
    expect(asked).toEqual(['Köln', '東京', 'Oslo']);
    expect(sentBlocks(gateway, 'tool_result').map(({ tool_use_id: id }) => id)).toEqual([
      'toolu_a',
      'toolu_b',
      'toolu_c',
    ]);
    expect(refusedBy(gateway)).toEqual([]);
  });

  test('an image', async () => {
    const image = { type: 'image' as const, image: Buffer.from(PIXEL, 'base64'), mediaType: 'image/png' };
    await ask({ messages: [{ role: 'user', content: [{ type: 'text', text: 'What is it?' }, image] }] });
    expect(sentBlocks(gateway, 'image').map(({ source }) => source)).toEqual([
      { type: 'base64', media_type: 'image/png', data: PIXEL },
    ]);
    expect(refusedBy(gateway)).toEqual([]);
  });

  test('thinking comes as reasoning', async () => {
    gateway.standin.answer(THOUGHT);
    const options = { gateway: { reasoningEffort: 'low' } };
    expect(await ask({ providerOptions: options, maxOutputTokens: 8_000 })).toMatchObject({
      text: 'Yes.',
      thoughts: 'It is asked politely.',
    });
    expect(gateway.standin.requests.at(-1)?.body).toHaveProperty('thinking');
    expect(refusedBy(gateway)).toEqual([]);
  });
});

test.each(REFUSED)('status $status: asked $tries times, and the message is shown', async (refused) => {
  const { fetch, tries } = counted();
  await refused.prepare?.(gateway);
  try {
    // What was tried more than once comes as a list of errors, the last of which is shown.
    const failed = generateText({
      model: modelOf(refused.key ?? (await gateway.newKey()), fetch),
      prompt: 'hi',
    });
    await expect(failed).rejects.toMatchObject({ message: expect.stringMatching(refused.message) as string });
    expect(tries()).toBe(refused.tries);
  } finally {
    await gateway.policy({});
  }
});

test.each(['cut', 'error', 'end'] as const)(
  'a stream that breaks off by %s is an error, not a short answer',
  async (how) => {
    gateway.standin.answer({ ...say('Half ', 'an answer'), interruption: { after: 'content', how } });
    const parts: { type: string }[] = [];
    const { fullStream } = streamText({ model: modelOf(), prompt: 'hi', onError: () => {} });
    for await (const part of fullStream) parts.push(part);
    expect(parts.filter(({ type }) => type === 'text-delta')).toMatchObject([{ text: 'Half ' }]);
    expect(parts.map(({ type }) => type)).toContain('error');
  },
);

test('a client that leaves is served no longer, and what was generated is booked', async () => {
  await gateway.clearLedger();
  gateway.standin.answer(SLOW);
  const leaving = new AbortController();
  const { fullStream } = streamText({
    model: modelOf(),
    prompt: 'hi',
    abortSignal: leaving.signal,
    onError: () => {},
  });
  for await (const part of fullStream) if (part.type === 'text-delta') leaving.abort();
  const [row] = await gateway.ledger(1);
  expect(row).toMatchObject({ status: 499 });
});

import { say, toolCall } from '../../standins/anthropic';
import {
  PIXEL,
  REFUSED,
  refusedBy,
  sentBlocks,
  startClientGateway,
  THOUGHT,
  WEATHER,
  WEATHER_STEPS,
  type ClientGateway,
} from '../support';
import { startDriver, type Driver } from './driver';

const MODEL = 'claude-sonnet-4-5';
const tools = [{ type: 'function', function: { name: 'weather', parameters: WEATHER } }];
const user = (content: unknown) => ({ role: 'user', content });

interface Answer {
  readonly message: {
    readonly content: string;
    readonly refusal: string | null;
    readonly reasoning_content?: string;
    readonly function_call?: { readonly name: string; readonly arguments: string };
    readonly tool_calls?: readonly {
      readonly id: string;
      readonly function: { readonly name: string; readonly arguments: string };
    }[];
  };
  readonly finish_reason: string;
  readonly usage: Record<string, unknown>;
}

let gateway: ClientGateway;
let driver: Driver;
beforeAll(async () => {
  gateway = await startClientGateway();
  driver = startDriver('openai_driver.py', gateway);
});
afterAll(async () => {
  await driver.end();
  await gateway.close();
});
beforeEach(() => gateway.standin.reset());

describe.each([
  ['whole', false],
  ['streamed', true],
])('openai for Python, %s', (_, stream) => {
  const ask = (body: object) => driver.do<Answer>('chat', { model: MODEL, stream, ...body });

  test('text, stop and usage', async () => {
    gateway.standin.answer({ ...say('Grüße', ' 🙂'), usage: { input_tokens: 11, output_tokens: 7 } });
    const { message, finish_reason, usage } = await ask({ messages: [user('hi')] });
    expect([message.content, finish_reason]).toEqual(['Grüße 🙂', 'stop']);
    expect(usage).toMatchObject({ completion_tokens: 7 });
  });

  test('parallel tools over several turns', async () => {
    gateway.standin.answer(...WEATHER_STEPS);
    const messages: unknown[] = [user('How cold is it?')];
    const asked: unknown[] = [];
    for (;;) {
      const { message, finish_reason } = await ask({ messages, tools });
      if (finish_reason !== 'tool_calls') {
        expect(message.content).toBe('Cold everywhere.');
        break;
      }
      messages.push({ role: 'assistant', content: message.content, tool_calls: message.tool_calls });
      for (const call of message.tool_calls ?? []) {
        asked.push(JSON.parse(call.function.arguments));
        messages.push({ role: 'tool', tool_call_id: call.id, content: `${asked.length} degrees` });
      }
    }
    expect(asked).toEqual([{ city: 'Köln' }, { city: '東京' }, { city: 'Oslo' }]);
    expect(sentBlocks(gateway, 'tool_result').map(({ tool_use_id: id }) => id)).toEqual([
      'toolu_a',
      'toolu_b',
      'toolu_c',
    ]);
    expect(refusedBy(gateway)).toEqual([]);
  });

  test('thinking comes beside the text', async () => {
    gateway.standin.answer(THOUGHT);
    const { message } = await ask({ messages: [user('May I?')], reasoning_effort: 'low', max_tokens: 8_000 });
    expect(message).toMatchObject({ content: 'Yes.', reasoning_content: 'It is asked politely.' });
    expect(refusedBy(gateway)).toEqual([]);
  });

  test('an image, whatever it is said to be', async () => {
    const url = `data:image/jpeg;base64,${PIXEL}`;
    await ask({ messages: [user([{ type: 'image_url', image_url: { url } }])] });
    expect(sentBlocks(gateway, 'image')).toMatchObject([
      { source: { media_type: 'image/png', data: PIXEL } },
    ]);
    expect(refusedBy(gateway)).toEqual([]);
  });

  test('a refusal is one', async () => {
    const stopDetails = { type: 'refusal', category: 'bio', explanation: 'That would do harm.' };
    gateway.standin.answer({ content: [], stopReason: 'refusal', stopDetails });
    const { message, finish_reason } = await ask({ messages: [user('hi')] });
    expect([message.refusal, finish_reason]).toEqual(['That would do harm.', 'content_filter']);
  });
});

test('a function in the older form', async () => {
  gateway.standin.answer({ content: [toolCall('weather', { city: 'Köln' })] });
  const { message, finish_reason } = await driver.do<Answer>('chat', {
    model: MODEL,
    messages: [user('How cold is it?')],
    functions: [{ name: 'weather', parameters: WEATHER }],
  });
  expect(finish_reason).toBe('function_call');
  expect(message.function_call).toEqual({ name: 'weather', arguments: '{"city":"Köln"}' });
});

test('a legacy completion', async () => {
  gateway.standin.answer(say('Yes.'));
  expect(await driver.do('complete', { model: MODEL, prompt: 'May I?' })).toMatchObject({
    object: 'text_completion',
    choices: [{ text: 'Yes.' }],
  });
});

test('models are listed', async () => {
  expect(await driver.do('models')).toEqual(expect.arrayContaining([MODEL, 'claude-sonnet', 'claude-haiku']));
});

test('embeddings are not offered, and said so by name', async () => {
  const { classes, status, message } = await driver.fault('embed');
  expect([classes[0], status]).toEqual(['NotFoundError', 404]);
  expect(message).toContain('Embeddings are not offered by this gateway');
});

const CLASSES: Readonly<Record<number, string>> = {
  400: 'BadRequestError',
  401: 'AuthenticationError',
  402: 'APIStatusError',
  403: 'PermissionDeniedError',
  429: 'RateLimitError',
  503: 'InternalServerError',
};

test.each(REFUSED)('status $status is the exception of its kind, after $tries requests', async (refused) => {
  const key = refused.key ?? (await gateway.newKey());
  await refused.prepare?.(gateway);
  try {
    expect(await driver.do('refused', { key, model: MODEL, messages: [user('hi')] })).toEqual({
      class: CLASSES[refused.status],
      status: refused.status,
      tries: refused.tries,
      message: expect.stringMatching(refused.message) as string,
    });
  } finally {
    await gateway.policy({});
  }
});

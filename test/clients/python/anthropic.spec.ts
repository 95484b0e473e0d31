import { say } from '../../standins/anthropic';
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

const BODY = { model: 'claude-sonnet-4-5', max_tokens: 8_000 };
const user = (content: unknown) => ({ role: 'user', content });

interface Message {
  readonly content: readonly {
    readonly type: string;
    readonly id?: string;
    readonly [name: string]: unknown;
  }[];
  readonly stop_reason: string;
  readonly usage: Record<string, unknown>;
}

let gateway: ClientGateway;
let driver: Driver;
beforeAll(async () => {
  gateway = await startClientGateway();
  driver = startDriver('anthropic_driver.py', gateway);
});
afterAll(async () => {
  await driver.end();
  await gateway.close();
});
beforeEach(() => gateway.standin.reset());

describe.each([
  ['whole', false],
  ['streamed', true],
])('anthropic for Python, %s', (_, stream) => {
  const ask = (body: object) => driver.do<Message>('ask', { ...BODY, stream, ...body });

  test('text, stop and usage', async () => {
    gateway.standin.answer({ ...say('Grüße', ' 🙂'), usage: { output_tokens: 7 } });
    expect(await ask({ messages: [user('hi')] })).toMatchObject({
      content: [{ type: 'text', text: 'Grüße 🙂' }],
      stop_reason: 'end_turn',
      usage: { output_tokens: 7 },
    });
  });

  test('parallel tools over several turns, with a parameter’s own name', async () => {
    gateway.standin.answer(...WEATHER_STEPS);
    const tools = [
      {
        name: 'weather',
        input_schema: { ...WEATHER, properties: { ...WEATHER.properties, 'filter[id]': { type: 'string' } } },
      },
    ];
    const messages: unknown[] = [user('How cold is it?')];
    for (;;) {
      const { content, stop_reason } = await ask({ messages, tools });
      messages.push({
        role: 'assistant',
        content: content.map(({ type, text, id, name, input }) =>
          type === 'text' ? { type, text } : { type, id, name, input },
        ),
      });
      if (stop_reason !== 'tool_use') break;
      const calls = content.filter(({ type }) => type === 'tool_use');
      messages.push(user(calls.map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: 'cold' }))));
    }
    expect(sentBlocks(gateway, 'tool_use').map(({ id, input }) => [id, input])).toEqual([
      ['toolu_a', { city: 'Köln' }],
      ['toolu_b', { city: '東京' }],
      ['toolu_c', { city: 'Oslo' }],
    ]);
    expect(refusedBy(gateway)).toEqual([]);
  });

  test('thinking', async () => {
    gateway.standin.answer(THOUGHT);
    const { content } = await ask({
      messages: [user('May I?')],
      thinking: { type: 'enabled', budget_tokens: 2_000 },
    });
    expect(content).toMatchObject([
      { type: 'thinking', thinking: 'It is asked politely.' },
      { type: 'text', text: 'Yes.' },
    ]);
    expect(refusedBy(gateway)).toEqual([]);
  });

  test('an image, whatever it is said to be', async () => {
    const source = { type: 'base64', media_type: 'image/webp', data: PIXEL };
    await ask({ messages: [user([{ type: 'image', source }])] });
    expect(sentBlocks(gateway, 'image')).toMatchObject([{ source: { media_type: 'image/png' } }]);
    expect(refusedBy(gateway)).toEqual([]);
  });
});

test('tokens are counted', async () => {
  const counted = await driver.do('count', { model: BODY.model, messages: [user('How many am I?')] });
  expect(counted).toMatchObject({ input_tokens: expect.any(Number) as number });
});

const CLASSES: Readonly<Record<number, string>> = {
  400: 'BadRequestError',
  401: 'AuthenticationError',
  402: 'PaymentRequiredError',
  403: 'PermissionDeniedError',
  429: 'RateLimitError',
  503: 'ServiceUnavailableError',
};

test.each(REFUSED)('status $status is the exception of its kind, after $tries requests', async (refused) => {
  const key = refused.key ?? (await gateway.newKey());
  await refused.prepare?.(gateway);
  try {
    expect(await driver.do('refused', { key, ...BODY, messages: [user('hi')] })).toEqual({
      class: CLASSES[refused.status],
      status: refused.status,
      tries: refused.tries,
      message: expect.stringMatching(refused.message) as string,
    });
  } finally {
    await gateway.policy({});
  }
});

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

const tools = [{ type: 'function', function: { name: 'weather', parameters: WEATHER } }];
const user = (content: unknown) => ({ role: 'user', content });

interface Answer {
  readonly message: {
    readonly content: string | null;
    readonly reasoning_content?: string;
    readonly tool_calls?:
      readonly { readonly id: string; readonly function: { readonly arguments: string } }[] | null;
  };
  readonly finish_reason: string;
  readonly usage: Record<string, unknown>;
}

let gateway: ClientGateway;
let driver: Driver;
beforeAll(async () => {
  gateway = await startClientGateway();
  driver = startDriver('litellm_driver.py', gateway);
});
afterAll(async () => {
  await driver.end();
  await gateway.close();
});
beforeEach(() => gateway.standin.reset());

/** This gateway for a LiteLLM proxy, and for Anthropic. */
const ROUTES = ['litellm_proxy/claude-sonnet-4-5', 'anthropic/claude-sonnet-4-5'];

describe.each(ROUTES.flatMap((model) => [false, true].map((stream) => [model, stream] as const)))(
  'LiteLLM’s SDK, %s, streamed: %p',
  (model, stream) => {
    const ask = (body: object) => driver.do<Answer>('ask', { model, stream, ...body });

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
          messages.push({ role: 'tool', tool_call_id: call.id, content: 'cold' });
        }
      }
      expect(asked).toEqual([{ city: 'Köln' }, { city: '東京' }, { city: 'Oslo' }]);
      expect(refusedBy(gateway)).toEqual([]);
    });

    test('thinking comes beside the text', async () => {
      gateway.standin.answer(THOUGHT);
      const { message } = await ask({
        messages: [user('May I?')],
        reasoning_effort: 'low',
        max_tokens: 8_000,
      });
      expect(message).toMatchObject({ content: 'Yes.', reasoning_content: 'It is asked politely.' });
      expect(refusedBy(gateway)).toEqual([]);
    });

    test('an image, whatever it is said to be', async () => {
      const url = `data:image/jpeg;base64,${PIXEL}`;
      await ask({ messages: [user([{ type: 'image_url', image_url: { url } }])] });
      expect(sentBlocks(gateway, 'image')).toMatchObject([{ source: { media_type: 'image/png' } }]);
      expect(refusedBy(gateway)).toEqual([]);
    });
  },
);

test('embeddings are not offered, and said so by name', async () => {
  const { classes, status, message } = await driver.fault('embed');
  expect([classes[0], status]).toEqual(['NotFoundError', 404]);
  expect(message).toContain('Embeddings are not offered by this gateway');
});

/** What LiteLLM makes of a status, with the status that it says then; it differs by route. */
const CLASSES: Readonly<Record<string, Readonly<Record<number, readonly [string, number]>>>> = {
  litellm_proxy: {
    400: ['BadRequestError', 400],
    401: ['AuthenticationError', 401],
    402: ['APIError', 402],
    403: ['APIError', 403],
    429: ['RateLimitError', 429],
    503: ['ServiceUnavailableError', 503],
  },
  anthropic: {
    400: ['BadRequestError', 400],
    401: ['AuthenticationError', 401],
    402: ['PaymentRequiredError', 402],
    403: ['PermissionDeniedError', 403],
    429: ['RateLimitError', 429],
    503: ['InternalServerError', 500],
  },
};

test.each(REFUSED.flatMap((refused) => ROUTES.map((model) => ({ model, ...refused }))))(
  'status $status is the exception of its kind, by $model',
  async (refused) => {
    const key = refused.key ?? (await gateway.newKey());
    await refused.prepare?.(gateway);
    try {
      const { classes, status, message } = await driver.fault('ask', {
        model: refused.model,
        key,
        messages: [user('hi')],
      });
      const [route = ''] = refused.model.split('/');
      expect([classes[0], status]).toEqual(CLASSES[route]?.[refused.status]);
      expect(message).toMatch(refused.message);
    } finally {
      await gateway.policy({});
    }
  },
);

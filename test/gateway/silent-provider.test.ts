import { ServerResponse } from 'node:http';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { fail, say, text } from '../standins/anthropic';
import { makeGate } from './support/gate';
import { eventually, readStream, startTestGateway, type TestGateway } from './support/gateway';
import type { PolicyFile } from './support/policy-file';
import { asked, FIRST, SECOND, twoDeployments } from './support/two-deployments';

const PATHS = { openai: '/v1/chat/completions', anthropic: '/v1/messages' };
const SIGNS = { openai: ': keep-alive\n\n', anthropic: 'event: ping\ndata: {"type":"ping"}\n\n' };

let policy: PolicyFile;
let gateway: TestGateway;
let key: string;
let calls = 0;
beforeAll(async () => {
  policy = await twoDeployments();
  gateway = await startTestGateway({ env: policy.env, limits: { coolDownMs: 0, keepAliveMs: 100 } });
  key = await gateway.workspaceKey();
});
afterAll(async () => {
  await gateway.close();
  await policy.remove();
});
beforeEach(() => gateway.standin.reset());

const booked = async (rows: number) => (await gateway.ledger((calls += rows))).slice(-rows);
const bodyOf = (stream: boolean) => ({
  model: 'claude-sonnet',
  stream,
  max_tokens: 5_000,
  messages: [{ role: 'user', content: 'hi' }],
});

/** Asks for a stream and gathers it while it comes. */
async function open(dialect: keyof typeof PATHS) {
  const response = await fetch(gateway.dataUrl + PATHS[dialect], {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify(bodyOf(true)),
  });
  const stream = { response, text: '', whole: Promise.resolve() };
  const decoder = new TextDecoder();
  stream.whole = (async () => {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>)
      stream.text += decoder.decode(chunk, { stream: true });
  })();
  return stream;
}
const signsIn = (received: string, dialect: keyof typeof PATHS) => received.split(SIGNS[dialect]).length - 1;

describe('while a provider thinks', () => {
  test.each(['openai', 'anthropic'] as const)(
    'the client gets signs of life, again and again, and then the whole answer (%s)',
    async (dialect) => {
      const gate = makeGate();
      gateway.standin.answer({ ...say('at last'), until: gate.opened, pings: 0 });
      const stream = await open(dialect);
      expect(stream.response.status).toBe(200);
      expect(stream.response.headers.get('content-type')).toContain('text/event-stream');
      expect(stream.response.headers.get('x-request-id')).not.toBeNull();
      // Who answers is not known yet.
      expect(stream.response.headers.get('x-gateway-deployment')).toBeNull();
      await eventually(() => signsIn(stream.text, dialect) >= 3 || undefined);
      expect(stream.text.replaceAll(SIGNS[dialect], '')).toBe('');
      gate.open();
      await stream.whole;
      expect(stream.text).toContain('at last');
      expect(stream.text).toContain(dialect === 'openai' ? '[DONE]' : 'message_stop');
      await booked(1);
    },
  );

  test('the libraries of both protocols skip the signs of life', async () => {
    const listen = async (stream: AsyncIterable<unknown>): Promise<string> => {
      const seen: unknown[] = [];
      for await (const each of stream) seen.push(each);
      return JSON.stringify(seen);
    };
    const anthropic = new Anthropic({ baseURL: gateway.dataUrl, apiKey: key, maxRetries: 0 });
    const openai = new OpenAI({ baseURL: `${gateway.dataUrl}/v1`, apiKey: key, maxRetries: 0 });
    const messages = [{ role: 'user' as const, content: 'hi' }];
    const ask = [
      async () =>
        listen(await openai.chat.completions.create({ model: 'claude-sonnet', stream: true, messages })),
      async () => {
        const answer = anthropic.messages.stream({ model: 'claude-sonnet', max_tokens: 5_000, messages });
        return JSON.stringify(await answer.finalMessage());
      },
    ];
    for (const each of ask) {
      gateway.standin.reset();
      const gate = makeGate();
      gateway.standin.answer({ ...say('at last'), until: gate.opened, pings: 0 });
      const write = jest.spyOn(ServerResponse.prototype, 'write');
      const answer = each();
      // Said in the stream before the provider says a word.
      await eventually(
        () =>
          write.mock.calls.filter(([said]) => Object.values(SIGNS).includes(String(said))).length > 1 ||
          undefined,
      );
      write.mockRestore();
      gate.open();
      expect(await answer).toContain('at last');
      await booked(1);
    }
  });

  test('another deployment may still answer in the same stream', async () => {
    const gate = makeGate();
    const interruption = { after: 'start', how: 'error' } as const;
    gateway.standin.answer({ content: [text('never')], until: gate.opened, interruption }, say('here'));
    const stream = await open('openai');
    await eventually(() => signsIn(stream.text, 'openai') >= 1 || undefined);
    gate.open();
    await stream.whole;
    expect(asked(gateway)).toEqual([FIRST, SECOND]);
    expect(stream.text).toContain('here');
    expect(readStream(stream.text).isDone).toBe(true);
    expect(await booked(1)).toMatchObject([{ attempts: 2, deployment: SECOND, status: 200 }]);
  });

  test.each(['openai', 'anthropic'] as const)(
    'the failure of all is an error inside the stream, and no silence (%s)',
    async (dialect) => {
      const gate = makeGate();
      const interruption = { after: 'start', how: 'error' } as const;
      gateway.standin.answer({ content: [text('x')], until: gate.opened, interruption }, fail(500));
      const stream = await open(dialect);
      await eventually(() => signsIn(stream.text, dialect) >= 1 || undefined);
      gate.open();
      await stream.whole;
      const said = stream.text.replaceAll(SIGNS[dialect], '');
      // The first one's, as without signs of life.
      expect(said).toMatch(
        dialect === 'openai'
          ? /^data: {"error":{.*"type":"provider_overloaded".*}}\n\n$/
          : /^event: error\ndata: {"type":"error","error":{"type":"overloaded_error",.*}.*}\n\n$/,
      );
      expect(await booked(1)).toMatchObject([{ attempts: 2, status: 503, cost_nano: '0' }]);
    },
  );
});

describe('a provider that says nothing for too long', () => {
  let hasty: TestGateway;
  beforeAll(async () => {
    hasty = await startTestGateway({
      store: gateway.store,
      standin: gateway.standin,
      env: policy.env,
      limits: { coolDownMs: 0, idleMs: 1_000, answerMs: 1_000 },
    });
  });
  afterAll(() => hasty.close());

  test.each([true, false])(
    'is given up for the next, and booked at its worst (stream: %s)',
    async (stream) => {
      const gate = makeGate();
      gateway.standin.answer({ ...say('never'), until: gate.opened }, say('here'));
      const answer = await hasty.chat(key, bodyOf(stream));
      gate.open();
      expect(answer.status).toBe(200);
      expect(answer.text).toContain('here');
      expect(answer.headers.get('x-gateway-attempts')).toBe('2');
      expect(await booked(2)).toMatchObject([
        { attempts: 1, deployment: FIRST, estimated: true, status: 504, error_type: 'provider_timeout' },
        { attempts: 2, deployment: SECOND, estimated: false, status: 200 },
      ]);
    },
  );
});

describe('calls that take too long', () => {
  let limited: TestGateway;
  beforeAll(async () => {
    limited = await startTestGateway({
      store: gateway.store,
      standin: gateway.standin,
      env: policy.env,
      // Enough for the stream's first words, also on a busy machine.
      limits: { coolDownMs: 0, totalMs: 5_000 },
    });
  });
  afterAll(() => limited.close());

  test('are ended by an error, inside the stream where something came all the time; no other deployment is begun', async () => {
    const pieces = Array.from({ length: 4_000 }, () => 'x');
    gateway.standin.answer({ content: [text(...pieces)], eventDelayMs: 50 });
    const streamed = limited.chat(key, bodyOf(true));
    await eventually(() => gateway.standin.requests[0]);
    const gate = makeGate();
    gateway.standin.answer({ ...say('never'), until: gate.opened });
    const whole = await limited.chat(key, bodyOf(false));
    gate.open();
    expect(whole.status).toBe(504);
    expect(whole.json.error.type).toBe('provider_timeout');

    const answer = await streamed;
    expect(answer.status).toBe(200);
    const { chunks, isDone } = readStream(answer.text);
    expect(isDone).toBe(false);
    expect(chunks.length).toBeLessThan(pieces.length);
    expect(chunks.at(-1)?.error).toMatchObject({ type: 'provider_timeout', code: '504' });

    const over = { status: 504, error_type: 'provider_timeout', estimated: true, attempts: 1 };
    expect(await booked(2)).toMatchObject([over, over]);
    expect(gateway.standin.requests).toHaveLength(2);
    await eventually(() => gateway.standin.requests.every(({ aborted }) => aborted) || undefined);
  });
});

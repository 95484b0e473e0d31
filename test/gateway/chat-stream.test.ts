import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fail, text, thinking, toolCall } from '../standins/anthropic';
import { makeGate } from './support/gate';
import {
  eventually,
  leaveOnceAsked,
  readStream,
  startTestGateway,
  type TestGateway,
} from './support/gateway';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
/** Bytes outside the heap that are still needed. */
function heldMemory(): number {
  collectGarbage();
  const { arrayBuffers, external } = process.memoryUsage();
  return arrayBuffers + external;
}

describe('a streamed chat completion', () => {
  let gateway: TestGateway;
  let key: string;

  beforeAll(async () => {
    gateway = await startTestGateway({ limits: { drainMs: 60_000 } });
  });
  afterAll(() => gateway.close());
  beforeEach(async () => {
    gateway.standin.reset();
    await gateway.clearLedger();
    // A key of its own, so that no test spends another's budget.
    key = await gateway.workspaceKey({
      workspace: { id: `ws-${Math.random().toString(36).slice(2)}`, name: 'dev' },
    });
  });

  const stream = (extra: Record<string, unknown> = {}, options?: { signal: AbortSignal }) =>
    gateway.chat(key, { messages: [{ role: 'user', content: 'hi' }], stream: true, ...extra }, options);

  test('text, thinking and tool calls arrive as chunks, with usage when asked for', async () => {
    gateway.standin.answer({
      content: [thinking('hm'), text('Grüße ', '🙂'), toolCall('list'), toolCall('read', { path: 'ä' })],
      usage: {
        input_tokens: 10,
        output_tokens: 20,
        cache_read_input_tokens: 5,
        cache_creation_input_tokens: 3,
      },
    });
    const tools = ['list', 'read'].map((name) => ({ type: 'function', function: { name } }));
    const answer = await stream({ tools, stream_options: { include_usage: true }, model: 'claude-sonnet' });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const { chunks, isDone } = readStream(answer.text);
    expect(isDone).toBe(true);
    const deltas = chunks.flatMap((chunk) => chunk.choices?.map(({ delta }) => delta) ?? []);
    expect(deltas[0]).toEqual({ role: 'assistant', content: '' });
    expect(deltas.map((delta) => delta.reasoning_content ?? '').join('')).toBe('hm');
    expect(deltas.map((delta) => delta.content ?? '').join('')).toBe('Grüße 🙂');
    const calls = deltas.flatMap((delta) => delta.tool_calls ?? []);
    expect(calls.filter((call) => call.id).map((call) => [call.index, call.function.name])).toEqual([
      [0, 'list'],
      [1, 'read'],
    ]);
    const argumentsOf = (index: number) =>
      calls
        .filter((call) => call.index === index)
        .map((call) => call.function.arguments)
        .join('');
    expect([argumentsOf(0), argumentsOf(1)]).toEqual(['{}', '{"path":"ä"}']);
    expect(chunks.at(-2)?.choices?.[0]?.finish_reason).toBe('tool_calls');
    expect(chunks.at(-1)).toMatchObject({
      model: 'claude-sonnet',
      choices: [],
      usage: {
        prompt_tokens: 18,
        completion_tokens: 20,
        prompt_tokens_details: { cached_tokens: 5 },
        cache_creation_input_tokens: 3,
      },
    });
  });

  test('a second message_start changes nothing, and the larger final count is booked', async () => {
    gateway.standin.answer({
      content: [text('a', 'b')],
      duplicateMessageStart: true,
      finalInputTokens: 61,
      usage: { input_tokens: 43, output_tokens: 5 },
    });
    const answer = await stream();
    expect(readStream(answer.text).chunks.filter((chunk) => chunk.choices?.[0]?.delta.role)).toHaveLength(1);
    const [row] = await gateway.ledger(1);
    expect(row).toMatchObject({ input_tokens: '61', output_tokens: '5', estimated: false });
  });

  test.each([
    [429, 429, 'throttling_error'],
    [529, 503, 'provider_overloaded'],
    [500, 502, 'provider_error'],
    [401, 502, 'provider_error'],
    [403, 502, 'provider_error'],
    [400, 400, 'invalid_request_error'],
  ])(
    'the provider answers %i: the client gets %i, a proper error, and pays nothing',
    async (status, expected, type) => {
      gateway.standin.answer(
        fail(status, { message: 'bad at http://10.0.0.7:99/x with sk-ant-abcdefghijk', retryAfter: 7 }),
      );
      const answer = await stream();
      expect(answer.status).toBe(expected);
      expect(answer.json.error).toMatchObject({ type, code: String(expected) });
      expect(answer.text).not.toMatch(/10\.0\.0\.7|sk-ant/);
      expect(answer.headers.get('retry-after')).toBe('7');
      expect((await gateway.ledger(1))[0]).toMatchObject({
        cost_nano: '0',
        status: expected,
        error_type: type,
      });
    },
  );

  test.each(['error', 'cut', 'end'] as const)(
    'a stream that breaks before content (%s) is an ordinary error',
    async (how) => {
      gateway.standin.answer({ content: [text('never')], interruption: { after: 'start', how } });
      const answer = await stream();
      expect(answer.status).toBe(how === 'error' ? 503 : 502);
      expect(answer.json.error.message).not.toBe('');
      // What the provider refused costs nothing; what broke off may be billed.
      expect((await gateway.ledger(1))[0]).toMatchObject({ estimated: how !== 'error' });
    },
  );

  test.each(['error', 'cut', 'end'] as const)(
    'a stream that breaks after content (%s) ends with an error and no [DONE]',
    async (how) => {
      gateway.standin.answer({
        content: [text('some', 'thing', ' more')],
        interruption: { after: 'content', how },
      });
      const answer = await stream();
      expect(answer.status).toBe(200);
      const { chunks, isDone } = readStream(answer.text);
      expect(isDone).toBe(false);
      expect(chunks.some((chunk) => chunk.choices?.[0]?.finish_reason)).toBe(false);
      expect(chunks.at(-1)?.error).toMatchObject({
        message: expect.any(String) as string,
        code: how === 'error' ? '503' : '502',
      });
      const [row] = await gateway.ledger(1);
      expect(row).toMatchObject({ estimated: true });
      expect(Number(row?.['cost_nano'])).toBeGreaterThan(0);
    },
  );

  test('a client that goes away is billed what the provider bills', async () => {
    const { opened, open } = makeGate();
    gateway.standin.answer({
      content: [text('a', 'b')],
      until: opened,
      // Time in which to notice that the client has gone.
      eventDelayMs: 20,
      usage: { input_tokens: 100, output_tokens: 8 },
    });
    const abort = new AbortController();
    const gone = leaveOnceAsked(gateway.standin, abort);
    await expect(stream({}, { signal: abort.signal }).then((answer) => answer.text)).rejects.toThrow();
    await gone;
    open();
    const [row] = await gateway.ledger(1);
    expect(row).toMatchObject({ status: 499, estimated: false, input_tokens: '100', output_tokens: '8' });
    expect(gateway.standin.requests[0]?.aborted).toBe(false);
  });

  test('a provider that goes on longer than a gone client is worth is left, and the reservation is booked', async () => {
    const { store, standin } = gateway;
    const impatient = await startTestGateway({ store, standin, limits: { drainMs: 300 } });
    const { opened, open } = makeGate();
    standin.answer({ content: [text('never')], until: opened });
    const abort = new AbortController();
    const gone = leaveOnceAsked(standin, abort);
    const body = { stream: true, max_tokens: 1_000, messages: [{ role: 'user', content: 'hi' }] };
    await expect(impatient.chat(key, body, { signal: abort.signal })).rejects.toThrow();
    await gone;
    const [row] = await gateway.ledger(1);
    expect(row).toMatchObject({ status: 499, estimated: true });
    expect(Number(row?.['cost_nano'])).toBeGreaterThan(1_000 * 15_000);
    await eventually(() => (standin.requests[0]?.aborted ? true : undefined));
    open();
    await impatient.close();
  });

  test('a slow reader makes the provider wait instead of memory grow', async () => {
    const piece = 'x'.repeat(60_000);
    gateway.standin.answer({
      content: [text(...Array.from({ length: 400 }, () => piece))],
      usage: { output_tokens: 5 },
    });
    const response = await fetch(`${gateway.dataUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify({
        model: 'claude-sonnet',
        messages: [{ role: 'user', content: 'hi' }],
        stream: true,
      }),
    });
    const before = heldMemory();
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(heldMemory() - before).toBeLessThan(12_000_000);
    const whole = await response.text();
    expect(whole.length).toBeGreaterThan(24_000_000);
    expect(whole.endsWith('data: [DONE]\n\n')).toBe(true);
  });
});

import { fail, text, thinking, toolCall } from '../standins/anthropic';
import { makeGate } from './support/gate';
import { lastSent, leaveOnceAsked, startTestGateway, type TestGateway } from './support/gateway';
import { askMessages, tool } from './support/messages';

describe("a streamed answer of Anthropic's Messages API", () => {
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

  const stream = (body: Record<string, unknown> = {}) => askMessages(gateway, key, { stream: true, ...body });

  test('has every event of the provider, framed as it frames them, with the name asked for', async () => {
    gateway.standin.answer({
      content: [
        thinking('hm'),
        { type: 'redacted_thinking', data: 'abc' },
        text('Grüße ', '🙂'),
        toolCall('list', {}, { id: 't1' }),
        toolCall('read', { path: 'ä' }, { id: 't2' }),
      ],
      usage: { input_tokens: 10, output_tokens: 20, cache_read_input_tokens: 5 },
    });
    const answer = await stream({ tools: [tool('list'), tool('read')] });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const { events } = answer;
    expect(events[0]).toMatchObject({
      name: 'message_start',
      data: { message: { model: 'claude-sonnet-4-5' } },
    });
    expect(events[1]?.name).toBe('ping');
    expect(events.slice(-2).map(({ name }) => name)).toEqual(['message_delta', 'message_stop']);
    expect(events.at(-2)?.data).toMatchObject({
      delta: { stop_reason: 'tool_use' },
      usage: { output_tokens: 20, cache_read_input_tokens: 5 },
    });
    const starts = events.filter(({ name }) => name === 'content_block_start');
    expect(starts.map(({ data }) => data.index)).toEqual([0, 1, 2, 3, 4]);
    const gather = (index: number, field: string) =>
      events
        .filter(({ name, data }) => name === 'content_block_delta' && data.index === index)
        .map(({ data }) => String((data.delta as Record<string, string> | undefined)?.[field] ?? ''))
        .join('');
    expect(gather(0, 'thinking')).toBe('hm');
    expect(gather(0, 'signature')).not.toBe('');
    expect(gather(2, 'text')).toBe('Grüße 🙂');
    expect([gather(3, 'partial_json'), gather(4, 'partial_json')]).toEqual(['', '{"path":"ä"}']);
    expect(answer.text).not.toContain('20250929');
    const [row] = await gateway.ledger(1);
    expect(row).toMatchObject({
      protocol: 'anthropic-messages',
      streamed: true,
      output_tokens: '20',
      cache_read_tokens: '5',
      cost_nano: String(10 * 3_000 + 20 * 15_000 + 5 * 300),
      estimated: false,
    });
  });

  test('starts once, and the larger final count is booked', async () => {
    gateway.standin.answer({
      content: [text('a', 'b')],
      duplicateMessageStart: true,
      finalInputTokens: 61,
      usage: { input_tokens: 43, output_tokens: 5 },
    });
    const { events } = await stream();
    expect(events.filter(({ name }) => name === 'message_start')).toHaveLength(1);
    expect((await gateway.ledger(1))[0]).toMatchObject({ input_tokens: '61', output_tokens: '5' });
  });

  test('that the provider refuses is an ordinary error', async () => {
    gateway.standin.answer(fail(529, { retryAfter: 7 }));
    const answer = await stream();
    expect(answer.status).toBe(503);
    expect(answer.json.error.type).toBe('overloaded_error');
    expect(answer.headers.get('retry-after')).toBe('7');
  });

  test.each(['error', 'cut', 'end'] as const)(
    'that breaks before content (%s) is an ordinary error',
    async (how) => {
      gateway.standin.answer({ content: [text('never')], interruption: { after: 'start', how } });
      const answer = await stream();
      expect(answer.status).toBe(how === 'error' ? 503 : 502);
      expect(answer.json.error.type).toBe(how === 'error' ? 'overloaded_error' : 'api_error');
      expect((await gateway.ledger(1))[0]).toMatchObject({ estimated: how !== 'error' });
    },
  );

  test.each([
    ['content', 'error'],
    ['content', 'cut'],
    ['content', 'end'],
    ['end', 'cut'],
    ['end', 'end'],
  ] as const)('that breaks after content (%s, %s) ends with an error event', async (after, how) => {
    gateway.standin.answer({
      content: [text('some', 'thing', ' more')],
      interruption: { after, how },
    });
    const answer = await stream();
    expect(answer.status).toBe(200);
    const { events } = answer;
    expect(events.some(({ name }) => name === 'message_stop' || name === 'message_delta')).toBe(false);
    expect(events.filter(({ name }) => name === 'error')).toHaveLength(1);
    expect(events.at(-1)).toEqual({
      name: 'error',
      data: {
        type: 'error',
        error: {
          type: how === 'error' ? 'overloaded_error' : 'api_error',
          message: expect.any(String) as string,
        },
        request_id: answer.headers.get('request-id'),
      },
    });
    const [row] = await gateway.ledger(1);
    expect(row).toMatchObject({ estimated: true });
    expect(Number(row?.['cost_nano'])).toBeGreaterThan(0);
  });

  test('that the client leaves is heard out and billed as the provider bills it', async () => {
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
    const left = fetch(`${gateway.dataUrl}/v1/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify({
        model: 'claude-sonnet',
        max_tokens: 100,
        messages: [{ role: 'user', content: 'hi' }],
        stream: true,
      }),
      signal: abort.signal,
    }).then((response) => response.text());
    await expect(left).rejects.toThrow();
    await gone;
    open();
    expect((await gateway.ledger(1))[0]).toMatchObject({
      protocol: 'anthropic-messages',
      status: 499,
      estimated: false,
      input_tokens: '100',
      output_tokens: '8',
    });
    expect(gateway.standin.requests[0]?.aborted).toBe(false);
    expect(lastSent(gateway.standin)).toMatchObject({ stream: true, max_tokens: 100 });
  });
});

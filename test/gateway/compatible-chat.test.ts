import { call, fail, say, type ScriptedAnswer } from '../standins/openai-compatible';
import { CONTEXT_WINDOW, startCompatibleGateway, type CompatibleGateway } from './support/compatible';
import { readStream } from './support/gateway';
import { makeGate } from './support/gate';
import { eventually } from './support/gateway';

/** Nano-dollars a token. */
const [INPUT, OUTPUT, READ] = [2_000, 8_000, 500];
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe('chat completions of an OpenAI-compatible endpoint', () => {
  let gateway: CompatibleGateway;
  let key: string;

  beforeAll(async () => {
    gateway = await startCompatibleGateway();
    key = await gateway.workspaceKey({ level: 'unrestricted' });
  });
  afterAll(() => gateway.close());
  beforeEach(async () => {
    await gateway.clearLedger();
    gateway.endpoint.reset();
    gateway.otherEndpoint.reset();
  });

  const user = { role: 'user', content: 'hi' };
  const ask = (body: Record<string, unknown> = {}) =>
    gateway.chat(key, { model: 'local', messages: [user], max_tokens: 500, ...body });
  const stream = (body: Record<string, unknown> = {}) =>
    ask({ stream: true, stream_options: { include_usage: true }, ...body });
  const sent = () => gateway.endpoint.requests.at(-1)?.body ?? {};
  const tool = (name: string, extra: Record<string, unknown> = {}) => ({
    type: 'function',
    function: { name, parameters: { type: 'object', properties: { path: { type: 'string' } } }, ...extra },
  });
  const answerOf = (text: string) => (JSON.parse(text) as { choices: [Record<string, unknown>] }).choices[0];

  test('come back whole, with thoughts and calls, and are booked at the price of the endpoint', async () => {
    gateway.endpoint.answer({
      thoughts: ['h', 'm'],
      text: ['Let me look.'],
      calls: [call('read', { path: 'a' }, { id: 'c1' }), call('list', {}, { id: 'c2' })],
      usage: { prompt_tokens: 1_000, completion_tokens: 20, prompt_tokens_details: { cached_tokens: 400 } },
    });
    const answer = await ask({ tools: [tool('read', { strict: true }), tool('list')], seed: 7 });
    expect(answer.status).toBe(200);
    expect(answerOf(answer.text)).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: 'Let me look.',
        reasoning_content: 'hm',
        tool_calls: [
          { id: 'c1', function: { name: 'read', arguments: '{"path":"a"}' } },
          { id: 'c2', function: { name: 'list', arguments: '{}' } },
        ],
      },
    });
    expect(answer.json).toMatchObject({
      model: 'local',
      usage: {
        prompt_tokens: 1_000,
        prompt_tokens_details: { cached_tokens: 400 },
        cache_read_input_tokens: 400,
      },
    });
    expect(answer.headers.get('x-gateway-deployment')).toBe('openai-compatible/local/standin-coder-1');
    expect(answer.headers.get('x-gateway-dropped-fields')).toBeNull();
    expect(sent()).toMatchObject({ max_tokens: 500, stream: false, seed: 7 });
    expect(sent()['tools']).toMatchObject([{ function: { name: 'read', strict: true } }, {}]);
    const [row] = await gateway.ledger(1);
    expect(row).toMatchObject({
      provider: 'openai-compatible/local',
      deployment: 'standin-coder-1',
      input_tokens: '600',
      cache_read_tokens: '400',
      output_tokens: '20',
      cost_nano: String(600 * INPUT + 400 * READ + 20 * OUTPUT),
      estimated: false,
    });
  });

  test('take a conversation with system texts, parallel calls, images and marks as a strict server wants it', async () => {
    const mark = { cache_control: { type: 'ephemeral' } };
    const answer = await ask({
      messages: [
        { role: 'system', content: 'One.', ...mark },
        { role: 'developer', content: 'Two.' },
        {
          role: 'user',
          name: 'ann',
          content: [
            { type: 'text', text: 'look', ...mark },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}`, detail: 'low' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          reasoning_content: 'thoughts',
          tool_calls: [
            { id: 'c1', type: 'function', function: { name: 'read', arguments: '{"path":"a"}' }, ...mark },
            { id: 'c2', type: 'function', function: { name: 'read', arguments: '' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c2', content: 'two' },
        { role: 'tool', tool_call_id: 'c1', content: [{ type: 'text', text: 'one', ...mark }] },
        { role: 'user', content: 'and?' },
      ],
      tools: [tool('read')],
      tool_choice: 'required',
      parallel_tool_calls: false,
      temperature: 1.7,
      top_p: 0.5,
      stop: ['END', ' '],
      user: 'user-1',
      reasoning_effort: 'low',
    });
    expect(answer.text).toContain('no provider was asked');
    expect(sent()).toMatchObject({
      messages: [
        { role: 'system', content: 'One.\n\nTwo.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'look' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'c1', function: { name: 'read', arguments: '{"path":"a"}' } },
            { id: 'c2', function: { name: 'read', arguments: '{}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c2', content: 'two' },
        { role: 'tool', tool_call_id: 'c1', content: 'one' },
        { role: 'user', content: 'and?' },
      ],
      tool_choice: 'required',
      parallel_tool_calls: false,
      temperature: 1.7,
      top_p: 0.5,
      stop: ['END'],
      user: 'user-1',
      reasoning_effort: 'low',
    });
  });

  test('hear the enforcement prompt first, and a schema as it was written', async () => {
    const standard = await gateway.workspaceKey({ workspace: { id: 'w-standard', name: 'dev' } });
    const schema = { type: 'object', properties: { a: { type: 'integer', minimum: 3 } } };
    await gateway.chat(standard, {
      model: 'local',
      messages: [{ role: 'system', content: 'Mine.' }, user],
      response_format: { type: 'json_schema', json_schema: { name: 'a', schema, strict: true } },
    });
    const [system] = sent()['messages'] as [{ role: string; content: string }];
    expect(system.role).toBe('system');
    expect(system.content.endsWith('\n\nMine.')).toBe(true);
    expect(system.content.length).toBeGreaterThan(100);
    expect(sent()['response_format']).toEqual({
      type: 'json_schema',
      json_schema: { name: 'a', schema, strict: true },
    });
  });

  test('leave out, and name, what the model does not take', async () => {
    const answer = await ask({
      model: 'local-plain',
      temperature: 0,
      top_p: 1,
      reasoning_effort: 'high',
      made_up: 1,
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-gateway-dropped-fields')).toBe(
      'made_up, temperature, top_p, reasoning_effort',
    );
  });

  test('send the token limit in the field that the deployment names', async () => {
    const answer = await ask({ model: 'other' });
    expect(answer.status).toBe(200);
    expect(gateway.otherEndpoint.requests[0]?.body).toMatchObject({ max_completion_tokens: 500 });
  });

  test('arrive as chunks, with usage in both dialects', async () => {
    gateway.endpoint.answer({
      thoughts: ['hm'],
      text: ['Grüße ', '🙂'],
      calls: [call('list'), call('read', { path: 'ä' })],
      usage: { prompt_tokens: 90, completion_tokens: 9, prompt_tokens_details: { cached_tokens: 40 } },
    });
    const answer = await stream({ tools: [tool('list'), tool('read')] });
    const { chunks, isDone } = readStream(answer.text);
    expect(isDone).toBe(true);
    const deltas = chunks.flatMap((chunk) => chunk.choices?.map(({ delta }) => delta) ?? []);
    expect(deltas.filter((delta) => delta.role)).toHaveLength(1);
    expect(deltas.map((delta) => delta.reasoning_content ?? '').join('')).toBe('hm');
    expect(deltas.map((delta) => delta.content ?? '').join('')).toBe('Grüße 🙂');
    expect(callsOf(deltas)).toEqual([
      ['list', '{}'],
      ['read', '{"path":"ä"}'],
    ]);
    expect(chunks.at(-2)?.choices?.[0]?.finish_reason).toBe('tool_calls');
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 90, prompt_tokens_details: { cached_tokens: 40 }, cache_read_input_tokens: 40 },
    });
    const [row] = await gateway.ledger(1);
    expect(row).toMatchObject({ cost_nano: String(50 * INPUT + 40 * READ + 9 * OUTPUT), estimated: false });
  });

  test.each<[string, Partial<ScriptedAnswer>]>([
    ['from 1', { numbering: { from: 1 } }],
    ['all 0', { numbering: { all: 0 } }],
    ['not at all', { numbering: 'none' }],
    ['with "stop" as the reason', { finishReason: 'stop' }],
  ])('keep parallel calls apart that are numbered %s', async (_, habit) => {
    gateway.endpoint.answer({ calls: [call('read', { path: 'a' }), call('read', { path: 'b' })], ...habit });
    const { chunks } = readStream((await stream({ tools: [tool('read')] })).text);
    const deltas = chunks.flatMap((chunk) => chunk.choices?.map(({ delta }) => delta) ?? []);
    expect(callsOf(deltas)).toEqual([
      ['read', '{"path":"a"}'],
      ['read', '{"path":"b"}'],
    ]);
    expect(chunks.at(-2)?.choices?.[0]?.finish_reason).toBe('tool_calls');
  });

  function callsOf(deltas: readonly { tool_calls?: readonly unknown[] }[]): string[][] {
    const calls: string[][] = [];
    type Piece = { index: number; function: { name?: string; arguments: string } };
    for (const { index, function: piece } of deltas.flatMap((delta) => (delta.tool_calls ?? []) as Piece[]))
      if (piece.name === undefined)
        calls[index] = [calls[index]?.[0] ?? '', `${calls[index]?.[1]}${piece.arguments}`];
      else calls[index] = [piece.name, piece.arguments];
    return calls;
  }

  test.each(['start', 'content', 'finish'] as const)(
    'that break off (%s) are an error, never a short answer',
    async (after) => {
      for (const how of ['cut', 'end', 'error'] as const) {
        await gateway.clearLedger();
        gateway.endpoint.answer({ text: ['some', 'thing'], interruption: { after, how } });
        const answer = await stream();
        const { isDone, chunks } =
          after === 'start' ? { isDone: false, chunks: [] } : readStream(answer.text);
        expect(isDone).toBe(false);
        const error = after === 'start' ? answer.json.error : chunks.at(-1)?.error;
        expect(error?.code).toBe(how === 'error' ? '503' : '502');
        // Before anything was said an error costs nothing; whatever else broke off may be billed.
        expect((await gateway.ledger(1))[0]).toMatchObject({
          estimated: after !== 'start' || how !== 'error',
        });
      }
    },
  );

  test.each([false, true])(
    'without usage are booked at the whole reservation (stream: %s)',
    async (isStream) => {
      gateway.endpoint.answer({ text: ['x'], usage: null });
      const answer = await (isStream ? stream() : ask());
      expect(answer.status).toBe(200);
      expect(answer.text).not.toContain('prompt_tokens');
      const [row] = await gateway.ledger(1);
      expect(row).toMatchObject({ estimated: true, input_tokens: '0' });
      expect(Number(row?.['cost_nano'])).toBeGreaterThanOrEqual(500 * OUTPUT + 1_000 * INPUT);
    },
  );

  test('count as answer what is neither prompt nor answer', async () => {
    gateway.endpoint.answer({
      text: ['x'],
      usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 112 },
    });
    await ask();
    expect((await gateway.ledger(1))[0]).toMatchObject({ input_tokens: '10', output_tokens: '102' });
  });

  test.each([
    [400, 400, 'invalid_request_error', {}],
    [401, 502, 'provider_error', {}],
    [404, 502, 'provider_error', {}],
    [429, 429, 'throttling_error', {}],
    [429, 502, 'provider_error', { code: 'insufficient_quota' }],
    [500, 502, 'provider_error', {}],
    [503, 503, 'provider_overloaded', {}],
  ])('refused with %i are an error %i, %s, and cost nothing', async (status, expected, type, extra) => {
    gateway.endpoint.answer(
      fail(status, { message: 'too long at http://10.0.0.7/x with sk-abcdefghijkl', ...extra }),
    );
    const answer = await ask();
    expect(answer.json.error).toMatchObject({ type, code: String(expected) });
    expect(answer.text).not.toMatch(/10\.0\.0\.7|sk-abc/);
    if (status === 400) expect(answer.json.error.message).toContain('too long');
    expect((await gateway.ledger(1))[0]).toMatchObject({ cost_nano: '0' });
  });

  test('of an endpoint that is not configured are refused', async () => {
    const answer = await ask({ model: 'nowhere' });
    expect(answer.json.error).toMatchObject({ type: 'provider_not_configured' });
    expect(answer.json.error.message).toContain('openai-compatible/nowhere');
  });

  test('reserve a whole context for an image, unless the deployment says what one comes to', async () => {
    const image_url = { url: `data:image/png;base64,${PNG}` };
    for (const [model, least, most] of [
      ['local', CONTEXT_WINDOW, CONTEXT_WINDOW],
      ['local-plain', 1_700, 2_500],
    ] as const) {
      const gate = makeGate();
      gateway.endpoint.answer({ ...say('x'), until: gate.opened });
      const asking = ask({
        model,
        messages: [{ role: 'user', content: [{ type: 'image_url', image_url }] }],
      });
      const [row] = await eventually(async () => {
        const rows = await gateway.store.query<{ amount_nano: string }>(
          'select amount_nano from reservations',
        );
        return rows.length > 0 ? rows : undefined;
      });
      gate.open();
      expect((await asking).status).toBe(200);
      await gateway.clearLedger();
      const tokens = (Number(row?.amount_nano) - 500 * OUTPUT) / INPUT;
      expect(tokens).toBeGreaterThanOrEqual(least);
      expect(tokens).toBeLessThanOrEqual(most);
    }
  });
});

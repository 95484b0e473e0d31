import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fetch } from 'undici';
import type { AnthropicStandin, ScriptedAnswer } from './anthropic';
import { fail, REFUSALS, say, startAnthropicStandin, text, thinking, toolCall } from './anthropic';
import { signatureFor } from './anthropic/message';
import { refusalsTable } from './anthropic/refusals';

type Json = Record<string, unknown>;

const MODEL = 'claude-sonnet-4-5-20250929';
let standin: AnthropicStandin;

beforeAll(async () => {
  standin = await startAnthropicStandin();
});
afterAll(() => standin.close());
beforeEach(() => standin.reset());

const user = (content: unknown): Json => ({ role: 'user', content });
const assistant = (content: unknown): Json => ({ role: 'assistant', content });
const tool = (more: Json = {}): Json => ({ name: 'read', input_schema: { type: 'object' }, ...more });
const use = (id = 'a', more: Json = {}): Json => ({ type: 'tool_use', id, name: 'read', input: {}, ...more });
const result = (id = 'a', more: Json = {}): Json => ({ type: 'tool_result', tool_use_id: id, ...more });
const enabled = { type: 'enabled', budget_tokens: 1024 };
const sound = (more: Json = {}): Json => ({
  model: MODEL,
  max_tokens: 2048,
  messages: [user('Hello there')],
  ...more,
});

interface Reply {
  status: number;
  body: Json;
  headers: Record<string, string>;
}

interface Request {
  body?: unknown;
  headers?: Record<string, string | undefined>;
  method?: string;
  path?: string;
}

async function send({
  body = sound(),
  headers = {},
  method = 'POST',
  path = '/v1/messages',
}: Request): Promise<Reply> {
  const all = { 'x-api-key': standin.apiKey, 'anthropic-version': '2023-06-01', ...headers };
  const given = Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const response = await fetch(standin.url + path, {
    method,
    headers: Object.fromEntries(given),
    ...(method === 'POST' ? { body: typeof body === 'string' ? body : JSON.stringify(body) } : {}),
  });
  return {
    status: response.status,
    body: (await response.json()) as Json,
    headers: Object.fromEntries(response.headers),
  };
}

/** The events of a stream as they came, and the error that ended it, if one did. */
async function streamed(more: Json = {}): Promise<{ events: Json[]; broken: boolean }> {
  const response = await fetch(`${standin.url}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': standin.apiKey, 'anthropic-version': '2023-06-01' },
    body: JSON.stringify(sound({ stream: true, ...more })),
  });
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  let raw = '';
  let broken = false;
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body ?? [])
      raw += decoder.decode(chunk as Uint8Array, { stream: true });
  } catch {
    broken = true;
  }
  const events = raw.split('\n\n').flatMap((frame) => {
    const match = /^event: (\w+)\ndata: (.*)$/.exec(frame);
    if (!match) return [];
    const event = JSON.parse(match[2] as string) as Json;
    expect(event['type']).toBe(match[1]);
    return [event];
  });
  return { events, broken };
}

const types = (events: Json[]): unknown[] => events.map(({ type }) => type);

describe('refuses', () => {
  const image = (source: Json): Json => sound({ messages: [user([{ type: 'image', source }])] });
  const marked = (count: number, control: Json = { type: 'ephemeral' }): Json =>
    sound({
      messages: [
        user(Array.from({ length: count }, () => ({ type: 'text', text: 'x', cache_control: control }))),
      ],
    });
  const asked = [user('Read it'), assistant([use()]), user([result()])];

  /** [rule, request, what the message names] */
  const broken: [string, Request, string | RegExp][] = [
    ['path-unknown', { path: '/v1/complete' }, '/v1/complete'],
    ['method-not-post', { method: 'GET' }, 'GET'],
    ['api-key', { headers: { 'x-api-key': undefined } }, 'required'],
    ['api-key', { headers: { 'x-api-key': 'sk-other' } }, 'invalid x-api-key'],
    ['version-header', { headers: { 'anthropic-version': undefined } }, 'anthropic-version'],
    ['version-header', { headers: { 'anthropic-version': '2042-01-01' } }, '2042-01-01'],
    ['beta-unknown', { headers: { 'anthropic-beta': 'effort-2025-11-24, made-up' } }, 'made-up'],
    ['body-too-large', { body: sound({ messages: [user('x'.repeat(33 * 1024 * 1024))] }) }, 'maximum size'],
    ['body-not-json', { body: '{"model":' }, 'not valid JSON'],
    ['body-not-json', { body: '[]' }, 'object'],
    ['field-unknown', { body: sound({ frequency_penalty: 0 }) }, 'frequency_penalty: Extra inputs'],
    ['field-unknown', { body: sound({ output_format: {} }) }, 'output_format: Extra inputs'],
    ['field-unknown', { path: '/v1/messages/count_tokens' }, 'max_tokens: Extra inputs'],
    ['model-missing', { body: sound({ model: undefined }) }, 'model: Field required'],
    ['model-unknown', { body: sound({ model: 'claude-sonnet-4-5' }) }, 'model: claude-sonnet-4-5'],
    ['max-tokens', { body: sound({ max_tokens: undefined }) }, 'max_tokens: Field required'],
    ['max-tokens', { body: sound({ max_tokens: 0 }) }, 'max_tokens'],
    ['max-tokens', { body: sound({ max_tokens: 64_001 }) }, '64001 > 64000'],
    ['stream-not-boolean', { body: sound({ stream: 'yes' }) }, 'stream'],
    ['sampling-range', { body: sound({ temperature: 1.5 }) }, 'temperature'],
    ['sampling-range', { body: sound({ top_k: -1 }) }, 'top_k'],
    ['sampling-both', { body: sound({ temperature: 0.5, top_p: 0.5 }) }, 'top_p'],
    ['stop-sequences', { body: sound({ stop_sequences: ['END', ' \n'] }) }, 'stop_sequences.1'],
    ['metadata', { body: sound({ metadata: { team: 'a' } }) }, 'metadata.team'],
    ['metadata', { body: sound({ metadata: { user_id: 'ann@example.com' } }) }, 'email'],
    ['service-tier', { body: sound({ service_tier: 'priority' }) }, 'service_tier'],
    ['messages-empty', { body: sound({ messages: [] }) }, 'messages'],
    ['role', { body: sound({ messages: [{ role: 'system', content: 'Be kind' }] }) }, 'messages.0'],
    ['content', { body: sound({ messages: [user('')] }) }, 'messages.0'],
    ['content', { body: sound({ messages: [user('a'), assistant([]), user('b')] }) }, 'messages.1'],
    ['content', { body: sound({ messages: [{ ...user('a'), name: 'ann' }] }) }, 'messages.0.name'],
    ['content', { body: sound({ messages: [user([{ type: 'image_url' }])] }) }, 'messages.0.content.0.type'],
    ['content', { body: sound({ messages: [user([use()])] }) }, 'messages.0.content.0.type'],
    ['content', { body: sound({ messages: [user([{ type: 'text', text: 'a', index: 0 }])] }) }, 'text.index'],
    ['system', { body: sound({ system: [{ type: 'image' }] }) }, 'system.0.type'],
    [
      'tool-result-content',
      {
        body: sound({
          tools: [tool()],
          messages: [user('a'), assistant([use()]), user([result('a', { content: {} })])],
        }),
      },
      'messages.2.content.0.tool_result.content',
    ],
    ['text-empty', { body: sound({ messages: [user([{ type: 'text', text: '' }])] }) }, 'must be non-empty'],
    ['text-empty', { body: sound({ system: [{ type: 'text', text: ' \n' }] }) }, 'system.0'],
    ['final-whitespace', { body: sound({ messages: [user('a'), assistant('So ')] }) }, 'trailing whitespace'],
    [
      'image-source',
      { body: image({ type: 'base64', media_type: 'image/bmp', data: 'AAAA' }) },
      'media_type',
    ],
    [
      'image-source',
      { body: image({ type: 'base64', media_type: 'image/png', data: 'data:…' }) },
      'invalid base64',
    ],
    ['image-source', { body: image({ type: 'url', url: 'file:///etc/passwd' }) }, 'HTTP'],
    ['cache-control', { body: marked(5) }, 'maximum of 4'],
    ['cache-control', { body: marked(1, { type: 'forever' }) }, 'cache_control.type'],
    ['cache-control', { body: marked(1, { type: 'ephemeral', ttl: '1d' }) }, 'cache_control.ttl'],
    [
      'cache-control',
      {
        body: sound({
          system: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }],
          messages: [user([{ type: 'text', text: 'x', cache_control: { type: 'ephemeral', ttl: '1h' } }])],
        }),
      },
      "'1h' block must not come after",
    ],
    ['tool-definition', { body: sound({ tools: [tool({ name: 'read file' })] }) }, 'tools.0.custom.name'],
    ['tool-definition', { body: sound({ tools: [{ type: 'function', function: {} }] }) }, 'tools.0.type'],
    ['tool-definition', { body: sound({ tools: [tool({ input_schema: {} })] }) }, "Input should be 'object'"],
    [
      'tool-definition',
      {
        body: sound({
          tools: [tool({ input_schema: { type: 'object', properties: { a: { type: 'text' } } } })],
        }),
      },
      'draft 2020-12',
    ],
    [
      'tool-definition',
      { body: sound({ tools: [tool({ input_schema: { type: 'object', anyOf: [] } })] }) },
      'anyOf',
    ],
    ['tool-definition', { body: sound({ tools: [tool({ strict: true })] }) }, 'custom.strict'],
    ['tool-name-twice', { body: sound({ tools: [tool(), tool()] }) }, 'unique'],
    ['tool-choice', { body: sound({ tools: [tool()], tool_choice: 'auto' }) }, 'tool_choice'],
    [
      'tool-choice',
      { body: sound({ tools: [tool()], tool_choice: { type: 'tool', name: 'write' } }) },
      '"write"',
    ],
    [
      'tool-choice',
      { body: sound({ tools: [tool()], tool_choice: { type: 'none', disable_parallel_tool_use: true } }) },
      'none.disable',
    ],
    ['tool-choice', { body: sound({ tool_choice: { type: 'auto' } }) }, 'providing tools'],
    [
      'tool-use',
      { body: sound({ tools: [tool()], messages: [user('a'), assistant([use('a.b')])] }) },
      'tool_use.id',
    ],
    [
      'tool-use',
      { body: sound({ tools: [tool()], messages: [user('a'), assistant([use('a', { input: '{}' })])] }) },
      'tool_use.input',
    ],
    [
      'tool-use-id-twice',
      {
        body: sound({ tools: [tool()], messages: [user('a'), assistant([use(), use()]), user([result()])] }),
      },
      'unique',
    ],
    [
      'tool-result-missing',
      {
        body: sound({
          tools: [tool()],
          messages: [user('a'), assistant([use(), use('b')]), user([result()])],
        }),
      },
      'tool_use b',
    ],
    [
      'tool-result-missing',
      {
        // The results of one turn in two messages.
        body: sound({
          tools: [tool()],
          messages: [user('a'), assistant([use(), use('b')]), user([result()]), user([result('b')])],
        }),
      },
      'tool_use b',
    ],
    [
      'tool-result-alone',
      { body: sound({ tools: [tool()], messages: [user([result('z')])] }) },
      'z has no tool_use',
    ],
    [
      'tool-result-alone',
      { body: sound({ tools: [tool()], messages: [...asked.slice(0, 2), user([result(), result()])] }) },
      'more than one',
    ],
    [
      'tool-result-late',
      {
        body: sound({
          tools: [tool()],
          messages: [...asked.slice(0, 2), user([{ type: 'text', text: 'x' }, result()])],
        }),
      },
      'messages.2.content.1',
    ],
    ['tools-missing', { body: sound({ messages: asked }) }, 'tools: Field required'],
    ['thinking-shape', { body: sound({ thinking: { type: 'enabled', budget_tokens: 1023 } }) }, '1024'],
    ['thinking-shape', { body: sound({ thinking: { type: 'enabled', budget_tokens: 2048 } }) }, 'max_tokens'],
    ['thinking-shape', { body: sound({ thinking: { type: 'adaptive' } }) }, 'thinking.type'],
    [
      'thinking-forced-tool',
      { body: sound({ thinking: enabled, tools: [tool()], tool_choice: { type: 'any' } }) },
      'tool_choice',
    ],
    ['thinking-sampling', { body: sound({ thinking: enabled, temperature: 0.5 }) }, 'temperature'],
    ['thinking-sampling', { body: sound({ thinking: enabled, top_k: 5 }) }, 'top_k'],
    [
      'thinking-prefill',
      { body: sound({ thinking: enabled, messages: [user('a'), assistant('b')] }) },
      'final message',
    ],
    [
      'thinking-signature',
      { body: sound({ messages: [user('a'), assistant([{ type: 'thinking', thinking: 'b' }]), user('c')] }) },
      'signature: Field required',
    ],
    [
      'thinking-signature',
      {
        body: sound({
          messages: [
            user('a'),
            assistant([{ type: 'thinking', thinking: 'changed', signature: signatureFor('b') }]),
            user('c'),
          ],
        }),
      },
      'Invalid signature',
    ],
    [
      'thinking-not-first',
      { body: sound({ thinking: enabled, tools: [tool()], messages: asked }) },
      'found tool_use',
    ],
    ['prompt-too-long', { body: sound({ messages: [user('x'.repeat(900_000))] }) }, 'prompt is too long'],
  ];

  test.each(broken)('%s (case %#)', async (rule, request, names) => {
    const { status, body, headers } = await send(request);
    const refusal = REFUSALS.find(({ id }) => id === rule);
    expect(body).toEqual({
      type: 'error',
      error: { type: refusal?.type, message: expect.stringContaining(String(names)) as string },
      request_id: headers['request-id'],
    });
    expect(status).toBe(refusal?.status);
    expect(standin.requests.at(-1)).toMatchObject({ refusedBy: rule, status });
    expect(standin.billed()).toEqual({});
  });

  test('every rule is broken once above, and the README lists them all', () => {
    expect([...new Set(broken.map(([rule]) => rule))]).toEqual(REFUSALS.map(({ id }) => id));
    expect(readFileSync(join(__dirname, 'anthropic', 'README.md'), 'utf8')).toContain(refusalsTable());
  });
});

test('accepts what the real API accepts', async () => {
  const cached = { cache_control: { type: 'ephemeral', ttl: '1h' } };
  const bodies: Json[] = [
    sound({ system: '', temperature: 1, stop_sequences: ['END'], metadata: { user_id: 'u-1' } }),
    sound({ messages: [user('a'), user('b'), assistant('c'), assistant('d')] }),
    sound({ messages: [assistant('I begin.'), user('a')] }),
    sound({
      messages: [user([{ type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }])],
    }),
    sound({
      messages: [
        user([{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }]),
      ],
    }),
    sound({
      system: [{ type: 'text', text: 'Be kind', ...cached }],
      tools: [tool({ ...cached, description: 'Reads.' }), tool({ name: 'write', type: 'custom' })],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      messages: [
        user('a'),
        assistant([{ type: 'text', text: 'b' }, use(), use('b')]),
        user([
          result('b'),
          result('a', { content: [{ type: 'text', text: 'c' }], is_error: true }),
          { type: 'text', text: 'd' },
        ]),
      ],
    }),
    sound({
      thinking: enabled,
      tools: [tool()],
      messages: [
        user('a'),
        assistant([{ type: 'thinking', thinking: 'b', signature: signatureFor('b') }, use()]),
        user([result()]),
      ],
    }),
  ];
  for (const body of bodies) expect((await send({ body })).body).toMatchObject({ type: 'message' });
});

describe('answers whole', () => {
  test('with a text that says what it is and quotes the question, when nothing is scripted', async () => {
    const { status, body } = await send({ body: sound({ tools: [tool()] }) });
    expect(status).toBe(200);
    expect(body).toMatchObject({ type: 'message', role: 'assistant', model: MODEL, stop_reason: 'end_turn' });
    expect((body['content'] as Json[])[0]?.['text']).toMatch(/stand-in model.*"Hello there"/);
    expect((await send({})).body['content']).toEqual(body['content']);
  });

  test('with scripted blocks, stop reason and usage; charges and records them', async () => {
    standin.answer(
      { content: [thinking('Hm'), text('I will read'), toolCall('read', { path: 'a' }), toolCall('list')] },
      { ...say('Done'), stopReason: 'refusal', usage: { input_tokens: 7, output_tokens: 5 } },
    );
    const first = await send({});
    expect(first.body['content']).toEqual([
      { type: 'thinking', thinking: 'Hm', signature: signatureFor('Hm') },
      { type: 'text', text: 'I will read' },
      {
        type: 'tool_use',
        id: expect.stringMatching(/^[\w-]+$/) as string,
        name: 'read',
        input: { path: 'a' },
      },
      { type: 'tool_use', id: expect.stringMatching(/^[\w-]+$/) as string, name: 'list', input: {} },
    ]);
    expect(first.body['stop_reason']).toBe('tool_use');
    standin.reset();
    standin.answer({ ...say('Done'), stopReason: 'refusal', usage: { input_tokens: 7, output_tokens: 5 } });
    const second = await send({ headers: { 'x-own': 'kept' } });
    expect(second.body).toMatchObject({
      stop_reason: 'refusal',
      usage: { input_tokens: 7, output_tokens: 5 },
    });
    expect(standin.billed()).toEqual({
      [MODEL]: {
        requests: 1,
        input_tokens: 7,
        output_tokens: 5,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
      },
    });
    expect(standin.requests).toHaveLength(1);
    expect(standin.requests[0]).toMatchObject({
      method: 'POST',
      path: '/v1/messages',
      headers: { 'x-own': 'kept' },
      body: sound(),
      rawBody: JSON.stringify(sound()),
      aborted: false,
    });
  });

  test('stops at max_tokens', async () => {
    standin.answer(say('word '.repeat(100)));
    const { body } = await send({ body: sound({ max_tokens: 10 }) });
    expect(body).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 10 } });
  });

  test('with the prompt cache written once and read from then on, for equal bytes only', async () => {
    const ask = async (start: string): Promise<unknown> => {
      const system = [{ type: 'text', text: start + 'x'.repeat(8000), cache_control: { type: 'ephemeral' } }];
      return (await send({ body: sound({ system }) })).body['usage'];
    };
    const written = (await ask('a')) as Record<string, number>;
    expect(written['cache_creation_input_tokens']).toBeGreaterThan(1024);
    const size = written['cache_creation_input_tokens'] as number;
    expect(await ask('a')).toMatchObject({ cache_creation_input_tokens: 0, cache_read_input_tokens: size });
    expect(await ask('b')).toMatchObject({ cache_creation_input_tokens: size, cache_read_input_tokens: 0 });
  });

  test('a count of tokens, uncharged', async () => {
    const { max_tokens: _limit, ...body } = sound();
    const { body: count } = await send({ path: '/v1/messages/count_tokens', body });
    expect(count['input_tokens']).toBeGreaterThan(0);
    expect((await send({})).body['usage']).toMatchObject({ input_tokens: count['input_tokens'] });
  });

  test.each([400, 401, 403, 404, 413, 429, 500, 529])('a scripted %d', async (status) => {
    standin.answer(fail(status, { message: 'as told', retryAfter: 3 }));
    const reply = await send({});
    expect(reply).toMatchObject({ status, body: { type: 'error', error: { message: 'as told' } } });
    expect(reply.headers['retry-after']).toBe('3');
    expect(standin.billed()).toEqual({});
  });

  test('or cut in the middle of the body', async () => {
    standin.answer({ ...say('a long enough text'), interruption: { after: 'content', how: 'cut' } });
    await expect(send({})).rejects.toThrow();
    expect(standin.requests[0]?.aborted).toBe(false);
  });
});

describe('answers streamed', () => {
  test('in the order of the API, pieces kept, usage cumulative at the end', async () => {
    standin.answer({
      content: [
        thinking('Hm'),
        text('Hel', 'lo'),
        toolCall('read', { path: 'a/b' }, { id: 'one', pieceLength: 4 }),
        toolCall('list'),
      ],
    });
    const { events } = await streamed();
    expect(types(events).slice(0, 3)).toEqual(['message_start', 'ping', 'content_block_start']);
    expect(types(events).slice(-2)).toEqual(['message_delta', 'message_stop']);
    expect((events[0]?.['message'] as Json)['usage']).toMatchObject({ output_tokens: 1 });
    expect(events.at(-2)).toMatchObject({
      delta: { stop_reason: 'tool_use' },
      usage: { output_tokens: expect.any(Number) as number, input_tokens: expect.any(Number) as number },
    });
    const deltas = (index: number): Json[] =>
      events
        .filter((event) => event['type'] === 'content_block_delta' && event['index'] === index)
        .map(({ delta }) => delta as Json);
    expect(deltas(0).map(({ type }) => type)).toEqual(['thinking_delta', 'signature_delta']);
    expect(deltas(1).map((delta) => delta['text'])).toEqual(['Hel', 'lo']);
    expect(deltas(2).length).toBeGreaterThan(2);
    expect(
      JSON.parse(
        deltas(2)
          .map((delta) => delta['partial_json'])
          .join(''),
      ),
    ).toEqual({ path: 'a/b' });
    expect(deltas(3)).toEqual([{ type: 'input_json_delta', partial_json: '' }]);
    expect(standin.billed()[MODEL]?.requests).toBe(1);
  });

  const faults: [string, Partial<ScriptedAnswer>, { last: string; broken: boolean; content: number }][] = [
    [
      'error before content',
      { interruption: { after: 'start', how: 'error' } },
      { last: 'error', broken: false, content: 0 },
    ],
    [
      'error after content',
      { interruption: { after: 'content', how: 'error' } },
      { last: 'error', broken: false, content: 1 },
    ],
    [
      'cut before content',
      { interruption: { after: 'start', how: 'cut' } },
      { last: 'ping', broken: true, content: 0 },
    ],
    [
      'cut after content',
      { interruption: { after: 'content', how: 'cut' } },
      { last: 'content_block_delta', broken: true, content: 1 },
    ],
    [
      'no message_stop',
      { interruption: { after: 'end', how: 'end' } },
      { last: 'content_block_stop', broken: false, content: 2 },
    ],
  ];
  test.each(faults)('%s', async (_name, fault, expected) => {
    standin.answer({ ...say('one', 'two'), usage: { output_tokens: 10 }, ...fault });
    const { events, broken } = await streamed();
    expect(types(events).at(-1)).toBe(expected.last);
    expect(types(events).filter((type) => type === 'content_block_delta')).toHaveLength(expected.content);
    expect(broken).toBe(expected.broken);
    expect(standin.billed()[MODEL]?.output_tokens).toBe(expected.content * 5);
    expect(standin.requests[0]).toMatchObject({ status: 200, aborted: false });
  });

  test('a second message_start, and more input tokens at the end than at the start', async () => {
    standin.answer({
      ...say('one', 'two'),
      duplicateMessageStart: true,
      usage: { input_tokens: 43 },
      finalInputTokens: 61,
    });
    const { events } = await streamed();
    expect(types(events).filter((type) => type === 'message_start')).toHaveLength(2);
    expect(events.at(-2)).toMatchObject({ usage: { input_tokens: 61 } });
    expect(standin.billed()[MODEL]?.input_tokens).toBe(61);
  });

  test('a client that goes away is recorded and charged for what was generated', async () => {
    standin.answer({ ...say(...'abcdefghij'), usage: { output_tokens: 10 }, eventDelayMs: 30 });
    const gone = new AbortController();
    const response = await fetch(`${standin.url}/v1/messages`, {
      method: 'POST',
      headers: { 'x-api-key': standin.apiKey, 'anthropic-version': '2023-06-01' },
      body: JSON.stringify(sound({ stream: true })),
      signal: gone.signal,
    });
    const reader = response.body?.getReader();
    let seen = '';
    while (!seen.includes('text_delta'))
      seen += Buffer.from((await reader?.read())?.value as Uint8Array).toString();
    gone.abort();
    for (let waited = 0; !standin.billed()[MODEL] && waited < 100; waited++)
      await new Promise((done) => setTimeout(done, 10));
    expect(standin.requests[0]?.aborted).toBe(true);
    expect(standin.billed()[MODEL]?.output_tokens).toBeGreaterThanOrEqual(1);
    expect(standin.billed()[MODEL]?.output_tokens).toBeLessThan(10);
  });

  test('a delay before the status line', async () => {
    standin.answer({ ...say('late'), delayMs: 150 });
    const start = Date.now();
    await streamed();
    expect(Date.now() - start).toBeGreaterThanOrEqual(140);
  });
});

test('as a program: one line of JSON, and the end when its input closes', async () => {
  const program = join(__dirname, 'anthropic', 'main.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', program, '--max-seconds', '20'], {
    cwd: resolve(__dirname, '../..'),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const { url } = JSON.parse(line) as { url: string };
    expect((await fetch(`${url}/v1/messages`, { method: 'POST', body: '{}' })).status).toBe(401);
    const ended = once(child, 'exit');
    child.stdin.end();
    expect(await ended).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
  }
});

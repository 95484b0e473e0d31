import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnthropicStandin } from './anthropic';
import { REFUSALS, startAnthropicStandin } from './anthropic';
import { signatureFor } from './anthropic/message';
import { refusalsTable } from './anthropic/refusals';
import type { Json, Request } from './anthropic-client';
import { assistant, enabled, result, send, sound, tool, use, user } from './anthropic-client';

let standin: AnthropicStandin;

beforeAll(async () => {
  standin = await startAnthropicStandin();
});
afterAll(() => standin.close());
beforeEach(() => standin.reset());

describe('refuses', () => {
  const image = (source: Json): Json => sound({ messages: [user([{ type: 'image', source }])] });
  const marked = (count: number, control: Json = { type: 'ephemeral' }): Json =>
    sound({
      messages: [
        user(Array.from({ length: count }, () => ({ type: 'text', text: 'x', cache_control: control }))),
      ],
    });
  const instruct = (content: unknown = 'Be kind'): Json => ({ role: 'system', content });
  const newest = (messages: readonly Json[], extra: Json = {}): Json =>
    sound({ model: 'claude-sonnet-5-5', messages, ...extra });
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
    ['sampling-none', { body: newest([user('a')], { temperature: 0 }) }, 'temperature'],
    ['sampling-none', { body: newest([user('a')], { top_k: 4 }) }, 'top_k'],
    ['stop-sequences', { body: sound({ stop_sequences: ['END', ' \n'] }) }, 'stop_sequences.1'],
    ['metadata', { body: sound({ metadata: { team: 'a' } }) }, 'metadata.team'],
    ['metadata', { body: sound({ metadata: { user_id: 'ann@example.com' } }) }, 'email'],
    ['service-tier', { body: sound({ service_tier: 'priority' }) }, 'service_tier'],
    ['messages-empty', { body: sound({ messages: [] }) }, 'messages'],
    ['role', { body: sound({ messages: [user('a'), instruct()] }) }, "messages.1: role 'system' is not"],
    ['role', { body: sound({ messages: [{ role: 'tool', content: 'x' }] }) }, 'messages.0.role'],
    ['system-place', { body: newest([instruct(), user('a')]) }, 'messages.0: use the top-level'],
    ['system-place', { body: newest([user('a'), instruct(), instruct()]) }, 'messages.1: a system message'],
    ['system-place', { body: newest([user('a'), instruct(), user('b')]) }, 'messages.1: a system message'],
    [
      'system-place',
      { body: newest([user('a'), assistant('b'), instruct()]) },
      'messages.2: a system message',
    ],
    ['content', { body: sound({ messages: [user('')] }) }, 'messages.0'],
    ['content', { body: sound({ messages: [user('a'), assistant([]), user('b')] }) }, 'messages.1'],
    ['content', { body: sound({ messages: [{ ...user('a'), name: 'ann' }] }) }, 'messages.0.name'],
    ['content', { body: sound({ messages: [user([{ type: 'image_url' }])] }) }, 'messages.0.content.0.type'],
    ['content', { body: sound({ messages: [user([use()])] }) }, 'messages.0.content.0.type'],
    ['content', { body: newest([user('a'), instruct([{ type: 'image' }])]) }, 'messages.1.content.0.type'],
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
    ['prefill', { body: newest([user('a'), assistant('So')]) }, 'messages.1'],
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
    [
      'image-source',
      { body: image({ type: 'base64', media_type: 'image/png', data: '/9j/4AAQ' }) },
      'does not match',
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
      'tool-definition',
      {
        body: sound({
          tools: [tool({ input_schema: { type: 'object', properties: { 'filter[id]': {} } } })],
        }),
      },
      'Property keys should match pattern',
    ],
    [
      'tool-use-early',
      {
        body: sound({
          tools: [tool()],
          messages: [user('a'), assistant([use(), { type: 'text', text: 'x' }]), user([result()])],
        }),
      },
      'immediately after: a',
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
    ['output-config', { body: sound({ output_config: { effort: 'high' } }) }, 'output_config.effort'],
    ['output-config', { body: sound({ output_config: { verbosity: 'low' } }) }, 'output_config.verbosity'],
    [
      'output-schema',
      {
        body: sound({
          output_config: { format: { type: 'json_schema', schema: { type: 'object', properties: {} } } },
        }),
      },
      'additionalProperties',
    ],
    [
      'thinking-shape',
      { body: newest([user('a')], { thinking: { type: 'enabled', budget_tokens: 1_024 } }) },
      'enabled',
    ],
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
    const { status, body, headers } = await send(standin, request);
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
  for (const body of bodies) expect((await send(standin, { body })).body).toMatchObject({ type: 'message' });
});

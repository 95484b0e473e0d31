/** Bodies as clients really send them, by protocol: what mutations start from. */

type Body = Record<string, unknown>;

export interface Request {
  readonly body: Body;
  readonly headers?: Readonly<Record<string, string>>;
}

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const chatTool = (name: string, properties: Body = { path: { type: 'string' } }) => ({
  type: 'function',
  function: {
    name,
    description: `Does ${name}.`,
    strict: true,
    parameters: {
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      properties,
      required: Object.keys(properties),
      additionalProperties: false,
    },
  },
});

const chatCall = (id: string, name: string, args: string) => ({
  id,
  type: 'function',
  function: { name, arguments: args },
});

const ephemeral = { type: 'ephemeral' };

/** Roo Code: parts with cache marks, strict tools, temperature 0, tool results as text. */
const roo: Body = {
  model: 'claude-sonnet-4-5',
  temperature: 0,
  stream: true,
  stream_options: { include_usage: true },
  max_completion_tokens: 8192,
  messages: [
    { role: 'system', content: [{ type: 'text', text: 'You are Roo.', cache_control: ephemeral }] },
    {
      role: 'user',
      content: [
        { type: 'text', text: '<task>Mend the build</task>' },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } },
      ],
    },
    {
      role: 'assistant',
      content: '',
      tool_calls: [
        chatCall('call_1', 'read_file', '{"path":"a.ts"}'),
        chatCall('call_2', 'search_files', '{"path":"src"}'),
      ],
    },
    { role: 'tool', tool_call_id: 'call_1', content: 'export const a = 1;' },
    { role: 'tool', tool_call_id: 'call_2', content: '(empty)' },
    { role: 'user', content: [{ type: 'text', text: 'Go on', cache_control: ephemeral }] },
  ],
  tools: [chatTool('read_file'), chatTool('search_files'), chatTool('write_to_file')],
  tool_choice: 'auto',
  parallel_tool_calls: true,
};

/** OpenCode: cache marks beside the content and in tool calls, thoughts given back. */
const openCode: Body = {
  model: 'claude-sonnet',
  max_tokens: 32000,
  stream: true,
  stream_options: { include_usage: true },
  messages: [
    { role: 'system', content: 'You are opencode.', cache_control: ephemeral },
    { role: 'user', content: 'say hi', cache_control: ephemeral },
    {
      role: 'assistant',
      content: 'I look.',
      reasoning_content: 'What is asked for?',
      tool_calls: [{ ...chatCall('toolu_1', 'bash', '{"command":"ls"}'), cache_control: ephemeral }],
    },
    { role: 'tool', tool_call_id: 'toolu_1', content: 'a\nb', cache_control: ephemeral },
  ],
  tools: [
    chatTool('bash', { command: { type: 'string' }, timeout: { type: 'number', exclusiveMinimum: 0 } }),
    chatTool('webfetch', { url: { type: 'string', pattern: '^https?://' } }),
  ],
  tool_choice: 'auto',
};

/** The openai SDK with everything a chat may have. */
const everything: Body = {
  model: 'claude-opus',
  messages: [
    { role: 'developer', content: 'Be brief.' },
    { role: 'system', content: 'Be kind.' },
    { role: 'assistant', content: 'I am here.' },
    {
      role: 'user',
      name: 'ann',
      content: [
        { type: 'text', text: 'What is this?' },
        { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'low' } },
        { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0xLjQ=' } },
      ],
    },
    {
      role: 'assistant',
      content: null,
      thinking_blocks: [{ type: 'thinking', thinking: 'Hm.', signature: 'c2ln' }],
      function_call: { name: 'f', arguments: '' },
    },
    { role: 'function', name: 'f', content: '42' },
    { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
    { role: 'user', content: 'Why not?' },
  ],
  tools: [chatTool('f'), chatTool('g')],
  tool_choice: { type: 'function', function: { name: 'g' } },
  parallel_tool_calls: false,
  temperature: 1.5,
  top_p: 0.9,
  n: 1,
  stop: ['END', ' '],
  user: 'user-1',
  seed: 1,
  logit_bias: { 1: 2 },
  frequency_penalty: 0.1,
  presence_penalty: 0.1,
  reasoning_effort: 'low',
  response_format: {
    type: 'json_schema',
    json_schema: {
      name: 'answer',
      strict: true,
      schema: {
        type: 'object',
        properties: { a: { type: 'integer', minimum: 1 }, b: { $ref: '#/$defs/b' } },
        $defs: { b: { type: 'string', format: 'date', maxLength: 3 } },
        required: ['a'],
        additionalProperties: false,
      },
    },
  },
  metadata: { a: 'b' },
};

const chat: readonly Request[] = [roo, openCode, everything].map((body) => ({ body }));

/** Claude Code: betas, metadata, thinking, tools with marks, results with blocks. */
const claudeCode: Request = {
  headers: {
    'anthropic-version': '2023-06-01',
    'anthropic-beta':
      'claude-code-20250219,interleaved-thinking-2025-05-14,fine-grained-tool-streaming-2025-05-14',
  },
  body: {
    model: 'claude-sonnet-4-5',
    max_tokens: 32000,
    stream: true,
    metadata: { user_id: 'user_0' },
    thinking: { type: 'enabled', budget_tokens: 2048 },
    system: [
      { type: 'text', text: 'You are Claude Code.', cache_control: ephemeral },
      { type: 'text', text: 'Environment: linux' },
    ],
    tools: [
      {
        name: 'Read',
        description: 'Reads.',
        input_schema: { type: 'object', properties: { file_path: { type: 'string' } } },
      },
      { type: 'bash_20250124', name: 'bash', cache_control: { type: 'ephemeral', ttl: '5m' } },
    ],
    messages: [
      { role: 'user', content: [{ type: 'text', text: '<system-reminder>x</system-reminder>' }] },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Read it.', signature: 'c2ln' },
          { type: 'redacted_thinking', data: 'eA==' },
          { type: 'text', text: 'I read it.' },
          { type: 'tool_use', id: 'toolu_1', name: 'Read', input: { file_path: '/a', deep: [{ b: 1 }] } },
          { type: 'tool_use', id: 'toolu_2', name: 'bash', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 'toolu_1',
            content: [
              { type: 'text', text: '1\texport' },
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } },
            ],
          },
          { type: 'tool_result', tool_use_id: 'toolu_2', content: 'no', is_error: true },
          { type: 'text', text: 'Go on', cache_control: ephemeral },
        ],
      },
    ],
  },
};

/** Anthropic's SDK with documents, citations and search results. */
const documents: Request = {
  headers: { 'anthropic-version': '2023-06-01', 'anthropic-beta': 'structured-outputs-2025-11-13' },
  body: {
    model: 'claude-haiku-4-5',
    max_tokens: 1000,
    cache_control: ephemeral,
    temperature: 0.5,
    top_k: 5,
    stop_sequences: ['END'],
    service_tier: 'auto',
    output_config: { effort: 'low', format: { type: 'json_schema', schema: { type: 'object' } } },
    tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    tools: [{ name: 'f', input_schema: { type: 'object' }, strict: true, input_examples: [{}] }],
    system: 'Be brief.',
    messages: [
      {
        role: 'user',
        content: [
          {
            type: 'document',
            source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0xLjQ=' },
            citations: { enabled: true },
            title: 'A',
          },
          {
            type: 'document',
            source: { type: 'content', content: [{ type: 'text', text: 'inside' }] },
          },
          {
            type: 'search_result',
            source: 'https://example.com',
            title: 'B',
            content: [{ type: 'text', text: 'found' }],
          },
          { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
        ],
      },
      { role: 'assistant', content: 'It says' },
    ],
  },
};

const count = ({ body, headers }: Request): Request => {
  const { model, messages, system, tools } = body;
  return { body: { model, messages, system, tools }, ...(headers ? { headers } : {}) };
};

const completions: readonly Request[] = [
  { model: 'claude-haiku', prompt: 'Once upon', max_tokens: 16, stop: '\n', stream: true },
  {
    model: 'claude-sonnet-4-5',
    prompt: ['def f(x):'],
    temperature: 0.2,
    top_p: 1,
    n: 1,
    best_of: 1,
    echo: false,
    logprobs: null,
    suffix: null,
    user: 'user-1',
    stream_options: { include_usage: true },
  },
].map((body) => ({ body }));

/** By the protocol's name. */
export const REQUESTS: Readonly<Record<string, readonly Request[]>> = {
  'openai-chat': chat,
  'openai-completions': completions,
  'anthropic-messages': [claudeCode, documents],
  'anthropic-count-tokens': [count(claudeCode), count(documents)],
};

/** In place of the header that was sent. */
export const BETAS: readonly string[] = [
  '',
  ',',
  'context-1m-2025-08-07',
  'effort-2025-11-24, interleaved-thinking-2025-05-14',
  `${'x'.repeat(5_000)},y`,
  '__proto__,constructor',
  'ünknown-2025-01-01',
];

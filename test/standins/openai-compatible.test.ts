import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  call,
  fail,
  say,
  startOpenAiCompatibleStandin,
  type OpenAiCompatibleStandin,
} from './openai-compatible';
import type { Json } from './openai-compatible/call';
import { REFUSALS, refusalsTable } from './openai-compatible/refusals';

let standin: OpenAiCompatibleStandin;
/** Wants thoughts back. */
let thinker: OpenAiCompatibleStandin;
beforeAll(async () => {
  standin = await startOpenAiCompatibleStandin();
  thinker = await startOpenAiCompatibleStandin({ thoughtsField: 'reasoning_content' });
});
afterAll(async () => {
  await standin.close();
  await thinker.close();
});
beforeEach(() => standin.reset());

const user = { role: 'user', content: 'hi' };
const tool = { type: 'function', function: { name: 'read', parameters: { type: 'object' } } };
const use = (id: string, args: unknown = '{}') => ({
  id,
  type: 'function',
  function: { name: 'read', arguments: args },
});
const calls = (...tool_calls: Json[]) => ({ role: 'assistant', content: null, tool_calls });
const result = (tool_call_id: string) => ({ role: 'tool', tool_call_id, content: 'x' });

async function send(
  body: Json | string,
  { path = '/chat/completions', key = standin.apiKey, thinks = false } = {},
): Promise<{ status: number; text: string; json: Json }> {
  const response = await fetch((thinks ? thinker : standin).url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body:
      typeof body === 'string' ? body : JSON.stringify({ model: standin.model, messages: [user], ...body }),
  });
  const text = await response.text();
  return { status: response.status, text, json: text.startsWith('{') ? (JSON.parse(text) as Json) : {} };
}

/** Each rule, broken by a body that is sound otherwise. */
const broken: [string, Json | string, { path?: string; key?: string; thinks?: boolean }?][] = [
  ['path-unknown', {}, { path: '/completions' }],
  ['api-key', {}, { key: 'sk-other' }],
  ['body-not-json', '{"model":'],
  ['field-unknown', { max_completion_tokens: 5 }],
  ['field-unknown', { thinking: {} }],
  ['model-unknown', { model: 'local' }],
  ['token-limit', { max_tokens: 0 }],
  ['stream', { stream_options: { include_usage: true } }],
  ['ranges', { temperature: 2.1 }],
  ['stop', { stop: ['a', 'b', 'c', 'd', 'e'] }],
  ['reasoning-effort', { reasoning_effort: 'max' }],
  ['response-format', { response_format: { type: 'json_schema', schema: {} } }],
  ['messages-empty', { messages: [] }],
  ['role', { messages: [{ role: 'developer', content: 'a' }] }],
  ['system-first', { messages: [user, { role: 'system', content: 'a' }] }],
  ['user-missing', { messages: [{ role: 'system', content: 'a' }] }],
  ['content', { messages: [{ ...user, cache_control: {} }] }],
  ['content', { messages: [{ role: 'user', content: [{ type: 'tool_result' }] }] }],
  ['content', { messages: [{ role: 'system', content: [{ type: 'text', text: 'a' }] }, user] }],
  ['content', { messages: [user, { role: 'assistant', content: null }] }],
  ['content', { messages: [user, { role: 'assistant', content: 'a', reasoning_content: 'b' }] }],
  ['thoughts-missing', { messages: [user, { role: 'assistant', content: 'a' }, user] }, { thinks: true }],
  [
    'thoughts-missing',
    { messages: [user, { role: 'assistant', content: 'a', reasoning_content: '' }, user] },
    { thinks: true },
  ],
  ['tool-calls', { messages: [user, calls(use('', '{}')), result('')] }],
  ['tool-calls', { messages: [user, calls(use('a', '{broken')), result('a')] }],
  ['tool-calls', { messages: [user, calls(use('a', {})), result('a')] }],
  ['tool-order', { messages: [user, result('a')] }],
  ['tool-order', { messages: [user, calls(use('a'), use('b')), result('a'), user] }],
  ['tool-order', { messages: [user, calls(use('a'))] }],
  ['tool-definition', { tools: [] }],
  ['tool-definition', { tools: [{ ...tool, cache_control: {} }] }],
  ['tool-choice', { tool_choice: 'auto' }],
  ['tool-choice', { tools: [tool], tool_choice: { type: 'function', function: { name: 'list' } } }],
];

// A row of two would make the third parameter a callback that jest waits for.
test.each(broken.map(([rule, body, options = {}]) => [rule, body, options] as const))(
  'refuses by %s (case %#)',
  async (rule, body, options) => {
    const { status, json } = await send(body, options);
    const refusal = REFUSALS.find(({ id }) => id === rule);
    expect(status).toBe(refusal?.status);
    expect(json['error']).toMatchObject({
      type: 'invalid_request_error',
      message: expect.any(String) as string,
    });
    expect((options.thinks ? thinker : standin).requests.at(-1)?.refusedBy).toBe(rule);
  },
);

test('every rule is broken above, and the README lists them all', () => {
  expect([...new Set(broken.map(([rule]) => rule))]).toEqual(REFUSALS.map(({ id }) => id));
  const readme = readFileSync(join(__dirname, 'openai-compatible', 'README.md'), 'utf8');
  expect(readme).toContain(refusalsTable());
});

test('answers what it was told to, whole and streamed', async () => {
  standin.answer(
    say('a', 'b'),
    { text: ['a'], calls: [call('read', { path: 'x' })] },
    fail(503, { message: 'busy' }),
  );
  expect((await send({})).json).toMatchObject({
    choices: [{ message: { content: 'ab' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: expect.any(Number) as number },
  });
  const streamed = await send({ stream: true, stream_options: { include_usage: true }, tools: [tool] });
  const data = streamed.text.split('\n\n').filter((line) => line !== '');
  expect(data.at(-1)).toBe('data: [DONE]');
  expect(data.at(-2)).toContain('"choices":[],"usage"');
  expect(data.at(-3)).toContain('"finish_reason":"tool_calls"');
  expect((await send({})).status).toBe(503);
});

import { say, text, toolCall } from '../standins/anthropic';
import { call } from '../standins/openai-compatible';
import { startCompatibleGateway, type CompatibleGateway } from './support/compatible';
import { lastSent, readStream } from './support/gateway';

const WEATHER = {
  name: 'weather',
  description: 'Weather of a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
};
const hi = [{ role: 'user', content: 'How cold is it?' }];

let gateway: CompatibleGateway;
let key: string;
beforeAll(async () => {
  gateway = await startCompatibleGateway();
  key = await gateway.workspaceKey();
});
afterAll(() => gateway.close());
beforeEach(() => {
  gateway.standin.reset();
  gateway.endpoint.reset();
});

const asked = toolCall('weather', { city: 'Köln' });

test('functions are tools of which one may be called', async () => {
  for (const [function_call, choice] of [
    [undefined, { type: 'auto', disable_parallel_tool_use: true }],
    ['auto', { type: 'auto', disable_parallel_tool_use: true }],
    ['none', { type: 'none' }],
    [{ name: 'weather' }, { type: 'tool', name: 'weather', disable_parallel_tool_use: true }],
  ] as const) {
    const { status, headers } = await gateway.chat(key, {
      messages: hi,
      functions: [WEATHER],
      function_call,
    });
    expect(status).toBe(200);
    expect(headers.get('x-gateway-dropped-fields')).toBeNull();
    expect(lastSent(gateway.standin)).toMatchObject({
      tools: [{ name: 'weather', description: 'Weather of a city', input_schema: WEATHER.parameters }],
      tool_choice: choice,
    });
  }
});

test('a call is told in the older form, whole', async () => {
  gateway.standin.answer({ content: [text('I look.'), asked] });
  const { json } = await gateway.chat(key, { messages: hi, functions: [WEATHER] });
  expect(json).toMatchObject({
    choices: [
      {
        message: {
          content: 'I look.',
          function_call: { name: 'weather', arguments: '{"city":"Köln"}' },
        },
        finish_reason: 'function_call',
      },
    ],
  });
  expect(JSON.stringify(json)).not.toContain('tool_calls');
});

test('a call is told in the older form, streamed', async () => {
  gateway.standin.answer({ content: [asked] });
  const { text: body } = await gateway.chat(key, { messages: hi, functions: [WEATHER], stream: true });
  const { chunks } = readStream(body);
  const choices = chunks.flatMap((chunk) => chunk.choices ?? []) as unknown as {
    delta: { function_call?: { name?: string; arguments: string } };
    finish_reason: string | null;
  }[];
  const pieces = choices.flatMap(({ delta }) => delta.function_call ?? []);
  expect(pieces[0]).toEqual({ name: 'weather', arguments: '' });
  expect(pieces.map((piece) => piece.arguments).join('')).toBe('{"city":"Köln"}');
  expect(choices.at(-1)?.finish_reason).toBe('function_call');
  expect(body).not.toContain('tool_calls');
});

test.each([false, true])('a second call is not lost (streamed: %p)', async (stream) => {
  gateway.endpoint.answer({
    calls: [call('weather', { city: 'Köln' }), call('weather', { city: 'Oslo' }, { id: 'call_2' })],
  });
  const { text: body } = await gateway.chat(key, {
    model: 'local',
    messages: hi,
    functions: [WEATHER],
    stream,
  });
  expect(body).toContain('"function_call":{"name":"weather"');
  expect(body).toMatch(/"tool_calls":\[\{(?:"index":0,)?"id":"call_2"/);
});

test('an answer in words is one as ever', async () => {
  gateway.standin.answer(say('Cold.'));
  const { json } = await gateway.chat(key, { messages: hi, functions: [WEATHER] });
  expect(json).toMatchObject({ choices: [{ message: { content: 'Cold.' }, finish_reason: 'stop' }] });
});

test('the history of such a client has its calls and their results', async () => {
  const { status } = await gateway.chat(key, {
    messages: [
      ...hi,
      { role: 'assistant', content: null, function_call: { name: 'weather', arguments: '{"city":"Köln"}' } },
      { role: 'function', name: 'weather', content: '2 degrees' },
    ],
    functions: [WEATHER],
  });
  expect(status).toBe(200);
  const [, call, result] = lastSent(gateway.standin).messages as unknown as {
    content: Record<string, unknown>[];
  }[];
  expect(call?.content).toMatchObject([{ type: 'tool_use', name: 'weather', input: { city: 'Köln' } }]);
  expect(result?.content).toMatchObject([
    { type: 'tool_result', tool_use_id: call?.content[0]?.['id'], content: [{ text: '2 degrees' }] },
  ]);
});

test.each([
  ['functions', { functions: 'weather' }],
  ['functions[0].name', { functions: [{ name: 'a b' }] }],
  ['function_call', { functions: [WEATHER], function_call: 'always' }],
  ['function_call.name', { functions: [WEATHER], function_call: { name: 'other' } }],
])('what is wrong is named: %s', async (param, body) => {
  const { status, json } = await gateway.chat(key, { messages: hi, ...body });
  expect([status, json.error.param]).toEqual([400, param]);
});

test('beside tools they are left out, and named', async () => {
  const { headers, status } = await gateway.chat(key, {
    messages: hi,
    tools: [{ type: 'function', function: WEATHER }],
    functions: [WEATHER],
    function_call: 'auto',
  });
  expect(status).toBe(200);
  expect(headers.get('x-gateway-dropped-fields')).toBe('functions, function_call');
});

import fc from 'fast-check';
import { renamed, fitPropertyNames } from '../../gateway/providers/messages/property-names';
import { say, text, toolCall } from '../standins/anthropic';
import { lastSent, readStream, startTestGateway, type TestGateway } from './support/gateway';
import { askMessages } from './support/messages';

const LONG = 'settings__approved__or__denied__countries__or__regions__approved__list';
const SCHEMA = {
  type: 'object',
  properties: {
    'filter[id]': { type: 'string' },
    'filter{id}': { $ref: '#/properties/filter%5Bid%5D' },
    filter_id_: { type: 'object', properties: { 'filter[id]': { type: 'string' } } },
    [LONG]: { type: 'array', items: { $ref: `#/properties/${LONG}/items` } },
    '🙂': { type: 'string' },
    '': { type: 'string' },
  },
  required: ['filter[id]', 'filter_id_'],
};
/** What the client wants its tool to be called with. */
const OWN = {
  'filter[id]': '1',
  'filter{id}': '2',
  filter_id_: { 'filter[id]': '3', list: ['filter[id]'] },
  [LONG]: [{ x: 4 }],
  '🙂': 'filter_id__2',
  '': '5',
};
const names = ([
  ...(fitPropertyNames([{ name: 'list', input_schema: SCHEMA }], []).names?.values() ?? []),
][0] ?? new Map()) as ReadonlyMap<string, string>;
const sentNames = new Map([...names].map(([sent, own]) => [own, sent]));
/** The same as the model writes it. */
const SENT = renamed(OWN, sentNames) as Record<string, unknown>;

test('names are those that Anthropic takes, each another one, and the same each time', () => {
  expect([...names.values()]).toEqual(['filter[id]', 'filter{id}', LONG, '🙂', '']);
  for (const name of names.keys()) expect(name).toMatch(/^[a-zA-Z0-9_.-]{1,64}$/);
  const all = Object.keys(renamed(SCHEMA.properties, sentNames) as object);
  expect(new Set(all).size).toBe(Object.keys(SCHEMA.properties).length);
  expect(fitPropertyNames([{ name: 'list', input_schema: SCHEMA }], []).names?.get('list')).toEqual(names);
});

test('whatever the names are: they are taken, and come back as they were', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.constant({ type: 'string' })), (properties) => {
      const fitted = fitPropertyNames([{ name: 'a', input_schema: { type: 'object', properties } }], []);
      const sent = fitted.tools[0]?.input_schema['properties'] ?? {};
      for (const name of Object.keys(sent)) expect(name).toMatch(/^[a-zA-Z0-9_.-]{1,64}$/);
      expect(renamed(sent, fitted.names?.get('a') ?? new Map())).toEqual(properties);
    }),
  );
});

test('as many alike as a schema may have are named in no time', () => {
  const many = Object.fromEntries(
    Array.from({ length: 15_000 }, (_, at) => [`${'x'.repeat(64)}[${at}]`, { type: 'string' }]),
  );
  const { names: found } = fitPropertyNames([{ name: 'a', input_schema: { properties: many } }], []);
  expect(found?.get('a')?.size).toBe(15_000);
});

test('tools whose names are all taken are sent as they are', () => {
  const tools = [{ name: 'a', input_schema: { type: 'object', properties: { 'a.b-c_d': {} } } }];
  const fitted = fitPropertyNames(tools, []);
  expect(fitted.tools).toBe(tools);
  expect(fitted.names).toBeUndefined();
});

describe('through the gateway', () => {
  let gateway: TestGateway;
  let key: string;
  beforeAll(async () => {
    gateway = await startTestGateway();
    key = await gateway.workspaceKey();
  });
  afterAll(() => gateway.close());
  beforeEach(() => gateway.standin.reset());

  const hi = [{ role: 'user', content: 'List them' }];
  const other = toolCall('plain', { filter_id_: 'stays' }, { id: 'toolu_b', pieceLength: 1 });
  const answered = (pieceLength: number) => ({
    content: [text('I look.'), toolCall('list', SENT, { id: 'toolu_a', pieceLength }), other],
  });
  const PLAIN = { type: 'object', properties: { filter_id_: { type: 'string' } } };
  const chatTools = [
    { type: 'function', function: { name: 'list', parameters: SCHEMA } },
    { type: 'function', function: { name: 'plain', parameters: PLAIN } },
  ];
  const tools = [
    { name: 'list', input_schema: SCHEMA },
    { name: 'plain', input_schema: PLAIN },
  ];

  test.each([1, 3, 1_000])(
    'a chat gets its own names back, streamed in pieces of %s',
    async (pieceLength) => {
      gateway.standin.answer(answered(pieceLength));
      const { text: body } = await gateway.chat(key, { messages: hi, tools: chatTools, stream: true });
      const calls = readStream(body)
        .chunks.flatMap(({ choices = [] }) => choices)
        .flatMap(({ delta }) => delta.tool_calls ?? []);
      const written = (index: number): string =>
        calls.flatMap((call) => (call.index === index ? call.function.arguments : '')).join('');
      expect(JSON.parse(written(0))).toEqual(OWN);
      expect(JSON.parse(written(1))).toEqual({ filter_id_: 'stays' });
    },
  );

  test('a chat gets its own names back, whole', async () => {
    gateway.standin.answer(answered(7));
    const { json, headers } = await gateway.chat(key, { messages: hi, tools: chatTools });
    const { choices } = json as unknown as {
      choices: { message: { tool_calls: { function: { arguments: string } }[] } }[];
    };
    const written = choices[0]?.message.tool_calls.map(
      (call) => JSON.parse(call.function.arguments) as object,
    );
    expect(written).toEqual([OWN, { filter_id_: 'stays' }]);
    expect(headers.get('x-gateway-dropped-fields')).toBe('tools.function.parameters.properties');
  });

  test.each([1, 5, 1_000])('so does a client of Messages, streamed in pieces of %s', async (pieceLength) => {
    gateway.standin.answer(answered(pieceLength));
    const { events } = await askMessages(gateway, key, { messages: hi, tools, stream: true });
    const written = (index: number): string =>
      events
        .filter(({ name, data }) => name === 'content_block_delta' && data.index === index)
        .map(({ data }) => (data.delta as { partial_json?: string } | undefined)?.partial_json ?? '')
        .join('');
    expect(JSON.parse(written(1))).toEqual(OWN);
    expect(JSON.parse(written(2))).toEqual({ filter_id_: 'stays' });
    expect(events.at(-1)?.name).toBe('message_stop');
  });

  test('so does a client of Messages, whole', async () => {
    gateway.standin.answer(answered(7));
    const { json, headers } = await askMessages(gateway, key, { messages: hi, tools });
    expect(json.content.slice(1).map(({ input }) => input)).toEqual([OWN, { filter_id_: 'stays' }]);
    expect(headers.get('x-gateway-dropped-fields')).toBe('tools.input_schema.properties');
  });

  test.each([false, true])(
    'both the tool and its parameters have names of their own, streamed: %s',
    async (stream) => {
      const odd = 'list.all.of[them]';
      const offered = [{ name: odd, input_schema: SCHEMA }];
      gateway.standin.answer(say('Wait.'));
      await askMessages(gateway, key, { messages: hi, tools: offered });
      const [sent] = lastSent(gateway.standin).tools as { name: string }[];
      expect(sent?.name).toMatch(/^[A-Za-z0-9_-]+$/);
      gateway.standin.answer({
        content: [toolCall(sent?.name ?? '', SENT, { id: 'toolu_a', pieceLength: 3 })],
      });
      const { json, events } = await askMessages(gateway, key, { messages: hi, tools: offered, stream });
      if (!stream) return expect(json.content).toMatchObject([{ name: odd, input: OWN }]);
      const written = events.map(
        ({ data }) => (data.delta as { partial_json?: string } | undefined)?.partial_json,
      );
      expect(events.find(({ name }) => name === 'content_block_start')?.data).toMatchObject({
        content_block: { name: odd },
      });
      return expect(JSON.parse(written.join(''))).toEqual(OWN);
    },
  );

  test('the model sees in the history what it wrote, and a schema that holds together', async () => {
    gateway.standin.answer(say('Done.'));
    const { status } = await askMessages(gateway, key, {
      tools,
      messages: [
        ...hi,
        { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'list', input: OWN }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'none' }] },
      ],
    });
    expect(status).toBe(200);
    const { messages, tools: sent } = lastSent(gateway.standin);
    expect(messages[1]?.content).toMatchObject([{ input: SENT }]);
    const [list] = sent as {
      input_schema: { properties: Record<string, { $ref?: string; items?: object }> };
    }[];
    const { properties } = list?.input_schema ?? { properties: {} };
    expect(properties[sentNames.get('filter{id}') ?? '']?.$ref).toBe(
      `#/properties/${sentNames.get('filter[id]')}`,
    );
    expect(properties[sentNames.get(LONG) ?? '']?.items).toEqual({
      $ref: `#/properties/${sentNames.get(LONG)}/items`,
    });
    expect(list).toMatchObject({ input_schema: { required: [sentNames.get('filter[id]'), 'filter_id_'] } });
    // Names of inner objects are not looked at by the provider.
    expect(properties['filter_id_']).toEqual(SCHEMA.properties.filter_id_);
  });
});

/** Bodies that grow at two places at once, where each of one might be compared with each of the other. */

type Body = Readonly<Record<string, unknown>>;

const rows = <T>(count: number, of: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => of(index));
const names = (count: number): string[] => rows(count, (index) => `name_${index}`);

const MODEL = 'claude-sonnet-4-5';
const ASKED = { role: 'user', content: 'hi' };

const withSchema = (parameters: unknown): Body => ({
  model: MODEL,
  messages: [ASKED],
  tools: [{ type: 'function', function: { name: 'read', parameters } }],
});

const withTools = (count: number, more: (index: number) => Body, rest: Body = {}): Body => ({
  model: MODEL,
  messages: [ASKED],
  tools: rows(count, (index) => ({ type: 'function', function: { name: `tool_${index}`, ...more(index) } })),
  ...rest,
});

const call = (id: string, name = 'read') => ({
  id,
  type: 'function',
  function: { name, arguments: '{"a":1}' },
});
const result = (id: string) => ({ role: 'tool', tool_call_id: id, content: 'done' });
const conversation = (calls: readonly unknown[], rest: readonly unknown[]): Body => ({
  model: MODEL,
  messages: [ASKED, { role: 'assistant', tool_calls: calls }, ...rest],
});

const properties = (count: number) =>
  Object.fromEntries(names(count).map((name) => [name, { type: 'string', maxLength: 3 }]));

/** Of OpenAI's chat, by what grows; the number is a count of entries. */
export const CROSSED_CHATS: Readonly<Record<string, (count: number) => Body>> = {
  'two required lists of a choice': (count) =>
    withSchema({ anyOf: [{ required: names(count) }, { required: names(count) }] }),
  'many choices beside a long list of one name': (count) =>
    withSchema({
      oneOf: [{ required: rows(count, () => 'a') }, ...rows(count, () => ({ required: ['a'] }))],
    }),
  'many parts with properties': (count) =>
    withSchema({ allOf: rows(count, (index) => ({ properties: { [`a_${index}`]: {} } })) }),
  'properties, definitions and required': (count) =>
    withSchema({ properties: properties(count), $defs: properties(count), required: names(count) }),
  'words to choose from': (count) => withSchema({ properties: { a: { enum: names(count) } } }),
  'the schema of an answer': (count) => ({
    model: 'claude-sonnet-5-5',
    messages: [ASKED],
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: 'a',
        schema: { type: 'object', properties: properties(count), required: names(count), not: names(count) },
      },
    },
  }),
  'strict tools': (count) => withTools(count, () => ({ strict: true })),
  'tools of the name that the answer goes by': (count) =>
    withTools(count, (index) => ({ name: `json_tool_call${'_'.repeat(index % 100)}` }), {
      response_format: { type: 'json_object' },
    }),
  'tools that are withheld, one of them forced': (count) =>
    withTools(count, (index) => ({ name: `${index % 2 ? 'read' : 'write'}_${index}` }), {
      tool_choice: { type: 'function', function: { name: `write_${count - (count % 2 ? 1 : 2)}` } },
    }),
  'calls of one id': (count) =>
    conversation(
      rows(count, () => call('same')),
      rows(count, () => result('same')),
    ),
  'calls answered from the last to the first': (count) =>
    conversation(
      names(count).map((id) => call(id)),
      names(count).reverse().map(result),
    ),
  'calls whose ids end in the numbers that are added to ids': (count) =>
    conversation(
      rows(count, (index) => call(`a_${index}`)),
      [{ role: 'assistant', tool_calls: rows(count, () => call('a')) }],
    ),
  'calls of many tools that are not offered': (count) =>
    conversation(
      names(count).map((name) => call(name, name)),
      [],
    ),
  'answers and results without a call': (count) =>
    conversation(
      [],
      rows(count, (index) => (index % 2 ? result(`x${index}`) : { role: 'assistant', content: 'yes' })),
    ),
  'marks on every part': (count) => ({
    model: MODEL,
    messages: [
      {
        role: 'user',
        content: rows(count, () => ({ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } })),
      },
    ],
  }),
};

/** As `CROSSED_CHATS`, of Anthropic's messages. */
export const CROSSED_MESSAGES: Readonly<Record<string, (count: number) => Body>> = {
  'blocks inside blocks': (count) => ({
    model: MODEL,
    max_tokens: 1,
    messages: [
      {
        role: 'user',
        content: rows(count, () => ({
          type: 'search_result',
          source: 'a',
          title: 'b',
          content: rows(3, () => ({ type: 'text', text: 'c', cache_control: { type: 'ephemeral' } })),
        })),
      },
    ],
  }),
  'turns of the system': (count) => ({
    model: 'claude-opus-5-5',
    max_tokens: 1,
    messages: rows(count, (index) => ({ role: index % 2 ? 'system' : 'user', content: 'a' })),
  }),
  'thoughts that are not signed': (count) => ({
    model: MODEL,
    max_tokens: 1,
    messages: rows(count, () => ({
      role: 'assistant',
      content: [{ type: 'thinking', thinking: 'a', signature: '' }],
    })),
  }),
  'tools with examples and a choice': (count) => ({
    model: MODEL,
    max_tokens: 1,
    messages: [ASKED],
    tool_choice: { type: 'tool', name: `write_${count - 1}` },
    tools: rows(count, (index) => ({
      name: `write_${index}`,
      input_schema: { properties: properties(3) },
      input_examples: [{}],
      eager_input_streaming: true,
    })),
  }),
};

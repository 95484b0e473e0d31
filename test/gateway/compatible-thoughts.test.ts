import { call, type ScriptedAnswer } from '../standins/openai-compatible';
import { startCompatibleGateway, type CompatibleGateway } from './support/compatible';
import { askMessages, tool } from './support/messages';

type Json = Record<string, unknown>;

/** As Moonshot's models call tools: none but they take such an id. */
const ID = 'functions.read:0';
const ANSWER: ScriptedAnswer = {
  thoughts: ['First ', 'I read it.'],
  calls: [call('read', { path: 'a' }, { id: ID })],
};
const CHAT_TOOL = { type: 'function', function: { name: 'read', parameters: { type: 'object' } } };

describe('thoughts of models that sign none', () => {
  let gateway: CompatibleGateway;
  let key: string;
  beforeAll(async () => {
    gateway = await startCompatibleGateway();
    key = await gateway.workspaceKey({ level: 'unrestricted' });
  });
  afterAll(() => gateway.close());
  beforeEach(() => {
    gateway.thinker.reset();
    gateway.endpoint.reset();
    gateway.standin.reset();
  });

  const user = { role: 'user', content: 'Read a.' };

  /** Asks, runs the tool, and asks again: the second time another model, if one is named. */
  const clients: Readonly<Record<string, (first: string, second: string, extra?: Json[]) => Promise<Json>>> =
    {
      async Messages(first, second, extra = []) {
        const ask = async (model: string, messages: unknown[]) =>
          askMessages(gateway, key, { model, messages, tools: [tool('read')] });
        const { content } = (await ask(first, [user])).json;
        expect(content[0]).toEqual({ type: 'thinking', thinking: 'First I read it.', signature: '' });
        const result = { type: 'tool_result', tool_use_id: content[1]?.['id'], content: 'text of a' };
        const said = [
          { role: 'assistant', content },
          { role: 'user', content: [result] },
        ];
        const { status, json } = await ask(second, [user, ...extra, ...said]);
        expect({ status, json }).toMatchObject({ status: 200 });
        return content[1] ?? {};
      },
      async chat(first, second, extra = []) {
        const ask = async (model: string, messages: unknown[]) =>
          gateway.chat(key, { model, messages, tools: [CHAT_TOOL] });
        const { text } = await ask(first, [user]);
        const [{ message }] = (JSON.parse(text) as { choices: [{ message: Json }] }).choices;
        expect(message['reasoning_content']).toBe('First I read it.');
        const [made] = message['tool_calls'] as [Json];
        const result = { role: 'tool', tool_call_id: made['id'], content: 'text of a' };
        const { status, json } = await ask(second, [user, ...extra, message, result]);
        expect({ status, json }).toMatchObject({ status: 200 });
        return made;
      },
    };

  test.each(Object.keys(clients))(
    'go back with the calls they led to, by the same ids, to a server that wants them: %s',
    async (client) => {
      gateway.thinker.answer(ANSWER);
      const made = await clients[client]?.('thinker', 'thinker');
      expect(made?.['id']).toBe(ID);
      expect(gateway.thinker.requests.at(-1)?.body['messages']).toEqual([
        user,
        {
          role: 'assistant',
          content: null,
          reasoning_content: 'First I read it.',
          tool_calls: [{ id: ID, type: 'function', function: { name: 'read', arguments: '{"path":"a"}' } }],
        },
        { role: 'tool', tool_call_id: ID, content: 'text of a' },
      ]);
    },
  );

  test.each(Object.keys(clients))(
    'are made up for by a blank, where a turn has none for a server that wants them: %s',
    async (client) => {
      gateway.thinker.answer(ANSWER);
      await clients[client]?.('thinker', 'thinker', [{ role: 'assistant', content: 'Yes.' }, user]);
      expect(gateway.thinker.requests.at(-1)?.body['messages']).toMatchObject([
        user,
        { role: 'assistant', content: 'Yes.', reasoning_content: ' ' },
        user,
        { reasoning_content: 'First I read it.' },
        { role: 'tool' },
      ]);
    },
  );

  test.each(Object.keys(clients))('stay behind at a server that refuses them: %s', async (client) => {
    gateway.endpoint.answer(ANSWER);
    await clients[client]?.('local', 'local');
    expect(gateway.endpoint.requests.at(-1)).toMatchObject({
      body: { messages: [user, { role: 'assistant', tool_calls: [{ id: ID }] }, { tool_call_id: ID }] },
    });
    expect(gateway.endpoint.requests.at(-1)?.rawBody).not.toContain('First I read it.');
  });

  test.each(Object.keys(clients))(
    'stay behind, and odd ids become others, where Claude goes on: %s',
    async (client) => {
      gateway.thinker.answer(ANSWER);
      await clients[client]?.('thinker', 'claude-sonnet-4-5');
      const { messages } = (gateway.standin.requests.at(-1)?.body ?? {}) as { messages: Json[] };
      expect(messages.slice(1)).toMatchObject([
        { role: 'assistant', content: [{ type: 'tool_use', id: 'functions_read_0', name: 'read' }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'functions_read_0' }] },
      ]);
    },
  );

  test('that stay behind are named to clients of Messages', async () => {
    const thought = { type: 'thinking', thinking: 'hm', signature: '' };
    const said = { role: 'assistant', content: [thought, { type: 'text', text: 'Yes.' }] };
    for (const model of ['local', 'claude-sonnet-4-5']) {
      const { status, headers } = await askMessages(gateway, key, { model, messages: [user, said, user] });
      expect(status).toBe(200);
      expect(headers.get('x-gateway-dropped-fields')).toBe('thinking');
    }
  });

  test.each([
    ['user_1', 'user_1'],
    ['ann@example.com', undefined],
    ['Ann Example', undefined],
    [JSON.stringify({ device_id: 'd'.repeat(64), session_id: 's'.repeat(36) }), /^user_[0-9a-f]{32}$/],
  ])('a user is only named to an endpoint by what names nobody: %s', async (user_id, expected) => {
    const answer = await askMessages(gateway, key, { model: 'local', metadata: { user_id } });
    expect(answer.status).toBe(200);
    const { user: sent } = gateway.endpoint.requests.at(-1)?.body ?? {};
    if (typeof expected === 'object') expect(sent).toMatch(expected);
    else expect(sent).toBe(expected);
    expect(answer.headers.get('x-gateway-dropped-fields')).toBe(
      expected === undefined ? 'metadata.user_id' : null,
    );
  });
});

import { writeMessages } from '../../gateway/providers/openai-compatible/write-messages';
import { anthropicMessages } from '../../gateway/protocols/anthropic-messages';
import { ElementAllowance } from '../../gateway/http/element-allowance';
import { say } from '../standins/anthropic';
import { lastSent, startTestGateway, type TestGateway } from './support/gateway';
import { askMessages } from './support/messages';

const NEWEST = 'claude-sonnet-5-5';
const user = (content: unknown) => ({ role: 'user', content });
const instruct = (content: unknown) => ({ role: 'system', content });
const texts = (...all: string[]) => all.map((text) => ({ type: 'text', text }));

/** What Anthropic's models take from Opus 4.8 on: text that instructs from its place in the conversation on. */
describe('a system message between the turns', () => {
  let gateway: TestGateway;
  let key: string;
  let prompt: string;
  beforeAll(async () => {
    gateway = await startTestGateway();
    key = await gateway.workspaceKey();
    prompt = gateway.gateway.services.prompts.textOf('standard') ?? '';
  });
  afterAll(() => gateway.close());
  beforeEach(() => gateway.standin.reset());

  const ask = (messages: unknown[], extra = {}) =>
    askMessages(gateway, key, { model: NEWEST, messages, ...extra });
  const sentTurns = () => lastSent(gateway.standin).messages;

  test.each([
    ['at the end', [user('a'), instruct('Be short.')]],
    ['before an answer', [user('a'), instruct('Be short.'), { role: 'assistant', content: 'b' }, user('c')]],
  ])('stays where it is: %s', async (_, messages) => {
    const system = 'Mine.';
    expect((await ask(messages, { system })).status).toBe(200);
    expect(sentTurns().map(({ role }) => role)).toEqual(messages.map(({ role }) => role));
    expect(sentTurns()[1]?.content).toEqual(texts('Be short.'));
    // Our prompt is in front of all of it, as ever.
    expect(lastSent(gateway.standin).system).toMatchObject(texts(prompt, system));
  });

  test('may be blocks of text, with a cache mark, streamed and counted', async () => {
    const cache_control = { type: 'ephemeral' };
    const messages = [user('a'), instruct([{ type: 'text', text: 'Be short.', cache_control }])];
    gateway.standin.answer(say('here'));
    expect((await ask(messages, { stream: true })).text).toContain('message_stop');
    expect(sentTurns()[1]?.content).toEqual([{ type: 'text', text: 'Be short.', cache_control }]);
    const counted = await askMessages(
      gateway,
      key,
      { model: NEWEST, messages },
      { path: '/v1/messages/count_tokens' },
    );
    expect(counted.status).toBe(200);
  });

  test('holds no copy of our prompts, which come once and first', async () => {
    expect((await ask([user('a'), instruct(`Now: ${prompt}`)])).status).toBe(200);
    expect(sentTurns()[1]?.content).toEqual(texts('Now:'));
    expect((await ask([user('a'), instruct(prompt)])).status).toBe(200);
    expect(sentTurns().map(({ role }) => role)).toEqual(['user']);
    expect(JSON.stringify(lastSent(gateway.standin)).split(JSON.stringify(prompt).slice(1, -1))).toHaveLength(
      2,
    );
  });

  describe('for a model that takes none', () => {
    const model = 'claude-haiku';
    const reminder = (text: string) => ({
      type: 'text',
      text: `<system-reminder>\n${text}\n</system-reminder>`,
    });

    test('is text of the user’s turn before it, and named', async () => {
      const cache_control = { type: 'ephemeral' };
      const answer = await ask(
        [
          user('a'),
          instruct('Be short.'),
          { role: 'assistant', content: 'b' },
          user('c'),
          instruct([{ type: 'text', text: 'Be kind.', cache_control }]),
        ],
        { model },
      );
      expect(answer.status).toBe(200);
      expect(answer.headers.get('x-gateway-dropped-fields')).toBe('messages.system');
      expect(sentTurns()).toEqual([
        { role: 'user', content: [...texts('a'), reminder('Be short.')] },
        { role: 'assistant', content: texts('b') },
        { role: 'user', content: [...texts('c'), { ...reminder('Be kind.'), cache_control }] },
      ]);
    });

    test('before the first turn is what the request’s own system is', async () => {
      expect((await ask([instruct('Be short.'), user('a')], { model, system: 'Mine.' })).status).toBe(200);
      expect(lastSent(gateway.standin).system?.slice(1)).toMatchObject(texts('Mine.', 'Be short.'));
      expect(sentTurns()).toMatchObject([{ role: 'user', content: texts('a') }]);
    });

    test('behind a call of a tool waits for its result', async () => {
      const call = { type: 'tool_use', id: 't', name: 'read', input: {} };
      const result = { type: 'tool_result', tool_use_id: 't', content: 'done' };
      const answer = await ask(
        [user('a'), { role: 'assistant', content: [call] }, instruct('Be short.'), user([result])],
        { model, tools: [{ name: 'read', input_schema: { type: 'object' } }] },
      );
      expect(answer.status).toBe(200);
      expect(sentTurns().at(-1)).toMatchObject({ role: 'user', content: [result, reminder('Be short.')] });
    });

    test('alone is refused by name', async () => {
      const answer = await ask([instruct('Be short.')], { model });
      expect(answer.status).toBe(400);
      expect(answer.json.error.message).toContain(
        'messages.0.role: the model claude-haiku-4-5 takes no "system"',
      );
      expect(gateway.standin.requests).toHaveLength(0);
    });
  });

  test.each<[string, unknown, string]>([
    ['an image', [{ type: 'image', source: {} }], 'messages.1.content.0.type'],
    ['nothing', null, 'messages.1.content'],
  ])('holds text only, not %s', async (_, content, param) => {
    const answer = await ask([user('a'), instruct(content)]);
    expect(answer.status).toBe(400);
    expect(answer.json.error.message).toContain(param);
  });

  test('has no settings of its own', async () => {
    const answer = await ask([user('a'), { ...instruct('b'), output_config: { effort: 'max' } }]);
    expect(answer.status).toBe(400);
    expect(answer.json.error.message).toContain('messages.1.output_config');
  });

  test('in the wrong place is refused in the words of the provider', async () => {
    const answer = await ask([instruct('Be short.'), user('a')]);
    expect(answer.status).toBe(400);
    expect(answer.json.error.message).toContain("messages.0: use the top-level 'system' parameter");
  });
});

test('an OpenAI-compatible endpoint gets a system message between the turns as one of its own', () => {
  const body = {
    model: 'x',
    max_tokens: 10,
    system: 'Mine.',
    messages: [user('a'), instruct(texts('Be short.', 'Be kind.')), { role: 'assistant', content: 'b' }],
  };
  const request = anthropicMessages.readRequest(body, {}, new ElementAllowance(1_000));
  expect(writeMessages(request)).toEqual([
    { role: 'system', content: 'Mine.' },
    { role: 'user', content: 'a' },
    { role: 'system', content: 'Be short.\n\nBe kind.' },
    { role: 'assistant', content: 'b' },
  ]);
});

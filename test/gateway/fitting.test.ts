import { call, fail, say } from '../standins/openai-compatible';
import * as claude from '../standins/anthropic';
import { lastSent } from './support/gateway';
import { startCompatibleGateway, type CompatibleGateway } from './support/compatible';
import { askMessages, tool, type MessageOptions } from './support/messages';

const NAME = `mcp__a_server_of_ours__${'looks_it_up_'.repeat(5)}`;
const ODD = 'files.read';

/** As Claude Code asks for a model whose name it does not know. */
const NEWEST = {
  max_tokens: 32_000,
  thinking: { type: 'adaptive', display: 'omitted' },
  output_config: { effort: 'max' },
  context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
  messages: [
    { role: 'user', content: 'hi' },
    { role: 'system', content: 'Be short.' },
  ],
};
const BETAS: MessageOptions = {
  headers: { 'anthropic-beta': 'interleaved-thinking-2025-05-14,effort-2025-11-24' },
};

describe('what a client sends that takes each model for the newest', () => {
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

  const ask = async (model: string, changes: object = {}) => {
    const answer = await askMessages(gateway, key, { ...NEWEST, model, ...changes }, BETAS);
    expect(answer.text).not.toContain('"error"');
    return { ...answer, dropped: answer.headers.get('x-gateway-dropped-fields')?.split(', ') ?? [] };
  };
  const sentBody = () => gateway.endpoint.requests.at(-1)?.body ?? {};

  test.each([
    ['claude-sonnet', { thinking: NEWEST.thinking, output_config: NEWEST.output_config }, []],
    [
      'claude-opus',
      {
        thinking: { type: 'enabled', budget_tokens: 25_600, display: 'omitted' },
        output_config: { effort: 'high' },
      },
      ['output_config.effort', 'thinking.type', 'messages.system'],
    ],
    [
      'claude-haiku-4-5',
      { thinking: { type: 'enabled', budget_tokens: 25_600, display: 'omitted' }, output_config: undefined },
      ['output_config.effort', 'thinking.type', 'messages.system'],
    ],
  ])('thinking and instructions at %s', async (model, sent, named) => {
    const { dropped } = await ask(model);
    const { thinking, output_config } = lastSent(gateway.standin) as unknown as Record<string, unknown>;
    expect({ thinking, output_config }).toEqual(sent);
    expect(dropped).toEqual(['context_management', ...named]);
  });

  test.each([
    ['local', { reasoning_effort: 'xhigh' }, ['messages.system']],
    ['local-plain', {}, ['thinking', 'output_config.effort', 'messages.system']],
  ])('thinking and instructions at the endpoint of one’s own model %s', async (model, sent, named) => {
    const { dropped } = await ask(model);
    expect(sentBody()).toMatchObject(sent);
    expect(sentBody()['messages']).toMatchObject([
      { role: 'system' },
      { role: 'user', content: expect.stringContaining('Be short.') as string },
    ]);
    expect(dropped).toEqual(['context_management', ...named]);
  });

  test('a small limit leaves no room for thinking, which is named', async () => {
    const { dropped } = await ask('claude-haiku', { max_tokens: 1_200 });
    expect(lastSent(gateway.standin)).not.toHaveProperty('thinking');
    expect(dropped).toContain('thinking');
  });

  test('a cache kept for an hour is none at a server without one', async () => {
    const content = [{ type: 'text', text: 'hi', cache_control: { type: 'ephemeral', ttl: '1h' } }];
    const { dropped } = await ask('local', { messages: [{ role: 'user', content }] });
    expect(dropped).toContain('cache_control.ttl');
    // Another deployment of the same model may keep it.
    gateway.endpoint.answer(fail(503));
    const { dropped: atAnthropic } = await ask('mixed', {
      thinking: undefined,
      output_config: undefined,
      messages: [{ role: 'user', content }],
    });
    expect(JSON.stringify(lastSent(gateway.standin))).toContain('"ttl":"1h"');
    expect(atAnthropic).not.toContain('cache_control.ttl');
  });

  describe('names of tools that a server refuses', () => {
    const tools = [tool(NAME), tool(ODD)];
    const messages = [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: NAME, input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'done' }] },
    ];
    const PLAIN = /^[A-Za-z0-9_-]{1,64}$/;

    test.each([false, true])(
      'are others there, and the client’s own in the answer (stream: %s)',
      async (stream) => {
        const names = (): string[] =>
          (sentBody()['tools'] as { function: { name: string } }[]).map((each) => each.function.name);
        await ask('local', { tools, messages });
        const [first = '', second = ''] = names();
        for (const name of [first, second]) expect(name).toMatch(PLAIN);
        gateway.endpoint.answer({
          calls: [call(first), call(second)],
        });
        const { json, events, dropped } = await ask('local', {
          tools,
          messages,
          stream,
          tool_choice: { type: 'tool', name: ODD },
        });
        expect(names()).toEqual([first, second]);
        expect(sentBody()['tool_choice']).toMatchObject({ function: { name: second } });
        expect(JSON.stringify(sentBody()['messages'])).toContain(`"name":"${first}"`);
        const called = stream
          ? events.flatMap(({ data }) => (data['content_block'] as { name?: string } | undefined)?.name ?? [])
          : json.content.map((block) => block['name']);
        expect(called).toEqual([NAME, ODD]);
        expect(dropped).toContain('tools.name');
      },
    );

    test.each([false, true])('also where the answer passes as it came (stream: %s)', async (stream) => {
      await ask('claude-haiku', { tools });
      const [long, odd] = (lastSent(gateway.standin).tools ?? []) as { name: string }[];
      // As long as it is, Anthropic takes it.
      expect(long?.name).toBe(NAME);
      expect(odd?.name).toMatch(PLAIN);
      gateway.standin.answer({ content: [claude.toolCall(odd?.name ?? '', {}), claude.toolCall(NAME, {})] });
      const { text } = await ask('claude-haiku', { tools, stream });
      expect(text).toContain(`"name":"${ODD}"`);
      expect(text).toContain(`"name":"${NAME}"`);
      expect(text).not.toContain(odd?.name);
    });

    test('are fitted for each deployment by itself', async () => {
      gateway.endpoint.answer(fail(503));
      const own = { tools: [tool(NAME)], thinking: undefined, output_config: undefined };
      const { dropped, headers } = await ask('mixed', own);
      expect(headers.get('x-gateway-attempts')).toBe('2');
      expect(JSON.stringify(sentBody())).not.toContain(`"name":"${NAME}"`);
      expect(JSON.stringify(lastSent(gateway.standin))).toContain(`"name":"${NAME}"`);
      expect(dropped).not.toContain('tools.name');
      gateway.endpoint.answer(say('here'));
      expect((await ask('mixed', own)).dropped).toContain('tools.name');
    });
  });
});

import { ElementAllowance } from '../../gateway/http/element-allowance';
import { openAiChat } from '../../gateway/protocols/openai-chat';
import { markForCache } from '../../gateway/providers/messages/cache-marks';
import { refusalOf, result, sendChat, tool, toolCall, user } from './support';

const PDF = Buffer.from('%PDF-1.4 test').toString('base64');
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const read = tool('read');

describe('a chat, as Anthropic is asked it', () => {
  test('Q1: system and developer messages, wherever they are, are the system in their order', () => {
    const { body } = sendChat({
      messages: [
        { role: 'system', content: 'one' },
        user('a'),
        { role: 'developer', content: [{ type: 'text', text: 'two' }] },
        { role: 'assistant', content: 'b' },
        { role: 'system', content: 'three' },
        user('c'),
      ],
    });
    expect(body['system']).toEqual(['one', 'two', 'three'].map((text) => ({ type: 'text', text })));
    expect(body['messages']).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'a' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'b' }] },
      { role: 'user', content: [{ type: 'text', text: 'c' }] },
    ]);
  });

  test('Q2: without a message but the system there is nothing to answer', () => {
    expect(refusalOf({ messages: [{ role: 'system', content: 'a' }] })).toMatchObject({
      param: 'messages',
      message: expect.stringContaining('at least one message') as string,
    });
  });

  test('Q3: messages of one side in a row are one turn, tools among the user', () => {
    const { body } = sendChat({
      tools: [read],
      messages: [
        user('a'),
        user('b'),
        { role: 'assistant', content: 'c' },
        { role: 'assistant', content: 'd', tool_calls: [toolCall('t1')] },
        result('t1'),
        { role: 'function', name: 'old', content: 'e' },
        user('f'),
      ],
    });
    const turns = body['messages'] as { role: string; content: unknown[] }[];
    expect(turns.map(({ role, content }) => [role, content.length])).toEqual([
      ['user', 2],
      ['assistant', 3],
      ['user', 4],
    ]);
  });

  test('Q4: all results of parallel calls come in one turn, first, and text after them', () => {
    const { body } = sendChat({
      tools: [read],
      messages: [
        user(),
        { role: 'assistant', tool_calls: ['a', 'b', 'c'].map((id) => toolCall(id)) },
        result('b'),
        user('meanwhile'),
        result('a', [{ type: 'text', text: 'parts' }]),
        result('c', ''),
      ],
    });
    expect((body['messages'] as unknown[])[2]).toEqual({
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'b', content: [{ type: 'text', text: 'done' }] },
        { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'parts' }] },
        { type: 'tool_result', tool_use_id: 'c' },
        { type: 'text', text: 'meanwhile' },
      ],
    });
  });

  test.each([
    ['{"path":"a"}', { path: 'a' }],
    ['', {}],
    [' ', {}],
    [undefined, {}],
    [{ path: 'a' }, { path: 'a' }],
    ['{broken', { arguments: '{broken' }],
    ['[1]', { arguments: '[1]' }],
    ['null', { arguments: 'null' }],
  ])('Q5: arguments %j are the input %j', (args, input) => {
    const messages = [user(), { role: 'assistant', tool_calls: [toolCall('t', 'read', args)] }, result('t')];
    const { body } = sendChat({ tools: [read], messages });
    expect((body['messages'] as { content: unknown[] }[])[1]?.content).toEqual([
      { type: 'tool_use', id: 't', name: 'read', input },
    ]);
  });

  test('Q5: an id used twice becomes another one, with its own result', () => {
    const asks = { role: 'assistant', tool_calls: [toolCall('t.1')] };
    const { body } = sendChat({
      tools: [read],
      messages: [user(), asks, result('t.1', 'first'), asks, result('t.1', 'second')],
    });
    const turns = body['messages'] as { content: Record<string, unknown>[] }[];
    expect(turns.map(({ content }) => content[0]?.['id'] ?? content[0]?.['tool_use_id'])).toEqual([
      undefined,
      't_1',
      't_1',
      't_1_2',
      't_1_2',
    ]);
    expect(JSON.stringify(turns[4])).toContain('second');
  });

  test('Q6: a call without a result gets one, a result without a call becomes text', () => {
    const { body } = sendChat({
      tools: [read],
      messages: [
        user(),
        result('nobody', 'stray'),
        { role: 'assistant', tool_calls: [toolCall('a'), toolCall('b')] },
        result('a'),
        result('a', 'again'),
        { role: 'assistant', tool_calls: [toolCall('c')] },
      ],
    });
    const turns = body['messages'] as { content: Record<string, unknown>[] }[];
    expect(JSON.stringify(turns[0])).toContain('stray');
    expect(turns[2]?.content.map(({ type, tool_use_id: id, is_error: error }) => [type, id, error])).toEqual([
      ['tool_result', 'a', undefined],
      ['tool_result', 'b', true],
      ['text', undefined, undefined],
      ['text', undefined, undefined],
    ]);
    expect(turns[4]?.content).toMatchObject([{ type: 'tool_result', tool_use_id: 'c', is_error: true }]);
  });

  test('Q7: blank texts are left out, a blank message is named so, an answer to go on from ends without blanks', () => {
    const { body } = sendChat({
      messages: [
        { role: 'system', content: ' ' },
        user([
          { type: 'text', text: '' },
          { type: 'text', text: 'a' },
        ]),
        { role: 'assistant', content: '\n' },
        user(''),
        { role: 'assistant', content: 'I begin \n' },
      ],
    });
    expect(body).not.toHaveProperty('system');
    expect(body['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: '(empty message)' },
        ],
      },
      { role: 'assistant', content: [{ type: 'text', text: 'I begin' }] },
    ]);
  });

  test('Q7: a model that goes on from no answer is told to go on', () => {
    const messages = [user('a'), { role: 'assistant', content: 'I begin' }];
    const { body } = sendChat({ messages }, 'claude-sonnet-4-5', { prefill: false });
    expect((body['messages'] as { role: string }[]).map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'user',
    ]);
  });

  test('Q8: names of messages go no further', () => {
    const { body } = sendChat({ messages: [{ ...user('a'), name: 'ann' }] });
    expect(body['messages']).toEqual([{ role: 'user', content: [{ type: 'text', text: 'a' }] }]);
  });

  test('Q9: images by data and by address, PDFs and texts as documents, nothing fetched', () => {
    const { body } = sendChat({
      messages: [
        user([
          { type: 'image_url', image_url: { url: `data:image/jpg;base64,${PNG}` } },
          { type: 'image_url', image_url: 'https://example.com/a.png' },
          { type: 'image_url', image_url: { url: `data:application/pdf;base64,${PDF}` } },
          {
            type: 'file',
            file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` },
            cache_control: { type: 'ephemeral' },
          },
          { type: 'file', file: { file_data: `data:text/plain;charset=utf-8;base64,${btoa('words')}` } },
        ]),
      ],
    });
    expect((body['messages'] as { content: unknown[] }[])[0]?.content).toEqual([
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
      { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: PDF } },
      {
        type: 'document',
        source: { type: 'base64', media_type: 'application/pdf', data: PDF },
        title: 'a.pdf',
        cache_control: { type: 'ephemeral' },
      },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'words' } },
    ]);
  });

  test.each([
    [{ type: 'file', file: { file_id: 'file-1' } }, 'file.file_data'],
    [{ type: 'file', file: { file_data: 'data:application/zip;base64,AAAA' } }, 'file.file_data'],
    [{ type: 'file', file: { file_data: 'file:///etc/passwd' } }, 'file.file_data'],
    [{ type: 'image_url', image_url: { url: 'ftp://example.com/a.png' } }, 'image_url.url'],
    [{ type: 'image_url', image_url: { url: 'data:image/svg+xml;base64,AAAA' } }, 'image_url.url'],
    [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }, 'type'],
  ])('Q9: %j is refused, naming %s', (part, named) => {
    expect(refusalOf({ messages: [user([part])] }).param).toBe(`messages[0].content[0].${named}`);
  });

  test('Q10: tools keep their schema, an object at the top, and their marks', () => {
    const schema = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      properties: { n: { type: 'integer', exclusiveMinimum: 0, pattern: 'x' } },
      additionalProperties: false,
      $defs: { a: { type: 'string' } },
    };
    const { body, dropped } = sendChat({
      tools: [
        {
          ...tool('a', schema, { description: 'does a', strict: true }),
          cache_control: { type: 'ephemeral' },
        },
        { type: 'function', function: { name: 'b' } },
      ],
    });
    expect(body['tools']).toEqual([
      {
        name: 'a',
        description: 'does a',
        input_schema: { ...schema, type: 'object' },
        cache_control: { type: 'ephemeral' },
      },
      { name: 'b', input_schema: { type: 'object', properties: {} } },
    ]);
    expect(dropped).toEqual(['tools.function.strict']);
  });

  test('Q10: a schema that is one of several becomes the object that holds them all', () => {
    const { body } = sendChat({
      tools: [
        tool('a', {
          oneOf: [
            { properties: { x: { type: 'string' }, y: { type: 'string' } }, required: ['x', 'y'] },
            { properties: { x: { type: 'string' }, z: { type: 'string' } }, required: ['x'] },
          ],
          allOf: [{ properties: { w: {} }, required: ['w'] }],
        }),
      ],
    });
    expect(body['tools']).toMatchObject([
      {
        input_schema: {
          type: 'object',
          properties: { w: {}, x: { type: 'string' }, y: { type: 'string' }, z: { type: 'string' } },
          required: ['w', 'x'],
        },
      },
    ]);
  });

  test('Q11: a history of calls without tools gets those it shows, to call none of them', () => {
    const messages = [user(), { role: 'assistant', tool_calls: [toolCall('a', 'write')] }, result('a')];
    const { body } = sendChat({ messages });
    expect(body['tools']).toMatchObject([{ name: 'write', input_schema: { type: 'object' } }]);
    expect(body['tool_choice']).toEqual({ type: 'none' });
  });

  test.each([
    [{ tool_choice: 'auto' }, { type: 'auto' }],
    [{ tool_choice: 'required' }, { type: 'any' }],
    [{ tool_choice: 'none' }, { type: 'none' }],
    [{ tool_choice: { type: 'function', function: { name: 'read' } } }, { type: 'tool', name: 'read' }],
    [{ parallel_tool_calls: false }, { type: 'auto', disable_parallel_tool_use: true }],
    [
      { tool_choice: 'required', parallel_tool_calls: false },
      { type: 'any', disable_parallel_tool_use: true },
    ],
    [{ tool_choice: 'none', parallel_tool_calls: false }, { type: 'none' }],
    [{ parallel_tool_calls: true }, undefined],
  ])('Q12: %j is the choice %j', (asked, choice) => {
    expect(sendChat({ tools: [read], ...asked }).body['tool_choice']).toEqual(choice);
  });

  test('Q12: without tools there is no choice', () => {
    expect(sendChat({ tool_choice: 'auto', parallel_tool_calls: false }).body).not.toHaveProperty(
      'tool_choice',
    );
  });

  test('Q13: the token limit is max_completion_tokens, else max_tokens, at most what the model writes', () => {
    expect(sendChat({ max_completion_tokens: 700, max_tokens: 800 }).body['max_tokens']).toBe(700);
    expect(sendChat({ max_tokens: 800 }).body['max_tokens']).toBe(800);
    expect(sendChat({ max_tokens: 1e9 }).body['max_tokens']).toBe(64_000);
    expect(sendChat({}).body['max_tokens']).toBe(32_000);
  });

  test('Q14: temperature within 0 to 1, top_p without it, stops that are more than blanks', () => {
    const both = sendChat({ temperature: 1.7, top_p: 0.5, stop: ['END', ' \n'] });
    expect(both.body).toMatchObject({ temperature: 1, stop_sequences: ['END'] });
    expect(both.dropped).toEqual(['top_p']);
    expect(sendChat({ top_p: 0.5, stop: 'END' }).body).toMatchObject({ top_p: 0.5, stop_sequences: ['END'] });
    expect(sendChat({ stop: ' ' }).body).not.toHaveProperty('stop_sequences');
  });

  test('Q14: models that take both, or neither, get both or neither', () => {
    const asked = { temperature: 0.3, top_p: 0.5 };
    const both = sendChat(asked, 'claude-sonnet-4-5', { sampling: 'both' });
    expect(both.body).toMatchObject(asked);
    const neither = sendChat(asked, 'claude-sonnet-4-5', { sampling: 'none' });
    expect(neither.body).not.toHaveProperty('temperature');
    expect(neither.dropped).toEqual(['temperature', 'top_p']);
  });

  test('Q14: what the provider does not know is dropped and named; several choices are refused', () => {
    const { dropped } = sendChat({
      frequency_penalty: 1,
      presence_penalty: 1,
      seed: 7,
      logit_bias: { 1: 1 },
      logprobs: true,
      n: 1,
      stream_options: null,
    });
    expect(dropped).toEqual(['logprobs', 'frequency_penalty', 'logit_bias', 'presence_penalty', 'seed']);
    expect(refusalOf({ n: 2 }).param).toBe('n');
  });

  test.each(['user-7', 'a b', 'x'.repeat(256)])('Q17: user %j is told as the user', (name) => {
    expect(sendChat({ user: name }).body['metadata']).toEqual({ user_id: name });
  });

  test.each(['ann@example.com', '+49 170 1234567', 'x'.repeat(257)])('Q17: user %j is left out', (name) => {
    const { body, dropped } = sendChat({ user: name });
    expect(body).not.toHaveProperty('metadata');
    expect(dropped).toEqual(['user']);
  });

  test('Q18: marks stay where clients put them: on parts, messages, calls, results and tools', () => {
    const mark = { cache_control: { type: 'ephemeral' } };
    const { body } = sendChat({
      tools: [read],
      messages: [
        { role: 'system', content: 'one', ...mark },
        user([{ type: 'text', text: 'a', ...mark }]),
        { role: 'assistant', content: null, tool_calls: [{ ...toolCall('t'), ...mark }] },
        { ...result('t'), ...mark },
      ],
    });
    expect(body).toMatchObject({
      system: [mark],
      messages: [{ content: [mark] }, { content: [{ type: 'tool_use', ...mark }] }, { content: [mark] }],
    });
  });

  test('Q18: a mark of an hour stays one; what nobody offers in a mark is named, wherever it is', () => {
    const hour = { cache_control: { type: 'ephemeral', ttl: '1h' } };
    const { body, dropped } = sendChat({
      messages: [
        { role: 'system', content: 'one', ...hour },
        user([{ type: 'text', text: 'a', cache_control: { type: 'ephemeral', ttl: '5m' } }]),
      ],
    });
    expect(body).toMatchObject({
      system: [hour],
      messages: [{ content: [{ cache_control: { type: 'ephemeral' } }] }],
    });
    expect(dropped).toEqual([]);

    const odd = { cache_control: { type: 'ephemeral', ttl: '2h' } };
    for (const request of [
      { messages: [{ role: 'system', content: 'one', ...odd }, user('a')] },
      { messages: [{ ...user('a'), ...odd }] },
      { messages: [user([{ type: 'text', text: 'a', ...odd }])] },
      { messages: [user('a')], tools: [{ ...read, ...odd }] },
      {
        messages: [user('a'), { role: 'assistant', tool_calls: [{ ...toolCall('t'), ...odd }] }, result('t')],
      },
      {
        messages: [user('a'), { role: 'assistant', tool_calls: [toolCall('t')] }, { ...result('t'), ...odd }],
      },
    ])
      expect(sendChat(request).dropped).toEqual(['cache_control.ttl']);
    const kept = { cache_control: { type: 'persistent' } };
    expect(sendChat({ messages: [{ ...user('a'), ...kept }] }).dropped).toEqual(['cache_control']);
  });

  test('Q18: where the client marked nothing, the ends of tools, system and the last two user turns are marked', () => {
    const messages = [
      { role: 'system', content: 'one' },
      user('a'),
      { role: 'assistant', content: 'b' },
      user('c'),
      { role: 'assistant', content: 'd' },
      user('e'),
    ];
    const marksOf = (bytes: number) => {
      const elements = new ElementAllowance(1_000);
      const asked = { model: 'claude-sonnet', tools: [read, tool('write')], messages };
      const request = openAiChat.readRequest(asked, {}, elements);
      markForCache(request, bytes, 1_024);
      const blocks = [
        ...request.tools,
        ...request.system,
        ...request.turns.flatMap(({ content }) => content),
      ];
      return blocks.map((block) => block.cache_control?.type ?? '-').join(' ');
    };
    expect(marksOf(5_000)).toBe('- ephemeral ephemeral - - ephemeral - ephemeral');
    // Fewer bytes than tokens that are cached at all.
    expect(marksOf(1_000)).not.toContain('ephemeral');
  });
});

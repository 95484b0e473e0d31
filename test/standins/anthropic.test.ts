import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fetch } from 'undici';
import type { AnthropicStandin, ScriptedAnswer } from './anthropic';
import { fail, say, startAnthropicStandin, text, thinking, toolCall } from './anthropic';
import { signatureFor } from './anthropic/message';
import type { Json } from './anthropic-client';
import { MODEL, send, sound, streamed, tool } from './anthropic-client';
import { eventually } from '../gateway/support/gateway';

let standin: AnthropicStandin;

beforeAll(async () => {
  standin = await startAnthropicStandin();
});
afterAll(() => standin.close());
beforeEach(() => standin.reset());

const types = (events: Json[]): unknown[] => events.map(({ type }) => type);

describe('answers whole', () => {
  test('with a text that says what it is and quotes the question, when nothing is scripted', async () => {
    const { status, body } = await send(standin, { body: sound({ tools: [tool()] }) });
    expect(status).toBe(200);
    expect(body).toMatchObject({ type: 'message', role: 'assistant', model: MODEL, stop_reason: 'end_turn' });
    expect((body['content'] as Json[])[0]?.['text']).toMatch(/stand-in model.*"Hello there"/);
    expect((await send(standin)).body['content']).toEqual(body['content']);
  });

  test('with scripted blocks, stop reason and usage; charges and records them', async () => {
    standin.answer(
      { content: [thinking('Hm'), text('I will read'), toolCall('read', { path: 'a' }), toolCall('list')] },
      { ...say('Done'), stopReason: 'refusal', usage: { input_tokens: 7, output_tokens: 5 } },
    );
    const first = await send(standin);
    expect(first.body['content']).toEqual([
      { type: 'thinking', thinking: 'Hm', signature: signatureFor('Hm') },
      { type: 'text', text: 'I will read' },
      {
        type: 'tool_use',
        id: expect.stringMatching(/^[\w-]+$/) as string,
        name: 'read',
        input: { path: 'a' },
      },
      { type: 'tool_use', id: expect.stringMatching(/^[\w-]+$/) as string, name: 'list', input: {} },
    ]);
    expect(first.body['stop_reason']).toBe('tool_use');
    standin.reset();
    standin.answer({ ...say('Done'), stopReason: 'refusal', usage: { input_tokens: 7, output_tokens: 5 } });
    const second = await send(standin, { headers: { 'x-own': 'kept' } });
    expect(second.body).toMatchObject({
      stop_reason: 'refusal',
      usage: { input_tokens: 7, output_tokens: 5 },
    });
    expect(standin.billed()).toEqual({
      [MODEL]: {
        requests: 1,
        input_tokens: 7,
        output_tokens: 5,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
      },
    });
    expect(standin.requests).toHaveLength(1);
    expect(standin.requests[0]).toMatchObject({
      method: 'POST',
      path: '/v1/messages',
      headers: { 'x-own': 'kept' },
      body: sound(),
      rawBody: JSON.stringify(sound()),
      aborted: false,
    });
  });

  test('stops at max_tokens', async () => {
    standin.answer(say('word '.repeat(100)));
    const { body } = await send(standin, { body: sound({ max_tokens: 10 }) });
    expect(body).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 10 } });
  });

  test('with the prompt cache written once and read from then on, for equal bytes only', async () => {
    const ask = async (start: string): Promise<unknown> => {
      const system = [{ type: 'text', text: start + 'x'.repeat(8000), cache_control: { type: 'ephemeral' } }];
      return (await send(standin, { body: sound({ system }) })).body['usage'];
    };
    const written = (await ask('a')) as Record<string, number>;
    expect(written['cache_creation_input_tokens']).toBeGreaterThan(1024);
    const size = written['cache_creation_input_tokens'] as number;
    expect(await ask('a')).toMatchObject({ cache_creation_input_tokens: 0, cache_read_input_tokens: size });
    expect(await ask('b')).toMatchObject({ cache_creation_input_tokens: size, cache_read_input_tokens: 0 });
  });

  test('a count of tokens, uncharged', async () => {
    const body = sound({ max_tokens: undefined });
    const { body: count } = await send(standin, { path: '/v1/messages/count_tokens', body });
    expect(count['input_tokens']).toBeGreaterThan(0);
    expect((await send(standin)).body['usage']).toMatchObject({ input_tokens: count['input_tokens'] });
  });

  test.each([400, 401, 403, 404, 413, 429, 500, 529])('a scripted %d', async (status) => {
    standin.answer(fail(status, { message: 'as told', retryAfter: 3 }));
    const reply = await send(standin);
    expect(reply).toMatchObject({ status, body: { type: 'error', error: { message: 'as told' } } });
    expect(reply.headers['retry-after']).toBe('3');
    expect(standin.billed()).toEqual({});
  });

  test('or cut in the middle of the body', async () => {
    standin.answer({ ...say('a long enough text'), interruption: { after: 'content', how: 'cut' } });
    await expect(send(standin)).rejects.toThrow();
    expect(standin.requests[0]?.aborted).toBe(false);
  });
});

describe('answers streamed', () => {
  test('in the order of the API, pieces kept, usage cumulative at the end', async () => {
    standin.answer({
      content: [
        thinking('Hm'),
        text('Hel', 'lo'),
        toolCall('read', { path: 'a/b' }, { id: 'one', pieceLength: 4 }),
        toolCall('list'),
      ],
    });
    const { events } = await streamed(standin);
    expect(types(events).slice(0, 3)).toEqual(['message_start', 'ping', 'content_block_start']);
    expect(types(events).slice(-2)).toEqual(['message_delta', 'message_stop']);
    expect((events[0]?.['message'] as Json)['usage']).toMatchObject({ output_tokens: 1 });
    expect(events.at(-2)).toMatchObject({
      delta: { stop_reason: 'tool_use' },
      usage: { output_tokens: expect.any(Number) as number, input_tokens: expect.any(Number) as number },
    });
    const deltas = (index: number): Json[] =>
      events
        .filter((event) => event['type'] === 'content_block_delta' && event['index'] === index)
        .map(({ delta }) => delta as Json);
    expect(deltas(0).map(({ type }) => type)).toEqual(['thinking_delta', 'signature_delta']);
    expect(deltas(1).map((delta) => delta['text'])).toEqual(['Hel', 'lo']);
    expect(deltas(2).length).toBeGreaterThan(2);
    expect(
      JSON.parse(
        deltas(2)
          .map((delta) => delta['partial_json'])
          .join(''),
      ),
    ).toEqual({ path: 'a/b' });
    expect(deltas(3)).toEqual([{ type: 'input_json_delta', partial_json: '' }]);
    expect(standin.billed()[MODEL]?.requests).toBe(1);
  });

  const faults: [string, Partial<ScriptedAnswer>, { last: string; broken: boolean; content: number }][] = [
    [
      'error before content',
      { interruption: { after: 'start', how: 'error' } },
      { last: 'error', broken: false, content: 0 },
    ],
    [
      'error after content',
      { interruption: { after: 'content', how: 'error' } },
      { last: 'error', broken: false, content: 1 },
    ],
    [
      'cut before content',
      { interruption: { after: 'start', how: 'cut' } },
      { last: 'ping', broken: true, content: 0 },
    ],
    [
      'cut after content',
      { interruption: { after: 'content', how: 'cut' } },
      { last: 'content_block_delta', broken: true, content: 1 },
    ],
    [
      'no message_stop',
      { interruption: { after: 'end', how: 'end' } },
      { last: 'content_block_stop', broken: false, content: 2 },
    ],
  ];
  test.each(faults)('%s', async (_name, fault, expected) => {
    standin.answer({ ...say('one', 'two'), usage: { output_tokens: 10 }, ...fault });
    const { events, broken } = await streamed(standin);
    expect(types(events).at(-1)).toBe(expected.last);
    expect(types(events).filter((type) => type === 'content_block_delta')).toHaveLength(expected.content);
    expect(broken).toBe(expected.broken);
    expect(standin.billed()[MODEL]?.output_tokens).toBe(expected.content * 5);
    expect(standin.requests[0]).toMatchObject({ status: 200, aborted: false });
  });

  test('a second message_start, and more input tokens at the end than at the start', async () => {
    standin.answer({
      ...say('one', 'two'),
      duplicateMessageStart: true,
      usage: { input_tokens: 43 },
      finalInputTokens: 61,
    });
    const { events } = await streamed(standin);
    expect(types(events).filter((type) => type === 'message_start')).toHaveLength(2);
    expect(events.at(-2)).toMatchObject({ usage: { input_tokens: 61 } });
    expect(standin.billed()[MODEL]?.input_tokens).toBe(61);
  });

  test('a client that goes away is recorded and charged for what was generated', async () => {
    standin.answer({ ...say(...'abcdefghij'), usage: { output_tokens: 10 }, eventDelayMs: 30 });
    const gone = new AbortController();
    const response = await fetch(`${standin.url}/v1/messages`, {
      method: 'POST',
      headers: { 'x-api-key': standin.apiKey, 'anthropic-version': '2023-06-01' },
      body: JSON.stringify(sound({ stream: true })),
      signal: gone.signal,
    });
    const reader = response.body?.getReader();
    let seen = '';
    while (!seen.includes('text_delta'))
      seen += Buffer.from((await reader?.read())?.value as Uint8Array).toString();
    gone.abort();
    await eventually(() => standin.billed()[MODEL]);
    expect(standin.requests[0]?.aborted).toBe(true);
    expect(standin.billed()[MODEL]?.output_tokens).toBeGreaterThanOrEqual(1);
    expect(standin.billed()[MODEL]?.output_tokens).toBeLessThan(10);
  });

  test('a delay before the status line', async () => {
    standin.answer({ ...say('late'), delayMs: 150 });
    const start = Date.now();
    await streamed(standin);
    expect(Date.now() - start).toBeGreaterThanOrEqual(140);
  });
});

test('as a program: one line of JSON, and the end when its input closes', async () => {
  const program = join(__dirname, 'anthropic', 'main.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', program, '--max-seconds', '300'], {
    cwd: resolve(__dirname, '../..'),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const { url } = JSON.parse(line) as { url: string };
    expect((await fetch(`${url}/v1/messages`, { method: 'POST', body: '{}' })).status).toBe(401);
    const ended = once(child, 'exit');
    child.stdin.end();
    expect(await ended).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
  }
});

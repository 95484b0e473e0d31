import type { StreamEvent } from '../../gateway/model/answer';
import { anthropicMessages } from '../../gateway/protocols/anthropic-messages';
import { ChatEventReader } from '../../gateway/providers/openai-compatible/event-stream';
import { readUsage } from '../../gateway/providers/openai-compatible/chat-usage';
import { FRAME } from './support';

type Json = Record<string, unknown>;

const chunk = (delta: Json, finish_reason: string | null = null): string =>
  line({ id: 'x', choices: [{ index: 0, delta, finish_reason }] });
const line = (data: Json | string): string =>
  `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
const piece = (fields: Json): string => chunk({ tool_calls: [fields] });
const USAGE = line({ id: 'x', choices: [], usage: { prompt_tokens: 7, completion_tokens: 3 } });
const DONE = line('[DONE]');

function read(...chunks: (string | Buffer)[]): StreamEvent[] {
  const events: StreamEvent[] = [];
  const reader = new ChatEventReader((event) => events.push(event));
  for (const each of chunks) reader.push(Buffer.from(each));
  reader.end();
  return events;
}

/** Words of the events, those of one kind in a row as one. */
const shape = (events: readonly StreamEvent[]): string[] =>
  events.reduce<string[]>((words, event) => {
    if (event.type === 'usage') return words;
    const last = words.at(-1) ?? '';
    const more = 'text' in event ? event.text : event.type === 'tool-input' ? event.json : '';
    if (more !== '' && last.startsWith(`${event.type}:`)) return [...words.slice(0, -1), last + more];
    const name = event.type === 'tool-start' ? event.name : more;
    return [...words, name === '' ? event.type : `${event.type}:${name}`];
  }, []);

describe('a streamed chat completion of an endpoint', () => {
  const whole =
    chunk({ role: 'assistant', content: '' }) +
    chunk({ reasoning_content: 'höm' }) +
    chunk({ content: 'Grüße ' }) +
    chunk({ content: '🙂' }) +
    piece({ index: 0, id: 'a', type: 'function', function: { name: 'read', arguments: '' } }) +
    piece({ index: 0, function: { arguments: '{"path":"ä"}' } }) +
    chunk({}, 'tool_calls') +
    USAGE +
    DONE;
  const expected = [
    'start',
    'thinking:höm',
    'text:Grüße 🙂',
    'tool-start:read',
    'tool-input:{"path":"ä"}',
    'tool-end',
    'stop',
    'end',
  ];

  test('is the same however its bytes are cut', () => {
    const bytes = Buffer.from(whole);
    expect(shape(read(bytes))).toEqual(expected);
    for (let at = 1; at < bytes.length; at += 1)
      expect(shape(read(bytes.subarray(0, at), bytes.subarray(at)))).toEqual(expected);
    expect(shape(read(...[...bytes].map((byte) => Buffer.from([byte]))))).toEqual(expected);
  });

  test('is taken with other line ends, comments, and no blank line behind its last word', () => {
    const odd = `: hello\r\n\r\n${whole.replaceAll('\n', '\r\n')}`.trimEnd();
    expect(shape(read(odd))).toEqual(expected);
  });

  test('is broken wherever it ends before its reason and its usage', () => {
    const lines = whole.split('\n\n').slice(0, -3);
    for (let count = 0; count <= lines.length; count += 1) {
      const events = read(
        lines
          .slice(0, count)
          .map((each) => `${each}\n\n`)
          .join(''),
      );
      expect(events.at(-1)).toMatchObject({ type: 'error', kind: 'broken' });
      expect(events.filter(({ type }) => type === 'error' || type === 'end')).toHaveLength(1);
    }
  });

  test.each<[string, string]>([
    ['no finish reason', chunk({ content: 'a' }) + DONE],
    [
      'a call without a name',
      piece({ index: 0, id: 'a', function: { arguments: '{}' } }) + chunk({}, 'tool_calls') + DONE,
    ],
    [
      'arguments for a call that is over',
      piece({ index: 0, id: 'a', function: { name: 'read', arguments: '{' } }) +
        piece({ index: 1, id: 'b', function: { name: 'read', arguments: '{}' } }) +
        piece({ index: 0, function: { arguments: '}' } }) +
        piece({ index: 0, function: { arguments: '{"more":1}' } }) +
        chunk({}, 'tool_calls') +
        DONE,
    ],
    ['what is no JSON', chunk({ content: 'a' }) + 'data: {"choices":\n\n' + DONE],
  ])('is broken by %s', (_, text) => {
    const events = read(text);
    expect(events.at(-1)).toMatchObject({ type: 'error', kind: 'broken' });
    expect(events.some(({ type }) => type === 'end')).toBe(false);
  });

  test.each([
    [{ error: { message: 'no', type: 'overloaded_error' } }, 'overloaded'],
    [{ error: { message: 'no', code: 503 } }, 'overloaded'],
    [{ error: { message: 'no', code: 'rate_limit_exceeded' } }, 'rate_limited'],
    [{ error: { message: 'no', code: 429 } }, 'rate_limited'],
    [{ error: { message: 'no', type: 'server_error' } }, 'failed'],
    [{ object: 'error', message: 'no', type: 'BadRequestError', code: 400 }, 'failed'],
  ])('with the error %j is %s', (error, kind) => {
    const events = read(chunk({ content: 'a' }), line(error), chunk({}, 'stop'), DONE);
    expect(events.at(-1)).toEqual({ type: 'error', kind, message: 'no' });
  });

  test('gives a call an id where the server gives none, and takes its name late', () => {
    const events = read(
      piece({ index: 1, function: { arguments: '{"a"' } }),
      piece({ index: 1, function: { name: 'read', arguments: ':1}' } }),
      chunk({}, 'stop'),
      DONE,
    );
    expect(shape(events)).toEqual([
      'start',
      'tool-start:read',
      'tool-input:{"a":1}',
      'tool-end',
      'stop',
      'end',
    ]);
    expect(events[1]).toMatchObject({ id: expect.stringMatching(/^call_0_\w+$/) as string });
    expect(events.at(-2)).toMatchObject({ reason: 'tool_use', usage: undefined });
  });

  test.each([
    [{ prompt_tokens: 10, completion_tokens: 2 }, [10, 2, 0, 0]],
    [{ prompt_tokens: 10, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 4 } }, [6, 2, 0, 4]],
    [{ prompt_tokens: 10, completion_tokens: 2, prompt_tokens_details: null }, [10, 2, 0, 0]],
    [
      { prompt_tokens: 10, completion_tokens: 2, cache_read_input_tokens: 4, cache_creation_input_tokens: 3 },
      [3, 2, 3, 4],
    ],
    [{ prompt_tokens: 10, completion_tokens: 2, total_tokens: 15 }, [10, 5, 0, 0]],
  ])('counts the usage %j', (usage, [input, output, cacheWrite, cacheRead]) => {
    expect(readUsage(usage)).toEqual({ usage: { input, output, cacheWrite, cacheRead } });
  });

  test('is written for clients of Messages block by block', () => {
    const writer = anthropicMessages.streamWriter(FRAME);
    const events = read(whole)
      .map((event) => writer.write(event))
      .join('')
      .split('\n\n')
      .filter((each) => each !== '')
      .map((each) => {
        const [, name = '', data = ''] = /^event: (\w+)\ndata: (.+)$/.exec(each) ?? [];
        const parsed = JSON.parse(data) as Json & { type: string };
        expect(parsed.type).toBe(name);
        return parsed;
      });
    const block = (index: number, content_block: Json) => ({
      type: 'content_block_start',
      index,
      content_block,
    });
    const delta = (index: number, change: Json) => ({ type: 'content_block_delta', index, delta: change });
    const stop = (index: number) => ({ type: 'content_block_stop', index });
    expect(events).toMatchObject([
      {
        type: 'message_start',
        message: { id: 'msg_x', role: 'assistant', model: 'claude-sonnet', content: [] },
      },
      block(0, { type: 'thinking', thinking: '', signature: '' }),
      delta(0, { type: 'thinking_delta', thinking: 'höm' }),
      stop(0),
      block(1, { type: 'text', text: '' }),
      delta(1, { type: 'text_delta', text: 'Grüße ' }),
      delta(1, { type: 'text_delta', text: '🙂' }),
      stop(1),
      block(2, { type: 'tool_use', id: 'a', name: 'read', input: {} }),
      delta(2, { type: 'input_json_delta', partial_json: '{"path":"ä"}' }),
      stop(2),
      {
        type: 'message_delta',
        delta: { stop_reason: 'tool_use' },
        usage: { input_tokens: 7, output_tokens: 3 },
      },
      { type: 'message_stop' },
    ]);
  });
});

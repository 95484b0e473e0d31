import { anthropicMessages } from '../../gateway/protocols/anthropic-messages';
import { readStream } from '../gateway/support/gateway';
import { blockStart, blockStop, delta, end, start, text, type Event } from './anthropic-events';
import { frame, translateAnswer, translateStream } from './support';

const USAGE = {
  input_tokens: 10,
  output_tokens: 5,
  cache_creation_input_tokens: 300,
  cache_read_input_tokens: 4_000,
};

const streamOf = (...events: Event[]): string => translateStream([frame(...events)]).text;

describe("an answer of Anthropic's, as a chat has it", () => {
  test.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['pause_turn', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['tool_use', 'tool_calls'],
    ['refusal', 'content_filter'],
  ])('R1: stop reason %s is the finish reason %s', (stop_reason, finish_reason) => {
    const content = [{ type: 'text', text: 'a' }];
    expect(translateAnswer({ content, stop_reason, usage: USAGE })['choices']).toMatchObject([
      { finish_reason },
    ]);
    const { chunks } = readStream(streamOf(start(), text('a'), ...end(stop_reason)));
    expect(chunks.map((chunk) => chunk.choices?.[0]?.finish_reason).filter(Boolean)).toEqual([finish_reason]);
  });

  test('R2: usage counts the cache among the prompt, and is told in both dialects', () => {
    const usage = {
      prompt_tokens: 4_310,
      completion_tokens: 5,
      total_tokens: 4_315,
      prompt_tokens_details: { cached_tokens: 4_000 },
      cache_creation_input_tokens: 300,
      cache_read_input_tokens: 4_000,
    };
    expect(translateAnswer({ stop_reason: 'end_turn', usage: USAGE })['usage']).toEqual(usage);
    const { chunks } = readStream(streamOf(start(USAGE), text('a'), ...end('end_turn', USAGE)));
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage });
  });

  test('Q16: thoughts come with what they can be given back by', () => {
    const content = [
      { type: 'thinking', thinking: 'hm', signature: 'sig' },
      { type: 'redacted_thinking', data: 'abc' },
      { type: 'text', text: 'a' },
    ];
    const expected = [content[0], content[1]];
    expect(translateAnswer({ content, usage: USAGE })['choices']).toMatchObject([
      { message: { content: 'a', reasoning_content: 'hm', thinking_blocks: expected } },
    ]);
    const { chunks } = readStream(
      streamOf(
        start(),
        blockStart(0, { type: 'thinking', thinking: '', signature: '' }),
        delta(0, { type: 'thinking_delta', thinking: 'h' }),
        delta(0, { type: 'thinking_delta', thinking: 'm' }),
        delta(0, { type: 'signature_delta', signature: 'sig' }),
        blockStop(0),
        blockStart(1, { type: 'redacted_thinking', data: 'abc' }),
        blockStop(1),
        text('a', 2),
        ...end('end_turn'),
      ),
    );
    const deltas = chunks.flatMap((chunk) => chunk.choices?.map((choice) => choice.delta) ?? []);
    expect(deltas.map((each) => each.reasoning_content ?? '').join('')).toBe('hm');
    expect(deltas.flatMap((each) => each.thinking_blocks ?? [])).toEqual(expected);
  });

  test('T1: the running total counts, not its sum, and may be larger at the end', () => {
    const { chunks } = readStream(
      streamOf(
        start({ input_tokens: 43, output_tokens: 1 }),
        text('a'),
        { type: 'message_delta', delta: {}, usage: { output_tokens: 3 } },
        ...end('end_turn', { input_tokens: 61, output_tokens: 5 }),
      ),
    );
    expect(chunks.at(-1)).toMatchObject({ usage: { prompt_tokens: 61, completion_tokens: 5 } });
  });

  test('T2: a second start begins nothing anew', () => {
    const { chunks, isDone } = readStream(
      streamOf(start(), text('a'), start(), text('b', 1), ...end('end_turn')),
    );
    expect(isDone).toBe(true);
    expect(chunks.filter((chunk) => chunk.choices?.[0]?.delta.role)).toHaveLength(1);
    expect(chunks.map((chunk) => chunk.choices?.[0]?.delta.content ?? '').join('')).toBe('ab');
  });

  test('T2: a message spliced into a call ends the call', () => {
    const { chunks } = readStream(
      streamOf(
        start(),
        blockStart(0, { type: 'tool_use', id: 'a', name: 'read', input: {} }),
        delta(0, { type: 'input_json_delta', partial_json: '{"x":1}' }),
        start(),
        blockStart(0, { type: 'tool_use', id: 'b', name: 'list', input: {} }),
        blockStop(0),
        ...end('tool_use'),
      ),
    );
    expect(callsOf(chunks)).toEqual([
      ['a', 'read', '{"x":1}'],
      ['b', 'list', '{}'],
    ]);
  });

  test.each(['overloaded_error', 'api_error', 'rate_limit_error'])(
    'T3: %s in the stream is an error event',
    (type) => {
      const error = { type: 'error', error: { type, message: 'no' } };
      const { events, text: written } = translateStream([
        frame(start(), text('a'), error, ...end('end_turn')),
      ]);
      expect(events.at(-1)).toMatchObject({ type: 'error', message: 'no' });
      expect(written).not.toContain('[DONE]');
      expect(written).not.toContain('finish_reason":"');
    },
  );

  test.each([
    ['nothing', []],
    ['its start', [start()]],
    ['some content', [start(), text('a')]],
    ['its reason', [start(), text('a'), ...end('end_turn').slice(0, 1)]],
  ])('T4: a stream that ends after %s is broken', (_, events) => {
    for (const protocol of [undefined, anthropicMessages]) {
      const streamed = translateStream([frame(...events)], protocol ? { protocol } : {});
      expect(streamed.events.at(-1)).toMatchObject({ type: 'error', kind: 'broken' });
      expect(streamed.text).not.toMatch(/\[DONE\]|message_stop/);
    }
  });

  test('T5: a call begins with id and name, is counted from 0, and has arguments', () => {
    const { chunks } = readStream(
      streamOf(
        start(),
        text('a'),
        blockStart(1, { type: 'tool_use', id: 'a', name: 'read', input: {} }),
        delta(1, { type: 'input_json_delta', partial_json: '' }),
        delta(1, { type: 'input_json_delta', partial_json: '{"x"' }),
        delta(1, { type: 'input_json_delta', partial_json: ':1}' }),
        blockStop(1),
        blockStart(2, { type: 'tool_use', id: 'b', name: 'list', input: {} }),
        blockStop(2),
        ...end('tool_use'),
      ),
    );
    const pieces = chunks.flatMap((chunk) => chunk.choices?.[0]?.delta.tool_calls ?? []);
    expect(pieces.filter(({ id }) => id !== undefined)).toEqual([
      { index: 0, id: 'a', type: 'function', function: { name: 'read', arguments: '' } },
      { index: 1, id: 'b', type: 'function', function: { name: 'list', arguments: '' } },
    ]);
    expect(callsOf(chunks)).toEqual([
      ['a', 'read', '{"x":1}'],
      ['b', 'list', '{}'],
    ]);
  });

  test('pings and unknown events show to nobody', () => {
    const plain = streamOf(start(), text('a'), ...end('end_turn'));
    const odd = [
      { type: 'ping' },
      { type: 'content_block_delta', index: 9, delta: { type: 'citations_delta' } },
      { type: 'new_event' },
    ];
    expect(streamOf(start(), ...odd, text('a'), ...odd, ...end('end_turn'))).toBe(plain);
  });
});

/** Id, name and arguments of each call. */
function callsOf(chunks: ReturnType<typeof readStream>['chunks']): string[][] {
  const calls: string[][] = [];
  for (const piece of chunks.flatMap((chunk) => chunk.choices?.[0]?.delta.tool_calls ?? [])) {
    const [id = '', name = '', args = ''] = calls[piece.index] ?? [];
    calls[piece.index] = [
      id + (piece.id ?? ''),
      name + (piece.function.name ?? ''),
      args + piece.function.arguments,
    ];
  }
  return calls;
}

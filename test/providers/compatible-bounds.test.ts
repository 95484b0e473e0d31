import type { StreamEvent } from '../../gateway/model/answer';
import { readUsage, StreamedUsage } from '../../gateway/providers/openai-compatible/chat-usage';
import { ChatEventReader } from '../../gateway/providers/openai-compatible/event-stream';
import { readAnswer } from '../../gateway/providers/openai-compatible/read-answer';

type Json = Record<string, unknown>;
const event = (data: Json): Buffer => Buffer.from(`data: ${JSON.stringify(data)}\n\n`);
const chunk = (delta: Json): Buffer => event({ id: 'x', choices: [{ index: 0, delta }] });
const piece = (index: number, fields: Json, id?: string): Buffer =>
  chunk({ tool_calls: [{ index, ...(id === undefined ? {} : { id }), function: fields }] });

function reading(): { reader: ChatEventReader; events: StreamEvent[] } {
  const events: StreamEvent[] = [];
  return { reader: new ChatEventReader((each) => events.push(each)), events };
}
const BROKEN = { type: 'error', kind: 'broken' };

describe('of what a server sends no more waits than there is room for', () => {
  test('calls without end are no answer', () => {
    const { reader, events } = reading();
    for (let at = 0; at < 1_100; at += 1) reader.push(piece(at, { name: 'read', arguments: '{}' }, `c${at}`));
    expect(events.at(-1)).toMatchObject(BROKEN);
    expect(events.filter(({ type }) => type === 'tool-start').length).toBeLessThanOrEqual(1_024);
  });

  test('arguments that wait behind a call that never ends', () => {
    const { reader, events } = reading();
    reader.push(piece(0, { name: 'read', arguments: '{"a":' }, 'a'));
    const long = piece(1, { name: 'read', arguments: 'x'.repeat(1024 * 1024) }, 'b');
    for (let at = 0; at < 9; at += 1) reader.push(long);
    expect(events.at(-1)).toMatchObject(BROKEN);
  });

  test('and pieces of nearly nothing, of which there are many', () => {
    const { reader, events } = reading();
    reader.push(piece(0, { name: 'read', arguments: '{"a":' }, 'a'));
    for (let at = 0; at < 140_000 && events.at(-1)?.type !== 'error'; at += 1)
      reader.push(piece(1, { name: 'read', arguments: 'x' }, 'b'));
    expect(events.at(-1)).toMatchObject(BROKEN);
  });

  test('a whole answer in the place of a stream', () => {
    const { reader, events } = reading();
    reader.push(Buffer.from('{"id":"'));
    for (let at = 0; at < 9; at += 1) reader.push(Buffer.alloc(1024 * 1024, 'x'));
    reader.end();
    expect(events).toMatchObject([BROKEN]);
  });

  test('what is told as it comes has no such end', () => {
    const { reader, events } = reading();
    reader.push(piece(0, { name: 'read', arguments: '{"a":"' }, 'a'));
    const long = piece(0, { arguments: 'x'.repeat(1024 * 1024) });
    for (let at = 0; at < 12; at += 1) reader.push(long);
    expect(events.at(-1)?.type).toBe('tool-input');
  });

  test('thoughts nested deeper than any server nests them', () => {
    let thinking: unknown = 'deep';
    for (let at = 0; at < 2_000; at += 1) thinking = [{ type: 'thinking', thinking }];
    const message = { reasoning_details: thinking, content: 'Hello' };
    const { blocks } = readAnswer(JSON.stringify({ id: 'x', choices: [{ message }] }));
    expect(blocks).toEqual([{ type: 'text', text: 'Hello' }]);
  });
});

describe('usage', () => {
  test.each([
    // Moonshot, DeepSeek and others have what was cached in places of their own.
    [{ prompt_tokens: 10, completion_tokens: 2, cached_tokens: 4 }, [6, 2, 0, 4]],
    [{ prompt_tokens: 10, completion_tokens: 2, num_cached_tokens: 4 }, [6, 2, 0, 4]],
    [
      {
        prompt_tokens: 10,
        completion_tokens: 2,
        prompt_cache_hit_tokens: 4,
        prompt_cache_miss_tokens: 6,
        prompt_tokens_details: { cached_tokens: 4 },
      },
      [6, 2, 0, 4],
    ],
    [{ completion_tokens: 2, prompt_cache_hit_tokens: 4, prompt_cache_miss_tokens: 6 }, [6, 2, 0, 4]],
    [
      {
        prompt_tokens: 10,
        completion_tokens: 2,
        cached_tokens: 4,
        prompt_tokens_details: { cached_tokens: 0 },
      },
      [6, 2, 0, 4],
    ],
    // Anthropic's words have the cache beside the input, OpenAI's in it; a total tells.
    [{ input_tokens: 10, output_tokens: 2, cache_read_input_tokens: 4 }, [10, 2, 0, 4]],
    [{ input_tokens: 10, output_tokens: 2, total_tokens: 12, cache_read_input_tokens: 4 }, [6, 2, 0, 4]],
    [{ input_tokens: 10, output_tokens: 2, input_tokens_details: { cached_tokens: 4 } }, [6, 2, 0, 4]],
    [
      {
        prompt_tokens: 10,
        completion_tokens: 2,
        total_tokens: 16,
        prompt_tokens_details: { cached_tokens: 4 },
      },
      [10, 2, 0, 4],
    ],
    // Thinking is part of the answer, unless that cannot be.
    [
      { prompt_tokens: 10, completion_tokens: 5, completion_tokens_details: { reasoning_tokens: 3 } },
      [10, 5, 0, 0],
    ],
    [
      { prompt_tokens: 10, completion_tokens: 2, completion_tokens_details: { reasoning_tokens: 3 } },
      [10, 5, 0, 0],
    ],
    [
      {
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: 18,
        completion_tokens_details: { reasoning_tokens: 3 },
      },
      [10, 8, 0, 0],
    ],
    [{ prompt_tokens: 10, completion_tokens: 2, total_tokens: 0 }, [10, 2, 0, 0]],
  ])('%j is read, each token once', (usage, [input, output, cacheWrite, cacheRead]) => {
    expect(readUsage(usage)).toEqual({ usage: { input, output, cacheWrite, cacheRead } });
  });

  test('what two places tell otherwise is nobody’s word', () => {
    const usage = { prompt_tokens: 10, completion_tokens: 2, cached_tokens: 4, num_cached_tokens: 5 };
    expect(readUsage(usage).usage).toBeUndefined();
  });

  test('a count that is told once stays, whatever later chunks leave out', () => {
    const usage = new StreamedUsage();
    usage.add({ prompt_tokens: 10, cached_tokens: 4 });
    expect(usage.reading.usage).toBeUndefined();
    usage.add({ completion_tokens: 3, total_tokens: 13 });
    usage.add({ completion_tokens: 5 });
    usage.add({});
    expect(usage.reading.usage).toEqual({ input: 6, output: 5, cacheWrite: 0, cacheRead: 4 });
  });
});

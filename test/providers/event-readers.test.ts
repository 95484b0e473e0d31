import type { StreamEvent } from '../../gateway/model/answer';
import { AnthropicEventReader } from '../../gateway/providers/anthropic/event-stream';
import { BedrockEventReader } from '../../gateway/providers/bedrock/event-stream';
import { ChatEventReader } from '../../gateway/providers/openai-compatible/event-stream';
import type { EventReader } from '../../gateway/providers/provider';
import { chunk } from '../standins/bedrock/frames';

type Listener = (event: StreamEvent) => void;

const START = {
  type: 'message_start',
  message: { id: 'msg_1', usage: { input_tokens: 1, output_tokens: 1 } },
};
/** Deeper than any function that calls itself gets. */
const DEEP = '['.repeat(200_000) + ']'.repeat(200_000);
const sse = (data: string): Buffer => Buffer.from(`data: ${data}\n\n`);
const TOO_LONG = Buffer.alloc(9 * 1024 * 1024, 'x');

const READERS: readonly {
  readonly name: string;
  readonly open: (listener: Listener) => EventReader;
  readonly start: Buffer;
  readonly unreadable: readonly Buffer[];
}[] = [
  {
    name: 'Anthropic',
    open: (listener) => new AnthropicEventReader(listener),
    start: sse(JSON.stringify(START)),
    unreadable: [sse('{'), TOO_LONG, sse(`{"type":"message_start",\ndata: "message":${DEEP}}`)],
  },
  {
    name: 'Bedrock',
    open: (listener) => new BedrockEventReader(listener),
    start: chunk(START),
    unreadable: [Buffer.from('no event stream at all'), Buffer.alloc(64)],
  },
  {
    name: 'an OpenAI-compatible endpoint',
    open: (listener) => new ChatEventReader(listener),
    start: sse('{"id":"chatcmpl-1","choices":[{"index":0,"delta":{"content":"hi"}}]}'),
    unreadable: [sse('{'), TOO_LONG],
  },
];

describe.each(READERS)('the stream of $name', ({ open, start, unreadable }) => {
  test('that cannot be read is told by an event, once', () => {
    for (const bytes of unreadable) {
      const events: StreamEvent[] = [];
      const reader = open((event) => events.push(event));
      reader.push(bytes);
      reader.push(start);
      reader.end();
      expect(events).toEqual([
        { type: 'error', kind: 'broken', message: expect.stringContaining('cannot be read') as string },
      ]);
    }
  });

  test('is not blamed for a fault of who listens to it', () => {
    const fault = new TypeError('a fault of the listener');
    const reader = open(() => {
      throw fault;
    });
    expect(() => reader.push(start)).toThrow(fault);
  });
});

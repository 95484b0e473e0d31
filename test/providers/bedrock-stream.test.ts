import { randomBytes } from 'node:crypto';
import { ERRORS } from '../../gateway/errors';
import type { StreamEvent } from '../../gateway/model/answer';
import { BedrockEventReader } from '../../gateway/providers/bedrock/event-stream';
import { FrameReader, type Frame } from '../../gateway/providers/bedrock/frames';
import { planStream, type StreamEvent as SentEvent } from '../standins/anthropic/events';
import { makeAnswer } from '../standins/anthropic/message';
import { text, thinking, toolCall } from '../standins/anthropic';
import { chunk, exceptionFrame, frame } from '../standins/bedrock/frames';

const INPUT = {
  input_tokens: 9,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
};
const ANSWER = makeAnswer(
  { content: [thinking('hm'), text('Grüße ', '🙂'), toolCall('read', { path: 'ä' }), toolCall('list')] },
  1,
  'model',
  1_000,
  INPUT,
);
const SENT: readonly SentEvent[] = planStream(ANSWER, {}).events;

function read(pieces: readonly Buffer[], ends = true): StreamEvent[] {
  const events: StreamEvent[] = [];
  const reader = new BedrockEventReader((event) => events.push(event));
  for (const piece of pieces) reader.push(piece);
  if (ends) reader.end();
  return events;
}

const whole = Buffer.concat(SENT.map(chunk));
const SHORT = Buffer.concat(
  planStream(makeAnswer({ content: [text('ü🙂')], pings: 0 }, 2, 'model', 1_000, INPUT), {
    pings: 0,
  }).events.map(chunk),
);
const expected = read([whole]);

describe('the event stream of Bedrock', () => {
  test('says what the events in it say', () => {
    expect(expected.filter(({ type }) => type !== 'message-event')).toEqual([
      { type: 'start', id: ANSWER.id, usage: expect.anything() as unknown },
      { type: 'thinking', text: 'hm' },
      { type: 'signature', signature: expect.any(String) as unknown },
      { type: 'text', text: 'Grüße ' },
      { type: 'text', text: '🙂' },
      { type: 'tool-start', id: 'toolu_standin_1_2', name: 'read' },
      { type: 'tool-input', json: '' },
      { type: 'tool-input', json: '{"path":"ä"}' },
      { type: 'tool-end' },
      { type: 'tool-start', id: 'toolu_standin_1_3', name: 'list' },
      { type: 'tool-input', json: '' },
      { type: 'tool-end' },
      {
        type: 'stop',
        reason: 'tool_use',
        usage: {
          input: 9,
          output: ANSWER.usage.output_tokens,
          cacheWrite: 0,
          cacheWriteHour: 0,
          cacheRead: 0,
        },
      },
      { type: 'end' },
    ]);
  });

  test('may be cut at every byte', () => {
    const wanted = JSON.stringify(read([SHORT]));
    for (let at = 0; at <= SHORT.length; at += 1) {
      const events = read([SHORT.subarray(0, at), SHORT.subarray(at)]);
      if (JSON.stringify(events) !== wanted) throw new Error(`differs when cut at ${at}`);
    }
    expect(wanted).toContain('🙂');
  });

  test.each([1, 2, 3, 5, 17, 1_000])('may come in pieces of %i bytes', (size) => {
    const pieces: Buffer[] = [];
    for (let at = 0; at < whole.length; at += size) pieces.push(whole.subarray(at, at + size));
    expect(read(pieces)).toEqual(expected);
  });

  test('is broken wherever it ends before its last event', () => {
    const kinds = new Set<string>();
    for (let at = 0; at < SHORT.length; at += 1) {
      const last = read([SHORT.subarray(0, at)]).at(-1);
      kinds.add(last?.type === 'error' ? last.kind : `${last?.type} at ${at}`);
    }
    expect([...kinds]).toEqual(['broken']);
  });

  test('is broken by any byte that changed, and says nothing after it', () => {
    const ends = new Set<string>();
    for (let at = 0; at < SHORT.length; at += 3) {
      const damaged = Buffer.from(SHORT);
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      const events = read([damaged]);
      const errors = events.filter(({ type }) => type === 'error');
      ends.add(errors.length === 1 && events.at(-1) === errors[0] ? 'broken' : `otherwise at ${at}`);
    }
    expect([...ends]).toEqual(['broken']);
  });

  test('that is none is broken at once, without waiting for more', () => {
    for (const bytes of [
      Buffer.from('HTTP/1.1 200 OK'),
      Buffer.alloc(64),
      randomBytes(64),
      Buffer.from('{}  '),
    ])
      expect(read([bytes], false).at(-1) ?? { type: 'error', kind: 'broken' }).toMatchObject({
        type: 'error',
        kind: 'broken',
      });
    expect(read([Buffer.from([0x7f, 0xff, 0xff, 0xff])], false)).toEqual([
      { type: 'error', kind: 'broken', message: expect.any(String) as unknown },
    ]);
  });

  test('keeps to itself what Bedrock alone adds', () => {
    const last = { type: 'message_stop', 'amazon-bedrock-invocationMetrics': { inputTokenCount: 9 } };
    const events = read([...SENT.slice(0, -1).map(chunk), chunk(last)]);
    expect(events.at(-1)).toEqual({ type: 'end' });
    expect(events.at(-2)).toMatchObject({ name: 'message_stop', data: '{"type":"message_stop"}' });
  });

  test('passes over kinds of events that it does not know', () => {
    const other = frame({ ':message-type': 'event', ':event-type': 'weather' }, Buffer.from('sun'));
    expect(read([other, whole.subarray(0, 0), other, whole])).toEqual(expected);
  });

  test('ends with an event that is no JSON', () => {
    const bad = frame({ ':message-type': 'event', ':event-type': 'chunk' }, Buffer.from('{"bytes":7}'));
    expect(read([bad])).toEqual([{ type: 'error', kind: 'broken', message: expect.any(String) as unknown }]);
  });

  test.each([
    ['throttlingException', 'rate_limited'],
    ['serviceUnavailableException', 'overloaded'],
    ['validationException', 'rejected'],
    ['internalServerException', 'failed'],
    ['modelStreamErrorException', 'failed'],
    ['modelTimeoutException', 'failed'],
    ['neverHeardOfException', 'failed'],
  ])('B3: an exception %s is an error of the kind %s', (type, kind) => {
    const events = read([chunk(SENT[0] ?? {}), exceptionFrame(type, 'as it says')]);
    expect(events.at(-1)).toMatchObject({ type: 'error', kind });
    // Only what is about the client's own request is in the provider's words.
    expect(JSON.stringify(events).includes('as it says')).toBe(kind === 'rejected');
  });

  test('an error without a type of its own is one, too', () => {
    const error = frame(
      { ':message-type': 'error', ':error-code': 'InternalFailure', ':error-message': 'inner words' },
      Buffer.alloc(0),
    );
    expect(read([error])).toEqual([
      { type: 'error', kind: 'failed', message: ERRORS.provider_failed.message },
    ]);
  });
});

test('a long frame in small pieces is put together once', () => {
  const body = Buffer.alloc(1024 * 1024, 'x');
  const bytes = frame({ ':message-type': 'event', ':event-type': 'chunk' }, body);
  const frames: Frame[] = [];
  const reader = new FrameReader((each) => frames.push(each));
  for (let at = 0; at < bytes.length; at += 512) reader.push(bytes.subarray(at, at + 512));
  expect(reader.isWhole).toBe(true);
  expect(frames.map((each) => each.body.length)).toEqual([body.length]);
});

import { text, thinking, toolCall, type ScriptedAnswer } from '../standins/anthropic';
import { toChat, toMessages, type Conversation } from './conversation';
import { cut } from './cut';
import { relay, type Relayed } from './relayed';
import { BEDROCK } from '../fuzz/providers';
import { CHAT_TO_ANTHROPIC, OTHER_WAYS, type Way } from './ways';

const conversation: Conversation = {
  system: 'Be brief.',
  steps: [],
  last: ['Что это?'],
  offersTools: true,
  choice: 'auto',
  isSerial: false,
  maxTokens: 4_000,
  temperature: undefined,
  stops: [],
  stream: true,
};

/** Characters of one to four bytes, alone and joined, in every kind of piece. */
const answer: ScriptedAnswer = {
  content: [
    thinking('aé漢😀'),
    text('aé', '漢😀\r\n', '👩‍👧e\u0301'),
    toolCall('read', { ключ: '値 😀' }, { id: 'toolu_0', pieceLength: 4 }),
    toolCall('list_files', {}, { id: 'toolu_1' }),
  ],
  stopReason: 'tool_use',
  usage: { input_tokens: 7, output_tokens: 9, cache_creation_input_tokens: 2, cache_read_input_tokens: 3 },
};

/** Frames do not care what is in them, and their sums take time at every cut. */
const short: ScriptedAnswer = {
  ...answer,
  content: [text('a漢😀'), toolCall('read', { ключ: '値' }, { id: 'toolu_0' })],
};
const answerOf = ({ provider }: Way): ScriptedAnswer => (provider === BEDROCK ? short : answer);

const withReturns = (stream: Buffer): Buffer => Buffer.from(stream.toString('utf8').replaceAll('\n', '\r\n'));

interface Shape {
  readonly name: string;
  readonly way: Way;
  readonly shape: (stream: Buffer) => Buffer;
}

const SHAPES: readonly Shape[] = [CHAT_TO_ANTHROPIC, ...OTHER_WAYS].flatMap((way): Shape[] => {
  const asIs = { name: way.name, way, shape: (stream: Buffer) => stream };
  if (way.provider === BEDROCK) return [asIs];
  return [asIs, { name: `${way.name}, with the other line end of the format`, way, shape: withReturns }];
});

const HEADERS = { 'anthropic-version': '2023-06-01' };

function relayed(way: Way): Relayed {
  const write = way.protocol.dialect === 'openai' ? toChat : toMessages;
  const body = { ...write(conversation, 'claude-sonnet-4-5'), stream: true };
  const usage = way.protocol.dialect === 'openai' ? { stream_options: { include_usage: true } } : {};
  return relay(way, JSON.stringify({ ...body, ...usage }), HEADERS, answerOf(way));
}

describe.each(SHAPES)('$name', ({ way, shape }) => {
  test('a stream is written the same wherever it is cut', () => {
    const call = relayed(way);
    const bytes = shape(call.stream);
    const write = (...chunks: Buffer[]): string => call.write(chunks).join('');
    const whole = write(bytes);
    expect(bytes.length).toBeGreaterThan(1_000);
    for (let at = 1; at < bytes.length; at += 1) {
      const written = write(bytes.subarray(0, at), bytes.subarray(at));
      if (written !== whole) expect({ at, written }).toEqual({ at, written: whole });
    }
  });

  test('a stream is written the same when every byte comes by itself', () => {
    const call = relayed(way);
    const bytes = shape(call.stream);
    expect(call.write(cut(bytes, [1])).join('')).toBe(call.write([bytes]).join(''));
  });
});

import fc from 'fast-check';
import { text, thinking, toolCall, type ScriptedAnswer } from '../standins/anthropic';
import { cases, toChat, toMessages, type Case, type Conversation } from './conversation';
import { cut } from './cut';
import { askChat, askMessages, type Seen } from './seen';
import { directly, throughGateway, type Reply } from './without-sockets';

const CASES = Number(process.env['DIFFERENTIAL_CASES'] ?? 2_000);
const SEED = Number(process.env['DIFFERENTIAL_SEED'] ?? 20_261_121);

// The SDK tells at each call when a model will retire.
beforeAll(() => void jest.spyOn(console, 'warn').mockImplementation(() => {}));

/** What either client sees of the same conversation and answer. */
async function bothSee(
  conversation: Conversation,
  direct: Reply,
  gateway: Reply = direct,
): Promise<{ expected: Seen; seen: Seen }> {
  const faults: unknown[] = [];
  const { stream } = conversation;
  try {
    return {
      expected: await askMessages(
        directly(direct, faults),
        toMessages(conversation, 'claude-sonnet-4-5-20250929'),
        stream,
      ),
      seen: await askChat(throughGateway(gateway, faults), toChat(conversation, 'claude-sonnet-4-5'), stream),
    };
  } catch (fault) {
    throw new Error('an SDK gave up', { cause: faults[0] ?? fault });
  }
}

test('OpenAI’s SDK sees through the gateway what Anthropic’s sees without it', async () => {
  const see = async ({ conversation, answer, cuts }: Case): Promise<void> => {
    const { expected, seen } = await bothSee(conversation, { answer, chunks: (bytes) => cut(bytes, cuts) });
    expect(seen).toEqual(expected);
  };
  await fc.assert(fc.asyncProperty(cases, see), { seed: SEED, numRuns: CASES });
});

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

const whole = (bytes: Buffer): Buffer[] => [bytes];

const LINE_ENDS: readonly [string, (stream: Buffer) => Buffer][] = [
  ['as Anthropic ends lines', (stream) => stream],
  [
    'with the other line end that the format allows',
    (stream) => Buffer.from(stream.toString('utf8').replaceAll('\n', '\r\n')),
  ],
];

describe.each(LINE_ENDS)('a stream %s', (_, lines) => {
  let expected: Seen;
  let bytes: Buffer;
  beforeAll(async () => {
    const measure = (stream: Buffer): Buffer[] => {
      bytes = lines(stream);
      return [bytes];
    };
    const both = await bothSee(conversation, { answer, chunks: whole }, { answer, chunks: measure });
    expect(both.seen).toEqual(both.expected);
    ({ expected } = both);
  });

  const seenWith = async (lengths: readonly number[]): Promise<Seen> => {
    const faults: unknown[] = [];
    const gateway = throughGateway({ answer, chunks: (stream) => cut(lines(stream), lengths) }, faults);
    return askChat(gateway, toChat(conversation, 'claude-sonnet-4-5'), true);
  };

  test('is the same when it is cut at any byte of a character or around the end of a line', async () => {
    const places = [...bytes.keys()].slice(1).filter((at) => isInside(bytes, at));
    expect(places.length).toBeGreaterThan(100);
    for (const at of places)
      expect({ at, seen: await seenWith([at, bytes.length]) }).toEqual({ at, seen: expected });
  });

  test('is the same when every byte comes by itself', async () => {
    expect(await seenWith([1])).toEqual(expected);
  });
});

/** Within a character of several bytes, or beside a byte that ends a line or begins its value. */
const isInside = (bytes: Buffer, at: number): boolean =>
  ((bytes[at] ?? 0) & 0xc0) === 0x80 ||
  [at - 1, at].some((place) => '\r\n: '.includes(String.fromCharCode(bytes[place] ?? 0)));

import fc from 'fast-check';
import { costOf } from '../../gateway/ledger/money';
import type { ModelAnswer, StreamEvent } from '../../gateway/model/answer';
import type { Usage } from '../../gateway/model/usage';
import { anthropicMessages } from '../../gateway/protocols/anthropic-messages';
import { openAiChat } from '../../gateway/protocols/openai-chat';
import type { AnswerFrame, Protocol } from '../../gateway/protocols/protocol';
import { COMPATIBLE } from '../fuzz/providers';
import { cut } from './cut';
import { habits, said, together, type Habits, type Said } from './habits';
import { gatherStream, gatherWhole, type GatheredAnswer } from './gathered';
import { idOf, streamOf, wholeBody } from './written-by-habit';

const CASES = Number(process.env['DIFFERENTIAL_CASES'] ?? 2_000);
const SEED = Number(process.env['DIFFERENTIAL_SEED'] ?? 20_261_128);
/** Milliseconds for a case on a machine with too much to do. */
const CASE_MS = 100;

const FRAME: AnswerFrame = { model: 'm', created: 1, requestId: 'r', includeUsage: true };
const PRICE = { input: 2, output: 8, cache_write: 2, cache_read: 0.5 };
const PROTOCOLS: readonly Protocol[] = [openAiChat, anthropicMessages];

/** What a client has to see, and the ledger to book, whatever the habits are. */
function expectedOf({ thoughts, text, calls, stop, usage }: Said): GatheredAnswer {
  return {
    thoughts: thoughts.join(''),
    text: text.join(''),
    calls: calls.map(({ name, input }) => ({ name, input })),
    stop: calls.length > 0 && stop === 'stop' ? 'tool_calls' : stop,
    usage: { uncached: usage.prompt - usage.cached, read: usage.cached, output: usage.output },
  };
}

const nanoDollars = ({ usage }: Said): number =>
  (usage.prompt - usage.cached) * 2_000 + usage.cached * 500 + usage.output * 8_000;

const isSilent = ({ thoughts, text, calls, stop }: Said): boolean =>
  thoughts.length + text.length + calls.length === 0 && stop === 'stop';

interface Read {
  readonly usage: Usage | undefined;
  readonly error: string | undefined;
  readonly seen: readonly { readonly answer: GatheredAnswer; readonly ids: readonly string[] }[];
}

function readStreamed(bytes: Buffer, cuts: readonly number[]): Read {
  const writers = PROTOCOLS.map((protocol) => protocol.streamWriter(FRAME));
  const written = writers.map(() => '');
  let usage: Usage | undefined;
  let error: string | undefined;
  const reader = COMPATIBLE.eventReader((event: StreamEvent) => {
    if (event.type === 'usage' || event.type === 'stop') usage = event.usage;
    if (event.type === 'error') error = event.message;
    writers.forEach((writer, at) => (written[at] += writer.write(event)));
  });
  for (const chunk of cut(bytes, cuts)) reader.push(chunk);
  reader.end();
  if (error !== undefined) return { usage, error, seen: [] };
  return { usage, error, seen: PROTOCOLS.map(({ dialect }, at) => gatherStream(dialect, written[at] ?? '')) };
}

function readWhole(text: string): Read {
  const answer: ModelAnswer = COMPATIBLE.readAnswer(text);
  if (answer.fault) return { usage: answer.usage, error: answer.fault.message, seen: [] };
  return {
    usage: answer.usage,
    error: undefined,
    seen: PROTOCOLS.map((protocol) =>
      gatherWhole(protocol.dialect, JSON.parse(protocol.renderAnswer(answer, FRAME)) as never),
    ),
  };
}

/** The server's own, where it gave each call one that is its own. */
function expectedIds({ calls }: Said, { ids }: Habits, isWhole: boolean): readonly string[] | undefined {
  if (ids === 'none' || ids === 'same' || (ids === 'new' && !isWhole)) return undefined;
  return calls.map((_, index) => idOf(index));
}

function check(one: Said, wanted: Habits, cuts: readonly number[], isStream: boolean): void {
  const used = together(wanted, one);
  const isWrittenWhole = (used.streamed === 'as asked') !== isStream;
  const bytes = isWrittenWhole
    ? Buffer.from(JSON.stringify(wholeBody(one, used)))
    : streamOf(one, used.mark && !isStream ? { ...used, mark: false } : used);
  const { usage, error, seen } = isStream ? readStreamed(bytes, cuts) : readWhole(bytes.toString('utf8'));
  const expected = expectedOf(one);
  const answers = seen.map(({ answer }) => answer);
  const told = { cost: usage && String(costOf(usage, PRICE, false)), error, answers };
  const wants = {
    cost: String(nanoDollars(one)),
    error: undefined,
    answers: [expected, expected],
  };
  if (isSilent(one)) {
    expect({ ...told, error: undefined }).toEqual({ ...wants, answers: [] });
    return expect(error).toMatch(/without any text/);
  }
  // The comparison for people is many times as slow.
  if (JSON.stringify(told) !== JSON.stringify(wants))
    expect({ habits: used, isStream, ...told }).toEqual({ habits: used, isStream, ...wants });
  for (const { ids } of seen) {
    expect(ids).toEqual(expectedIds(one, used, isWrittenWhole) ?? ids);
    expect(new Set(ids).size).toBe(one.calls.length);
    expect(ids).not.toContain('');
  }
}

test(
  'whatever habits a server has, clients see what it said and the ledger books what it billed',
  () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 5 });
    fc.assert(
      fc.property(said, habits, cuts, fc.boolean(), (...all) => check(...all)),
      { seed: SEED, numRuns: CASES },
    );
  },
  Math.max(300_000, CASES * CASE_MS),
);

test('a stream with all habits is read the same wherever it is cut', () => {
  const one: Said = {
    thoughts: ['wö', 'w漢'],
    text: ['w😀\r\n', 'wdata: '],
    calls: [
      { name: 'read', input: { path: 'ä"}{' } },
      { name: 'read', input: {} },
    ],
    stop: 'stop',
    usage: { prompt: 10, cached: 4, output: 7, thinking: 2 },
  };
  const [first] = fc.sample(habits, { seed: SEED, numRuns: 1 });
  for (const [lineEnd, mixed] of [
    ['\r', false],
    ['\r\n', true],
  ] as const) {
    const used: Habits = {
      ...(first as Habits),
      ...{ lineEnd, mixed, mark: true, comments: true, done: false, numbers: 'from 1', ids: 'new' },
      ...{ thoughts: 'parts', text: 'parts', arguments: 'with white space', reason: 'twice' },
      ...{ usageNames: 'hit and miss', streamed: 'as asked', blankLines: true },
      ...{ nulls: false, emptyChunks: false, role: 'first', pieceLength: 12, usageAt: 'own chunk' },
    };
    const bytes = streamOf(one, together(used, one));
    const expected = JSON.stringify([expectedOf(one), expectedOf(one)]);
    for (let at = 1; at < bytes.length; at += 1) {
      const { seen } = readStreamed(bytes, [at, bytes.length]);
      if (JSON.stringify(seen.map(({ answer }) => answer)) !== expected)
        expect({ at, seen }).toEqual({ at, seen: expected });
    }
    check(one, used, [1], true);
  }
});

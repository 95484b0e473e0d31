/**
 * Whatever a provider says of its tokens: what is booked is at least what it bills, or it is the whole reservation,
 * marked as an estimate. Told to the readers of every provider, whole and in streams, without a socket.
 */
import fc from 'fast-check';
import type { Bill, CallContext } from '../../gateway/call-context';
import { costOf } from '../../gateway/ledger/money';
import type { StreamEvent } from '../../gateway/model/answer';
import { largerOf, type Usage } from '../../gateway/model/usage';
import { billOf } from '../../gateway/stages/relay/bill';
import { ANTHROPIC, BEDROCK, COMPATIBLE } from '../fuzz/providers';
import { chunk } from '../standins/bedrock/frames';

type Json = Record<string, unknown>;

const CONTEXT = 200_000;
const MOST_OUTPUT = 64_000;
const CALL = { model: { context_window: CONTEXT, max_output_tokens: MOST_OUTPUT } } as CallContext;
const PRICE = { input: 3, output: 15, cache_write: 3.75, cache_write_1h: 6, cache_read: 0.3 };

const count = fc.nat({ max: 40_000 });
/** What was really used. */
const used = fc.record({
  input: fc.integer({ min: 1, max: 40_000 }),
  output: fc.integer({ min: 1, max: MOST_OUTPUT }),
  short: count,
  hour: count,
  cacheRead: count,
});
type Used = typeof used extends fc.Arbitrary<infer T> ? T : never;

const ABSENT = Symbol('absent');
/** No count at all. */
const wrong = fc.oneof(
  fc.constantFrom<unknown>('7', 'secret words', 'NaN', '', true, [], {}, [7], 1e21, -1, -0.5, 0.5, 1e308),
  fc.constantFrom<unknown>(Number.MAX_SAFE_INTEGER + 1, -Number.MAX_SAFE_INTEGER),
  fc.double({ noInteger: true, noNaN: true, noDefaultInfinity: true }),
  fc.string(),
  fc.integer({ max: -1 }),
);
/** A count that no call of the model comes to. */
const beyond = fc.integer({ min: CONTEXT + 1, max: Number.MAX_SAFE_INTEGER });
const missing = fc.constantFrom<unknown>(null, ABSENT);

/** A field and what it is instead. */
type Oddity = readonly [field: string, value: unknown];
const oddity = (promised: readonly string[], others: readonly string[]): fc.Arbitrary<Oddity> =>
  fc.oneof(
    fc.tuple(fc.constantFrom(...promised), fc.oneof(wrong, beyond, missing)),
    fc.tuple(fc.constantFrom(...others), fc.oneof(wrong, beyond)),
  );

function made(usage: Json, oddities: readonly Oddity[]): Json {
  const odd = structuredClone(usage);
  for (const [path, value] of oddities) {
    const [outer = '', inner] = path.split('.');
    const holder = inner === undefined ? odd : odd[outer];
    // An oddity before it may have taken the object away.
    if (holder === null || typeof holder !== 'object') continue;
    if (value === ABSENT) delete (holder as Json)[inner ?? outer];
    else (holder as Json)[inner ?? outer] = value;
  }
  return odd;
}

const messageUsage = ({ input, output, short, hour, cacheRead }: Used): Json => ({
  input_tokens: input,
  output_tokens: output,
  cache_creation_input_tokens: short + hour,
  cache_read_input_tokens: cacheRead,
  cache_creation: { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: hour },
});
const messageOddity = oddity(
  ['input_tokens', 'output_tokens'],
  ['cache_creation_input_tokens', 'cache_read_input_tokens', 'cache_creation.ephemeral_1h_input_tokens'],
);
/** A split that is left out is no oddity of a count: all is taken to live for an hour. */
const noSplit: fc.Arbitrary<Oddity> = fc.tuple(fc.constant('cache_creation'), missing);

const chatUsage = ({ input, output, short, cacheRead }: Used): Json => ({
  prompt_tokens: input + short + cacheRead,
  completion_tokens: output,
  total_tokens: input + short + cacheRead + output,
  prompt_tokens_details: { cached_tokens: cacheRead },
  cache_creation_input_tokens: short,
});
const chatOddity = oddity(
  ['prompt_tokens', 'completion_tokens'],
  [
    'total_tokens',
    'prompt_tokens_details',
    'prompt_tokens_details.cached_tokens',
    'cache_creation_input_tokens',
  ],
);

const message = (usage: unknown) => ({
  type: 'message',
  id: 'm',
  content: [],
  stop_reason: 'end_turn',
  usage,
});
const messageEvents = (start: unknown, delta: unknown): object[] => [
  { type: 'message_start', message: { ...message(start), stop_reason: null } },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'secret words' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: delta },
  { type: 'message_stop' },
];
const sse = (data: unknown): Buffer =>
  Buffer.from(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
const completion = (usage: unknown) => ({
  id: 'c',
  choices: [{ index: 0, message: { content: 'secret words' }, finish_reason: 'stop' }],
  usage,
});

/** The bill of the answer, as the call's attempt keeps it. */
function billOfStream(provider: typeof ANTHROPIC, pieces: readonly Buffer[]): Bill {
  let bill: Bill = { known: false };
  const reader = provider.eventReader((event: StreamEvent) => {
    if (event.type === 'stop') bill = billOf(CALL, event);
  });
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return bill;
}

const STREAMS = [
  ['Anthropic', ANTHROPIC, sse],
  ['Bedrock', BEDROCK, (event: unknown) => chunk(event as object)],
] as const;

function expectNotBelow(bill: Bill, real: Used, isOdd: boolean): void {
  if (!bill.known) {
    // With why, and nothing of what was said.
    expect(bill.fault?.field).toMatch(/^usage(\.[a-z0-9_]+){0,2}$/);
    expect(bill.fault?.problem).not.toMatch(/secret/);
    expect(bill.fault?.problem.length).toBeLessThan(120);
    expect(isOdd).toBe(true);
    return;
  }
  const whole: Usage = {
    input: real.input,
    output: real.output,
    cacheWrite: real.short + real.hour,
    cacheWriteHour: real.hour,
    cacheRead: real.cacheRead,
  };
  expect(costOf(bill.usage, PRICE, true)).toBeGreaterThanOrEqual(costOf(whole, PRICE));
  if (!isOdd) expect(costOf(bill.usage, PRICE, true)).toBe(costOf(whole, PRICE));
}

const RUNS = { numRuns: 1_000 };

describe.each([
  ['Anthropic', ANTHROPIC],
  ['Bedrock', BEDROCK],
])('a whole answer of %s', (_, provider) => {
  const read = (usage: unknown): Bill => billOf(CALL, provider.readAnswer(JSON.stringify(message(usage))));

  test('is booked as it says when nothing is odd', () => {
    fc.assert(
      fc.property(used, (real) => expectNotBelow(read(messageUsage(real)), real, false)),
      RUNS,
    );
  });

  test('is never booked below its bill', () => {
    const odd = fc.array(fc.oneof(messageOddity, noSplit), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(used, odd, (real, oddities) =>
        expectNotBelow(read(made(messageUsage(real), oddities)), real, true),
      ),
      RUNS,
    );
  });
});

describe.each(STREAMS)('a stream of %s', (_, provider, frame) => {
  const read = (start: unknown, delta: unknown): Bill =>
    billOfStream(provider, messageEvents(start, delta).map(frame));

  test('is booked as it says when nothing is odd', () => {
    fc.assert(
      fc.property(used, (real) => {
        const usage = messageUsage(real);
        expectNotBelow(read({ ...usage, output_tokens: 1 }, usage), real, false);
        // As older ones end.
        expectNotBelow(read(usage, { output_tokens: real.output }), real, false);
      }),
      RUNS,
    );
  });

  test('is never booked below its bill', () => {
    const some = fc.array(fc.oneof(messageOddity, noSplit), { maxLength: 2 });
    fc.assert(
      fc.property(used, some, some, (real, first, last) => {
        const usage = messageUsage(real);
        const isOdd = first.length + last.length > 0;
        expectNotBelow(read(made({ ...usage, output_tokens: 1 }, first), made(usage, last)), real, isOdd);
      }),
      RUNS,
    );
  });

  test.each<[string, object[], string]>([
    [
      'without a usage at its end',
      messageEvents({ input_tokens: 5, output_tokens: 1 }, undefined),
      'usage.output_tokens',
    ],
    ['with an empty one', messageEvents({ input_tokens: 5, output_tokens: 1 }, {}), 'usage.output_tokens'],
    ['without one at its start', messageEvents(undefined, { output_tokens: 3 }), 'usage.input_tokens'],
    ['without a token', messageEvents({ input_tokens: 0, output_tokens: 0 }, { output_tokens: 0 }), 'usage'],
  ])('%s is booked at its reservation', (__, events, field) => {
    const bill = billOfStream(provider, events.map(frame));
    expect(bill).toMatchObject({ known: false, fault: { field } });
  });

  test('without its last event has no bill that is known', () => {
    const events = messageEvents({ input_tokens: 5, output_tokens: 1 }, { output_tokens: 3 });
    expect(billOfStream(provider, events.slice(0, 3).map(frame))).toEqual({ known: false });
  });

  test('whose totals grow after its stop reason is booked at the last of them', () => {
    const [start, , , delta, stop] = messageEvents(
      { input_tokens: 5, output_tokens: 1 },
      { output_tokens: 3 },
    );
    const later = { type: 'message_delta', delta: { stop_reason: null }, usage: { output_tokens: 900 } };
    const events = [start, delta, later, stop] as object[];
    expect(billOfStream(provider, events.map(frame))).toMatchObject({ known: true, usage: { output: 900 } });
  });
});

describe('an OpenAI-compatible endpoint', () => {
  const whole = (usage: unknown): Bill =>
    billOf(CALL, COMPATIBLE.readAnswer(JSON.stringify(completion(usage))));
  const stream = (...usages: unknown[]): Bill =>
    billOfStream(COMPATIBLE, [
      sse({ id: 'c', choices: [{ index: 0, delta: { content: 'secret words' }, finish_reason: 'stop' }] }),
      ...usages.map((usage) => sse({ id: 'c', choices: [], usage })),
      sse('[DONE]'),
    ]);
  /** It has one price for what it writes to a cache. */
  const flat = used.map((real) => ({ ...real, hour: 0 }));
  const price = { ...PRICE, cache_write_1h: PRICE.cache_write };

  function check(bill: Bill, real: Used, isOdd: boolean): void {
    if (!bill.known) return expectNotBelow(bill, real, isOdd);
    const { input, output, short, cacheRead } = real;
    const cost = costOf({ input, output, cacheWrite: short, cacheRead }, price);
    expect(costOf(bill.usage, price)).toBeGreaterThanOrEqual(cost);
    if (!isOdd) expect(costOf(bill.usage, price)).toBe(cost);
  }

  test('is booked as it says when nothing is odd', () => {
    fc.assert(
      fc.property(flat, (real) => {
        const usage = chatUsage(real);
        for (const bill of [whole(usage), stream(null, usage), stream(usage, usage)])
          check(bill, real, false);
      }),
      RUNS,
    );
  });

  test('is never booked below its bill', () => {
    const odd = fc.array(chatOddity, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(flat, odd, (real, oddities) => {
        const [good, bad] = [chatUsage(real), made(chatUsage(real), oddities)];
        for (const bill of [whole(bad), stream(bad), stream(good, bad), stream(bad, good)])
          check(bill, real, true);
      }),
      RUNS,
    );
  });

  test.each<[string, unknown, string]>([
    ['no usage', undefined, 'usage'],
    ['an empty usage', {}, 'usage.prompt_tokens'],
    ['no completion_tokens', { prompt_tokens: 5, total_tokens: 9 }, 'usage.completion_tokens'],
    ['no prompt_tokens', { completion_tokens: 5 }, 'usage.prompt_tokens'],
    [
      'more cached than there is',
      { prompt_tokens: 5, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 6 } },
      'usage.prompt_tokens',
    ],
    [
      'a total below its parts',
      { prompt_tokens: 5, completion_tokens: 5, total_tokens: 9 },
      'usage.total_tokens',
    ],
    ['no token', { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }, 'usage'],
  ])('with %s is booked at its reservation', (_, usage, field) => {
    for (const bill of [whole(usage), stream(usage)])
      expect(bill).toMatchObject({ known: false, fault: { field } });
  });

  test('whose running total is not whole yet is booked at its last', () => {
    const bill = stream({ prompt_tokens: 5 }, { prompt_tokens: 5, completion_tokens: 2 });
    expect(bill).toMatchObject({ known: true, usage: { input: 5, output: 2 } });
  });
});

test('running totals that come out of order never sink, nor does what is known to live for an hour', () => {
  const usage = fc.record(
    { input: count, output: count, cacheWrite: count, cacheWriteHour: count, cacheRead: count },
    { requiredKeys: ['input', 'output', 'cacheWrite', 'cacheRead'], noNullPrototype: true },
  );
  const sane = usage.map(({ cacheWriteHour, ...rest }) =>
    cacheWriteHour === undefined
      ? rest
      : { ...rest, cacheWriteHour: Math.min(cacheWriteHour, rest.cacheWrite) },
  );
  fc.assert(
    fc.property(sane, sane, (one, other) => {
      for (const forAnHour of [false, true])
        for (const each of [one, other])
          expect(costOf(largerOf(one, other), PRICE, forAnHour)).toBeGreaterThanOrEqual(costOf(each, PRICE));
    }),
    RUNS,
  );
});

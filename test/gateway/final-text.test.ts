import { ERRORS, GatewayError, isFinal, renderErrorBody, type ErrorCode } from '../../gateway/errors';
import { finalText } from '../../gateway/errors/final-text';
import { PASSING_TEXTS } from '../../gateway/errors/passing-texts';
import { newRequestId } from '../../gateway/http/request-id';
import { showDollars, toNano } from '../../gateway/ledger/money';

const CODES = Object.keys(ERRORS) as ErrorCode[];
const DIALECTS = ['openai', 'anthropic'] as const;
const OVERFLOWS = CODES.filter((code) => ERRORS[code].status === 413 || code === 'provider_rejected');

/** What a client may take a body or the message in it for, by the list. */
function takenFor(body: string, kinds: readonly string[]): string[] {
  const { error } = JSON.parse(body) as { error: { message: string } };
  return PASSING_TEXTS.filter(
    ({ takenFor: kind, pattern }) =>
      kinds.includes(kind) && (pattern.test(error.message) || pattern.test(body)),
  ).map(({ client, pattern }) => `${client}: ${String(pattern)}`);
}

/** Numbers that go up by large and small steps, so that every digit stands in every place. */
function amounts(): number[] {
  const all: number[] = [];
  for (let whole = 0; whole < 2_600; whole += 1) all.push(whole, whole + 0.5, whole / 10_000);
  for (let cents = 0; cents < 10_000; cents += 7)
    all.push(cents / 1e4 + 1, 500 + cents / 1e4, cents * 1_009.29);
  return all;
}
const DATES = Array.from({ length: 1_500 }, (_, day) =>
  new Date(Date.UTC(2026, 0, 1) + day * 86_400_000 + day * 61_007).toISOString(),
);
const NAMES = [
  'api-504',
  'team 500 (502)',
  'sk-...5025',
  'claude-3-7-sonnet-20250219',
  '429429429',
  '502500524',
  '5024291503504',
  'rate limit',
  'Overloaded',
  'internal_error',
  'too many tokens',
  'ECONNRESET',
  'network error',
  'timeout',
  'read timed out',
  'try again later',
  'Größe 500 ✓',
  '5'.repeat(900) + '00',
];

const MESSAGES: readonly string[] = [
  ...amounts().map((amount) => `Budget has been exceeded! Current cost: ${showDollars(toNano(amount))}.`),
  ...DATES.map((date) => `The budget resets at ${date}.`),
  ...NAMES.flatMap((name) => [name, `Key=${name} (all keys together)`, `'${name}': got ${name}, ${name}`]),
];

test('no message of ours looks as if a retry mended what none mends', () => {
  const final = CODES.filter((code) => isFinal(new GatewayError(code)));
  expect(final).toEqual(expect.arrayContaining(['budget_exceeded', 'key_revoked', 'model_not_allowed']));
  for (const code of final)
    for (const dialect of DIALECTS) {
      const error = new GatewayError(code);
      const body = renderErrorBody(error, dialect, newRequestId());
      // Word for word: nothing in the table needs a gap.
      expect(body).toContain(JSON.stringify(ERRORS[code].message));
      expect([code, takenFor(body, ['passing'])]).toEqual([code, []]);
      if (!OVERFLOWS.includes(code)) expect([code, takenFor(body, ['overflow'])]).toEqual([code, []]);
    }
});

test('whatever stands in one: amounts, dates, names and numbers of fields', () => {
  expect(MESSAGES.length).toBeGreaterThan(10_000);
  for (const message of MESSAGES) {
    const error = new GatewayError('budget_exceeded', {
      message,
      param: `messages.${message.length}.${message.slice(-40)}`,
    });
    for (const dialect of DIALECTS)
      expect([
        message,
        takenFor(renderErrorBody(error, dialect, newRequestId()), ['passing', 'overflow']),
      ]).toEqual([message, []]);
  }
});

test('in every final error, also at the status that an administrator chose', () => {
  const some = MESSAGES.filter((_, at) => at % 97 === 0);
  for (const code of CODES)
    for (const message of some) {
      const error = new GatewayError(code, { message });
      if (!isFinal(error)) continue;
      for (const dialect of DIALECTS)
        expect([code, takenFor(renderErrorBody(error, dialect, newRequestId()), ['passing'])]).toEqual([
          code,
          [],
        ]);
    }
  const throttled = new GatewayError('budget_exceeded', { message: 'Max budget: $500.', status: 429 });
  expect(takenFor(renderErrorBody(throttled, 'anthropic', newRequestId()), ['passing'])).toEqual([]);
});

test('nothing else of it is changed, and people can read the numbers', () => {
  const told = (text: string) => finalText(text)?.replaceAll('\u202f', '_');
  expect(told('Max budget: $500.00')).toBe('Max budget: $5_00.00');
  expect(told('$1.5001 of $1504.20')).toBe('$1.50_01 of $15_04.20');
  expect(told('$0.05 of $10.00')).toBe('$0.05 of $10.00');
  expect(told('claude-3-7-sonnet-20250219')).toBe('claude-3-7-sonnet-2025_0219');
  for (const message of MESSAGES) expect(finalText(message)?.replaceAll('\u202f', '')).toBe(message);
});

test('an error that passes keeps its words', () => {
  for (const code of CODES) {
    const message = 'Rate limit exceeded: 500 requests a minute.';
    const error = new GatewayError(code, { message });
    if (isFinal(error)) continue;
    for (const dialect of DIALECTS)
      expect(renderErrorBody(error, dialect, 'r')).toContain(JSON.stringify(message));
  }
});

test('a conversation that is too long is said so, with its figures, to clients that act on them', () => {
  const of = (message: string, dialect: (typeof DIALECTS)[number]) =>
    renderErrorBody(new GatewayError('provider_rejected', { message }), dialect, 'r');
  const long = 'The provider refused the request: prompt is too long: 250042 tokens > 200000 maximum';
  for (const dialect of DIALECTS) expect(of(long, dialect)).toContain(JSON.stringify(long));
  const both = 'input length and `max_tokens` exceed context limit: 150021 + 64000 > 200000';
  expect(of(both, 'anthropic')).toContain(JSON.stringify(both));
  expect(takenFor(of(both, 'openai'), ['passing'])).toEqual([]);
  const other = 'max_tokens: 65001 > 64000, which is the maximum';
  for (const dialect of DIALECTS) expect(takenFor(of(other, dialect), ['passing'])).toEqual([]);
});

test('no id of a request holds such digits', () => {
  const [digits] = PASSING_TEXTS;
  for (let count = 0; count < 2_000; count += 1)
    expect(newRequestId()).not.toMatch(digits?.pattern as RegExp);
});

test('a text of any length is bounded before it is looked at', () => {
  const told = finalText('500'.repeat(1_000_000)) ?? '';
  expect(told.length).toBeLessThan(10_000);
});

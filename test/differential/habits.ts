/**
 * Answers of OpenAI-compatible servers, made by chance, and the habits by which one server writes them otherwise than
 * another. What an answer says does not depend on them.
 */
import fc from 'fast-check';

export interface SaidCall {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface Said {
  readonly thoughts: readonly string[];
  readonly text: readonly string[];
  readonly calls: readonly SaidCall[];
  readonly stop: 'stop' | 'length' | 'content_filter';
  /** Of the prompt with what was cached of it, and of the answer with its thoughts. */
  readonly usage: {
    readonly prompt: number;
    readonly cached: number;
    readonly output: number;
    readonly thinking: number;
  };
}

export interface Habits {
  readonly lineEnd: '\n' | '\r\n' | '\r';
  readonly colon: 'data: ' | 'data:';
  readonly mark: boolean;
  readonly comments: boolean;
  readonly blankLines: boolean;
  readonly lastBlankLine: boolean;
  readonly done: boolean;
  readonly form: 'delta' | 'message' | 'delta and null';
  readonly nulls: boolean;
  readonly emptyChunks: boolean;
  readonly role: 'first' | 'each';
  readonly thoughts: 'reasoning_content' | 'reasoning' | 'both' | 'parts' | 'part text' | 'details';
  readonly text: 'text' | 'parts';
  readonly numbers: 'from 0' | 'from 1' | 'as text' | 'all 0' | 'none';
  readonly ids: 'first' | 'each' | 'new' | 'none' | 'same';
  readonly arguments: 'pieces' | 'object' | 'with white space' | 'after an empty object';
  readonly names: 'first' | 'each';
  readonly mixed: boolean;
  readonly blankText: boolean;
  readonly reason: 'once' | 'twice' | 'with the last piece' | 'stop instead';
  readonly noReason: 'null' | 'empty' | 'missing';
  readonly usageAt: 'own chunk' | 'reason' | 'each' | 'choice' | 'corner';
  readonly usageNames:
    'details' | 'cached_tokens' | 'hit and miss' | 'num_cached_tokens' | 'input' | 'both' | 'beside';
  readonly thinkingApart: boolean;
  readonly streamed: 'as asked' | 'other way';
  readonly pieceLength: number;
}

const UNITS = [
  'a',
  ' ',
  'é',
  '漢',
  '\u2028',
  '😀',
  '"',
  '\\',
  '\n',
  '\r',
  '\t',
  'data: ',
  '\n\n',
  '{',
  '}',
  '[DONE]',
];
const words = fc
  .array(fc.constantFrom(...UNITS), { minLength: 1, maxLength: 6 })
  .map((units) => `w${units.join('')}`);
const pieces = fc.array(words, { maxLength: 3 });
const value = fc.oneof(
  words,
  fc.integer({ min: -9, max: 1e6 }),
  fc.constant(null),
  fc.array(words, { maxLength: 2 }),
);

const call: fc.Arbitrary<SaidCall> = fc.record({
  name: fc.constantFrom('read', 'list_files', 'mcp--x--search'),
  input: fc.dictionary(fc.constantFrom('path', 'ключ', '"', '}'), value, {
    maxKeys: 2,
    noNullPrototype: true,
  }),
});

const count = fc.integer({ min: 0, max: 100_000 });

export const said: fc.Arbitrary<Said> = fc
  .record({
    thoughts: pieces,
    text: pieces,
    calls: fc.array(call, { maxLength: 4 }),
    stop: fc.constantFrom('stop', 'stop', 'length', 'content_filter'),
    counts: fc.tuple(count, count, count, count),
  })
  .map(({ counts: [uncached, cached, answer, thinking], ...rest }) => ({
    ...rest,
    usage: { prompt: uncached + cached, cached, output: 1 + answer + thinking, thinking },
  }));

const oneOf = <T>(...choices: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...choices);
const seldom = fc.constantFrom(false, false, false, true);
const often = fc.constantFrom(true, true, true, false);

export const habits: fc.Arbitrary<Habits> = fc.record({
  lineEnd: oneOf('\n', '\r\n', '\r'),
  colon: oneOf('data: ', 'data:'),
  mark: seldom,
  comments: seldom,
  blankLines: often,
  lastBlankLine: often,
  done: often,
  form: oneOf('delta', 'delta', 'message', 'delta and null'),
  nulls: seldom,
  emptyChunks: seldom,
  role: oneOf('first', 'each'),
  thoughts: oneOf('reasoning_content', 'reasoning', 'both', 'parts', 'part text', 'details'),
  text: oneOf('text', 'parts'),
  numbers: oneOf('from 0', 'from 1', 'as text', 'all 0', 'none'),
  ids: oneOf('first', 'each', 'new', 'none', 'same'),
  arguments: oneOf('pieces', 'object', 'with white space', 'after an empty object'),
  names: oneOf('first', 'each'),
  mixed: seldom,
  blankText: seldom,
  reason: oneOf('once', 'twice', 'with the last piece', 'stop instead'),
  noReason: oneOf('null', 'empty', 'missing'),
  usageAt: oneOf('own chunk', 'reason', 'each', 'choice', 'corner'),
  usageNames: oneOf(
    'details',
    'cached_tokens',
    'hit and miss',
    'num_cached_tokens',
    'input',
    'both',
    'beside',
  ),
  thinkingApart: seldom,
  streamed: oneOf('as asked', 'as asked', 'as asked', 'other way'),
  pieceLength: fc.integer({ min: 1, max: 12 }),
});

/** No server has all habits at once: calls that nothing tells apart are one. */
export function together(one: Habits, { calls }: Said): Habits {
  const isCounted = one.numbers !== 'all 0' && one.numbers !== 'none';
  const isSingle = calls.length <= 1;
  const isTold = isCounted || isSingle;
  const ids = !isTold && one.ids !== 'each' ? 'first' : one.ids;
  return {
    ...one,
    ids,
    // Without a number only an id in each piece tells which call it belongs to.
    mixed: one.mixed && (isCounted || ids === 'each'),
    // A name that comes again with another id, or none, may be another call of the same tool.
    names: isCounted && ids !== 'new' && ids !== 'none' ? one.names : 'first',
    arguments:
      one.arguments === 'after an empty object' && (one.mixed || !isCounted) ? 'pieces' : one.arguments,
    // Only a server that says what it was has said all without its last word.
    done: one.done,
  };
}

/** Conversations as both protocols can say them, and the answers to them; made by chance, by a fixed seed. */
import fc from 'fast-check';
import { text, thinking, toolCall, type ScriptedAnswer, type StopReason } from '../standins/anthropic';

interface Call {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** What the tool gave back. */
  readonly result: string;
}

interface Step {
  readonly question: readonly string[];
  readonly image: boolean;
  readonly said: string | undefined;
  readonly calls: readonly Call[];
}

export interface Conversation {
  readonly system: string | undefined;
  readonly steps: readonly Step[];
  readonly last: readonly string[];
  readonly offersTools: boolean;
  readonly choice: 'auto' | 'required' | 'none' | 'named' | undefined;
  readonly isSerial: boolean;
  readonly maxTokens: number;
  readonly temperature: number | undefined;
  readonly stops: readonly string[];
  readonly stream: boolean;
}

export interface Case {
  readonly conversation: Conversation;
  readonly answer: ScriptedAnswer;
  /** Lengths in bytes of the chunks the provider sends, in turn; none: all at once. */
  readonly cuts: readonly number[];
}

/** Of one, two, three and four bytes, of several code points, and with a meaning to the framing. */
const UNITS = [
  'a',
  'B',
  ' ',
  'é',
  '漢',
  '\u2028',
  '😀',
  '👩‍👧',
  'e\u0301',
  '"',
  '\\',
  '\n',
  '\r',
  '\t',
  '\u0001',
  'data: ',
  '\n\n',
  '</x>',
];
const NAMES = ['read', 'list_files', 'mcp--x--search'];
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const words = fc
  .array(fc.constantFrom(...UNITS), { minLength: 1, maxLength: 12 })
  .map((units) => `w${units.join('')}`);
/** Not blank at either end: a provider trims nothing, but some ends are cut by both protocols' readers. */
const message = words.map((value) => `${value}.`);
const json = fc.oneof(
  words,
  fc.integer({ min: -9, max: 1e6 }),
  fc.boolean(),
  fc.constant(null),
  fc.array(words, { maxLength: 2 }),
);
const input = fc.dictionary(fc.constantFrom('path', 'lines', 'ключ', 'a b', '"'), json, {
  maxKeys: 3,
  noNullPrototype: true,
});

const step: fc.Arbitrary<Step> = fc.record({
  question: fc.array(message, { minLength: 1, maxLength: 2 }),
  image: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  said: fc.option(message, { nil: undefined }),
  calls: fc.array(fc.record({ name: fc.constantFrom(...NAMES), input, result: message }), { maxLength: 3 }),
});

const conversation: fc.Arbitrary<Conversation> = fc.record({
  system: fc.option(message, { nil: undefined }),
  steps: fc.array(step, { maxLength: 3 }),
  last: fc.array(message, { minLength: 1, maxLength: 2 }),
  offersTools: fc.boolean(),
  choice: fc.constantFrom('auto', 'required', 'none', 'named', undefined),
  isSerial: fc.boolean(),
  maxTokens: fc.integer({ min: 1, max: 8_000 }),
  temperature: fc.constantFrom(undefined, 0, 0.5, 1),
  stops: fc.array(message, { maxLength: 2 }),
  stream: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
});

const STOPS: readonly StopReason[] = [
  'end_turn',
  'max_tokens',
  'stop_sequence',
  'pause_turn',
  'refusal',
  'model_context_window_exceeded',
];

const count = fc.integer({ min: 0, max: 200_000 });

const answer: fc.Arbitrary<ScriptedAnswer> = fc
  .record({
    thought: fc.option(message, { nil: undefined, freq: 3 }),
    pieces: fc.array(words, { maxLength: 4 }),
    calls: fc.array(
      fc.record({ name: fc.constantFrom(...NAMES), input, pieceLength: fc.integer({ min: 1, max: 20 }) }),
      { maxLength: 3 },
    ),
    stop: fc.constantFrom(...STOPS),
    usage: fc.record({
      input_tokens: count,
      // Never fewer than the stream's beginning says, which is one.
      output_tokens: fc.integer({ min: 1, max: 200_000 }),
      cache_creation_input_tokens: count,
      cache_read_input_tokens: count,
    }),
    pings: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ thought, pieces, calls, stop, ...rest }) => ({
    ...rest,
    content: [
      ...(thought === undefined ? [] : [thinking(thought)]),
      ...(pieces.length > 0 ? [text(...pieces)] : []),
      ...calls.map(({ name, input: values, pieceLength }, index) =>
        toolCall(name, values, { id: `toolu_${index}`, pieceLength }),
      ),
    ],
    stopReason: calls.length > 0 ? 'tool_use' : stop,
  }));

export const cases: fc.Arbitrary<Case> = fc.record({
  conversation,
  answer,
  cuts: fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 5 }),
});

type Json = Record<string, unknown>;

const schema = { type: 'object', properties: { path: { type: 'string' } } };
const hasCalls = ({ steps }: Conversation): boolean => steps.some(({ calls }) => calls.length > 0);
/** The provider wants them whenever the history shows them at work. */
const toolsOf = (one: Conversation): readonly string[] => (one.offersTools || hasCalls(one) ? NAMES : []);
const idOf = (at: number, index: number): string => `call_${at}_${index}`;
const known = (fields: Json): Json =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** As Anthropic's clients say it. */
export function toMessages(one: Conversation, model: string): Json {
  const messages: { role: string; content: unknown[] }[] = [];
  let results: unknown[] = [];
  one.steps.forEach(({ question, image, said, calls }, at) => {
    const source = { type: 'base64', media_type: 'image/png', data: PIXEL };
    const asked = question.map((part) => ({ type: 'text', text: part }));
    messages.push({
      role: 'user',
      content: [...results, ...asked, ...(image ? [{ type: 'image', source }] : [])],
    });
    messages.push({
      role: 'assistant',
      content: [
        { type: 'text', text: said ?? 'I see.' },
        ...calls.map(({ name, input: values }, index) => ({
          type: 'tool_use',
          id: idOf(at, index),
          name,
          input: values,
        })),
      ],
    });
    results = calls.map(({ result }, index) => ({
      type: 'tool_result',
      tool_use_id: idOf(at, index),
      content: [{ type: 'text', text: result }],
    }));
  });
  messages.push({
    role: 'user',
    content: [...results, ...one.last.map((part) => ({ type: 'text', text: part }))],
  });
  const tools = toolsOf(one).map((name) => ({ name, description: `Does ${name}.`, input_schema: schema }));
  return known({
    model,
    max_tokens: one.maxTokens,
    system: one.system,
    messages,
    tools: tools.length > 0 ? tools : undefined,
    tool_choice: tools.length > 0 ? choiceOf(one) : undefined,
    temperature: one.temperature,
    stop_sequences: one.stops.length > 0 ? one.stops : undefined,
  });
}

function choiceOf({ choice, isSerial }: Conversation): Json | undefined {
  const serial = isSerial ? { disable_parallel_tool_use: true } : {};
  switch (choice) {
    case undefined:
      return isSerial ? { type: 'auto', ...serial } : undefined;
    case 'none':
      return { type: 'none' };
    case 'named':
      return { type: 'tool', name: NAMES[0], ...serial };
    default:
      return { type: choice === 'auto' ? 'auto' : 'any', ...serial };
  }
}

/** As OpenAI's clients say it. */
export function toChat(one: Conversation, model: string): Json {
  const messages: Json[] = one.system === undefined ? [] : [{ role: 'system', content: one.system }];
  one.steps.forEach(({ question, image, said, calls }, at) => {
    const asked: Json[] = question.map((part) => ({ type: 'text', text: part }));
    if (image) asked.push({ type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } });
    messages.push({ role: 'user', content: asked });
    messages.push({
      role: 'assistant',
      content: said ?? 'I see.',
      ...(calls.length > 0
        ? {
            tool_calls: calls.map(({ name, input: values }, index) => ({
              id: idOf(at, index),
              type: 'function',
              function: { name, arguments: JSON.stringify(values) },
            })),
          }
        : {}),
    });
    calls.forEach(({ result }, index) =>
      messages.push({ role: 'tool', tool_call_id: idOf(at, index), content: result }),
    );
  });
  for (const part of one.last) messages.push({ role: 'user', content: part });
  const tools = toolsOf(one).map((name) => ({
    type: 'function',
    function: { name, description: `Does ${name}.`, parameters: schema },
  }));
  const choice = one.choice === 'named' ? { type: 'function', function: { name: NAMES[0] } } : one.choice;
  return known({
    model,
    max_completion_tokens: one.maxTokens,
    messages,
    tools: tools.length > 0 ? tools : undefined,
    tool_choice: tools.length > 0 ? choice : undefined,
    parallel_tool_calls: one.isSerial ? false : undefined,
    temperature: one.temperature,
    stop: one.stops.length > 0 ? one.stops : undefined,
  });
}

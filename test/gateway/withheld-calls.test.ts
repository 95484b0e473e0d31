import { IN_PLACE_OF_CALLS, StreamedCalls, takeOutCalls } from '../../gateway/enforcement/withheld-calls';
import type { AnswerBlock, ModelAnswer, StopReason, StreamEvent } from '../../gateway/model/answer';
import { anthropicMessages } from '../../gateway/protocols/anthropic-messages';
import { openAiChat } from '../../gateway/protocols/openai-chat';
import { openAiCompletions } from '../../gateway/protocols/openai-completions';
import type { AnswerFrame, Protocol } from '../../gateway/protocols/protocol';
import { MessageEvents } from '../../gateway/providers/messages/message-events';
import { readAnswer } from '../../gateway/providers/messages/read-answer';

const CALLABLE = new Set(['read', 'ask']);
const FRAME: AnswerFrame = { model: 'm', created: 1, requestId: 'r', includeUsage: true };
const USAGE = { input_tokens: 7, output_tokens: 5 };

interface Block {
  readonly type: 'text' | 'thinking' | 'tool_use';
  readonly words: string;
}

/** A whole answer as Anthropic gives it. */
const messageOf = (blocks: readonly Block[], reason: string): object => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'upstream',
  content: blocks.map(({ type, words }, at) =>
    type === 'text'
      ? { type, text: words }
      : type === 'thinking'
        ? { type, thinking: words, signature: 's' }
        : { type, id: `toolu_${at}`, name: words, input: { at } },
  ),
  stop_reason: reason,
  stop_sequence: null,
  usage: USAGE,
});

/** The same, streamed. */
function eventsOf(blocks: readonly Block[], reason: string): object[] {
  const events: object[] = [
    {
      type: 'message_start',
      message: { ...messageOf([], ''), stop_reason: null, usage: { ...USAGE, output_tokens: 1 } },
    },
    { type: 'ping' },
  ];
  blocks.forEach(({ type, words }, index) => {
    const block =
      type === 'text'
        ? { type, text: '' }
        : type === 'thinking'
          ? { type, thinking: '', signature: '' }
          : { type, id: `toolu_${index}`, name: words, input: {} };
    events.push({ type: 'content_block_start', index, content_block: block });
    const deltas =
      type === 'text'
        ? [...words].map((text) => ({ type: 'text_delta', text }))
        : type === 'thinking'
          ? [
              { type: 'thinking_delta', thinking: words },
              { type: 'signature_delta', signature: 's' },
            ]
          : [...JSON.stringify({ at: index })].map((partial_json) => ({
              type: 'input_json_delta',
              partial_json,
            }));
    for (const delta of deltas) events.push({ type: 'content_block_delta', index, delta });
    events.push({ type: 'content_block_stop', index });
  });
  events.push({ type: 'message_delta', delta: { stop_reason: reason, stop_sequence: null }, usage: USAGE });
  events.push({ type: 'message_stop' });
  return events;
}

/** What a client is sent of a stream, as text of the wire. */
function streamed(
  protocol: Protocol,
  events: readonly object[],
  callable?: ReadonlySet<string>,
  isRaw = true,
): string {
  const writer = protocol.streamWriter(FRAME);
  const calls = callable && new StreamedCalls(callable);
  let out = '';
  const reader = new MessageEvents((event) => {
    if (!isRaw && event.type === 'message-event') return;
    for (const left of calls ? calls.take(event) : [event]) out += writer.write(left);
  });
  for (const event of events) reader.accept(event as Record<string, unknown>, JSON.stringify(event));
  return out;
}

interface Gathered {
  text: string;
  thinking: string;
  calls: string[];
  reason: unknown;
  usage: unknown;
}
type Json = Record<string, unknown>;

const lines = (wire: string): Json[] =>
  wire
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)) as Json);

/** What Anthropic's client makes of a stream; throws where the numbers of the blocks do not go up by one. */
function gatherMessages(wire: string): Gathered {
  const gathered: Gathered = { text: '', thinking: '', calls: [], reason: undefined, usage: undefined };
  let started = 0;
  const inputs: string[] = [];
  for (const event of lines(wire)) {
    const block = event['content_block'] as Json | undefined;
    const delta = (event['delta'] ?? {}) as Json;
    if (event['type'] === 'content_block_start') {
      expect(event['index']).toBe(started);
      started += 1;
      inputs.push('');
      if (block?.['type'] === 'tool_use') gathered.calls.push(block['name'] as string);
    } else if (event['type'] === 'content_block_delta' || event['type'] === 'content_block_stop')
      expect(event['index']).toBe(started - 1);
    if (typeof delta['text'] === 'string') gathered.text += delta['text'];
    if (typeof delta['thinking'] === 'string') gathered.thinking += delta['thinking'];
    if (event['type'] === 'message_delta') {
      gathered.reason = delta['stop_reason'];
      gathered.usage = (event['usage'] as Json)['output_tokens'];
    }
  }
  return gathered;
}

function wholeMessage(json: string): Gathered {
  const message = JSON.parse(json) as { content: Json[]; stop_reason: string; usage: Json };
  const of = (type: string, member: string) =>
    message.content.filter((block) => block['type'] === type).map((block) => block[member] as string);
  return {
    text: of('text', 'text').join(''),
    thinking: of('thinking', 'thinking').join(''),
    calls: of('tool_use', 'name'),
    reason: message.stop_reason,
    usage: message.usage['output_tokens'],
  };
}

function gatherChat(wire: string): Gathered {
  const gathered: Gathered = { text: '', thinking: '', calls: [], reason: undefined, usage: undefined };
  for (const chunk of lines(wire)) {
    const usage = chunk['usage'] as Json | undefined;
    if (usage) gathered.usage = usage['completion_tokens'];
    const choice = (chunk['choices'] as Json[])[0];
    if (choice === undefined) continue;
    const delta = (choice['delta'] ?? { content: choice['text'] }) as Json;
    gathered.text += (delta['content'] as string | undefined) ?? '';
    gathered.thinking += (delta['reasoning_content'] as string | undefined) ?? '';
    for (const call of (delta['tool_calls'] as Json[] | undefined) ?? []) {
      const { name } = call['function'] as Json;
      if (name === undefined) continue;
      expect(call['index']).toBe(gathered.calls.length);
      gathered.calls.push(name as string);
    }
    if (choice['finish_reason'] !== null) gathered.reason = choice['finish_reason'];
  }
  return gathered;
}

function wholeChat(json: string): Gathered {
  const body = JSON.parse(json) as { choices: Json[]; usage: Json };
  const [choice = {}] = body.choices;
  const message = (choice['message'] ?? { content: choice['text'] }) as Json;
  return {
    text: (message['content'] as string | null) ?? '',
    thinking: (message['reasoning_content'] as string | undefined) ?? '',
    calls: ((message['tool_calls'] as { function: { name: string } }[] | undefined) ?? []).map(
      (call) => call.function.name,
    ),
    reason: choice['finish_reason'],
    usage: body.usage['completion_tokens'],
  };
}

/** Every answer of up to three blocks, of these kinds. */
const KINDS: readonly Block[] = [
  { type: 'text', words: 'I look.' },
  { type: 'text', words: ' \n' },
  { type: 'thinking', words: 'Hm.' },
  { type: 'tool_use', words: 'read' },
  { type: 'tool_use', words: 'bash' },
  { type: 'tool_use', words: 'nobody_offered_it' },
];
function answers(): (readonly Block[])[] {
  const all: (readonly Block[])[] = [[]];
  for (let from = 0, length = 0; length < 3; length += 1) {
    const to = all.length;
    for (; from < to; from += 1) for (const kind of KINDS) all.push([...(all[from] ?? []), kind]);
  }
  return all;
}
const REASONS = ['tool_use', 'end_turn', 'max_tokens'];

const isTaken = ({ type, words }: Block): boolean => type === 'tool_use' && !CALLABLE.has(words);
const joined = (blocks: readonly Block[], type: Block['type']) =>
  blocks.filter((block) => block.type === type).map(({ words }) => words);

/** What must be left of an answer. */
function expected(blocks: readonly Block[], reason: string): Gathered {
  const calls = joined(blocks, 'tool_use').filter((name) => CALLABLE.has(name));
  const said = joined(blocks, 'text').join('');
  const hasTaken = blocks.some(isTaken);
  const isEmpty = hasTaken && calls.length === 0 && said.trim() === '';
  return {
    text: isEmpty ? said + IN_PLACE_OF_CALLS : said,
    thinking: joined(blocks, 'thinking').join(''),
    calls,
    reason: hasTaken && calls.length === 0 && reason === 'tool_use' ? 'end_turn' : reason,
    usage: 5,
  };
}
const IN_CHAT: Readonly<Record<string, string>> = {
  tool_use: 'tool_calls',
  end_turn: 'stop',
  max_tokens: 'length',
};

const ALL = answers().flatMap((blocks) => REASONS.map((reason) => ({ blocks, reason })));

test('a streamed answer and a whole one are left the same, on Anthropic’s path, passed on and written anew', () => {
  expect(ALL.length).toBeGreaterThan(700);
  for (const { blocks, reason } of ALL) {
    const left = expected(blocks, reason);
    const events = eventsOf(blocks, reason);
    expect(gatherMessages(streamed(anthropicMessages, events, CALLABLE))).toEqual(left);
    expect(gatherMessages(streamed(anthropicMessages, events, CALLABLE, false))).toEqual(left);
    const answer = takeOutCalls(readAnswer(JSON.stringify(messageOf(blocks, reason))), CALLABLE);
    expect(wholeMessage(anthropicMessages.renderAnswer(answer, FRAME))).toEqual(left);
    const foreign = { ...answer, message: undefined } as unknown as ModelAnswer;
    expect(wholeMessage(anthropicMessages.renderAnswer(foreign, FRAME))).toEqual(left);
  }
});

test('on OpenAI’s paths, too', () => {
  for (const { blocks, reason } of ALL) {
    const left = expected(blocks, reason);
    const inChat = { ...left, reason: IN_CHAT[left.reason as string] };
    const events = eventsOf(blocks, reason);
    const answer = takeOutCalls(readAnswer(JSON.stringify(messageOf(blocks, reason))), CALLABLE);
    expect(gatherChat(streamed(openAiChat, events, CALLABLE))).toEqual(inChat);
    expect(wholeChat(openAiChat.renderAnswer(answer, FRAME))).toEqual(inChat);
    const asText = { ...inChat, thinking: '', calls: [] };
    expect(gatherChat(streamed(openAiCompletions, events, CALLABLE))).toEqual(asText);
    expect(wholeChat(openAiCompletions.renderAnswer(answer, FRAME))).toEqual(asText);
  }
});

test('an answer that has nothing to take out is the same byte for byte', () => {
  for (const { blocks, reason } of ALL) {
    if (blocks.some(isTaken)) continue;
    const events = eventsOf(blocks, reason);
    const answer = readAnswer(JSON.stringify(messageOf(blocks, reason)));
    expect(takeOutCalls(answer, CALLABLE)).toBe(answer);
    for (const protocol of [anthropicMessages, openAiChat, openAiCompletions])
      expect(streamed(protocol, events, CALLABLE)).toBe(streamed(protocol, events));
  }
});

test('calls that a server tells by pieces between other calls are taken out one by one', () => {
  const calls = new StreamedCalls(CALLABLE);
  const start = (name: string): StreamEvent => ({ type: 'tool-start', id: name, name });
  const input: StreamEvent = { type: 'tool-input', json: '{}' };
  const end: StreamEvent = { type: 'tool-end' };
  const stop = (reason: StopReason): StreamEvent => ({ type: 'stop', reason, usage: undefined });
  const told = [start('bash'), input, end, start('read'), input, end, start('write'), end, stop('tool_use')];
  expect(told.flatMap((event) => calls.take(event))).toEqual([start('read'), input, end, stop('tool_use')]);
  // A second word about the end, as some providers give it, says nothing anew.
  const alone = new StreamedCalls(CALLABLE);
  const left = [start('bash'), end, stop('tool_use'), stop('tool_use')].flatMap((event) => alone.take(event));
  expect(left).toEqual([{ type: 'text', text: IN_PLACE_OF_CALLS }, stop('end'), stop('end')]);
});

test('what was read of a whole answer by another protocol loses the call as well', () => {
  const blocks: AnswerBlock[] = [{ type: 'tool_use', id: 'c', name: 'bash', input: {} }];
  const answer: ModelAnswer = { id: 'a', blocks, stopReason: 'tool_use', usage: undefined };
  expect(takeOutCalls(answer, new Set())).toEqual({
    ...answer,
    blocks: [{ type: 'text', text: IN_PLACE_OF_CALLS }],
    stopReason: 'end',
  });
});

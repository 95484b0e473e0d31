/** What mutated input has shown once, each by itself and in its smallest form. */
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { ElementAllowance } from '../../gateway/http/element-allowance';
import { modelNamed } from '../gateway/support/models';
import { COMPATIBLE } from './providers';
import { createBodyRoom } from '../../gateway/http/body-room';
import type { Exchange } from '../../gateway/http/exchange';
import { readPieces } from '../../gateway/http/incoming-body';
import type { StreamEvent } from '../../gateway/model/answer';
import { anthropicMessages } from '../../gateway/protocols/anthropic-messages';
import { openAiChat } from '../../gateway/protocols/openai-chat';
import { frame, type StreamEvent as SentEvent } from '../standins/anthropic/events';
import { ANTHROPIC } from './providers';

const START: SentEvent = {
  type: 'message_start',
  message: { id: 'msg_1', usage: { input_tokens: 3, output_tokens: 1 } },
};
const TEXT: SentEvent = {
  type: 'content_block_delta',
  index: 0,
  delta: { type: 'text_delta', text: 'hi' },
};
const stopped = (reason: string, output_tokens: number): SentEvent => ({
  type: 'message_delta',
  delta: { stop_reason: reason },
  usage: { output_tokens },
});
const STOP: SentEvent = { type: 'message_stop' };

/** The events that are read out of those sent, without the provider's own, and the text they are written as. */
function relay(...sent: readonly SentEvent[]): { events: StreamEvent[]; text: string } {
  const events: StreamEvent[] = [];
  const writer = openAiChat.streamWriter({ model: 'm', created: 1, requestId: 'r', includeUsage: true });
  let text = '';
  const reader = ANTHROPIC.eventReader((event) => {
    if (event.type !== 'message-event') events.push(event);
    text += writer.write(event);
  });
  reader.push(Buffer.from(sent.map(frame).join('')));
  reader.end();
  return { events, text };
}

test('a stream that ends without its reason, and so without its usage, is broken', () => {
  const { events } = relay(START, TEXT, STOP);
  expect(events.at(-1)).toMatchObject({ type: 'error', kind: 'broken' });
});

test('a reason that is said twice is written once, with the larger usage', () => {
  const { events, text } = relay(START, TEXT, stopped('end_turn', 5), stopped('end_turn', 9), STOP);
  expect(events.at(-1)).toEqual({ type: 'end' });
  expect(text.match(/"finish_reason":"stop"/g)).toHaveLength(1);
  expect(text).toContain('"completion_tokens":9');
});

test.each([
  ['no id', { name: 'read' }],
  ['no name', { id: 'toolu_1' }],
  ['an empty name', { id: 'toolu_1', name: '' }],
  ['an id that is no text', { id: [], name: 'read' }],
])('a tool call with %s breaks the stream: no client can answer it', (_, block) => {
  const call = {
    type: 'content_block_start',
    index: 0,
    content_block: { type: 'tool_use', input: {}, ...block },
  };
  const { events } = relay(START, call, stopped('tool_use', 5), STOP);
  expect(events.map(({ type }) => type)).toEqual(['start', 'error']);
});

test('a body whose client has gone before it is read is incomplete, and not waited for', async () => {
  const request = Object.assign(new PassThrough(), { headers: {} });
  request.write('{"model":');
  request.destroy();
  await once(request, 'close');
  const hold = createBodyRoom({ total: 1_000, share: 500 }).enter('key');
  await expect(readPieces({ request } as unknown as Exchange, 100, hold)).rejects.toMatchObject({
    code: 'body_incomplete',
  });
});

test("an image's address is written as every server reads it", () => {
  const image = { type: 'image_url', image_url: { url: 'HTTPS://EXAMPLE.COM/A.PNG' } };
  const body = { model: 'm', messages: [{ role: 'user', content: [image] }] };
  const request = openAiChat.readRequest(body, {}, new ElementAllowance(1_000));
  const sent = COMPATIBLE.writeBody(request, modelNamed('claude-sonnet-4-5'));
  expect(String(sent.members)).toContain('"url":"https://EXAMPLE.COM/A.PNG"');
});

/** What JavaScript cannot make a text or a number of. */
const NO_TEXT = { toString: 1, valueOf: 2 };

test.each<[string, unknown]>([
  ['title', { type: 'document', source: { type: 'text', data: 'a' }, title: NO_TEXT }],
  ['data', { type: 'document', source: { type: 'text', data: NO_TEXT } }],
  ['media_type', { type: 'image', source: { type: 'base64', media_type: NO_TEXT, data: 'AAAA' } }],
  ['tool_use_id', { type: 'tool_result', tool_use_id: NO_TEXT, content: 'a' }],
])('a %s that is no text is refused by who has to write it as one', (member, block) => {
  const body = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: [block] }] };
  const request = anthropicMessages.readRequest(body, {}, new ElementAllowance(1_000));
  expect(() => COMPATIBLE.writeBody(request, modelNamed('claude-sonnet-4-5'))).toThrow(
    expect.objectContaining({
      code: 'request_invalid',
      message: expect.stringContaining(member) as string,
    }) as Error,
  );
});

test('a budget of tokens that is no number is not counted', () => {
  const thinking = { type: 'enabled', budget_tokens: NO_TEXT };
  const body = { model: 'm', max_tokens: 9, thinking, messages: [{ role: 'user', content: 'a' }] };
  const request = anthropicMessages.readRequest(body, {}, new ElementAllowance(1_000));
  const sent = COMPATIBLE.writeBody(request, modelNamed('claude-sonnet-4-5'));
  expect(String(sent.members)).toContain('"reasoning_effort":"minimal"');
});

test('the result of a function whose name is no text answers no call', () => {
  const messages = [{ role: 'function', name: NO_TEXT, content: 'a' }];
  const { turns } = openAiChat.readRequest({ model: 'm', messages }, {}, new ElementAllowance(1_000));
  expect(JSON.stringify(turns)).toContain('Result of an earlier tool call:');
});

test('a choice of schemas keeps every property, whatever its name', () => {
  const parameters = JSON.parse(
    '{"anyOf":[{"properties":{"__proto__":{"type":"string"},"a":{}}}]}',
  ) as object;
  const body = {
    model: 'm',
    messages: [{ role: 'user', content: 'a' }],
    tools: [{ type: 'function', function: { name: 'f', parameters } }],
  };
  const request = openAiChat.readRequest(body, {}, new ElementAllowance(1_000));
  const sent = ANTHROPIC.writeBody(request, modelNamed('claude-sonnet-4-5'));
  expect(String(sent.members)).toContain('"properties":{"__proto__":{"type":"string"},"a":{}}');
});

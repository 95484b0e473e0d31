/** Answers as providers really give them, by provider: what mutations start from. */
import type { Provider } from '../../gateway/providers/provider';
import { fail, say, text, thinking, toolCall, type ScriptedAnswer } from '../standins/anthropic';
import { frame, planStream, type StreamEvent } from '../standins/anthropic/events';
import { makeAnswer, wholeBody } from '../standins/anthropic/message';
import {
  call,
  say as sayChat,
  type ScriptedAnswer as ScriptedChat,
} from '../standins/openai-compatible/script';
import { chunksOf, wholeAnswer } from '../standins/openai-compatible/answer';
import { encodeFrame, eventFrame, errorFrame, exceptionFrame, type FrameValue } from './aws-frames';
import { ANTHROPIC, BEDROCK, COMPATIBLE } from './providers';

export interface Upstream {
  readonly provider: Provider;
  /** Each a list of events. */
  readonly streams: readonly (readonly unknown[])[];
  /** An event, which may have become anything, as bytes of the wire. */
  frame(event: unknown): Buffer;
  /** Bodies of whole answers and of errors. */
  readonly bodies: readonly unknown[];
}

const INPUT = {
  input_tokens: 40,
  cache_creation_input_tokens: 10,
  cache_read_input_tokens: 30,
  cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 0 },
};

const SCRIPTS: readonly ScriptedAnswer[] = [
  say('Hello ', 'there, ', 'é漢😀', '!'),
  {
    content: [
      thinking('First I read it.'),
      { type: 'redacted_thinking', data: 'eA==' },
      text('I read', ' both.'),
      toolCall('read', { path: 'src/a.ts', lines: [1, 2], deep: { ключ: '値' } }),
      toolCall('list', {}),
    ],
  },
  {
    content: [toolCall('write', { path: 'a', content: 'x'.repeat(200) })],
    duplicateMessageStart: true,
    pings: 3,
  },
  { ...say('cut ', 'short'), interruption: { after: 'content', how: 'error' } },
  { ...say('never'), interruption: { after: 'start', how: 'error', errorType: 'rate_limit_error' } },
  { ...say('It is ', 'long'), stopReason: 'max_tokens', finalInputTokens: 61 },
];

const answers = SCRIPTS.map((script, index) => ({
  script,
  answer: makeAnswer(script, index, 'claude-sonnet-4-5-20250929', 4_000, INPUT),
}));

const MESSAGE_STREAMS = answers.map(({ script, answer }) => planStream(answer, script).events);

const MESSAGE_BODIES = [
  ...answers.map(({ answer }) => wholeBody(answer)),
  ...[400, 401, 429, 500, 529].map((status) => {
    const { type, message } = fail(status).error ?? {};
    return { type: 'error', error: { type, message }, request_id: 'req_1' };
  }),
];

/** A stream's name is that of its type, whatever that has become. */
const messageFrame = (event: unknown): Buffer =>
  Buffer.from(
    event !== null && typeof event === 'object' && 'type' in event && typeof event.type === 'string'
      ? frame(event as StreamEvent)
      : `data: ${JSON.stringify(event)}\n\n`,
  );

/** What is no object is an exception of AWS's own. */
const packedFrame = (event: unknown): Buffer =>
  encodeFrame(
    event !== null && typeof event === 'object'
      ? eventFrame(event)
      : exceptionFrame(JSON.stringify(event ?? null).slice(0, 100), 'scripted'),
  );

const METRICS = { 'amazon-bedrock-invocationMetrics': { inputTokenCount: 1, outputTokenCount: 1 } };

/** The same events with their frames, and what else AWS frames. */
const FRAME_STREAMS: readonly (readonly FrameValue[])[] = MESSAGE_STREAMS.map((events, index) => {
  const frames = events.map((event) =>
    eventFrame(event.type === 'message_stop' ? { ...event, ...METRICS } : event),
  );
  const half = frames.slice(0, frames.length >> 1);
  return (
    {
      1: [...half, exceptionFrame('throttlingException', 'Too many requests')],
      3: [...half, errorFrame('InternalError', 'An internal server error occurred')],
      4: [
        { headers: { ':message-type': 'event', ':event-type': 'initial-response' }, payload: {} },
        ...frames,
      ],
    }[index] ?? frames
  );
});

const AWS_ERRORS = [
  { message: 'The security token included in the request is expired' },
  { message: 'Too many tokens, please wait before trying again.', __type: 'ThrottlingException' },
  { Message: 'messages.0: text content blocks must be non-empty' },
];

const CHAT = { model: 'own-model', messages: [], stream_options: { include_usage: true } };
const USAGE = { prompt_tokens: 50, completion_tokens: 9, prompt_tokens_details: { cached_tokens: 30 } };

const CHATS: readonly ScriptedChat[] = [
  { ...sayChat('Hello ', 'é漢😀'), usage: USAGE },
  {
    thoughts: ['First ', 'I read it.'],
    text: ['I read.'],
    calls: [call('read', { path: 'a', deep: { ключ: ['値'] } }), call('list')],
  },
  { calls: [call('write', { path: 'a' }), call('list')], numbering: { from: 1 }, usage: null },
  { ...sayChat('It is ', 'long'), finishReason: 'length', thoughtsField: 'reasoning' },
  { calls: [call('read', { path: 'a' }), call('list')], numbering: 'none' },
  { text: ['I look.'], calls: [call('read', { path: 'a' }), call('list')], numbering: { all: 0 } },
];

const CHAT_ERRORS = [
  { error: { message: 'messages.0 is wrong', type: 'invalid_request_error', param: 'messages', code: null } },
  { error: 'busy' },
  { detail: 'Not Found' },
];

/** The last word of a stream is no JSON. */
const DONE = '[DONE]';
const chatText = (event: unknown): string => (event === DONE ? DONE : (JSON.stringify(event) ?? ''));
const chatFrame = (event: unknown): Buffer => Buffer.from(`data: ${chatText(event)}\n\n`);

const CHAT_STREAMS = CHATS.map((script, index) => [
  ...chunksOf(script, index, CHAT).map(({ data }) => data),
  DONE,
]);

/** The same, with all else that an event of the format may have, and with its other line end. */
const chattyFrame = (event: unknown): Buffer =>
  Buffer.from(`: still here\r\nevent: chunk\r\nid: 1\r\nretry: 5\r\ndata:${chatText(event)}\r\n\r\n`);

const AWS_BODIES = [...MESSAGE_BODIES, ...AWS_ERRORS];
const CHAT_BODIES = [...CHATS.map((script, index) => wholeAnswer(script, index, CHAT)), ...CHAT_ERRORS];

export const UPSTREAMS: readonly Upstream[] = [
  { provider: ANTHROPIC, streams: MESSAGE_STREAMS, frame: messageFrame, bodies: MESSAGE_BODIES },
  {
    provider: BEDROCK,
    streams: MESSAGE_STREAMS,
    frame: packedFrame,
    bodies: AWS_BODIES,
  },
  { provider: BEDROCK, streams: FRAME_STREAMS, frame: encodeFrame, bodies: AWS_BODIES },
  {
    provider: COMPATIBLE,
    streams: CHAT_STREAMS,
    frame: chatFrame,
    bodies: CHAT_BODIES,
  },
  { provider: COMPATIBLE, streams: CHAT_STREAMS, frame: chattyFrame, bodies: CHAT_BODIES },
];

/** What the provider answers, as the bytes of an HTTP answer of Anthropic's Messages API, ready to be written. */
import type { Case } from './cases';

/** Each is written by itself, since a provider sends an event as soon as it has one. */
export type AnswerPieces = readonly Buffer[];

export const ANSWER_TEXT =
  'It looks a user up by name, or by one of the aliases that begin with an @. '.repeat(6);
export const EVENT_TEXT = ' a user by name';

const USAGE = {
  input_tokens: 1_200,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 900,
  output_tokens: 120,
};

const MESSAGE = {
  id: 'msg_01BenchBenchBenchBenchBench',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5-20250929',
  stop_sequence: null,
};

export function answerPieces({ events }: Pick<Case, 'events'>): AnswerPieces {
  return events === 0 ? [wholeAnswer()] : streamedAnswer(events);
}

function wholeAnswer(): Buffer {
  const body = JSON.stringify({
    ...MESSAGE,
    content: [{ type: 'text', text: ANSWER_TEXT }],
    stop_reason: 'end_turn',
    usage: USAGE,
  });
  const head = ['content-type: application/json', `content-length: ${Buffer.byteLength(body)}`];
  return Buffer.from(`HTTP/1.1 200 OK\r\n${head.join('\r\n')}\r\n\r\n${body}`);
}

function streamedAnswer(events: number): AnswerPieces {
  const head = ['content-type: text/event-stream; charset=utf-8', 'transfer-encoding: chunked'];
  const text = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: EVENT_TEXT } };
  const all = [
    { type: 'message_start', message: { ...MESSAGE, content: [], stop_reason: null, usage: USAGE } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ...Array.from({ length: events }, () => text),
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: USAGE },
    { type: 'message_stop' },
  ];
  const chunks = all.map((event) => chunk(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`));
  const last = chunks.pop() ?? '';
  return [`HTTP/1.1 200 OK\r\n${head.join('\r\n')}\r\n\r\n`, ...chunks, `${last}0\r\n\r\n`].map((piece) =>
    Buffer.from(piece),
  );
}

const chunk = (data: string): string => `${Buffer.byteLength(data).toString(16)}\r\n${data}\r\n`;

/** Asks by an SDK that has a function in place of its `fetch`: straight to the provider, or through the gateway. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { ANTHROPIC, ANTHROPIC_KEY } from '../fuzz/providers';
import type { ScriptedAnswer } from '../standins/anthropic';
import { MESSAGES, type Json } from '../standins/anthropic/call';
import { toChat, toMessages, type Conversation } from './conversation';
import { answerOf, bodyOf } from './providers';
import { relay } from './relayed';
import { askChat, askMessages, type Seen } from './seen';
import type { Way } from './ways';

/** What the provider is to answer, and in which chunks a stream of it comes. */
export interface Reply {
  readonly answer: ScriptedAnswer;
  readonly chunks: (stream: Buffer) => readonly Buffer[];
}

export interface Told {
  /** By the client. */
  readonly seen: Seen;
  /** To the provider: the body. */
  readonly sent: Json;
}

export type Asking = (conversation: Conversation, reply: Reply) => Promise<Told>;

/** What the other end gives back: a whole answer, or a stream in parts. */
interface Answered {
  readonly sent: Json;
  readonly whole: string | undefined;
  readonly parts: readonly (Buffer | string)[];
}

type Named = Readonly<Record<string, string>>;
type Fetch = (url: unknown, init?: { body?: unknown; headers?: HeadersInit }) => Promise<Response>;
type Client = (fetch: Fetch) => (conversation: Conversation) => Promise<Seen>;

const messagesClient =
  (model: string): Client =>
  (fetch) => {
    const client = new Anthropic({
      apiKey: ANTHROPIC_KEY,
      baseURL: 'http://messages.invalid',
      maxRetries: 0,
      fetch,
    });
    return (conversation) => askMessages(client, toMessages(conversation, model), conversation.stream);
  };

const chatClient: Client = (fetch) => {
  const client = new OpenAI({ apiKey: 'sk-test', baseURL: 'http://chat.invalid/v1', maxRetries: 0, fetch });
  return (conversation) => askChat(client, toChat(conversation, 'claude-sonnet-4-5'), conversation.stream);
};

function asking(client: Client, answer: (text: string, headers: Named, reply: Reply) => Answered): Asking {
  let reply: Reply | undefined;
  let sent: Json = {};
  let fault: unknown;
  const see = client(async (_, init) => {
    try {
      if (reply === undefined) throw new Error('nothing is to be answered');
      const answered = answer(String(init?.body), namedOf(init?.headers), reply);
      ({ sent } = answered);
      return await Promise.resolve(responseOf(answered));
    } catch (thrown) {
      // Kept as it is: to an SDK it is a broken connection.
      fault = thrown;
      throw thrown;
    }
  });
  return async (conversation, replied) => {
    reply = replied;
    fault = undefined;
    try {
      return { seen: await see(conversation), sent };
    } catch (thrown) {
      throw new Error('the SDK gave up', { cause: fault ?? thrown });
    }
  };
}

function namedOf(headers: HeadersInit | undefined): Named {
  const named: Record<string, string> = {};
  new Headers(headers).forEach((value, name) => (named[name] = value));
  return named;
}

function responseOf({ whole, parts }: Answered): Response {
  if (whole !== undefined) return new Response(whole, { headers: { 'content-type': 'application/json' } });
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const part of parts)
        controller.enqueue(typeof part === 'string' ? new TextEncoder().encode(part) : new Uint8Array(part));
      controller.close();
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}

/**
 * Anthropic's SDK, straight to Anthropic. Its streams come at once: how they are cut is the gateway's to bear. What it
 * sends is not held to the provider's rules: what the gateway makes of the same conversation is.
 */
export const directly = (): Asking =>
  asking(messagesClient('claude-sonnet-4-5-20250929'), (body, headers, { answer: script }) => {
    const request = { path: MESSAGES, headers, body: Buffer.from(body) };
    const sent = bodyOf(request);
    const { whole, stream } = answerOf(ANTHROPIC, request, sent, script);
    return { sent, whole, parts: stream ? [stream] : [] };
  });

export const through = (way: Way): Asking =>
  asking(
    way.protocol.dialect === 'openai' ? chatClient : messagesClient('claude-sonnet-4-5'),
    (text, headers, { answer, chunks }) => {
      const call = relay(way, text, headers, answer);
      const { sent, whole } = call;
      return { sent, whole, parts: whole === undefined ? call.write(chunks(call.stream)) : [] };
    },
  );

/** Both ways to an answer without a socket: the SDKs get functions in place of `fetch`. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { openAiChat } from '../../gateway/protocols/openai-chat';
import { frameOf } from '../../gateway/stages/answer-frame';
import { prepare, servicesOf } from '../fuzz/prepared-call';
import { ANTHROPIC } from '../fuzz/providers';
import type { ScriptedAnswer } from '../standins/anthropic';
import { isObject, MESSAGES, type Call, type Json } from '../standins/anthropic/call';
import { frame, planStream } from '../standins/anthropic/events';
import { BETAS, catalogModels } from '../standins/anthropic/knowledge';
import { makeAnswer, wholeBody } from '../standins/anthropic/message';
import { findRefusal } from '../standins/anthropic/refusals';
import { answerTo } from './asked';

const services = servicesOf(new Map([[ANTHROPIC.name, ANTHROPIC]]));
export const PROMPT = services.prompts.textOf('standard') ?? '';

const known: Call['known'] = {
  apiKey: 'sk-ant-fuzz',
  models: catalogModels(),
  betas: BETAS,
  isIssued: () => true,
};

/** What the provider is to answer, and in which chunks a stream of it comes. */
export interface Reply {
  readonly answer: ScriptedAnswer;
  /** The stream's bytes in chunks. */
  readonly chunks: (stream: Buffer) => readonly Buffer[];
}

const NO_CACHE = {
  input_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
};

/** The provider's answer to a body, or its refusal, as strict as the stand-in with its sockets. */
function askProvider(text: string, headers: Readonly<Record<string, string>>, { answer, chunks }: Reply) {
  const parsed: unknown = JSON.parse(text);
  const body: Json = isObject(parsed) ? parsed : {};
  const size = Buffer.byteLength(text);
  const refused = findRefusal({ method: 'POST', path: MESSAGES, headers, size, parsed, body, known });
  if (refused) throw new Error(`the provider refuses: ${refused.message}`);
  const script = answerTo(body, PROMPT, answer);
  const made = makeAnswer(script, 1, String(body['model']), Number(body['max_tokens']), NO_CACHE);
  if (body['stream'] !== true) return { whole: JSON.stringify(wholeBody(made)), stream: [] };
  const events = planStream(made, script).events.map(frame).join('');
  return { whole: undefined, stream: chunks(Buffer.from(events)) };
}

const json = (text: string): Response =>
  new Response(text, { headers: { 'content-type': 'application/json' } });

function eventStream(chunks: readonly (Buffer | string)[]): Response {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new Uint8Array(Buffer.from(chunk)));
      controller.close();
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}

type Fetch = (url: unknown, init?: { body?: unknown; headers?: HeadersInit }) => Promise<Response>;

/** A `fetch` whose faults come out as they are: to an SDK all of them are a broken connection. */
function faultless(fetch: (text: string, headers: Headers) => Response, faults: unknown[]): Fetch {
  return async (_, init) => {
    try {
      return await Promise.resolve(fetch(String(init?.body), new Headers(init?.headers)));
    } catch (fault) {
      faults.push(fault);
      throw fault;
    }
  };
}

/** Anthropic's SDK, straight to the provider. */
export function directly(reply: Reply, faults: unknown[]): Anthropic {
  const fetch = (text: string, headers: Headers): Response => {
    const named: Record<string, string> = {};
    headers.forEach((value, name) => (named[name] = value));
    const { whole, stream } = askProvider(text, named, reply);
    return whole === undefined ? eventStream(stream) : json(whole);
  };
  return new Anthropic({
    apiKey: known.apiKey,
    baseURL: 'http://provider.invalid',
    maxRetries: 0,
    fetch: faultless(fetch, faults),
  });
}

/** OpenAI's SDK, through the gateway's readers and writers to the same provider. */
export function throughGateway(reply: Reply, faults: unknown[]): OpenAI {
  const fetch = (text: string): Response => {
    const { call, upstream } = prepare(services, openAiChat, 'standard', {}, Buffer.from(text), () => {});
    const request = upstream.find(({ candidate }) => candidate.provider === ANTHROPIC)?.request;
    if (request === undefined) throw new Error('the gateway asks nobody');
    const { whole, stream } = askProvider(request.body, request.headers, reply);
    if (whole !== undefined)
      return json(openAiChat.renderAnswer(ANTHROPIC.readAnswer(whole), frameOf(call, ANTHROPIC)));
    const writer = openAiChat.streamWriter(frameOf(call, ANTHROPIC));
    let out = '';
    const reader = ANTHROPIC.eventReader((event) => {
      if (event.type === 'error') throw new Error(`the stream fails: ${event.message}`);
      out += writer.write(event);
    });
    // Written as the gateway does: what each chunk of the provider's brought, at once.
    const written = stream.map((chunk) => {
      out = '';
      reader.push(chunk);
      return out;
    });
    reader.end();
    return eventStream(written.filter((part) => part !== ''));
  };
  return new OpenAI({
    apiKey: 'sk-test',
    baseURL: 'http://gateway.invalid/v1',
    maxRetries: 0,
    fetch: faultless(fetch, faults),
  });
}

/**
 * A strict stand-in for an OpenAI-compatible server: answers what it was told to, whole or streamed, refuses what a
 * strict one refuses (refusals.ts), and records every request.
 */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { patientServer } from '../patient-server';
import { chunksOf, wholeAnswer } from './answer';
import { isObject, type Call, type Json } from './call';
import { findRefusal } from './refusals';
import { say, type ScriptedAnswer, type ScriptedBytes } from './script';

export interface StandinOptions {
  /** @default max_tokens */
  readonly tokenLimitField?: Call['known']['tokenLimitField'];
  /** @default none is known, and so refused */
  readonly thoughtsField?: Call['known']['thoughtsField'];
  /** @default OpenAI's words */
  readonly efforts?: Call['known']['efforts'];
}

export interface RecordedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Json;
  readonly rawBody: string;
  /** Id of the broken rule when it was refused. */
  refusedBy?: string;
  /** The client went away before the answer was complete. */
  aborted: boolean;
}

export interface OpenAiCompatibleStandin {
  /** With /v1, without a closing slash. */
  readonly url: string;
  readonly apiKey: string;
  /** The only model there is. */
  readonly model: string;
  /** In the order they came. */
  readonly requests: readonly RecordedRequest[];
  /** Queues answers, one for each accepted call. Without one: a short text. */
  answer(...answers: readonly ScriptedAnswer[]): void;
  /** Forgets requests and queue. */
  reset(): void;
  close(): Promise<void>;
}

const API_KEY = 'sk-standin-endpoint-0123456789';
const MODEL = 'standin-coder-1';

export async function startOpenAiCompatibleStandin({
  tokenLimitField = 'max_tokens',
  thoughtsField,
  efforts,
}: StandinOptions = {}): Promise<OpenAiCompatibleStandin> {
  const known = { apiKey: API_KEY, models: [MODEL], tokenLimitField, thoughtsField, efforts };
  const requests: RecordedRequest[] = [];
  let queue: ScriptedAnswer[] = [];
  let number = 0;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const rawBody = (await readBody(request)).toString();
    const parsed = parse(rawBody);
    const body = isObject(parsed) ? parsed : {};
    const path = (request.url ?? '/').split('?')[0] ?? '';
    const { headers, method = '' } = request;
    const record: RecordedRequest = { path, headers, body, rawBody, aborted: false };
    requests.push(record);
    response.once('close', () => {
      record.aborted = !response.writableFinished && !response.errored;
    });
    const refused = findRefusal({ method, path, headers, parsed, body, known });
    if (refused) {
      record.refusedBy = refused.refusal.id;
      const error = { message: refused.message, type: 'invalid_request_error', param: null, code: null };
      return json(response, refused.refusal.status, { error });
    }
    const script = queue.shift() ?? say('This is the stand-in model: ', 'no provider was asked.');
    await script.until;
    if (response.destroyed) return;
    number += 1;
    if (script.bytes) return bytes(response, script.bytes);
    if (script.error) return json(response, script.error.status, script.error.body, script.error.headers);
    if (body['stream'] !== true) return json(response, 200, wholeAnswer(script, number, body));
    stream(response, script, number, body);
  }

  const server = patientServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    apiKey: API_KEY,
    model: MODEL,
    requests,
    answer: (...answers) => void queue.push(...answers),
    reset() {
      requests.length = 0;
      queue = [];
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** In pieces, as a network brings them. */
function bytes(response: ServerResponse, { headers, chunks, isCut = false }: ScriptedBytes): void {
  response.writeHead(200, headers);
  for (const chunk of chunks) response.write(chunk);
  if (isCut) response.write('', () => response.destroy());
  else response.end();
}

function stream(response: ServerResponse, script: ScriptedAnswer, number: number, body: Json): void {
  const { interruption } = script;
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  const event = (data: string): string => `data: ${data}\n\n`;
  for (const { data, place } of chunksOf(script, number, body)) {
    response.write(event(JSON.stringify(data)));
    if (place === undefined || place !== interruption?.after) continue;
    if (interruption.how === 'cut') return void response.write(': cut\n\n', () => response.destroy());
    if (interruption.how === 'error')
      response.write(event('{"error":{"message":"scripted overload","type":"overloaded_error","code":503}}'));
    return void response.end();
  }
  response.end(event('[DONE]'));
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * A strict stand-in for AWS Bedrock's InvokeModel: checks the signature over the bytes that came, refuses what the real
 * one refuses (refusals.ts), answers what it was told to, whole or as an event stream, and records every request.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isObject, type StandinKnowledge } from '../anthropic/call';
import { defaultAnswer } from '../anthropic/default-answer';
import { isContent, planStream } from '../anthropic/events';
import { BETAS, catalogModels } from '../anthropic/knowledge';
import { makeAnswer, signatureFor, wholeBody, type Answer } from '../anthropic/message';
import { PromptCache } from '../anthropic/prompt-cache';
import { Billing, type Bill, type RecordedRequest } from '../anthropic/record';
import { patientServer } from '../patient-server';
import { asAnthropicCall, operationOf } from './as-anthropic-call';
import { chunk, exceptionFrame } from './frames';
import { KeyRing, type IssuedKey } from './key-ring';
import { findBedrockRefusal } from './refusals';
import type { BedrockAnswer } from './script';
import { refusedSignature, type Refused } from './signature';

export interface BedrockStandinOptions {
  /** @default 'us-east-1' */
  readonly region?: string;
}

export interface BedrockStandin {
  /** Without a closing slash. */
  readonly url: string;
  readonly region: string;
  /** Good for ever. */
  readonly key: IssuedKey;
  /** The only bearer key accepted. */
  readonly bearer: string;
  readonly keys: KeyRing;
  /** What a gateway needs to ask it by its key. */
  readonly env: Readonly<Record<string, string>>;
  /** In the order they came. */
  readonly requests: readonly RecordedRequest[];
  /** Queues answers: one for each accepted call. */
  answer(...answers: readonly BedrockAnswer[]): void;
  /** What it charged so far, by model id. */
  billed(): Record<string, Bill>;
  /** Forgets requests, queue and bill. */
  reset(): void;
  close(): Promise<void>;
}

const METRICS = { inputTokenCount: 1, outputTokenCount: 1, invocationLatency: 1, firstByteLatency: 1 };

export async function startBedrockStandin({
  region = 'us-east-1',
}: BedrockStandinOptions = {}): Promise<BedrockStandin> {
  const keys = new KeyRing();
  const key = keys.issue();
  const bearer = `bedrock-api-key-${randomUUID()}`;
  const issued = new Map<string, string>();
  const known: StandinKnowledge = {
    apiKey: 'not Bedrock’s',
    models: catalogModels('bedrock'),
    betas: BETAS,
    isIssued: (text, signature) => signature === signatureFor(text) || issued.get(signature) === text,
  };
  const cache = new PromptCache();
  const requests: RecordedRequest[] = [];
  let queue: BedrockAnswer[] = [];
  let billing = new Billing();
  let number = 0;

  function refusedCaller(request: IncomingMessage, body: Buffer): Refused | undefined {
    const { method = '', url: path = '', headers } = request;
    if (headers.authorization?.startsWith('Bearer '))
      return headers.authorization === `Bearer ${bearer}`
        ? undefined
        : { type: 'AccessDeniedException', message: 'Authentication failed: the API key is not valid' };
    return refusedSignature({ method, path, headers, body }, region, (id) => keys.find(id));
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await readBody(request);
    const record = recordOf(request, raw);
    requests.push(record);
    const charge = billing;
    response.setHeader('x-amzn-requestid', randomUUID());
    response.once('close', () => {
      record.aborted = !response.writableFinished && !response.errored;
    });
    const fail = (status: number, type: string, message: string, rule?: string): void => {
      record.status = status;
      if (rule !== undefined) record.refusedBy = rule;
      response.writeHead(status, {
        'content-type': 'application/json',
        'x-amzn-errortype': `${type}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
      });
      response.end(JSON.stringify({ message }));
    };

    const stranger = refusedCaller(request, raw);
    if (stranger) return fail(403, stranger.type, stranger.message, 'caller');
    const operation = operationOf(record.path);
    if (record.method !== 'POST' || operation === undefined)
      return fail(404, 'UnknownOperationException', '', 'path');
    const { model, isStreamed } = operation;
    const body = isObject(record.body) ? record.body : {};
    const { headers, body: parsed } = record;
    const call = asAnthropicCall({ headers, parsed, size: raw.length, model }, known);
    const refused = findBedrockRefusal(call, body);
    if (refused) return fail(refused.status, refused.type, refused.message, refused.id);

    const script: BedrockAnswer = queue.shift() ?? defaultAnswer(call);
    if (!isStreamed) await script.until;
    if (script.error) return fail(script.error.status, script.error.type, script.error.message);
    const answer = makeAnswer(script, ++number, model, Number(body['max_tokens']), cache.use(call));
    for (const block of answer.content)
      if (block.type === 'thinking') issued.set(block.signature, block.thinking);
    record.status = 200;
    if (isStreamed) return charge.charge(model, answer.usage, await stream(response, answer, script));
    charge.charge(model, answer.usage, 1);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(wholeBody(answer)));
  }

  const server = patientServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    region,
    key,
    bearer,
    keys,
    env: {
      AWS_REGION: region,
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url,
      AWS_ACCESS_KEY_ID: key.accessKeyId,
      AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    },
    requests,
    answer: (...answers) => void queue.push(...answers),
    billed: () => billing.byModel(),
    reset: () => {
      requests.length = 0;
      queue = [];
      billing = new Billing();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const piece of request) chunks.push(piece as Buffer);
  return Buffer.concat(chunks);
}

function recordOf({ method = '', url: path = '/', headers }: IncomingMessage, raw: Buffer): RecordedRequest {
  const rawBody = raw.toString();
  let body: unknown;
  try {
    body = JSON.parse(rawBody);
  } catch {
    // Stays undefined, which a rule refuses.
  }
  return { method, path, headers, body, rawBody, time: Date.now(), aborted: false };
}

/** Writes the frames and returns the share of the output that was generated. */
async function stream(response: ServerResponse, answer: Answer, script: BedrockAnswer): Promise<number> {
  const plan = planStream(answer, script);
  const whole = planStream(answer, {}).events.filter(isContent).length;
  const firstContent = plan.events.find(isContent);
  response.writeHead(200, {
    'content-type': 'application/vnd.amazon.eventstream',
    'x-amzn-bedrock-content-type': 'application/json',
  });
  let sent = 0;
  for (const event of plan.events) {
    if (event !== plan.events[0]) await script.until;
    if (response.destroyed) return whole === 0 ? 1 : sent / whole;
    const bytes = chunk(
      event.type === 'message_stop' ? { ...event, 'amazon-bedrock-invocationMetrics': METRICS } : event,
    );
    if (script.damagesFrame && event === firstContent) bytes[40] = (bytes[40] ?? 0) ^ 1;
    // What is cut is cut after what was sent, not before it.
    await new Promise((written) => response.write(bytes, written));
    if (isContent(event)) sent += 1;
  }
  if (script.exception) response.write(exceptionFrame(script.exception.type, script.exception.message));
  if (script.cutsFrame) response.write(chunk({ type: 'ping' }).subarray(0, 20));
  const share = script.interruption && whole > 0 ? sent / whole : 1;
  if (plan.ending === 'cut') response.destroy(new Error('scripted cut'));
  else response.end();
  return share;
}

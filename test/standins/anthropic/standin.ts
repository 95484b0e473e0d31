/**
 * A strict stand-in for Anthropic's Messages API: answers what it was told to, whole or streamed, refuses what the
 * real API refuses (refusals.ts), and records every request.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { patientServer } from '../patient-server';
import type { Call, StandinKnowledge, StandinModel } from './call';
import { COUNT_TOKENS, isObject } from './call';
import { defaultAnswer } from './default-answer';
import { frame, isContent, planStream } from './events';
import { BETAS, catalogModels } from './knowledge';
import type { Answer } from './message';
import { errorBody, makeAnswer, signatureFor, wholeBody } from './message';
import { PromptCache } from './prompt-cache';
import type { Bill, RecordedRequest } from './record';
import { Billing } from './record';
import { findRefusal } from './refusals';
import type { ScriptedAnswer } from './script';
import { estimateTokens } from './tokens';

export interface StandinOptions {
  /** 0 or left out: any free one. Always on the loopback address. */
  readonly port?: number;
  /** The only key accepted. */
  readonly apiKey?: string;
  /** The first answers. */
  readonly script?: readonly ScriptedAnswer[];
  /** Left out: the Anthropic ids of the catalog. */
  readonly models?: ReadonlyMap<string, StandinModel>;
}

export interface AnthropicStandin {
  /** Without a closing slash. */
  readonly url: string;
  readonly apiKey: string;
  /** In the order they came. */
  readonly requests: readonly RecordedRequest[];
  /** Queues answers: one for each accepted call of /v1/messages. */
  answer(...answers: readonly ScriptedAnswer[]): void;
  /** Replaces what is answered when the queue is empty. */
  setDefault(answer: (call: Call) => ScriptedAnswer): void;
  /** What it charged so far, by model id. */
  billed(): Record<string, Bill>;
  /** Forgets requests, queue and bill; what the prompt cache holds stays. */
  reset(): void;
  close(): Promise<void>;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function startAnthropicStandin(options: StandinOptions = {}): Promise<AnthropicStandin> {
  const apiKey = options.apiKey ?? 'sk-ant-standin';
  const issued = new Map<string, string>();
  const known: StandinKnowledge = {
    apiKey,
    models: options.models ?? catalogModels(),
    betas: BETAS,
    isIssued: (text, signature) => signature === signatureFor(text) || issued.get(signature) === text,
  };
  const cache = new PromptCache();
  const requests: RecordedRequest[] = [];
  let queue: ScriptedAnswer[] = [...(options.script ?? [])];
  let fallback = defaultAnswer;
  let billing = new Billing();
  let number = 0;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await readBody(request);
    const { call, record } = readCall(request, raw, known);
    requests.push(record);
    const charge = billing;
    const requestId = `req_standin_${++number}`;
    response.setHeader('request-id', requestId);
    response.once('close', () => {
      record.aborted = !response.writableFinished && !response.errored;
    });
    const json = (
      status: number,
      body: object | string,
      headers: Readonly<Record<string, string>> = {},
    ): void => {
      record.status = status;
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    };

    const refused = findRefusal(call);
    if (refused) {
      record.refusedBy = refused.refusal.id;
      return json(refused.refusal.status, errorBody(refused.refusal.type, refused.message, requestId));
    }
    if (call.path === COUNT_TOKENS) return json(200, { input_tokens: estimateTokens(call.body) });

    const script = queue.shift() ?? fallback(call);
    if (script.delayMs) await pause(Math.min(script.delayMs, 10_000));
    if (call.body['stream'] !== true) await script.until;
    if (response.destroyed) return;
    if (script.error) {
      const { status, type, message, headers, rawBody } = script.error;
      return json(status, rawBody ?? errorBody(type, message, requestId), headers);
    }
    const model = String(call.body['model']);
    const answer = makeAnswer(script, number, model, Number(call.body['max_tokens']), cache.use(call));
    for (const block of answer.content)
      if (block.type === 'thinking') issued.set(block.signature, block.thinking);

    if (call.body['stream'] === true) {
      record.status = 200;
      const share = await stream(response, answer, script);
      const input = script.finalInputTokens ?? answer.usage.input_tokens;
      return charge.charge(
        model,
        { ...answer.usage, input_tokens: share < 1 ? answer.usage.input_tokens : input },
        share,
      );
    }
    charge.charge(model, answer.usage, 1);
    if (script.interruption === undefined) return json(200, wholeBody(answer));
    const text = JSON.stringify(wholeBody(answer));
    record.status = 200;
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    response.write(text.slice(0, text.length / 2), () => destroy(response));
  }

  const server = patientServer((request, response) => {
    // A client that goes away while it is read is recorded by nobody: there was no request yet.
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apiKey,
    requests,
    answer: (...answers) => void queue.push(...answers),
    setDefault: (answer) => {
      fallback = answer;
    },
    billed: () => billing.byModel(),
    reset: () => {
      requests.length = 0;
      queue = [];
      billing = new Billing();
      fallback = defaultAnswer;
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
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function readCall(
  request: IncomingMessage,
  raw: Buffer,
  known: StandinKnowledge,
): { call: Call; record: RecordedRequest } {
  const { headers } = request;
  const method = request.method ?? '';
  const path = (request.url ?? '/').split('?')[0] as string;
  const rawBody = raw.toString();
  let parsed: unknown;
  try {
    parsed = JSON.parse(rawBody);
  } catch {
    // Stays undefined, which a rule refuses.
  }
  const body = isObject(parsed) ? parsed : {};
  return {
    call: { method, path, headers, size: raw.length, parsed, body, known },
    record: { method, path, headers, body: parsed, rawBody, time: Date.now(), aborted: false },
  };
}

/** Writes the events and returns the share of the output that was generated: all, or what was sent. */
async function stream(response: ServerResponse, answer: Answer, script: ScriptedAnswer): Promise<number> {
  const plan = planStream(answer, script);
  const whole = planStream(answer, {}).events.filter(isContent).length;
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
  });
  let sent = 0;
  for (const event of plan.events) {
    if (event !== plan.events[0]) await script.until;
    if (script.eventDelayMs && event !== plan.events[0]) await pause(Math.min(script.eventDelayMs, 1_000));
    if (response.destroyed) return whole === 0 ? 1 : sent / whole;
    // The charge must not be later than the last event: a client may ask for the bill as soon as it has it.
    if (event !== plan.events.at(-1)) await write(response, frame(event));
    else if (plan.ending === 'end') response.end(frame(event));
    else response.write(frame(event), () => destroy(response));
    if (isContent(event)) sent += 1;
  }
  return script.interruption && whole > 0 ? sent / whole : 1;
}

function write(response: ServerResponse, text: string): Promise<void> {
  return new Promise((resolve) => {
    if (response.write(text)) return setImmediate(resolve);
    // Whichever comes first takes the other away, or they would gather on a slow connection.
    const go = (): void => {
      response.off('drain', go).off('close', go);
      resolve();
    };
    response.once('drain', go).once('close', go);
  });
}

/** Our own cut: marked as an error so that it is not taken for the client's. */
function destroy(response: ServerResponse): void {
  response.destroy(new Error('scripted cut'));
}

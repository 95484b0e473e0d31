/**
 * A server that spans go to: a plain OTLP one, or Langfuse with what that checks (keys, its version header, ids, 64-bit
 * numbers as strings). It records all it was sent, and misbehaves when told to.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { patientServer } from '../patient-server';
import { readTraceRequest } from './wire';

export const LANGFUSE_KEYS = { public: 'pk-lf-standin-0123', secret: 'sk-lf-standin-secret-4567' };
const AUTHORIZATION = `Basic ${Buffer.from(`${LANGFUSE_KEYS.public}:${LANGFUSE_KEYS.secret}`).toString('base64')}`;

export interface SeenSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: { readonly code: number; readonly message: string };
  readonly resource: Readonly<Record<string, unknown>>;
}

export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** As it came, unzipped. */
  readonly body: Buffer;
  readonly spans: readonly SeenSpan[];
}

/** `hang`: no answer. `trickle`: its bytes come one by one for ever. `endless`: more of it than anybody should read. */
export type Mood = 'well' | 'hang' | 'trickle' | 'endless' | 'redirect' | 'cut' | { readonly status: number };

export interface OtlpStandin {
  readonly url: string;
  readonly port: number;
  /** Requests that brought spans, those that were refused too. */
  readonly requests: SeenRequest[];
  /** Spans of the requests that were taken. */
  readonly spans: readonly SeenSpan[];
  mood: Mood;
  /** What Langfuse says it is. @default 4.2.0 */
  version: string;
  /** Rejects so many spans of each request, as OTLP's partial success. */
  rejects: number;
  close(): Promise<void>;
}

export async function startOtlpStandin(port = 0): Promise<OtlpStandin> {
  const taken: SeenSpan[] = [];
  const trickles = new Set<NodeJS.Timeout>();
  const server = patientServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => answer(request, Buffer.concat(pieces), response));
  });

  function answer(request: IncomingMessage, sent: Buffer, response: ServerResponse): void {
    const path = request.url ?? '';
    const isLangfuse = path.startsWith('/api/public/');
    if (path === '/api/public/health') return json(response, 200, { status: 'OK', version: standin.version });
    if (path === '/api/public/projects')
      return request.headers.authorization === AUTHORIZATION
        ? json(response, 200, { data: [{ id: 'p', name: 'gateway' }] })
        : json(response, 401, {
            message: 'Invalid credentials. Confirm that you have configured the correct host.',
          });
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    let spans: readonly SeenSpan[];
    try {
      spans = spansIn(body, request.headers['content-type'] ?? '');
    } catch (fault) {
      standin.requests.push({ path, headers: request.headers, body, spans: [] });
      return json(response, 400, { message: String(fault) });
    }
    standin.requests.push({ path, headers: request.headers, body, spans });
    if (standin.mood !== 'well') return misbehave(standin.mood, response);
    const refusal = isLangfuse ? langfuseRefusal(request) : undefined;
    if (refusal !== undefined) return json(response, refusal, { message: 'refused' });
    taken.push(...spans.slice(standin.rejects));
    json(response, 200, standin.rejects > 0 ? { partialSuccess: { rejectedSpans: standin.rejects } } : {});
  }

  function misbehave(mood: Exclude<Mood, 'well'>, response: ServerResponse): void {
    if (mood === 'hang') return;
    if (mood === 'cut') return void response.socket?.destroy();
    if (mood === 'redirect') return void response.writeHead(307, { location: '/elsewhere' }).end();
    if (mood === 'trickle') {
      response.writeHead(503);
      const timer = setInterval(() => response.write('.'), 20);
      trickles.add(timer);
      response.on('close', () => clearInterval(timer));
      return;
    }
    if (mood === 'endless') {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      return more();
    }
    json(response, mood.status, { message: 'the prompt was: not for your log' });
  }

  const standin: OtlpStandin = {
    url: '',
    port: 0,
    requests: [],
    spans: taken,
    mood: 'well',
    version: '4.2.0',
    rejects: 0,
    async close() {
      for (const timer of trickles) clearInterval(timer);
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  const address = server.address() as AddressInfo;
  return Object.assign(standin, { url: `http://127.0.0.1:${address.port}`, port: address.port });
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function langfuseRefusal({ headers }: IncomingMessage): number | undefined {
  if (headers.authorization !== AUTHORIZATION) return 401;
  const version = Number(headers['x-langfuse-ingestion-version']);
  return Number.isInteger(version) && version <= 4 ? undefined : 400;
}

interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}
interface WireSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: unknown;
  readonly startTimeUnixNano: unknown;
  readonly endTimeUnixNano: unknown;
  readonly attributes?: readonly KeyValue[];
  readonly status?: { readonly code?: unknown; readonly message?: string };
}
interface WireRequest {
  readonly resourceSpans: readonly {
    readonly resource?: { readonly attributes?: readonly KeyValue[] };
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[];
  }[];
}

function spansIn(body: Buffer, type: string): SeenSpan[] {
  const parsed = (
    type === 'application/x-protobuf' ? readTraceRequest(body) : JSON.parse(body.toString())
  ) as WireRequest;
  return parsed.resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map((span) => seen(span, valuesOf(resource?.attributes)))),
  );
}

/** One span that is not as it must be, and the whole request is refused. */
function seen(span: WireSpan, resource: SeenSpan['resource']): SeenSpan {
  const { traceId, spanId, parentSpanId = '' } = span;
  if (!/^[0-9a-f]{32}$/.test(traceId) || !/^[0-9a-f]{16}$/.test(spanId)) throw new Error('bad ids');
  if (!/^([0-9a-f]{16})?$/.test(parentSpanId)) throw new Error('bad parent');
  return {
    traceId,
    spanId,
    parentSpanId,
    name: span.name,
    kind: Number(span.kind),
    start: millisecondsOf(span.startTimeUnixNano),
    end: millisecondsOf(span.endTimeUnixNano),
    attributes: valuesOf(span.attributes),
    status: { code: Number(span.status?.code ?? 0), message: span.status?.message ?? '' },
    resource,
  };
}

function millisecondsOf(nano: unknown): number {
  if (typeof nano !== 'string' || !/^\d{16,20}$/.test(nano)) throw new Error('64 bits must be a string');
  return Number(BigInt(nano) / 1_000n) / 1_000;
}

const valuesOf = (attributes: readonly KeyValue[] = []): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)]));

function valueOf(value: KeyValue['value']): unknown {
  const [[kind, given] = []] = Object.entries(value);
  if (kind === 'arrayValue')
    return (given as { values?: KeyValue['value'][] }).values?.map((each) => valueOf(each)) ?? [];
  if (kind === 'intValue') return Number(given);
  return given;
}

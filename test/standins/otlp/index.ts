/**
 * A server that spans and metrics go to: a plain OTLP one, or Langfuse with what that checks (keys, its version header, ids,
 * 64-bit numbers as strings). It records all it was sent, and misbehaves when told to.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { patientServer } from '../patient-server';
import { pointsIn, type SeenPoint } from './points';
import { millisecondsOf, valuesOf, type KeyValue } from './values';
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
  readonly points: readonly SeenPoint[];
}

/** `hang`: no answer. `trickle`: its bytes come one by one for ever. `endless`: more of it than anybody should read. */
export type Mood = 'well' | 'hang' | 'trickle' | 'endless' | 'redirect' | 'cut' | { readonly status: number };

export interface OtlpStandin {
  readonly url: string;
  readonly port: number;
  /** Requests that brought spans or points, those that were refused too. */
  readonly requests: SeenRequest[];
  /** Spans of the requests that were taken. */
  readonly spans: readonly SeenSpan[];
  /** Points of the last metrics that were taken, over all requests that told of one moment. */
  readonly points: readonly SeenPoint[];
  /** Paths of requests that brought nothing, which asks whether it would be taken. */
  readonly asked: string[];
  mood: Mood;
  /** Value that the header `authorization` must have. @default - any, or Langfuse's keys */
  authorization?: string;
  /** What Langfuse says it is. @default 4.2.0 */
  version: string;
  /** Rejects so many spans of each request, as OTLP's partial success. */
  rejects: number;
  close(): Promise<void>;
}

export async function startOtlpStandin(port = 0): Promise<OtlpStandin> {
  const taken: SeenSpan[] = [];
  let points: SeenPoint[] = [];
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
      return request.headers.authorization === (standin.authorization ?? AUTHORIZATION)
        ? json(response, 200, { data: [{ id: 'p', name: 'gateway' }] })
        : json(response, 401, {
            message: 'Invalid credentials. Confirm that you have configured the correct host.',
          });
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    const seen = { path, headers: request.headers, body };
    let spans: readonly SeenSpan[] = [];
    let found: readonly SeenPoint[] = [];
    const type = request.headers['content-type'] ?? '';
    try {
      if (path.endsWith('/metrics')) found = pointsIn(body, type);
      else spans = spansIn(body, type);
    } catch (fault) {
      standin.requests.push({ ...seen, spans: [], points: [] });
      return json(response, 400, { message: String(fault) });
    }
    if (spans.length + found.length === 0) standin.asked.push(path);
    else standin.requests.push({ ...seen, spans, points: found });
    if (standin.authorization !== undefined && request.headers.authorization !== standin.authorization)
      return json(response, 401, { message: 'who are you' });
    if (standin.mood !== 'well') return misbehave(standin.mood, response);
    const refusal = isLangfuse ? langfuseRefusal(request) : undefined;
    if (refusal !== undefined) return json(response, refusal, { message: 'refused' });
    taken.push(...spans.slice(standin.rejects));
    if (found.length > 0) {
      if (points[0]?.time !== found[0]?.time) points = [];
      points.push(...found);
    }
    succeed(response, path, type);
  }

  /** In the encoding of the question, with what is rejected as OTLP's partial success. */
  function succeed(response: ServerResponse, path: string, type: string): void {
    const { rejects } = standin;
    const what = path.endsWith('/metrics') ? 'rejectedDataPoints' : 'rejectedSpans';
    if (type !== 'application/x-protobuf')
      return json(response, 200, rejects > 0 ? { partialSuccess: { [what]: rejects } } : {});
    // Field 1 of the answer is a message, whose field 1 is the number.
    const written = rejects > 0 ? Buffer.from([0x0a, 2, 0x08, rejects]) : Buffer.alloc(0);
    response.writeHead(200, { 'content-type': type }).end(written);
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

  const standin: OtlpStandin & { url: string; port: number } = {
    url: '',
    port: 0,
    requests: [],
    spans: taken,
    get points() {
      return points;
    },
    asked: [],
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
  standin.url = `http://127.0.0.1:${address.port}`;
  standin.port = address.port;
  return standin;
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function langfuseRefusal({ headers }: IncomingMessage): number | undefined {
  if (headers.authorization !== AUTHORIZATION) return 401;
  const version = Number(headers['x-langfuse-ingestion-version']);
  return Number.isInteger(version) && version <= 4 ? undefined : 400;
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
export interface WireTraces {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: readonly KeyValue[] };
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[];
  }[];
}

const spansIn = (body: Buffer, type: string): SeenSpan[] =>
  spansOf(
    (type === 'application/x-protobuf' ? readTraceRequest(body) : JSON.parse(body.toString())) as WireTraces,
  );

export const spansOf = ({ resourceSpans = [] }: WireTraces): SeenSpan[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map((span) => seen(span, valuesOf(resource?.attributes)))),
  );

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

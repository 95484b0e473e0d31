/** One delivery by OTLP over HTTP: bounded in time as a whole, its answer read to a few thousand bytes, no redirects. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import {
  JsonMetricsSerializer,
  JsonTraceSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import { ask } from './ask';
import type { OtlpEndpoint } from './endpoint';

export type Delivery =
  | { readonly outcome: 'taken'; readonly rejected: number }
  /** It will not have these: sending them again is of no use. */
  | { readonly outcome: 'refused'; readonly reason: string; readonly status: number | undefined }
  /** Later it may. */
  | { readonly outcome: 'away'; readonly reason: string; readonly waitMs: number | undefined };

/** What is sent, as bytes, and what the answer to it says. */
interface Load {
  readonly count: number;
  write(encoding: OtlpEndpoint['encoding']): Uint8Array | undefined;
  /** How many of it were rejected. @throws Error when the answer is none */
  rejectedIn(answer: Uint8Array, encoding: OtlpEndpoint['encoding']): unknown;
}

const TYPES = { protobuf: 'application/x-protobuf', json: 'application/json' };
const SPANS = { protobuf: ProtobufTraceSerializer, json: JsonTraceSerializer };
const METRICS = { protobuf: ProtobufMetricsSerializer, json: JsonMetricsSerializer };
const compress = promisify(gzip);

/** https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
const MAY_PASS = [429, 502, 503, 504];

export const deliverSpans = (endpoint: OtlpEndpoint, spans: readonly ReadableSpan[]): Promise<Delivery> =>
  deliver(endpoint, {
    count: spans.length,
    write: (encoding) => SPANS[encoding].serializeRequest([...spans]),
    rejectedIn: (answer, encoding) =>
      SPANS[encoding].deserializeResponse(answer).partialSuccess?.rejectedSpans,
  });

/** @param count points in them */
export const deliverMetrics = (
  endpoint: OtlpEndpoint,
  metrics: ResourceMetrics,
  count: number,
): Promise<Delivery> =>
  deliver(endpoint, {
    count,
    write: (encoding) => METRICS[encoding].serializeRequest(metrics),
    rejectedIn: (answer, encoding) =>
      METRICS[encoding].deserializeResponse(answer).partialSuccess?.rejectedDataPoints,
  });

/** A delivery of nothing, which every server of OTLP has to take: it shows whether the address is right, and the headers. */
export const deliverNothing = (endpoint: OtlpEndpoint): Promise<Delivery> =>
  deliver(endpoint, {
    count: 0,
    write: (encoding) => (encoding === 'json' ? Buffer.from('{}') : Buffer.alloc(0)),
    rejectedIn: () => 0,
  });

async function deliver(endpoint: OtlpEndpoint, load: Load): Promise<Delivery> {
  const { encoding } = endpoint;
  const written = load.write(encoding);
  if (written === undefined) return { outcome: 'refused', reason: 'not written', status: undefined };
  const body = Buffer.from(written);
  const answer = await ask(endpoint.url, {
    method: 'POST',
    headers: {
      ...endpoint.headers,
      'content-type': TYPES[encoding],
      ...(endpoint.isCompressed ? { 'content-encoding': 'gzip' } : {}),
    },
    body: endpoint.isCompressed ? await compress(body) : body,
    timeoutMs: endpoint.timeoutMs,
  });
  if (answer.status === undefined) return { outcome: 'away', reason: answer.reason, waitMs: undefined };
  const { status, waitMs } = answer;
  if (status >= 200 && status < 300) return { outcome: 'taken', rejected: rejectedIn(answer.body) };
  const reason = `status ${status}`;
  return MAY_PASS.includes(status)
    ? { outcome: 'away', reason, waitMs }
    : { outcome: 'refused', reason, status };

  function rejectedIn(bytes: Uint8Array): number {
    try {
      const count = Number(load.rejectedIn(bytes, encoding) ?? 0);
      return count > 0 ? Math.min(count, load.count) : 0;
    } catch {
      // Whatever it is: the status says that they were taken.
      return 0;
    }
  }
}

/** One delivery of spans over HTTP: bounded in time as a whole, its answer read to a few thousand bytes, no redirects. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { ask } from './ask';
import type { OtlpEndpoint } from './trace-settings';

export type Delivery =
  | { readonly outcome: 'taken'; readonly rejected: number }
  /** It will not have these spans: sending them again is of no use. */
  | { readonly outcome: 'refused'; readonly reason: string }
  /** Later it may. */
  | { readonly outcome: 'away'; readonly reason: string; readonly waitMs: number | undefined };

const ENCODINGS = {
  protobuf: { serializer: ProtobufTraceSerializer, type: 'application/x-protobuf' },
  json: { serializer: JsonTraceSerializer, type: 'application/json' },
};
const compress = promisify(gzip);

/** https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
const MAY_PASS = [429, 502, 503, 504];

export async function deliver(endpoint: OtlpEndpoint, spans: readonly ReadableSpan[]): Promise<Delivery> {
  const { serializer, type } = ENCODINGS[endpoint.encoding];
  const written = serializer.serializeRequest([...spans]);
  if (written === undefined) return { outcome: 'refused', reason: 'not written' };
  const body = Buffer.from(written);
  const answer = await ask(endpoint.url, {
    method: 'POST',
    headers: {
      ...endpoint.headers,
      'content-type': type,
      ...(endpoint.isCompressed ? { 'content-encoding': 'gzip' } : {}),
    },
    body: endpoint.isCompressed ? await compress(body) : body,
    timeoutMs: endpoint.timeoutMs,
  });
  if (answer.status === undefined) return { outcome: 'away', reason: answer.reason, waitMs: undefined };
  const { status, waitMs } = answer;
  if (status >= 200 && status < 300) return { outcome: 'taken', rejected: rejectedIn(answer.body) };
  const reason = `status ${status}`;
  return MAY_PASS.includes(status) ? { outcome: 'away', reason, waitMs } : { outcome: 'refused', reason };

  function rejectedIn(bytes: Uint8Array): number {
    try {
      const { partialSuccess } = serializer.deserializeResponse(bytes);
      const count = Number(partialSuccess?.rejectedSpans ?? 0);
      return count > 0 ? Math.min(count, spans.length) : 0;
    } catch {
      // Whatever it is: the status says that they were taken.
      return 0;
    }
  }
}

/** What the spans of all endpoints have in common: one for the call, one for each time a deployment was asked. */
import { SpanKind, SpanStatusCode, TraceFlags, type Attributes, type HrTime } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { MaskedContent } from '../../content/masked-content';
import type { Attempt, EndedCall } from '../ended-call';
import { newSpanId, type CallTrace } from './call-trace';

/** What an endpoint wants to know of each. */
export interface SpanShape {
  /** @param said without secrets, for who may have it */
  call(
    call: EndedCall,
    clock: Clock,
    said?: MaskedContent,
  ): { readonly name: string; readonly attributes: Attributes };
  attempt(attempt: Attempt, call: EndedCall): { readonly name: string; readonly attributes: Attributes };
}

/** Milliseconds since 1970 at `performance.now() === 0`, by the machine's clock of this moment. */
export type Clock = number;
export const clockNow = (): Clock => Date.now() - performance.now();

const SCOPE = { name: 'ai-gateway' };
const MS_A_SECOND = 1_000;
const NS_A_MS = 1_000_000;

export function spansOf(
  shape: SpanShape,
  resource: Resource,
  call: EndedCall,
  { traceId, spanId, parent, attempts }: CallTrace,
  said?: MaskedContent,
): ReadableSpan[] {
  const clock = clockNow();
  const span = (
    id: string,
    above: { readonly spanId: string; readonly isRemote: boolean } | undefined,
    kind: SpanKind,
    [from, to]: readonly [number, number],
    error: string | undefined,
    { name, attributes }: { readonly name: string; readonly attributes: Attributes },
  ): ReadableSpan => ({
    name,
    kind,
    spanContext: () => ({ traceId, spanId: id, traceFlags: TraceFlags.SAMPLED }),
    ...(above === undefined
      ? {}
      : { parentSpanContext: { traceId, traceFlags: TraceFlags.SAMPLED, ...above } }),
    startTime: timeOf(clock + from),
    endTime: timeOf(clock + Math.max(from, to)),
    duration: timeOf(Math.max(0, to - from)),
    status:
      error === undefined ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: error },
    attributes,
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: SCOPE,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  });
  const whole = [call.startedAt, call.startedAt + call.elapsedMs] as const;
  const above = parent && { spanId: parent.spanId, isRemote: true };
  return [
    span(spanId, above, SpanKind.SERVER, whole, failureOf(call), shape.call(call, clock, said)),
    ...call.attempts.map((attempt, at) =>
      span(
        attempts[at] ?? newSpanId(),
        { spanId, isRemote: false },
        SpanKind.CLIENT,
        [attempt.startedAt, attempt.endedAt],
        attempt.error?.code,
        shape.attempt(attempt, call),
      ),
    ),
  ];
}

/** The code of what the client was told: its words may be a provider's, and quote what was asked. */
export const failureOf = ({ error, status }: EndedCall): string | undefined =>
  error?.code ?? (status >= 400 ? String(status) : undefined);

function timeOf(ms: number): HrTime {
  const seconds = Math.floor(ms / MS_A_SECOND);
  return [seconds, Math.floor((ms - seconds * MS_A_SECOND) * NS_A_MS)];
}

/** Without those that are not known. */
export function known(values: Readonly<Record<string, Attributes[string] | null>>): Attributes {
  const attributes: Attributes = {};
  for (const [name, value] of Object.entries(values))
    if (value !== undefined && value !== null) attributes[name] = value;
  return attributes;
}

/** The ids of a call in its trace, and whether it is one that is told of. */
import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { ROOT_CONTEXT, SpanKind, trace, TraceFlags } from '@opentelemetry/api';
import { SamplingDecision, type Sampler } from '@opentelemetry/sdk-trace';
import { readTraceParent, type TraceParent } from './traceparent';

export interface CallTrace {
  readonly traceId: string;
  readonly spanId: string;
  readonly isSampled: boolean;
  /** The caller's span. */
  readonly parent: TraceParent | undefined;
  /** Of attempts that providers were told of, by their number, counted from 0. */
  readonly attempts: string[];
}

/** Of a call, what is looked at to tell a provider of its trace. */
export interface TracedCall {
  trace: CallTrace | undefined;
  /** How often deployments were asked, this time included. */
  readonly attempts: number;
  readonly exchange: { readonly request: { readonly headers: IncomingHttpHeaders } };
}

const SPAN_ID_BYTES = 8;
const TRACE_ID_BYTES = 16;

export const newSpanId = (): string => randomBytes(SPAN_ID_BYTES).toString('hex');

export function beginTrace(headers: IncomingHttpHeaders, sampler: Sampler): CallTrace {
  const parent = readTraceParent(headers);
  const traceId = parent?.traceId ?? randomBytes(TRACE_ID_BYTES).toString('hex');
  return {
    traceId,
    spanId: newSpanId(),
    parent,
    isSampled: isSampled(sampler, traceId, parent),
    attempts: [],
  };
}

function isSampled(sampler: Sampler, traceId: string, parent: TraceParent | undefined): boolean {
  const context =
    parent === undefined
      ? ROOT_CONTEXT
      : trace.setSpanContext(ROOT_CONTEXT, {
          traceId,
          spanId: parent.spanId,
          traceFlags: parent.isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
          isRemote: true,
        });
  const { decision } = sampler.shouldSample(context, traceId, 'call', SpanKind.SERVER, {}, []);
  return decision === SamplingDecision.RECORD_AND_SAMPLED;
}

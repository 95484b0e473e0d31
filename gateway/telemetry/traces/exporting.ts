/** Traces that are on: loaded only then, since OpenTelemetry's packages take time and memory. */
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  type Sampler,
} from '@opentelemetry/sdk-trace';
import { describeFault, type Logger } from '../../log';
import type { CallObserver } from '../call-observers';
import { beginTrace, newSpanId, type TracedCall } from './call-trace';
import { deliver } from './deliver';
import { EndpointStanding, type EndpointFigures } from './endpoint-standing';
import { checkLangfuse } from './langfuse-check';
import { langfuseShape } from './langfuse-shape';
import { OTLP_SHAPE } from './otlp-shape';
import { SpanQueue } from './span-queue';
import { spansOf, type SpanShape } from './spans';
import type { OtlpEndpoint, SamplerTerms, TraceSettings } from './trace-settings';
import { writeTraceParent } from './traceparent';

export interface Exporting {
  /** The call has ended. */
  readonly observe: CallObserver;
  /** For the attempt that is about to be made: the header its provider gets, where it may get one. */
  traceparentFor(call: TracedCall): string | undefined;
  figures(): readonly EndpointFigures[];
  close(limitMs: number): Promise<void>;
}

interface Target {
  readonly shape: SpanShape;
  readonly queue: SpanQueue;
}

export function startExporting(settings: TraceSettings, logger: Logger): Exporting {
  const { otlp, langfuse, queue, passesOn } = settings;
  const sampler = samplerOf(settings.sampler);
  const resource = resourceFromAttributes(settings.resource);
  const targetOf = (endpoint: OtlpEndpoint, shape: SpanShape): Target => {
    const standing = new EndpointStanding(endpoint.name, new URL(endpoint.url).host, logger);
    return { shape, queue: new SpanQueue(queue, standing, (spans) => deliver(endpoint, spans)) };
  };
  const targets: Target[] = [];
  if (otlp !== undefined) targets.push(targetOf(otlp, OTLP_SHAPE));
  if (langfuse !== undefined) {
    const target = targetOf(langfuse, langfuseShape(langfuse.labels));
    targets.push(target);
    // Not waited for: it may be away, or starting as well.
    checkLangfuse(langfuse, target.queue.standing, logger).catch((fault: unknown) =>
      logger.warn('Langfuse was not looked at', { ...describeFault(fault) }),
    );
  }
  return {
    observe(call) {
      const trace = call.trace ?? beginTrace(call.headers, sampler);
      if (!trace.isSampled) return;
      for (const target of targets) target.queue.add(spansOf(target.shape, resource, call, trace));
    },
    traceparentFor(call) {
      if (!passesOn) return undefined;
      call.trace ??= beginTrace(call.exchange.request.headers, sampler);
      const { traceId, isSampled, attempts } = call.trace;
      const spanId = newSpanId();
      attempts[call.attempts - 1] = spanId;
      return writeTraceParent({ traceId, spanId, isSampled });
    },
    figures: () => targets.map((target) => target.queue.figures()),
    async close(limitMs) {
      await Promise.all(targets.map((target) => target.queue.close(limitMs)));
      for (const { name, delivered, dropped } of this.figures())
        if (dropped > 0) logger.warn('some traces never arrived', { endpoint: name, delivered, dropped });
    },
  };
}

const ROOTS = {
  always_on: () => new AlwaysOnSampler(),
  always_off: () => new AlwaysOffSampler(),
  traceidratio: (share: number) => new TraceIdRatioBasedSampler(share),
} satisfies Record<SamplerTerms['root'], (share: number) => Sampler>;

function samplerOf({ root, share, heedsParent }: SamplerTerms): Sampler {
  const sampler = ROOTS[root](share);
  return heedsParent ? new ParentBasedSampler({ root: sampler }) : sampler;
}

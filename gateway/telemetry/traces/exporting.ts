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
import type { EndedCall } from '../ended-call';
import { deliverSpans } from '../otlp/deliver';
import type { OtlpEndpoint } from '../otlp/endpoint';
import { checkOtlp, lookAtOtlp, type EndpointLook } from '../otlp/endpoint-look';
import { EndpointStanding, type EndpointFigures } from '../otlp/endpoint-standing';
import type { Exporter } from '../otlp/exporters';
import { beginTrace, newSpanId, type CallTrace, type TracedCall } from './call-trace';
import { checkLangfuse, lookAtLangfuse } from './langfuse-check';
import { langfuseShape } from './langfuse-shape';
import { createMaskingLine } from './masking-line';
import { OTLP_SHAPE } from './otlp-shape';
import { SpanQueue } from './span-queue';
import { spansOf, type SpanShape } from './spans';
import type { SamplerTerms, TraceSettings } from './trace-settings';
import { writeTraceParent } from './traceparent';

export interface Exporting {
  /** The call has ended. */
  readonly observe: CallObserver;
  /** For the attempt that is about to be made: the header its provider gets, where it may get one. */
  traceparentFor(call: TracedCall): string | undefined;
  readonly exporters: readonly Exporter[];
  figures(): readonly EndpointFigures[];
  /** Whether one of the endpoints is Langfuse, which alone may be told what was said. */
  readonly takesContent: boolean;
  close(limitMs: number): Promise<void>;
}

interface Target {
  readonly shape: SpanShape;
  readonly queue: SpanQueue;
  look(): Promise<EndpointLook>;
}

export function startExporting(settings: TraceSettings, logger: Logger): Exporting {
  const { otlp, langfuse, queue, passesOn } = settings;
  const sampler = samplerOf(settings.sampler);
  const resource = resourceFromAttributes(settings.resource);
  const targetOf = (endpoint: OtlpEndpoint, shape: SpanShape, look: Target['look']): Target => {
    const standing = new EndpointStanding(endpoint, 'traces', logger);
    return { shape, look, queue: new SpanQueue(queue, standing, (spans) => deliverSpans(endpoint, spans)) };
  };
  const targets: Target[] = [];
  let contentTarget: Target | undefined;
  // Not waited for: they may be away, or starting as well.
  const lookedAt = (name: string, check: Promise<void>): void =>
    void check.catch((fault: unknown) =>
      logger.warn(`${name} was not looked at`, { ...describeFault(fault) }),
    );
  if (otlp !== undefined) {
    const target = targetOf(otlp, OTLP_SHAPE, () => lookAtOtlp(otlp));
    targets.push(target);
    lookedAt(otlp.name, checkOtlp(target.queue.standing, logger));
  }
  if (langfuse !== undefined) {
    const target = targetOf(langfuse, langfuseShape(langfuse.labels), () => lookAtLangfuse(langfuse));
    targets.push(target);
    contentTarget = target;
    lookedAt(langfuse.name, checkLangfuse(langfuse, target.queue.standing, logger));
  }
  const masking = createMaskingLine(logger);
  const tell = (target: Target, call: EndedCall, trace: CallTrace): void => {
    const { content } = call;
    if (target !== contentTarget || content === undefined || content.isFull) {
      if (target === contentTarget && content?.isFull) content.room.note('no_room');
      return target.queue.add(spansOf(target.shape, resource, call, trace));
    }
    masking.take(content, (masked, release) =>
      target.queue.add(spansOf(target.shape, resource, call, trace, masked), release),
    );
  };
  return {
    takesContent: contentTarget !== undefined,
    observe(call) {
      const trace = call.trace ?? beginTrace(call.headers, sampler);
      if (!trace.isSampled) return call.content?.room.note('not_sampled');
      for (const target of targets) tell(target, call, trace);
    },
    traceparentFor(call) {
      if (!passesOn) return undefined;
      call.trace ??= beginTrace(call.exchange.request.headers, sampler);
      const { traceId, isSampled, attempts } = call.trace;
      const spanId = newSpanId();
      attempts[call.attempts - 1] = spanId;
      return writeTraceParent({ traceId, spanId, isSampled });
    },
    exporters: targets.map((target) => ({
      host: target.queue.standing.host,
      figures: () => target.queue.figures(),
      look: () => target.look(),
    })),
    figures: () => targets.map((target) => target.queue.figures()),
    async close(limitMs) {
      await masking.finish(limitMs);
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

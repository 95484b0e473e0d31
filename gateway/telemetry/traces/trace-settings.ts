/**
 * What the environment says of traces. Of what OpenTelemetry does not know, its default holds, as in its SDKs, and a line
 * at start says so.
 */
import type { Settings } from '../../config/environment';
import { endpointOf, type OtlpEndpoint } from '../otlp/endpoint';
import { OtelReader, resourceOf } from '../otlp/otel-values';
import type { LangfuseLabels } from './langfuse-shape';

export interface QueueTerms {
  /** Most spans that wait, and most of a delivery. */
  readonly most: number;
  readonly mostAtOnce: number;
  /** Milliseconds that a span waits for others. */
  readonly delayMs: number;
}

export interface SamplerTerms {
  readonly root: 'always_on' | 'always_off' | 'traceidratio';
  /** Of all traces, 0 to 1. */
  readonly share: number;
  readonly heedsParent: boolean;
}

export interface TraceSettings {
  readonly otlp: OtlpEndpoint | undefined;
  readonly langfuse: (OtlpEndpoint & { readonly host: string; readonly labels: LangfuseLabels }) | undefined;
  readonly queue: QueueTerms;
  readonly sampler: SamplerTerms;
  readonly resource: Readonly<Record<string, string>>;
  readonly passesOn: boolean;
  /** Sentences about what is not as it was meant. */
  readonly remarks: readonly string[];
}

const LANGFUSE_PATH = '/api/public/otel/v1/traces';
/** By which version 4 takes spans at once; without it they may be minutes late. */
const LANGFUSE_VERSION = { 'x-langfuse-ingestion-version': '4' };
/** OpenTelemetry's is 512: writing so many in one go would hold up calls for up to a tenth of a second on a busy machine. */
const MOST_AT_ONCE = 128;

export function readTraceSettings(settings: Settings): TraceSettings {
  const remarks: string[] = [];
  const read = new TraceReader(remarks);
  const isOff = read.flag('OTEL_SDK_DISABLED', settings.otelDisabled);
  const share = read.share(settings.tracesSamplerArg);
  const most = read.count('OTEL_BSP_MAX_QUEUE_SIZE', settings.bspMaxQueueSize, 2_048);
  const batch = read.count('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', settings.bspMaxExportBatchSize, MOST_AT_ONCE);
  const common = Math.min(
    read.count('OTEL_BSP_EXPORT_TIMEOUT', settings.bspExportTimeout, 30_000),
    read.count('OTEL_EXPORTER_OTLP_TIMEOUT', settings.otlpTimeout, 10_000),
  );
  return {
    otlp: isOff ? undefined : otlpOf(settings, read, common),
    langfuse: isOff ? undefined : langfuseOf(settings, common),
    queue: {
      most,
      mostAtOnce: Math.min(batch, most),
      delayMs: read.count('OTEL_BSP_SCHEDULE_DELAY', settings.bspScheduleDelay, 5_000),
    },
    sampler: { ...read.sampler(settings.tracesSampler), share },
    resource: resourceOf(settings, read),
    passesOn: settings.passTraceparent,
    remarks,
  };
}

function otlpOf(settings: Settings, read: OtelReader, commonMs: number): OtlpEndpoint | undefined {
  const exporter = read.oneOf('OTEL_TRACES_EXPORTER', settings.tracesExporter, ['otlp', 'none'], 'otlp');
  if (exporter === 'none') return undefined;
  const own = {
    endpoint: settings.otlpTracesEndpoint,
    headers: settings.otlpTracesHeaders,
    protocol: settings.otlpTracesProtocol,
    compression: settings.otlpTracesCompression,
    timeout: settings.otlpTracesTimeout,
  };
  return endpointOf('traces', own, settings, read, commonMs);
}

function langfuseOf(settings: Settings, timeoutMs: number): TraceSettings['langfuse'] {
  const { langfuseHost: host, langfusePublicKey: publicKey, langfuseSecretKey: secretKey } = settings;
  if (host === undefined || publicKey === undefined || secretKey === undefined) return undefined;
  const credentials = Buffer.from(`${publicKey}:${secretKey}`).toString('base64');
  return {
    name: 'Langfuse',
    host,
    url: host + LANGFUSE_PATH,
    headers: { authorization: `Basic ${credentials}`, ...LANGFUSE_VERSION },
    encoding: 'protobuf',
    isCompressed: false,
    timeoutMs,
    labels: { environment: settings.langfuseEnvironment, release: settings.langfuseRelease },
  };
}

const SAMPLERS = ['always_on', 'always_off', 'traceidratio'] as const;

class TraceReader extends OtelReader {
  share(value: string | undefined): number {
    const share = Number(value ?? 1);
    if (share >= 0 && share <= 1) return share;
    this.instead('OTEL_TRACES_SAMPLER_ARG', value ?? '', 'a number from 0 to 1', '1');
    return 1;
  }

  sampler(value: string | undefined): Pick<SamplerTerms, 'root' | 'heedsParent'> {
    const root = this.oneOf(
      'OTEL_TRACES_SAMPLER',
      value,
      [...SAMPLERS.map((name) => `parentbased_${name}` as const), ...SAMPLERS],
      'parentbased_always_on',
    );
    const name = SAMPLERS.find((each) => root.endsWith(each)) ?? 'always_on';
    return { root: name, heedsParent: root !== name };
  }
}

/**
 * What the environment says of traces. Of what OpenTelemetry does not know, its default holds, as in its SDKs, and a line
 * at start says so.
 */
import type { Settings } from '../../config/environment';
import { cut } from '../../model/cut';
import type { LangfuseLabels } from './langfuse-shape';

export interface OtlpEndpoint {
  readonly name: 'OTLP' | 'Langfuse';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly encoding: 'protobuf' | 'json';
  readonly isCompressed: boolean;
  /** Milliseconds a delivery may take, the answer included. */
  readonly timeoutMs: number;
}

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
const SERVICE_NAME = 'ai-gateway';
/** OpenTelemetry's is 512: writing so many in one go would hold up calls for up to a tenth of a second on a busy machine. */
const MOST_AT_ONCE = 128;

export function readTraceSettings(settings: Settings): TraceSettings {
  const remarks: string[] = [];
  const read = new Reader(remarks);
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
    resource: {
      ...read.pairs('OTEL_RESOURCE_ATTRIBUTES', settings.resourceAttributes),
      ...(settings.serviceName === undefined ? {} : { 'service.name': cut(settings.serviceName, LONGEST) }),
    },
    passesOn: settings.passTraceparent,
    remarks,
  };
}

function otlpOf(settings: Settings, read: Reader, commonMs: number): OtlpEndpoint | undefined {
  const { otlpEndpoint, otlpTracesEndpoint } = settings;
  const url = otlpTracesEndpoint ?? (otlpEndpoint === undefined ? undefined : `${otlpEndpoint}/v1/traces`);
  const exporter = read.oneOf('OTEL_TRACES_EXPORTER', settings.tracesExporter, ['otlp', 'none'], 'otlp');
  if (url === undefined || exporter === 'none') return undefined;
  const [protocolName, protocol] = given(
    ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', settings.otlpTracesProtocol],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', settings.otlpProtocol],
  );
  const [compressionName, compression] = given(
    ['OTEL_EXPORTER_OTLP_TRACES_COMPRESSION', settings.otlpTracesCompression],
    ['OTEL_EXPORTER_OTLP_COMPRESSION', settings.otlpCompression],
  );
  const form = read.oneOf(protocolName, protocol, ['http/protobuf', 'http/json'], 'http/protobuf');
  return {
    name: 'OTLP',
    url,
    headers: {
      ...read.headers('OTEL_EXPORTER_OTLP_HEADERS', settings.otlpHeaders),
      ...read.headers('OTEL_EXPORTER_OTLP_TRACES_HEADERS', settings.otlpTracesHeaders),
    },
    encoding: form === 'http/json' ? 'json' : 'protobuf',
    isCompressed: read.oneOf(compressionName, compression, ['none', 'gzip'], 'none') === 'gzip',
    timeoutMs: read.count('OTEL_EXPORTER_OTLP_TRACES_TIMEOUT', settings.otlpTracesTimeout, commonMs),
  };
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

type Given = readonly [name: string, value: string | undefined];
const given = (own: Given, common: Given): Given => (own[1] === undefined ? common : own);

const LONGEST = 256;
const MOST_PAIRS = 64;
const LONGEST_PAIRS = 16_384;
/** RFC 9110: a token. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
const HEADER_VALUE = /^[\x20-\x7e]{0,8192}$/;
const SAMPLERS = ['always_on', 'always_off', 'traceidratio'] as const;

/** Reads values one by one, and keeps what is to be said of them. Values of secret ones are never said. */
class Reader {
  constructor(readonly remarks: string[]) {}

  #instead(name: string, value: string, allowed: string, instead: string): void {
    this.remarks.push(`${name} is "${cut(value, 64)}": it must be ${allowed}, and ${instead} holds.`);
  }

  oneOf<T extends string>(name: string, value: string | undefined, allowed: readonly T[], instead: T): T {
    const found = allowed.find((each) => each === value?.trim().toLowerCase());
    if (found === undefined && value !== undefined) this.#instead(name, value, allowed.join(' or '), instead);
    return found ?? instead;
  }

  flag(name: string, value: string | undefined): boolean {
    return this.oneOf(name, value, ['true', 'false'], 'false') === 'true';
  }

  count(name: string, value: string | undefined, instead: number): number {
    if (value === undefined) return instead;
    // bounded: whoever runs the gateway sets it
    if (/^\d{1,7}$/.test(value) && Number(value) > 0) return Number(value);
    this.#instead(name, value, 'a whole number from 1 to 9999999', String(instead));
    return instead;
  }

  share(value: string | undefined): number {
    const share = Number(value ?? 1);
    if (share >= 0 && share <= 1) return share;
    this.#instead('OTEL_TRACES_SAMPLER_ARG', value ?? '', 'a number from 0 to 1', '1');
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

  pairs(name: string, text = ''): Record<string, string> {
    const pairs: Record<string, string> = { 'service.name': SERVICE_NAME };
    for (const [key, value] of this.#pairsOf(name, text)) pairs[cut(key, LONGEST)] = cut(value, LONGEST);
    return pairs;
  }

  headers(name: string, text = ''): Record<string, string> {
    const headers: Record<string, string> = {};
    for (const [key, value] of this.#pairsOf(name, text))
      // bounded: whoever runs the gateway sets it
      if (HEADER_NAME.test(key) && HEADER_VALUE.test(value)) headers[key.toLowerCase()] = value;
      else this.remarks.push(`${name} has a header that can be none: it is left out.`);
    return headers;
  }

  #pairsOf(name: string, text: string): [string, string][] {
    // bounded: whoever runs the gateway sets it
    const parts = text.slice(0, LONGEST_PAIRS).split(',', MOST_PAIRS);
    return parts.flatMap((part): [string, string][] => {
      const at = part.indexOf('=');
      if (part.trim() === '') return [];
      try {
        if (at > 0) return [[part.slice(0, at).trim(), decodeURIComponent(part.slice(at + 1).trim())]];
      } catch {
        // Said below.
      }
      this.remarks.push(`${name} has a part that is no name=value, percent-encoded: it is left out.`);
      return [];
    });
  }
}

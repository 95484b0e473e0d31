/**
 * The environment variables of traces and of metrics by OTLP: OpenTelemetry's own, by the names and meanings its SDKs give them, and Langfuse's.
 * A value that OpenTelemetry does not know must not keep a program from starting: those are read as text here, and looked
 * at where traces and metrics begin.
 */
import { optional, variable } from './variable';
import { credential, flag, headerValue, text, url } from './variable-values';

const FOR_ALL = 'of traces, and of whatever else goes out by OTLP';

/** As Langfuse takes the name of an environment. */
function environmentName(value: string): string {
  if (!/^(?!langfuse)[a-z0-9_-]{1,40}$/.test(value))
    throw new Error(
      `must be at most 40 small letters, digits, - and _, and not begin with langfuse, not "${value.slice(0, 64)}"`,
    );
  return value;
}

function release(value: string): string {
  if (value.length > 200) throw new Error('must be at most 200 characters long');
  return value;
}

const otel = (name: string, meaning: string, unset?: string) =>
  optional({ name, parse: text, meaning, ...(unset === undefined ? {} : { unset }) });

export const TRACE_VARIABLES = {
  langfuseHost: optional({
    name: 'LANGFUSE_HOST',
    aliases: ['LANGFUSE_BASE_URL'],
    parse: url(['http', 'https']),
    meaning: 'Langfuse server, version 4, that gets every call as a generation.',
  }),
  langfusePublicKey: optional({
    name: 'LANGFUSE_PUBLIC_KEY',
    parse: credential,
    meaning: "Public key of Langfuse's project.",
  }),
  langfuseSecretKey: optional({
    name: 'LANGFUSE_SECRET_KEY',
    secret: true,
    parse: credential,
    meaning: "Secret key of Langfuse's project.",
  }),
  langfuseEnvironment: optional({
    name: 'LANGFUSE_TRACING_ENVIRONMENT',
    unset: "Langfuse's: default",
    parse: environmentName,
    meaning: 'Environment that Langfuse files the calls under.',
  }),
  langfuseRelease: optional({
    name: 'LANGFUSE_RELEASE',
    parse: release,
    meaning: 'Release that Langfuse files the calls under.',
  }),
  otlpEndpoint: optional({
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    parse: url(['http', 'https']),
    unset: 'none: neither traces nor metrics by OTLP',
    meaning: 'OTLP server or collector; /v1/traces and /v1/metrics are put behind it.',
  }),
  otlpTracesEndpoint: optional({
    name: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    parse: url(['http', 'https']),
    unset: 'as above',
    meaning: 'The same for traces alone, taken as it is.',
  }),
  otlpHeaders: optional({
    name: 'OTEL_EXPORTER_OTLP_HEADERS',
    secret: true,
    parse: headerValue,
    meaning: `Headers ${FOR_ALL}: name=value by commas, values percent-encoded.`,
  }),
  otlpTracesHeaders: optional({
    name: 'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
    secret: true,
    parse: headerValue,
    meaning: 'More of them, for traces alone.',
  }),
  otlpProtocol: otel('OTEL_EXPORTER_OTLP_PROTOCOL', 'http/protobuf or http/json.', 'http/protobuf'),
  otlpTracesProtocol: otel('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'The same for traces alone.', 'as above'),
  otlpTimeout: otel('OTEL_EXPORTER_OTLP_TIMEOUT', 'Milliseconds that one delivery may take.', '10000'),
  otlpTracesTimeout: otel('OTEL_EXPORTER_OTLP_TRACES_TIMEOUT', 'The same for traces alone.', 'as above'),
  otlpCompression: otel('OTEL_EXPORTER_OTLP_COMPRESSION', 'gzip or none.', 'none'),
  otlpTracesCompression: otel(
    'OTEL_EXPORTER_OTLP_TRACES_COMPRESSION',
    'The same for traces alone.',
    'as above',
  ),
  otlpMetricsEndpoint: optional({
    name: 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
    parse: url(['http', 'https']),
    unset: 'OTEL_EXPORTER_OTLP_ENDPOINT with /v1/metrics behind it',
    meaning: 'OTLP server or collector for metrics alone, taken as it is.',
  }),
  otlpMetricsHeaders: optional({
    name: 'OTEL_EXPORTER_OTLP_METRICS_HEADERS',
    secret: true,
    parse: headerValue,
    meaning: 'More headers, for metrics alone.',
  }),
  otlpMetricsProtocol: otel(
    'OTEL_EXPORTER_OTLP_METRICS_PROTOCOL',
    'http/protobuf or http/json, for metrics alone.',
    'OTEL_EXPORTER_OTLP_PROTOCOL',
  ),
  otlpMetricsTimeout: otel(
    'OTEL_EXPORTER_OTLP_METRICS_TIMEOUT',
    'Milliseconds that one delivery of metrics may take.',
    'OTEL_EXPORTER_OTLP_TIMEOUT',
  ),
  otlpMetricsCompression: otel(
    'OTEL_EXPORTER_OTLP_METRICS_COMPRESSION',
    'gzip or none, for metrics alone.',
    'OTEL_EXPORTER_OTLP_COMPRESSION',
  ),
  otlpMetricsTemporality: otel(
    'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE',
    'cumulative: nothing else is sent.',
    'cumulative',
  ),
  metricsExporter: otel(
    'OTEL_METRICS_EXPORTER',
    'otlp; or none or prometheus: no metrics to the OTLP endpoint, /metrics alone.',
    'otlp',
  ),
  metricExportInterval: otel(
    'OTEL_METRIC_EXPORT_INTERVAL',
    'Milliseconds between two deliveries of metrics.',
    '60000',
  ),
  metricExportTimeout: otel(
    'OTEL_METRIC_EXPORT_TIMEOUT',
    'Milliseconds that all of them may take each time.',
    '30000',
  ),
  tracesExporter: otel('OTEL_TRACES_EXPORTER', 'otlp, or none: nothing to the OTLP endpoint.', 'otlp'),
  otelDisabled: otel(
    'OTEL_SDK_DISABLED',
    'true: no traces and no metrics by OTLP, no traces to Langfuse either.',
    'false',
  ),
  serviceName: otel('OTEL_SERVICE_NAME', 'Name of this service in traces and metrics.', 'ai-gateway'),
  resourceAttributes: otel(
    'OTEL_RESOURCE_ATTRIBUTES',
    'More about this service: name=value by commas, values percent-encoded.',
  ),
  tracesSampler: otel(
    'OTEL_TRACES_SAMPLER',
    'Which calls have a trace: always_on, always_off, traceidratio, or these with parentbased_ before, which heed what the caller decided.',
    'parentbased_always_on',
  ),
  tracesSamplerArg: otel('OTEL_TRACES_SAMPLER_ARG', 'Share of the traces for traceidratio, 0 to 1.', '1'),
  bspScheduleDelay: otel(
    'OTEL_BSP_SCHEDULE_DELAY',
    'Milliseconds that spans wait for others at most.',
    '5000',
  ),
  bspExportTimeout: otel(
    'OTEL_BSP_EXPORT_TIMEOUT',
    'Milliseconds that one delivery may take; the smaller of this and the one above holds.',
    '30000',
  ),
  bspMaxQueueSize: otel(
    'OTEL_BSP_MAX_QUEUE_SIZE',
    'Most spans that wait, for each endpoint; more are dropped.',
    '2048',
  ),
  bspMaxExportBatchSize: otel('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 'Most spans of a delivery.', '128'),
  passTraceparent: variable({
    name: 'GATEWAY_PASS_TRACEPARENT',
    fallback: false,
    parse: flag,
    meaning:
      'true: providers get a traceparent that leads to the attempt, so that their traces and ours are one. Nothing else about the trace leaves.',
  }),
} as const;

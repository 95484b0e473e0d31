/** What the environment says of metrics by OTLP, as `trace-settings.ts` says of traces. */
import type { Settings } from '../../config/environment';
import { endpointOf, type OtlpEndpoint } from '../otlp/endpoint';
import { OtelReader, resourceOf } from '../otlp/otel-values';

export interface ExportSettings {
  /** Undefined: none are sent. */
  readonly endpoint: OtlpEndpoint | undefined;
  /** Milliseconds between two deliveries. */
  readonly intervalMs: number;
  /** Milliseconds that all pieces of one may take together. */
  readonly timeoutMs: number;
  readonly resource: Readonly<Record<string, string>>;
  readonly remarks: readonly string[];
}

export function readExportSettings(settings: Settings): ExportSettings {
  const remarks: string[] = [];
  const read = new OtelReader(remarks);
  const isOff = read.flag('OTEL_SDK_DISABLED', settings.otelDisabled);
  const intervalMs = read.count('OTEL_METRIC_EXPORT_INTERVAL', settings.metricExportInterval, 60_000);
  // It may be longer than the interval: what is still under way then is not begun anew.
  const timeoutMs = read.count('OTEL_METRIC_EXPORT_TIMEOUT', settings.metricExportTimeout, 30_000);
  const commonMs = read.count('OTEL_EXPORTER_OTLP_TIMEOUT', settings.otlpTimeout, 10_000);
  return {
    endpoint: isOff ? undefined : endpointIn(settings, read, commonMs),
    intervalMs,
    timeoutMs,
    resource: resourceOf(settings, read),
    remarks,
  };
}

function endpointIn(settings: Settings, read: OtelReader, commonMs: number): OtlpEndpoint | undefined {
  const exporter = read.oneOf(
    'OTEL_METRICS_EXPORTER',
    settings.metricsExporter,
    ['otlp', 'none', 'prometheus'],
    'otlp',
  );
  if (exporter !== 'otlp') return undefined;
  const own = {
    endpoint: settings.otlpMetricsEndpoint,
    headers: settings.otlpMetricsHeaders,
    protocol: settings.otlpMetricsProtocol,
    compression: settings.otlpMetricsCompression,
    timeout: settings.otlpMetricsTimeout,
  };
  const endpoint = endpointOf('metrics', own, settings, read, commonMs);
  if (endpoint !== undefined)
    read.oneOf(
      'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE',
      settings.otlpMetricsTemporality,
      ['cumulative'],
      'cumulative',
    );
  return endpoint;
}

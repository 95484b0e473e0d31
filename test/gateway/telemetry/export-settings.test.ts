/** What OpenTelemetry's variables come to for metrics, also where their values are not understood. */
import { readSettings } from '../../../gateway/config/environment';
import { readExportSettings } from '../../../gateway/telemetry/metrics/export-settings';
import { readTraceSettings } from '../../../gateway/telemetry/traces/trace-settings';
import { createExporters } from '../../../gateway/telemetry/otlp/exporters';
import { createLogger } from '../../../gateway/log';
import { MASTER_KEY } from '../support/gateway';

const settingsOf = (env: Record<string, string>) => readSettings({ GATEWAY_MASTER_KEY: MASTER_KEY, ...env });
const read = (env: Record<string, string>) => readExportSettings(settingsOf(env));
const OTLP = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

test('without an endpoint there is none; the one of traces is none of metrics', () => {
  expect(read({ OTEL_METRICS_EXPORTER: 'otlp' }).endpoint).toBeUndefined();
  expect(
    read({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://traces:4318/v1/traces' }).endpoint,
  ).toBeUndefined();
});

test('defaults are OpenTelemetry’s, and what is for metrics alone goes before what is for all', () => {
  expect(read(OTLP)).toMatchObject({
    endpoint: {
      url: 'http://collector:4318/v1/metrics',
      headers: {},
      encoding: 'protobuf',
      isCompressed: false,
      timeoutMs: 10_000,
    },
    intervalMs: 60_000,
    timeoutMs: 30_000,
    resource: { 'service.name': 'ai-gateway' },
    remarks: [],
  });
  const env = {
    ...OTLP,
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'https://metrics.example.com/in',
    OTEL_EXPORTER_OTLP_HEADERS: 'x-both=all',
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-secret=of-traces',
    OTEL_EXPORTER_OTLP_METRICS_HEADERS: 'x-both=metrics,x-tenant=a%20b',
    OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_METRICS_COMPRESSION: 'gzip',
    OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: '700',
    OTEL_METRIC_EXPORT_INTERVAL: '5000',
    OTEL_SERVICE_NAME: 'mine',
  };
  expect(read(env)).toMatchObject({
    endpoint: {
      url: 'https://metrics.example.com/in',
      headers: { 'x-both': 'metrics', 'x-tenant': 'a b' },
      encoding: 'json',
      isCompressed: true,
      timeoutMs: 700,
    },
    intervalMs: 5_000,
    timeoutMs: 30_000,
    resource: { 'service.name': 'mine' },
    remarks: [],
  });
  // No credential of one goes to the other.
  expect(Object.keys(read(env).endpoint?.headers ?? {})).not.toContain('x-secret');
  expect(readTraceSettings(settingsOf(env)).otlp).toMatchObject({
    url: 'http://collector:4318/v1/traces',
    headers: { 'x-both': 'all', 'x-secret': 'of-traces' },
    encoding: 'protobuf',
  });
});

test.each<Record<string, string>>([
  { OTEL_METRICS_EXPORTER: 'none' },
  { OTEL_METRICS_EXPORTER: 'prometheus' },
  { OTEL_SDK_DISABLED: 'true' },
])('%j turns them off, without a word', (env) => {
  expect(read({ ...OTLP, ...env })).toMatchObject({ endpoint: undefined, remarks: [] });
});

test('what it does not know leaves its default in force and is said once, without a secret', () => {
  const env = {
    ...OTLP,
    OTEL_METRICS_EXPORTER: 'console',
    OTEL_METRIC_EXPORT_INTERVAL: 'often',
    OTEL_METRIC_EXPORT_TIMEOUT: '-1',
    OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    OTEL_EXPORTER_OTLP_METRICS_HEADERS: 'top-secret-value',
  };
  const { endpoint, intervalMs, timeoutMs, remarks } = read(env);
  expect(endpoint).toMatchObject({ encoding: 'protobuf', headers: {} });
  expect([intervalMs, timeoutMs]).toEqual([60_000, 30_000]);
  expect(remarks).toHaveLength(6);
  for (const name of [
    'METRICS_EXPORTER',
    'INTERVAL',
    'EXPORT_TIMEOUT',
    'TEMPORALITY',
    'PROTOCOL',
    'METRICS_HEADERS',
  ])
    expect(remarks.join('\n')).toContain(name);
  expect(remarks.join()).not.toContain('top-secret');
  const lines: string[] = [];
  const exporters = createExporters(createLogger('info', (line) => lines.push(line)));
  exporters.remark(readTraceSettings(settingsOf(env)).remarks);
  exporters.remark(remarks);
  // Both read the protocol.
  expect(lines.filter((line) => line.includes('OTEL_EXPORTER_OTLP_PROTOCOL'))).toHaveLength(1);
  expect(lines).toHaveLength(6);
});

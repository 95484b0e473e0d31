/** What OpenTelemetry's variables come to, also where their values are not understood. */
import { readSettings } from '../../../gateway/config/environment';
import { readTraceSettings } from '../../../gateway/telemetry/traces/trace-settings';
import { MASTER_KEY } from '../support/gateway';

const read = (env: Record<string, string>) =>
  readTraceSettings(readSettings({ GATEWAY_MASTER_KEY: MASTER_KEY, ...env }));
const OTLP = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };
const LANGFUSE = {
  LANGFUSE_HOST: 'https://langfuse.example.com/',
  LANGFUSE_PUBLIC_KEY: 'pk-lf-1',
  LANGFUSE_SECRET_KEY: 'sk-lf-2',
};

test('without an endpoint there is nothing, whatever else is set', () => {
  expect(read({ OTEL_SERVICE_NAME: 'x', OTEL_EXPORTER_OTLP_HEADERS: 'a=b' })).toMatchObject({
    otlp: undefined,
    langfuse: undefined,
    remarks: [],
  });
});

test('defaults are OpenTelemetry’s but for the size of a batch, and what is for traces alone goes before what is for all', () => {
  expect(read(OTLP)).toMatchObject({
    otlp: {
      url: 'http://collector:4318/v1/traces',
      headers: {},
      encoding: 'protobuf',
      isCompressed: false,
      timeoutMs: 10_000,
    },
    queue: { most: 2_048, mostAtOnce: 128, delayMs: 5_000 },
    sampler: { root: 'always_on', share: 1, heedsParent: true },
    resource: { 'service.name': 'ai-gateway' },
    passesOn: false,
  });
  const own = read({
    ...OTLP,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://traces.example.com/in',
    OTEL_EXPORTER_OTLP_HEADERS: 'X-Tenant=a%20b,x-both=all',
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-both=traces',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_TIMEOUT: '9000',
    OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '700',
    OTEL_RESOURCE_ATTRIBUTES: 'service.name=other,team=a%2Cb',
    OTEL_SERVICE_NAME: 'mine',
    OTEL_TRACES_SAMPLER: 'traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.25',
  });
  expect(own).toMatchObject({
    otlp: {
      url: 'https://traces.example.com/in',
      headers: { 'x-tenant': 'a b', 'x-both': 'traces' },
      encoding: 'json',
      timeoutMs: 700,
    },
    resource: { 'service.name': 'mine', team: 'a,b' },
    sampler: { root: 'traceidratio', share: 0.25, heedsParent: false },
    remarks: [],
  });
});

test('what it does not know leaves its default in force and is said, without a secret', () => {
  const { otlp, sampler, queue, remarks } = read({
    ...OTLP,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    OTEL_EXPORTER_OTLP_TIMEOUT: 'soon',
    OTEL_TRACES_SAMPLER: 'jaeger_remote',
    OTEL_TRACES_SAMPLER_ARG: '7',
    OTEL_BSP_MAX_QUEUE_SIZE: '-1',
    OTEL_EXPORTER_OTLP_HEADERS: 'top-secret-value,bad name=top-secret-value,ok=1',
    OTEL_SDK_DISABLED: 'yes',
  });
  expect(otlp).toMatchObject({ encoding: 'protobuf', timeoutMs: 10_000, headers: { ok: '1' } });
  expect(sampler).toEqual({ root: 'always_on', share: 1, heedsParent: true });
  expect(queue.most).toBe(2_048);
  expect(remarks).toHaveLength(8);
  for (const name of ['PROTOCOL', 'TIMEOUT', 'SAMPLER ', 'SAMPLER_ARG', 'QUEUE_SIZE', 'HEADERS', 'DISABLED'])
    expect(remarks.join('\n')).toContain(name);
  expect(remarks.join()).not.toContain('top-secret');
});

test('both can be on; OTEL_SDK_DISABLED turns off both, OTEL_TRACES_EXPORTER=none the one', () => {
  const both = read({ ...OTLP, ...LANGFUSE });
  expect([both.otlp?.name, both.langfuse?.name]).toEqual(['OTLP', 'Langfuse']);
  expect(both.langfuse?.url).toBe('https://langfuse.example.com/api/public/otel/v1/traces');
  // What is meant for one server is never sent to the other.
  const headers = read({ ...OTLP, ...LANGFUSE, OTEL_EXPORTER_OTLP_HEADERS: 'x-a=1' }).langfuse?.headers;
  expect(Object.keys(headers ?? {}).sort()).toEqual(['authorization', 'x-langfuse-ingestion-version']);
  const off = read({ ...OTLP, ...LANGFUSE, OTEL_SDK_DISABLED: 'true' });
  expect([off.otlp, off.langfuse]).toEqual([undefined, undefined]);
  const one = read({ ...OTLP, ...LANGFUSE, OTEL_TRACES_EXPORTER: 'none' });
  expect([one.otlp, one.langfuse?.name]).toEqual([undefined, 'Langfuse']);
});

test.each(Object.keys(LANGFUSE))('Langfuse without %s does not start', (name) => {
  expect(() => read({ ...LANGFUSE, [name]: '' })).toThrow(/fault/);
});

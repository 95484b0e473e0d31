/** A real collector takes the gateway's traces and metrics, in both encodings, and writes down what they are. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spansOf, type SeenSpan, type WireTraces } from '../../standins/otlp';
import { pointsOf, type SeenPoint, type WireMetrics } from '../../standins/otlp/points';
import { say } from '../../standins/anthropic';
import { eventually, startTestGateway, type TestGateway } from '../../gateway/support/gateway';
import { betweenEqualPages, byId, MOVES, samplesOf } from '../../gateway/support/metric-points';
import { scrapeUntil } from '../../gateway/support/metrics-page';
import { freePort, startCollector, type RealCollector } from './real-collector';

const CALLS = 3;
const SECRET_WORDS = 'the-launch-code-is-8812';

describe.each(['http/protobuf', 'http/json'])('%s', (protocol) => {
  let folder: string;
  let collector: RealCollector;
  let gateway: TestGateway;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'collector-'));
    const port = await freePort();
    const written = (name: string) => ({ path: join(folder, name), flush_interval: '100ms' });
    const config = {
      receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } },
      exporters: { 'file/traces': written('traces.json'), 'file/metrics': written('metrics.json') },
      service: {
        telemetry: { metrics: { level: 'none' } },
        pipelines: {
          traces: { receivers: ['otlp'], exporters: ['file/traces'] },
          metrics: { receivers: ['otlp'], exporters: ['file/metrics'] },
        },
      },
    };
    collector = await startCollector(folder, JSON.stringify(config), port);
    gateway = await startTestGateway({
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
        OTEL_METRIC_EXPORT_INTERVAL: '500',
        OTEL_BSP_SCHEDULE_DELAY: '50',
      },
    });
    const key = await gateway.workspaceKey();
    for (let call = 0; call < CALLS; call += 1) {
      gateway.standin.answer({ ...say('hello'), usage: { input_tokens: 100, output_tokens: 20 } });
      await gateway.chat(key, {
        stream: true,
        max_tokens: 100,
        messages: [{ role: 'user', content: SECRET_WORDS }],
      });
    }
  });
  afterAll(async () => {
    await (gateway as TestGateway | undefined)?.close();
    await (collector as RealCollector | undefined)?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What was written, a delivery a line. */
  const lines = <T>(name: string): T[] => {
    const file = join(folder, name);
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    return text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as T);
  };
  const spans = (): SeenSpan[] => lines<WireTraces>('traces.json').flatMap(spansOf);
  /** Points of one moment that is after now. */
  const told = (): Promise<readonly SeenPoint[]> => {
    const from = Date.now();
    return eventually(() => {
      const all = lines<WireMetrics>('metrics.json').flatMap(pointsOf);
      // The last of a moment is among those of the process.
      const end = all.findLast(({ name, time }) => name === 'nodejs_version_info' && time >= from);
      return end && all.filter(({ time }) => time === end.time);
    });
  };

  test('each call has its span, with one for the attempt below it', async () => {
    const found = await eventually(() => (spans().length >= 2 * CALLS ? spans() : undefined));
    const calls = found.filter(({ parentSpanId }) => parentSpanId === '');
    expect(calls).toHaveLength(CALLS);
    for (const call of calls) {
      expect(call).toMatchObject({
        name: 'chat claude-sonnet-4-5',
        kind: 2,
        status: { code: 0 },
        resource: { 'service.name': 'ai-gateway' },
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'anthropic',
          'gen_ai.usage.input_tokens': 100,
          'gen_ai.usage.output_tokens': 20,
          'gateway.cost.is_estimated': false,
        },
      });
      const below = found.filter(({ parentSpanId }) => parentSpanId === call.spanId);
      expect(below.map(({ kind, traceId }) => [kind, traceId])).toEqual([[3, call.traceId]]);
    }
    expect(readFileSync(join(folder, 'traces.json'), 'utf8')).not.toContain(SECRET_WORDS);
  });

  test('metrics are those of /metrics: names, labels, values, cumulative', async () => {
    await scrapeUntil(gateway, (page) => page.sum('ai_gateway_calls_total') === CALLS);
    const { page, points } = await betweenEqualPages(gateway, told);
    expect(page.samples.length).toBeGreaterThan(60);
    expect(byId(samplesOf(points.filter(({ name }) => !MOVES.test(name))))).toEqual(byId(page.samples));
    for (const { name, kind, temporality, isMonotonic, start, time } of points) {
      expect([name, temporality]).toEqual([name, kind === 'gauge' ? undefined : 2]);
      if (kind === 'sum') expect([name, isMonotonic]).toEqual([name, true]);
      expect(start).toBeLessThan(time);
    }
    expect(new Set(points.map(({ resource }) => JSON.stringify(resource))).size).toBe(1);
    expect(points[0]?.resource).toMatchObject({ 'service.name': 'ai-gateway' });
  });
});

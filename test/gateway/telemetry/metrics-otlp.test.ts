/** Metrics by OTLP are those of /metrics, and their endpoint may be away: calls go on, each change is one line. */
import { adminOf } from '../../admin/support';
import { lastingPort } from '../../harness/lasting-port';
import { startOtlpStandin, type Mood, type OtlpStandin } from '../../standins/otlp';
import type { SeenPoint } from '../../standins/otlp/points';
import { eventually, MASTER_KEY, startTestGateway, type TestGateway } from '../support/gateway';
import { betweenEqualPages, byId, MOVES, samplesOf } from '../support/metric-points';
import { scrape, scrapeUntil } from '../support/metrics-page';

const SECRET_WORDS = 'the-launch-code-is-8812';
const OF_TRACES = 'Bearer secret-of-traces-1';
const OF_METRICS = 'Bearer secret-of-metrics-2';

let traces: OtlpStandin;
let metrics: OtlpStandin;
let gateway: TestGateway;
let key: string;
beforeAll(async () => {
  [traces, metrics] = await Promise.all([startOtlpStandin(), startOtlpStandin(await lastingPort())]);
  metrics.authorization = OF_METRICS;
  gateway = await startTestGateway({
    env: {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${traces.url}/v1/traces`,
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: `authorization=${encodeURIComponent(OF_TRACES)}`,
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${metrics.url}/v1/metrics`,
      OTEL_EXPORTER_OTLP_METRICS_HEADERS: `authorization=${encodeURIComponent(OF_METRICS)}`,
      OTEL_METRIC_EXPORT_INTERVAL: '100',
      OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: '2000',
      OTEL_RESOURCE_ATTRIBUTES: 'team=a',
      OTEL_BSP_SCHEDULE_DELAY: '20',
    },
  });
  key = await gateway.workspaceKey();
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([traces.close(), metrics.close()]);
});

const ask = () => gateway.chat(key, { max_tokens: 10, messages: [{ role: 'user', content: SECRET_WORDS }] });
const lines = (words: string) => gateway.logs.filter((line) => line.includes(words));
const AWAY = 'metrics do not arrive';
const BACK = 'metrics arrive';

/** Points of one moment, told after now. */
async function told(): Promise<readonly SeenPoint[]> {
  const from = Date.now();
  return eventually(() => {
    const { points } = metrics;
    // All pieces of a moment are there with those of the process.
    const isWhole = points.some(({ name }) => name === 'nodejs_version_info');
    return (points[0]?.time ?? 0) >= from && isWhole ? points : undefined;
  });
}

test('they are the figures of /metrics, under the same names and labels', async () => {
  for (let call = 0; call < 3; call += 1) expect((await ask()).status).toBe(200);
  await gateway.request('/v1/chat/completions', { key: 'sk-nobody-at-all', body: {} });
  await scrapeUntil(gateway, (found) => found.sum('ai_gateway_calls_total') === 4);
  const { page, points } = await betweenEqualPages(gateway, told);
  const own = points.filter(({ name }) => !MOVES.test(name));
  expect(page.samples.length).toBeGreaterThan(60);
  expect(byId(samplesOf(own))).toEqual(byId(page.samples));
  const kinds = { sum: 'counter', gauge: 'gauge', histogram: 'histogram' };
  for (const { name, kind, description } of points) {
    expect([name, kinds[kind]]).toEqual([name, page.types.get(name)]);
    expect([name, description]).toEqual([name, expect.stringMatching(/./)]);
  }
});

test('they are cumulative, from the start on, of a process that is told apart', async () => {
  const first = await told();
  const second = await told();
  const of = (points: readonly SeenPoint[]) => points.find(({ name }) => name === 'ai_gateway_calls_total');
  expect(of(second)?.start).toBe(of(first)?.start);
  for (const point of second) {
    expect([point.name, point.kind === 'gauge' ? 2 : point.temporality]).toEqual([point.name, 2]);
    if (point.kind === 'sum') expect([point.name, point.isMonotonic]).toEqual([point.name, true]);
    expect(point.resource).toMatchObject({
      'service.name': 'ai-gateway',
      team: 'a',
      'service.instance.id': expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
  }
});

test('no credential of one goes to the other, and nothing of what was said leaves', async () => {
  await ask();
  await told();
  await eventually(() => traces.spans.length > 0 || undefined);
  expect(new Set(metrics.requests.map(({ headers }) => headers.authorization))).toEqual(
    new Set([OF_METRICS]),
  );
  expect(new Set(traces.requests.map(({ headers }) => headers.authorization))).toEqual(new Set([OF_TRACES]));
  expect([traces.asked, metrics.asked]).toEqual([['/v1/traces'], ['/v1/metrics']]);
  const all = Buffer.concat(metrics.requests.map(({ body }) => body)).toString('latin1');
  for (const secret of [SECRET_WORDS, key, MASTER_KEY, OF_TRACES]) expect(all).not.toContain(secret);
  expect(gateway.logs.join('\n')).not.toMatch(/secret-of-(traces|metrics)/);
});

const MOODS: readonly [Mood, reason: RegExp][] = [
  [{ status: 429 }, /^status 429$|^no answer/],
  [{ status: 500 }, /^status 500$|^no answer/],
  [{ status: 404 }, /^status 404$|^no answer/],
  ['redirect', /^status 307$|^no answer/],
  ['hang', /^no answer within \d+ ms$|^not all arrived/],
  ['trickle', /^status 503$|^no answer/],
  ['cut', /^(ECONNRESET|UND_ERR_SOCKET)$|^no answer/],
];

const ofMetrics = { exporter: 'otlp', signal: 'metrics' };

test.each(MOODS)(
  'calls go on while it answers %j; one line each way, and metrics of it',
  async (mood, reason) => {
    await told();
    const [away, back] = [lines(AWAY).length, lines(BACK).length];
    const before = (await scrape(gateway)).sum('ai_gateway_export_failures_total', ofMetrics);
    metrics.mood = mood;
    await eventually(() => lines(AWAY)[away]);
    expect((await ask()).status).toBe(200);
    await scrapeUntil(
      gateway,
      (page) =>
        page.sum('ai_gateway_export_up', ofMetrics) === 0 &&
        page.sum('ai_gateway_export_failures_total', ofMetrics) >= before + 2,
    );
    metrics.mood = 'well';
    await eventually(() => lines(BACK)[back]);
    expect((JSON.parse(lines(AWAY)[away] ?? '') as { reason: string }).reason).toMatch(reason);
    expect([lines(AWAY).length, lines(BACK).length]).toEqual([away + 1, back + 1]);
    const page = await scrape(gateway);
    expect(page.sum('ai_gateway_export_dropped_items_total', ofMetrics)).toBeGreaterThan(0);
    expect(page.sum('ai_gateway_export_items_total', ofMetrics)).toBeGreaterThan(0);
    await scrapeUntil(gateway, (found) => found.sum('ai_gateway_export_up', ofMetrics) === 1);
  },
);

test('an administrator sees where they go, and what an endpoint says to a delivery of nothing', async () => {
  await told();
  const admin = adminOf(gateway);
  expect((await admin('/site/exporters')).json).toMatchObject({
    exporters: [
      { exporter: 'otlp', signal: 'traces', look: { state: 'answers', reason: null } },
      {
        ...ofMetrics,
        host: new URL(metrics.url).host,
        arrives: true,
        waiting: expect.any(Number) as number,
        look: { state: 'answers' },
      },
    ],
  });
  metrics.authorization = 'Bearer another';
  const refused = await eventually(async () => {
    const { json, text } = await admin('/site/exporters');
    expect(text).not.toMatch(/secret-of-/);
    const [, found] = json['exporters'] as { arrives: boolean; reason: string; look: object }[];
    return found?.arrives === false ? found : undefined;
  });
  expect(refused).toMatchObject({ reason: 'status 401', look: { state: 'refuses', reason: 'status 401' } });
  metrics.authorization = OF_METRICS;
  expect((await admin('/site/exporters', undefined, { key })).status).toBe(401);
});

test('what it takes in part is counted so', async () => {
  const dropped = () =>
    gateway.gateway.services.exporters.all
      .map((exporter) => exporter.figures())
      .find(({ signal }) => signal === 'metrics')?.dropped ?? 0;
  const before = dropped();
  metrics.rejects = 3;
  await eventually(() => dropped() >= before + 3 || undefined);
  metrics.rejects = 0;
});

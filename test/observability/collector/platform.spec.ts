/** The configuration that the platform's stack gives a collector is one that a real one takes, and does what it is for. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CollectorProps } from '../../../constructs/platform/collector';
import { catalog } from '../../../src/catalog';
import { platformPolicy } from '../../../src/platform-policy';
import { AiPlatformStack } from '../../../src/stacks/ai-platform';
import { synthesize } from '../../../src/synthesize';
import { eventually, startTestGateway } from '../../gateway/support/gateway';
import { MOVES } from '../../gateway/support/metric-points';
import { readPage, scrapeUntil } from '../../gateway/support/metrics-page';
import { startOtlpStandin } from '../../standins/otlp';
import { readFolder } from '../../template/programs';
import { freePort, startCollector, validate } from './real-collector';

const CREDENTIAL = 'Bearer a$b: "quoted" ${env:HOME} #no comment';
const ENDPOINT = 'https://otlp.example.com';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'collector-'));
  // As Terraform makes it: test/platform/outlets.test.ts.
  writeFileSync(join(folder, 'credential'), CREDENTIAL.replaceAll('$', '$$$$'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function configOf(collector: CollectorProps): string {
  const outdir = mkdtempSync(join(folder, 'synth-'));
  synthesize({ catalog, policy: platformPolicy, outdir }, (app) => {
    new AiPlatformStack(app, 'ai-platform', { collector });
  });
  const text = readFolder(join(outdir, 'stacks', 'ai-platform')).get('collector/collector.yaml');
  return (text ?? '').replaceAll('/run/ai-platform', folder);
}

test.each<[string, CollectorProps]>([
  ['an endpoint', { endpoint: 'http://tempo:4318' }],
  ['an endpoint with a credential', { endpoint: ENDPOINT, credentialHeader: 'authorization' }],
  ['Prometheus', { prometheus: {} }],
  [
    'traces to an endpoint, metrics to Prometheus',
    { endpoint: ENDPOINT, signals: ['traces'], prometheus: {} },
  ],
  ['both', { endpoint: ENDPOINT, prometheus: {}, memory: 128 }],
])('it takes %s', (_, collector) => {
  expect(validate(folder, configOf(collector))).toBe('');
});

test('what is none is refused: it does look', () => {
  expect(
    validate(folder, configOf({ prometheus: {} }).replace('"memory_limiter"', '"memory_limit"')),
  ).toMatch(/memory_limit/);
});

test('it hands on to the site’s server with its credential, and to Prometheus under the names of /metrics', async () => {
  const site = await startOtlpStandin();
  site.authorization = CREDENTIAL;
  const [port, prometheus] = [await freePort(), await freePort()];
  const config = configOf({ endpoint: ENDPOINT, credentialHeader: 'authorization', prometheus: {} })
    .replace('0.0.0.0:4318', `127.0.0.1:${port}`)
    .replace('0.0.0.0:9464', `127.0.0.1:${prometheus}`)
    .replace(ENDPOINT, site.url);
  const collector = await startCollector(folder, config, port);
  const gateway = await startTestGateway({
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_METRIC_EXPORT_INTERVAL: '300',
      OTEL_BSP_SCHEDULE_DELAY: '50',
    },
  });
  try {
    const key = await gateway.workspaceKey();
    await gateway.chat(key, { max_tokens: 10, messages: [{ role: 'user', content: 'hi' }] });
    const page = await scrapeUntil(gateway, (found) => found.sum('ai_gateway_calls_total') === 1);
    await eventually(() => (site.spans.length >= 2 && site.points.length > 60) || undefined);
    expect(new Set(site.requests.map(({ headers }) => headers.authorization))).toEqual(new Set([CREDENTIAL]));
    expect(new Set(site.requests.map(({ path }) => path))).toEqual(new Set(['/v1/traces', '/v1/metrics']));
    const seen = await eventually(async () => {
      const answer = await fetch(`http://127.0.0.1:${prometheus}/metrics`);
      const found = readPage(await answer.text());
      return found.sum('ai_gateway_calls_total') === 1 ? found : undefined;
    });
    const own = page.samples.filter(({ name }) => name.startsWith('ai_gateway_') && !MOVES.test(name));
    expect(own.length).toBeGreaterThan(60);
    for (const { name, labels, value } of own) {
      // It writes a bound with a dot, or without one.
      const { le, ...rest } = labels;
      const found = seen.samples.filter(
        (each) =>
          each.name === name &&
          (le === undefined || Number(each.labels['le']) === Number(le) || each.labels['le'] === le) &&
          Object.entries(rest).every(([label, text]) => each.labels[label] === text),
      );
      expect([name, labels, found.map((each) => each.value)]).toEqual([name, labels, [value]]);
      expect(found[0]?.labels).toMatchObject({ job: 'ai-gateway', instance: expect.any(String) as string });
    }
    for (const [name, type] of page.types)
      if (name.startsWith('ai_gateway_') && seen.types.has(name))
        expect([name, seen.types.get(name)]).toEqual([name, type]);
  } finally {
    await gateway.close();
    await collector.close();
    await site.close();
  }
});

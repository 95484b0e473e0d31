/** A real Prometheus scrapes a real gateway, with the rules that come along, and is asked what the dashboard asks. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ROWS } from '../../observability/panels';
import { say } from '../standins/anthropic';
import { eventually, startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { startPrometheus, type RealPrometheus } from './real-prometheus';
import { hasProgram } from './support';

const TOKEN = 'a-token-for-metrics-0123456789abcdef';
const RULES = join(resolve(__dirname, '../..'), 'observability', 'ai-gateway.rules.yml');
const CALLS = 3;

// A machine of a user's need not have it; CI installs Debian's package.
const isHere = hasProgram('prometheus');
if (!isHere)
  process.stderr.write('skipped: no prometheus on the PATH (Debian: apt-get install prometheus)\n');

(isHere ? describe : describe.skip)('a real Prometheus', () => {
  let gateway: TestGateway;
  let prometheus: RealPrometheus;
  beforeAll(async () => {
    gateway = await startTestGateway({ env: { GATEWAY_METRICS_TOKEN: TOKEN } });
    const key = await gateway.workspaceKey();
    for (let call = 0; call < CALLS; call += 1) {
      gateway.standin.answer({ ...say('hello'), usage: { input_tokens: 100, output_tokens: 20 } });
      await gateway.chat(key, { stream: true, max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] });
    }
    const target = new URL(gateway.adminUrl).host;
    const job = (name: string, token: string, folder: string) => ({
      job_name: name,
      static_configs: [{ targets: [target] }],
      authorization: { credentials_file: join(folder, token) },
    });
    prometheus = await startPrometheus(
      (folder) => ({
        global: { scrape_interval: '1s', evaluation_interval: '1s' },
        rule_files: ['rules.yml'],
        scrape_configs: [job('ai-gateway', 'token', folder), job('stranger', 'other-token', folder)],
      }),
      { token: TOKEN, 'other-token': `${TOKEN}x`, 'rules.yml': readFileSync(RULES, 'utf8') },
    );
  });
  afterAll(async () => {
    await (prometheus as RealPrometheus | undefined)?.close();
    await (gateway as TestGateway | undefined)?.close();
  });

  /** The one value of an expression, once there is one. */
  const valueOf = (expr: string): Promise<number> =>
    eventually(async () => {
      const [series] = await prometheus.query(expr);
      return series && Number(series.value[1]);
    });

  test('scrapes it by its token, and nothing without', async () => {
    expect(await valueOf('up{job="ai-gateway"} == 1')).toBe(1);
    expect(await valueOf('up{job="stranger"}')).toBe(0);
    const { activeTargets } = await prometheus.ask<{
      activeTargets: { lastError: string; scrapePool: string }[];
    }>('targets');
    const errorOf = (pool: string) => activeTargets.find(({ scrapePool }) => scrapePool === pool)?.lastError;
    expect([errorOf('ai-gateway'), errorOf('stranger')]).toEqual(['', expect.stringContaining('401')]);
  });

  test('counts what the gateway did', async () => {
    expect(await valueOf(`sum(ai_gateway_calls_total{error="none"}) == ${CALLS}`)).toBe(CALLS);
    expect(await valueOf('sum by (kind) (ai_gateway_tokens_total{kind="output"})')).toBe(CALLS * 20);
    expect(await valueOf('sum(ai_gateway_keys{state="live"})')).toBe(1);
    expect(await valueOf('ai_gateway_store_up')).toBe(1);
    const slowest = await valueOf(
      'histogram_quantile(1, sum by (le) (ai_gateway_call_duration_seconds_bucket))',
    );
    expect(slowest).toBeGreaterThan(0);
    expect(await valueOf('scrape_samples_scraped{job="ai-gateway"}')).toBeGreaterThan(100);
  });

  test('knows the type and the words of each metric', async () => {
    const metadata = await prometheus.ask<Record<string, { type: string; help: string }[]>>('metadata');
    expect(metadata['ai_gateway_calls_total']?.[0]).toMatchObject({ type: 'counter' });
    expect(metadata['ai_gateway_call_duration_seconds']?.[0]).toMatchObject({ type: 'histogram' });
  });

  test('runs the rules, none of which fires at a gateway that is well', async () => {
    interface Rules {
      groups: { rules: { name: string; health: string; state: string; lastError?: string }[] }[];
    }
    const { groups } = await eventually(async () => {
      const answer = await prometheus.ask<Rules>('rules');
      const isDone = answer.groups.every(({ rules }) => rules.every(({ health }) => health !== 'unknown'));
      return isDone ? answer : undefined;
    });
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(15);
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
    expect(rules.filter(({ state }) => state === 'firing').map(({ name }) => name)).toEqual([]);
  });

  test('answers every question of the dashboard, with the gateway’s own figures', async () => {
    const fill = (expr: string): string =>
      expr
        .replaceAll('$__rate_interval', '1m')
        .replaceAll('$job', 'ai-gateway')
        .replaceAll('$instance', '.*')
        .replaceAll('$model', '.*');
    const empty: string[] = [];
    await valueOf('sum(rate(ai_gateway_calls_total[1m]))');
    for (const { panels } of ROWS)
      for (const { title, queries } of panels)
        for (const { expr } of queries)
          if ((await prometheus.query(fill(expr))).length === 0) empty.push(title);
    // Of what did not happen here: no refusal, no failed attempt, no team, nobody who looks at Coder, no model that ends,
    // nothing that goes out;
    // and an answer may be too quick for its rate to be told.
    const mayBeEmpty = [
      'Deployments that end',
      'Refused and failed by error',
      'US dollars an hour by team',
      'Refused by a budget or limit',
      'Attempts that failed',
      'Since the last look at Coder',
      'Output tokens a second',
      'Whether they arrive',
      'Arrived and dropped a second',
      'Deliveries that failed a minute',
      'Waiting to be sent',
    ];
    expect(empty.filter((title) => !mayBeEmpty.includes(title))).toEqual([]);
  });
});

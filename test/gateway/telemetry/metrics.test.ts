import { spawnSync } from 'node:child_process';
import { readSettings } from '../../../gateway/config/environment';
import { METRICS } from '../../../gateway/telemetry/metrics/metric-list';
import { adminOf } from '../../admin/support';
import { fail, say } from '../../standins/anthropic';
import { makeClaim, signClaim } from '../support/claims';
import { MASTER_KEY, startTestGateway, type TestGateway } from '../support/gateway';
import { readPage, scrape, scrapeUntil, type MetricsPage } from '../support/metrics-page';
import { onlyTwo } from '../support/two-deployments';
import { policyFile, type PolicyFile } from '../support/policy-file';

const TOKEN = 'a-token-for-metrics-0123456789abcdef';
const HI = { max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] };

let policy: PolicyFile;
let gateway: TestGateway;
let key: string;
beforeAll(async () => {
  policy = await policyFile({ models: onlyTwo() });
  gateway = await startTestGateway({
    env: { ...policy.env, GATEWAY_METRICS_TOKEN: TOKEN },
    limits: { coolDownMs: 0 },
  });
  key = await gateway.workspaceKey();
});
afterAll(async () => {
  await gateway.close();
  await policy.remove();
});
beforeEach(() => gateway.standin.reset());

const CALLS = 'ai_gateway_calls_total';
const callsOf = (page: MetricsPage): number => page.sum(CALLS);
/** The page once so many more calls are counted than in the one before. */
const after = (before: MetricsPage, calls: number): Promise<MetricsPage> =>
  scrapeUntil(gateway, (page) => callsOf(page) >= callsOf(before) + calls);

test('a call is counted with what its provider reported and the ledger booked', async () => {
  const before = await scrape(gateway);
  gateway.standin.answer({ ...say('hello'), usage: { input_tokens: 1_000, output_tokens: 40 } });
  await gateway.chat(key, HI);
  gateway.standin.answer({ ...say('hello'), usage: { input_tokens: 2_000, output_tokens: 2 } });
  await gateway.chat(key, { ...HI, stream: true });
  const page = await after(before, 2);
  const served = {
    model: 'claude-sonnet-4-5',
    provider: 'anthropic',
    deployment: 'claude-sonnet-4-5-20250929',
  };
  expect(page.sum(CALLS, { ...served, protocol: 'openai-chat', status: '200', error: 'none' })).toBe(2);
  expect(page.sum('ai_gateway_tokens_total', { ...served, kind: 'input' })).toBe(3_000);
  expect(page.sum('ai_gateway_tokens_total', { ...served, kind: 'output' })).toBe(42);
  expect(page.sum('ai_gateway_upstream_attempts_total', { ...served, error: 'none' })).toBe(2);
  expect(page.sum('ai_gateway_call_duration_seconds_count', served)).toBe(2);
  expect(page.sum('ai_gateway_call_duration_seconds_bucket', { ...served, le: '+Inf' })).toBe(2);
  expect(page.sum('ai_gateway_upstream_attempt_duration_seconds_count', served)).toBe(2);
  // Only what is streamed has a first token.
  expect(page.sum('ai_gateway_time_to_first_token_seconds_count', served)).toBe(1);
  const booked = await gateway.ledger(2);
  const nano = booked.reduce((sum, row) => sum + Number(row['cost_nano']), 0);
  expect(page.sum('ai_gateway_cost_dollars_total', served)).toBeCloseTo(nano / 1e9, 12);
  expect(page.sum('ai_gateway_estimated_bookings_total')).toBe(0);
});

test('names that callers make up make no series', async () => {
  const before = await scrape(gateway);
  for (let number = 0; number < 20; number += 1) {
    await gateway.chat(key, { ...HI, model: `made-up-${number}"} 1\nai_gateway_calls_total 9` });
    await gateway.request(`/v1/chat/completions/${number}`, { key, body: HI });
    await gateway.request('/v1/chat/completions', {
      key: `sk-${number}`.padEnd(40, 'x'),
      headers: { 'user-agent': `made-up-agent-${number}` },
      body: HI,
    });
  }
  const page = await after(before, 40);
  const labels = { model: 'unknown', provider: 'none', deployment: 'none' };
  expect(page.sum(CALLS, { ...labels, error: 'model_unknown', status: '400' })).toBe(20);
  expect(page.sum(CALLS, { ...labels, status: '401' })).toBe(20);
  expect(page.text).not.toContain('made-up');
  // One for the model, one for the key, whatever they were.
  const series = (of: MetricsPage) => of.samples.filter(({ name }) => name === CALLS).length;
  expect(series(page)).toBe(series(before) + 2);
});

test('no label says who called', async () => {
  const { text } = await scrape(gateway);
  const [row] = await gateway.store.query('select id, hash, owner_id, account_id from keys');
  const { workspace, owner } = makeClaim();
  for (const secret of [
    key,
    workspace.id,
    owner.id,
    `"${owner.name}"`,
    String(row?.['hash']),
    MASTER_KEY,
    TOKEN,
  ])
    expect(text).not.toContain(secret);
});

test('attempts, failovers, cool-downs and what is booked for a lost attempt', async () => {
  const before = await scrape(gateway);
  const booked = (await gateway.ledger(0)).length;
  gateway.standin.answer(fail(503), say('here'));
  await gateway.chat(key, HI);
  // The first may have begun to work, so it is booked by itself.
  gateway.standin.answer({ ...say('never'), interruption: { after: 'start', how: 'cut' } }, say('here'));
  await gateway.chat(key, HI);
  const page = await after(before, 2);
  const gained = (name: string, labels = {}) => page.sum(name, labels) - before.sum(name, labels);
  expect(gained('ai_gateway_failovers_total', { model: 'claude-sonnet-4-5' })).toBe(2);
  expect(gained('ai_gateway_upstream_attempts_total')).toBe(4);
  expect(gained('ai_gateway_upstream_attempts_total', { error: 'none' })).toBe(2);
  expect(gained('ai_gateway_cool_downs_total')).toBeGreaterThanOrEqual(1);
  const rows = await gateway.ledger(booked + 3);
  const nano = rows.reduce((sum, row) => sum + Number(row['cost_nano']), 0);
  expect(page.sum('ai_gateway_cost_dollars_total')).toBeCloseTo(nano / 1e9, 12);
  expect(page.sum('ai_gateway_estimated_bookings_total')).toBe(rows.filter((row) => row['estimated']).length);
});

test('refusals by a limit are counted by which it was', async () => {
  const before = await scrape(gateway);
  const reasonOf = async (workspace: string, limits: object): Promise<void> => {
    const small = await gateway.workspaceKey({ workspace: { id: workspace, name: 'small' } });
    await adminOf(gateway)('/key/update', { key: small, ...limits });
    for (let call = 0; call < 2; call += 1) await gateway.chat(small, HI);
  };
  await reasonOf('5b1c7d0e-0000-4000-8000-00000000000b', { max_budget: 0.000_001 });
  await reasonOf('5b1c7d0e-0000-4000-8000-00000000000c', { rpm_limit: 1 });
  const page = await after(before, 4);
  expect(page.sum('ai_gateway_limit_refusals_total', { reason: 'budget' })).toBe(2);
  expect(page.sum('ai_gateway_limit_refusals_total', { reason: 'requests' })).toBe(1);
  expect(page.sum('ai_gateway_limit_refusals_total')).toBe(3);
});

test('claims are counted by what came of them', async () => {
  const before = await scrape(gateway);
  const workspace = { id: '5b1c7d0e-0000-4000-8000-00000000000d', name: 'new' };
  await gateway.claimKey({ workspace });
  await gateway.claimKey({ workspace });
  await gateway.request('/api/v1/keys/workspace', { key: signClaim(makeClaim(), 'x'.repeat(40)), body: {} });
  const page = await scrape(gateway);
  const gained = (outcome: string) =>
    page.sum('ai_gateway_claims_total', { outcome }) - before.sum('ai_gateway_claims_total', { outcome });
  expect([gained('issued'), gained('reused'), gained('claim_not_authentic')]).toEqual([1, 1, 1]);
});

test('the standing of process and store', async () => {
  await gateway.settled();
  const page = await scrapeUntil(
    gateway,
    ({ types, sum }) => types.has('ai_gateway_keys') && sum('ai_gateway_keys') > 0,
  );
  expect(page.sum('ai_gateway_build_info', { version: '0.1.0', node: process.version })).toBe(1);
  expect(page.sum('ai_gateway_document_info', { origin: 'file' })).toBe(1);
  expect(page.sum('ai_gateway_store_up')).toBe(1);
  expect(page.sum('ai_gateway_calls_in_progress')).toBe(0);
  expect(page.sum('ai_gateway_store_connections')).toBeGreaterThan(0);
  expect(page.sum('ai_gateway_store_connections_limit')).toBe(10);
  expect(page.sum('ai_gateway_processes')).toBeGreaterThan(0);
  expect(page.values('ai_gateway_deployment_paused', 'deployment')).toHaveLength(2);
  expect(page.values('ai_gateway_keys', 'state')).toEqual(
    ['blocked', 'expired', 'live', 'not_yet_valid', 'paused', 'replaced'].sort(),
  );
  // Nobody looks at Coder here.
  expect(page.samples.filter(({ name }) => /coder_state|liveness/.test(name))).toEqual([]);
  expect(page.sum('process_start_time_seconds')).toBeGreaterThan(0);
  expect(page.samples.some(({ name }) => name === 'nodejs_eventloop_lag_p99_seconds')).toBe(true);
  const beaten = await scrapeUntil(gateway, ({ sum }) => sum('ai_gateway_heartbeat_timestamp_seconds') > 0);
  expect(Math.abs(beaten.sum('ai_gateway_heartbeat_timestamp_seconds') - Date.now() / 1_000)).toBeLessThan(
    300,
  );
});

test('every metric of the list is on the page, as what it is', async () => {
  const { types } = await scrape(gateway);
  const listed = Object.values(METRICS).map(({ name, type }) => [name, type]);
  const own = [...types].filter(([name]) => name.startsWith('ai_gateway_'));
  expect(own.sort()).toEqual(listed.sort());
});

// A machine of a user's need not have it; CI installs Debian's package.
const hasPromtool = spawnSync('promtool', ['--version']).error === undefined;
if (!hasPromtool)
  process.stderr.write('skipped: no promtool on the PATH (Debian: apt-get install prometheus)\n');
(hasPromtool ? test : test.skip)('promtool finds nothing to say about it', async () => {
  const { text } = await scrape(gateway);
  const own = text.slice(0, text.indexOf('# HELP process_cpu'));
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: own,
    encoding: 'utf8',
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
});

describe('who may read it', () => {
  const page = (key?: string, options = {}) =>
    gateway.request(`${gateway.adminUrl}/metrics`, { ...(key === undefined ? {} : { key }), ...options });

  test('the token, and nothing else is opened by it', async () => {
    const answer = await page(TOKEN);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect((await adminOf(gateway)('/key/list', undefined, { key: TOKEN })).status).toBe(401);
    expect((await gateway.chat(TOKEN, HI)).status).toBe(401);
  });

  test('an admin key with the least role', async () => {
    const { json } = await adminOf(gateway)('/admin/key/new', { name: 'prometheus', role: 'viewer' });
    expect((await page(json.key)).status).toBe(200);
  });

  test('nobody else, by nothing else', async () => {
    expect((await page()).status).toBe(401);
    expect((await page(`${TOKEN}x`)).status).toBe(401);
    expect((await page(key)).status).toBe(401);
    expect((await page(TOKEN, { method: 'POST', body: {} })).status).toBe(405);
    const onData = await gateway.request('/metrics', { key: TOKEN });
    expect([onData.status, onData.json.error.message]).toEqual([
      404,
      expect.stringContaining('admin listener'),
    ]);
  });
});

test('settings of it are checked', () => {
  const settings = (env: object) => () => readSettings({ GATEWAY_MASTER_KEY: MASTER_KEY, ...env });
  expect(settings({})()).toMatchObject({
    metricsAccess: 'credential',
    metricsTeams: 0,
    metricsToken: undefined,
  });
  const faultOf = (env: object): string => {
    try {
      settings(env)();
    } catch (fault) {
      return (fault as { faults: string[] }).faults.join('\n');
    }
    return 'none';
  };
  expect(faultOf({ GATEWAY_METRICS_TOKEN: 'short' })).toMatch(/GATEWAY_METRICS_TOKEN must be at least 32/);
  expect(faultOf({ GATEWAY_METRICS_TOKEN: `${TOKEN} x` })).toMatch(/without blanks/);
  expect(faultOf({ GATEWAY_METRICS_TOKEN: MASTER_KEY })).toMatch(/have the same value/);
  expect(faultOf({ GATEWAY_METRICS_ACCESS: 'yes' })).toMatch(/must be one of credential, open/);
  expect(faultOf({ GATEWAY_METRICS_TEAMS: '-1' })).toMatch(/whole number from 0/);
  expect(faultOf({ GATEWAY_METRICS_TOKEN: 'short' })).not.toContain('"short"');
});

test('the page is of one process, and is read by the grammar it has', () => {
  expect(() => readPage('a b c')).toThrow('no line');
  expect(() => readPage('a 1\na 1')).toThrow('twice');
});

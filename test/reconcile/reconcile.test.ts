import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../administration/support';
import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { policyFile, type PolicyFile } from '../gateway/support/policy-file';

const HEAD =
  'usage_date_utc,model_version,api_key,workspace,usage_type,context_window,usage_input_tokens_no_cache,usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,usage_output_tokens,web_search_count,inference_geo,speed';
const COSTS =
  'usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,list_price_usd,cost_type,inference_geo,speed';

let folder: string;
let policy: PolicyFile;
let gateway: TestGateway;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reconcile-'));
  policy = await policyFile({});
  gateway = await startTestGateway({ env: policy.env });
  await gateway.workspaceKey();
  // The last moment of a day of UTC, and the first of the next.
  await book('2025-11-03T23:59:59.999Z', 1_000, 0.5, false, 'anthropic', 'claude-haiku-4-5-20251001');
  await book('2025-11-04T00:00:00Z', 2_000, 1, false, 'anthropic', 'claude-haiku-4-5-20251001');
  await book('2025-11-04T12:00:00Z', 500, 0.25, true, 'anthropic', 'claude-haiku-4-5-20251001');
  await book('2025-11-04T12:00:00Z', 7, 0.1, false, 'bedrock', 'eu.anthropic.claude-haiku-4-5-20251001-v1:0');
  await book('2025-12-01T00:00:00Z', 9, 0.1, false, 'anthropic', 'claude-haiku-4-5-20251001');
});
afterAll(async () => {
  await gateway.close();
  await policy.remove();
  rmSync(folder, { recursive: true, force: true });
});

const book = (
  at: string,
  input: number,
  usd: number,
  estimated: boolean,
  provider: string | null,
  deployment: string,
) =>
  gateway.store.query(
    `insert into calls (request_id, finished_at, key_id, account_id, account_ids, scope, owner_id, owner_name, level,
       protocol, model, model_asked, provider, deployment, attempts, streamed, input_tokens, output_tokens,
       cache_write_tokens, cache_read_tokens, cost_nano, estimated, latency_ms, status, client)
     select gen_random_uuid(), $1::timestamptz, id, account_id, array[account_id], scope, owner_id, owner_name, 'standard',
       'openai-chat', 'claude-haiku', '', $5, $6, 1, false, $2, 10, 20, 30, $3::float8 * 1e9, $4, 1, 200, 'other'
     from keys limit 1`,
    [at, input, usd, estimated, provider, deployment],
  );

const file = (name: string, ...lines: readonly string[]): string => {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
};
const reconcile = (...args: readonly string[]) => run(gateway.adminUrl, ['reconcile', ...args]);
const anthropic = (...args: readonly string[]) =>
  reconcile('--provider', 'anthropic', '--month', '2025-11', ...args);

const SAME = [
  '2025-11-03,claude-haiku-4-5-20251001,k,w,standard,,1000,20,0,30,10,0,,',
  '2025-11-04,claude-haiku-4-5-20251001,k,w,standard,,2000,20,0,30,10,0,,',
  '2025-11-04,claude-haiku-4-5-20251001,k2,w,standard,,500,5,15,30,10,0,,',
];

test('an export that says the same ends with 0', async () => {
  const usage = file('same.csv', HEAD, ...SAME);
  const cost = file(
    'cost.csv',
    COSTS,
    '2025-11-03,Claude Haiku 4.5,w,k,message,,input_no_cache,0.50,0.50,token,,',
    '2025-11-04,Claude Haiku 4.5,w,k,message,,input_no_cache,1.25,1.25,token,,',
  );
  const { code, out, err } = await anthropic(usage, cost, '--csv');
  expect([code, out]).toEqual([0, 'day,model,what,provider,ledger,difference,estimated,estimated calls\r\n']);
  expect(err).toContain('input: 3,500 by the provider, 3,500 in the ledger');
  expect(err).toContain('cost: $1.75 by the provider, $1.75 in the ledger');
});

test('each difference is named by day and model, with what is estimated on our side', async () => {
  const lines = [...SAME];
  lines[1] = lines[1]?.replace(',2000,', ',1800,') ?? '';
  lines.push('2025-11-05,claude-opus-4-5-20251101,k,w,standard,,100,0,0,0,1,0,,');
  const path = file('differs.csv', HEAD, ...lines);
  const { code, out } = await anthropic(path, '--json');
  expect(code).toBe(5);
  const { differences, compared } = JSON.parse(out) as { differences: unknown[]; compared: number };
  expect(compared).toBe(3);
  expect(differences).toEqual([
    {
      day: '2025-11-04',
      model: 'claude-haiku-4-5-20251001',
      what: 'input',
      provider: 2300,
      ledger: 2500,
      difference: -200,
      estimated_calls: 1,
      estimated_spend: 0.25,
    },
    {
      day: '2025-11-05',
      model: 'claude-opus-4-5-20251101',
      what: 'input',
      provider: 100,
      ledger: 0,
      difference: 100,
      estimated_calls: 0,
      estimated_spend: 0,
    },
    {
      day: '2025-11-05',
      model: 'claude-opus-4-5-20251101',
      what: 'output',
      provider: 1,
      ledger: 0,
      difference: 1,
      estimated_calls: 0,
      estimated_spend: 0,
    },
  ]);
  const table = await anthropic(path);
  expect(table.out).toMatch(
    /2025-11-04 +claude-haiku-4-5-20251001 +input +2,300 +2,500 +-200 +\$0\.2500 in 1 calls/,
  );
  expect(table.err).toContain('Not compared: costs');
});

test("AWS's report is held against what Bedrock was asked", async () => {
  const head =
    'line_item_line_item_type,line_item_product_code,line_item_usage_start_date,line_item_usage_type,line_item_usage_amount,line_item_unblended_cost,pricing_unit';
  const line = (kind: string, amount: number, cost: number) =>
    `Usage,AmazonBedrock,2025-11-04T12:00:00Z,EUC1-Claude4.5Haiku-${kind},${amount},${cost},1K tokens`;
  const path = file(
    'aws.csv',
    head,
    line('input-tokens', 0.007, 0.02),
    line('output-tokens', 0.01, 0.03),
    line('cache-write-input-token-count', 0.02, 0.02),
    line('cache-read-input-token-count', 0.03, 0.03),
  );
  const { code, err } = await reconcile('--provider', 'aws', '--month', '2025-11', path);
  expect([code, err]).toEqual([
    0,
    expect.stringContaining('cost: $0.1000 by the provider, $0.1000 in the ledger'),
  ]);
});

test('days that are sums of another time zone are compared by month', async () => {
  const first = await gateway.store.query<{ id: string }>('select id from keys');
  await gateway.store.query(
    `insert into daily_sums (day, starts_at, key_id, account_id, scope, owner_id, owner_name, level, protocol, model, provider,
       deployment, client, calls, failed_calls, estimated_calls, estimated_nano, input_tokens, output_tokens,
       cache_write_tokens, cache_read_tokens, cost_nano, latency_ms)
     select '2025-10-05', '2025-10-05T10:00:00Z', $1, 1, 's', 'o', 'o', 'l', 'p', 'claude-haiku', 'anthropic',
       'claude-haiku-4-5-20251001', 'other', 3, 0, 0, 0, 100, 10, 0, 0, 0, 0`,
    [first[0]?.id],
  );
  const path = file(
    'october.csv',
    HEAD,
    '2025-10-04,claude-haiku-4-5-20251001,k,w,standard,,60,0,0,0,10,0,,',
    '2025-10-05,claude-haiku-4-5-20251001,k,w,standard,,40,0,0,0,0,0,,',
  );
  const { code, err } = await reconcile('--provider', 'anthropic', '--month', '2025-10', path);
  expect([code, err]).toEqual([0, expect.stringContaining('Compared by month')]);
});

test('calls of gateways that died are said', async () => {
  await book('2025-11-09T12:00:00Z', 0, 2, true, null, '');
  const { err } = await anthropic(file('died.csv', HEAD, ...SAME));
  expect(err).toContain('1 calls of gateways that died are booked in full, $2.00');
});

test('what is no export of that provider, or of another month, is refused', async () => {
  const other = file('other.csv', 'date,tokens', '2025-11-03,5');
  const cases: [args: string[], code: number, says: string][] = [
    [[other], 1, 'expected, usage: usage_date_utc, model_version'],
    [[other], 1, 'found: date, tokens'],
    [[file('empty.csv', '')], 1, 'the file is empty'],
    [
      [file('past.csv', HEAD, SAME[0]?.replace('2025-11', '2024-11') ?? '')],
      1,
      'There is nothing of 2025-11 in',
    ],
    [[join(folder, 'nowhere.csv')], 1, 'There is no file'],
  ];
  for (const [args, code, says] of cases) {
    const ended = await anthropic(...args);
    expect([args, ended.code, ended.out, ended.err]).toEqual([args, code, '', expect.stringContaining(says)]);
  }
  const usage = await reconcile('--provider', 'anthropic', '--month', '2025-13', other);
  expect([usage.code, usage.err]).toEqual([2, expect.stringContaining('It must be a month as YYYY-MM')]);
  const whose = await reconcile('--provider', 'azure', '--month', '2025-11', other);
  expect([whose.code, whose.err]).toEqual([2, expect.stringContaining('anthropic, aws')]);
});

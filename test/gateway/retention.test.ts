import { NOON_ZONE } from './support/calendar';
import { startTestGateway, type TestGateway } from './support/gateway';
import { policyFile, type PolicyFile } from './support/policy-file';

let file: PolicyFile;
let gateway: TestGateway;
let second: TestGateway;

beforeAll(async () => {
  file = await policyFile({ retentionDays: 7 });
  gateway = await startTestGateway({ env: file.env });
  second = await startTestGateway({ env: file.env, store: gateway.store, standin: gateway.standin });
  for (const person of ['ann', 'bob'])
    await gateway.workspaceKey({
      workspace: { id: `w-${person}`, name: `name-of-${person}` },
      owner: { id: `owner-${person}`, name: person, groups: [] },
    });
});
afterAll(async () => {
  await second.close();
  await gateway.close();
  await file.remove();
});
beforeEach(async () => {
  await gateway.clearLedger();
  await gateway.store.query('delete from daily_sums');
});

/** Calls of both people over the last days, of odd costs, some failed, some estimated, some of no provider. */
const book = (rows: number, daysBack: number) =>
  gateway.store.query(
    `insert into calls (request_id, finished_at, key_id, account_id, scope, owner_id, owner_name, workspace_id,
       workspace_name, template_name, level, protocol, model, model_asked, provider, deployment, attempts, streamed,
       input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, cost_nano, estimated, latency_ms, status,
       client)
     select gen_random_uuid(), date_trunc('day', now(), $3) - make_interval(hours => 24 * (n % $2)) + interval '1 hour', k.id,
       k.account_id, k.scope, k.owner_id, k.owner_name, k.workspace_id, k.workspace_name, k.template_name, 'standard',
       'openai-chat', 'model-' || n % 3, '', nullif('p' || n % 2, 'p1'), nullif('d' || n % 4, 'd3'), 1, true, n, 2 * n,
       3 * n, 5 * n, n * 7919::bigint * 1000003, n % 11 = 0, n, case when n % 5 = 0 then 500 else 200 end, 'c'
     from keys k, generate_series(1, $1) n`,
    [rows, daysBack, NOON_ZONE],
  );

const totals = () =>
  gateway.store.query(
    `select (at at time zone $1)::date as day, owner_id, workspace_name, template_name, model, provider, deployment, sum(calls) as calls,
       sum(failed_calls) as failed, sum(estimated_calls) as estimated, sum(estimated_nano) as estimated_nano,
       sum(input_tokens) as i, sum(output_tokens) as o, sum(cache_write_tokens) as w, sum(cache_read_tokens) as r,
       sum(cost_nano) as cost, sum(latency_ms) as latency
     from spend_lines group by 1, 2, 3, 4, 5, 6, 7 order by 1, 2, 3, 4, 5, 6, 7`,
    [NOON_ZONE],
  );
const count = async (table: string): Promise<number> =>
  Number((await gateway.store.query<{ n: string }>(`select count(*) as n from ${table}`))[0]?.n);
const runAll = () =>
  Promise.all([gateway, second, gateway, second].map((each) => each.gateway.services.retention.run()));

test('what is older than the days kept becomes sums, exact to the nano-dollar, by one process at a time', async () => {
  await book(5_000, 20);
  const before = await totals();
  const rolled = await runAll();
  expect(rolled.reduce((sum, each) => sum + each)).toBe(6_000);
  expect(await count('calls')).toBe(4_000);
  expect(await totals()).toEqual(before);
  const [oldest] = await gateway.store.query<{ days: number }>(
    'select ((now() at time zone $1)::date - min(finished_at at time zone $1)::date) as days from calls',
    [NOON_ZONE],
  );
  expect(oldest?.days).toBe(7);
  expect(await count('daily_sums')).toBeLessThan(500);
});

test('what comes late to a day that is summed already is added to its sums', async () => {
  await book(60, 12);
  await runAll();
  const sums = await count('daily_sums');
  await book(60, 12);
  const before = await totals();
  await runAll();
  expect(await count('daily_sums')).toBe(sums);
  expect(await totals()).toEqual(before);
  expect(await runAll()).toEqual([0, 0, 0, 0]);
});

test("a key's report is the same before and after, to the last place", async () => {
  await book(600, 40);
  const key = await gateway.workspaceKey({
    workspace: { id: 'w-ann', name: 'name-of-ann' },
    owner: { id: 'owner-ann', name: 'ann', groups: [] },
  });
  const report = async () => (await gateway.request('/api/v1/keys/info', { key })).json;
  const before = await report();
  expect(before).toMatchObject({ activity: { owner: { total: { calls: 450 } } } });
  await runAll();
  expect(await count('calls')).toBeLessThan(400);
  expect(await report()).toEqual(before);
});

test('what callers name themselves makes no rows: daily sums tell known clients apart, and nothing else', async () => {
  await book(300, 20);
  await gateway.store.query(
    `update calls set client = (array['curl', 'RooCode', 'unknown', 'Agent-' || (input_tokens % 97)])[1 + input_tokens % 4],
       model = 'm', provider = null, deployment = null`,
  );
  const old = await gateway.store.query(
    "select from calls where finished_at < date_trunc('day', now(), $1) - interval '7 days'",
    [NOON_ZONE],
  );
  const before = await totals();
  await runAll();
  expect(await gateway.store.query('select distinct client from daily_sums order by 1')).toEqual(
    ['RooCode', 'curl', 'other', 'unknown'].map((client) => ({ client })),
  );
  expect(old.length).toBeGreaterThan(100);
  expect(await totals()).toEqual(before);
  // A single call still says it as it came.
  expect(await gateway.store.query("select from calls where client like 'Agent-%'")).not.toEqual([]);
});

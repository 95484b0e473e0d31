import { say } from '../standins/anthropic';
import { hashKey } from '../../gateway/keys/key-derivation';
import { noonDay } from '../gateway/support/calendar';
import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { adminOf, ASK, costing, type Admin } from './support';

let gateway: TestGateway;
let admin: Admin;
let anns: string;
let workspaces: string;
const today = noonDay();
const ANN = 'id-of-ann';

/** A key's call of so many dollars. */
const call = async (key: string, usd: number, rows: number): Promise<void> => {
  gateway.standin.answer({ ...say('x'), usage: costing(usd) });
  expect((await gateway.chat(key, ASK)).status).toBe(200);
  await gateway.ledger(rows);
};

beforeAll(async () => {
  gateway = await startTestGateway();
  admin = adminOf(gateway);
  workspaces = await gateway.workspaceKey({
    workspace: { id: 'w-1', name: 'dev' },
    owner: { id: ANN, name: 'ann', groups: [] },
  });
  anns = (await admin('/key/generate', { user_id: 'ann', key_alias: 'ann-laptop', rpm_limit: 9 })).json.key;
  const ci = (await admin('/key/generate', { scope: 'ci:shop', budget_id: null })).json.key;
  await call(workspaces, 0.01, 1);
  await call(anns, 0.002, 2);
  await call(anns, 0.003, 3);
  await call(ci, 0.05, 4);
});
afterAll(() => gateway.close());

describe('/key/bulk_update', () => {
  test('changes each key by itself and says what came of it', async () => {
    const { status, text, json } = await admin('/key/bulk_update', {
      keys: [
        { key: anns, max_budget: 3, team_id: null, tags: null },
        { key: 'nobody', max_budget: 3 },
        { key: 'sk-not-a-key-of-anybody-at-all-0123456789', max_budget: 3 },
        { key: 'ann-laptop', budget_id: 'no such budget' },
        { key: 'ci-shop', rpm_limit: 4 },
      ],
    });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      total_requested: 5,
      successful_updates: [
        { key: anns, key_info: { key: hashKey(anns), max_budget: 3, rpm_limit: 9 } },
        { key: 'ci-shop', key_info: { key_alias: 'ci-shop', rpm_limit: 4 } },
      ],
      failed_updates: [
        { key: 'nobody', failed_reason: expect.stringContaining('not found') as string },
        { key: 'sk-not-a-key-of-anybody-at-all-0123456789' },
        { key: 'ann-laptop', failed_reason: expect.stringContaining('budget') as string },
      ],
    });
    // As they were sent, and nowhere else.
    expect(text.split(anns)).toHaveLength(2);
    expect(
      JSON.stringify([gateway.logs, await gateway.store.query('select * from admin_audit')]),
    ).not.toContain(anns);
    const { entries } = (await admin('/audit?action=key/update')).json;
    expect(entries.map((entry) => entry['target'])).toEqual([expect.any(String), hashKey(anns)]);
  });

  test('takes five hundred at most, and no field that it would not apply', async () => {
    const many = Array.from({ length: 501 }, (_, at) => ({ key: `k-${at}`, max_budget: 1 }));
    for (const keys of [
      many,
      [],
      [{ key: anns, tags: ['a'] }],
      [{ key: anns, max_budgets: 1 }],
      [{ max_budget: 1 }],
    ])
      expect((await admin('/key/bulk_update', { keys })).status).toBe(400);
    const { json } = await admin('/key/bulk_update', { keys: [{ key: anns, max_budgets: 1 }] });
    expect(json.error.message).toContain("'max_budgets' is not a field");
  });
});

test('/key/health is asked by the key itself, on its own listener', async () => {
  const healthy = { key: 'healthy', logging_callbacks: null };
  expect((await admin('/key/health', {})).json).toEqual(healthy);
  const own = (key: string) => gateway.request('/key/health', { key, method: 'POST' });
  expect([(await own(anns)).status, (await own(anns)).json]).toEqual([200, healthy]);
  const dead = (await admin('/key/generate', { user_id: 'bob' })).json.key;
  await admin('/key/delete', { keys: [dead] });
  expect((await own(dead)).status).toBe(401);
  expect((await admin('/key/health', {}, { key: anns })).status).toBe(401);
});

test('/budget/settings names what can be set and what is', async () => {
  await admin('/budget/new', { budget_id: 'small', max_budget: 2.5, budget_duration: '7d' });
  const { json } = await admin('/budget/settings?budget_id=small');
  expect(json).toMatchObject([
    { field_name: 'max_budget', field_type: 'Float', field_value: 2.5, stored_in_db: true },
    { field_name: 'budget_duration', field_type: 'String', field_value: '7d', stored_in_db: true },
    { field_name: 'rpm_limit', field_type: 'Integer', field_value: null, stored_in_db: false },
    { field_name: 'tpm_limit' },
    { field_name: 'max_parallel_requests', field_default_value: null },
  ]);
  expect((await admin('/budget/settings?budget_id=none')).status).toBe(404);
  expect((await admin('/budget/settings')).json.error.param).toBe('budget_id');
});

describe('/global/spend/report', () => {
  const report = async (query: string) => (await admin(`/global/spend/report${query}`)).json as unknown;
  const model = 'claude-haiku-4-5';

  test('by day and team, with models and keys', async () => {
    expect(await report(`?start_date=${today}&end_date=${today}`)).toEqual([
      {
        group_by_day: today,
        teams: [
          {
            team_name: '',
            total_spend: 0.055,
            metadata: [
              { model, spend: 0.05, total_tokens: 50_000, api_key: expect.any(String) as string },
              { model, spend: 0.005, total_tokens: 5_000, api_key: hashKey(anns) },
            ],
          },
          {
            team_name: 'contractor-workspace',
            total_spend: 0.01,
            metadata: [{ model, spend: 0.01, total_tokens: 10_000, api_key: hashKey(workspaces) }],
          },
        ],
      },
    ]);
    expect(await report('?team_id=contractor-workspace')).toMatchObject([
      { teams: [{ team_name: 'contractor-workspace' }] },
    ]);
    expect(await report('?end_date=2001-01-01')).toEqual([]);
  });

  test('by person', async () => {
    expect(await report('?group_by=customer&customer_id=ann')).toMatchObject([
      { group_by_day: today, customers: [{ customer: ANN, total_spend: 0.015, metadata: [{}, {}] }] },
    ]);
  });

  test('of one key, or of one person’s keys', async () => {
    const mine = {
      api_key: hashKey(anns),
      total_cost: 0.005,
      total_input_tokens: 5_000,
      total_output_tokens: 0,
      model_details: [{ model, total_cost: 0.005, total_input_tokens: 5_000, total_output_tokens: 0 }],
    };
    expect(await report('?api_key=ann-laptop')).toEqual([mine]);
    expect(await report('?internal_user_id=ann')).toEqual([
      expect.objectContaining({ api_key: hashKey(workspaces), total_cost: 0.01 }),
      mine,
    ]);
    expect((await admin('/global/spend/report?api_key=none')).status).toBe(404);
    expect((await admin('/global/spend/report?group_by=tag')).json.error.message).toContain('one of team');
  });
});

test('/global/spend/end_users: the people who spent most', async () => {
  expect((await admin('/global/spend/end_users', {})).json).toEqual([
    { end_user: 'ci:shop', total_count: 1, total_spend: 0.05 },
    { end_user: ANN, total_count: 3, total_spend: 0.015 },
  ]);
  expect((await admin('/global/spend/end_users', { api_key: 'ann-laptop' })).json).toMatchObject([
    { end_user: ANN, total_count: 2 },
  ]);
  expect((await admin('/global/spend/end_users', { endTime: '2001-01-01' })).json).toEqual([]);
  expect((await admin('/global/spend/end_users', { startTime: 'lately' })).status).toBe(400);
});

describe("people's SQL finds LiteLLM's tables", () => {
  const columns = (view: string) =>
    gateway.store
      .query<{ column_name: string; data_type: string }>(
        'select column_name, data_type from information_schema.columns where table_name = $1 order by ordinal_position',
        [view],
      )
      .then((rows) => rows.map((row) => row.column_name));

  test.each([
    [
      'LiteLLM_SpendLogs',
      'user startTime endTime spend prompt_tokens completion_tokens custom_llm_provider model model_group api_key',
    ],
    [
      'LiteLLM_VerificationToken',
      'token key_name key_alias spend max_budget metadata expires models tpm_limit rpm_limit max_parallel_requests budget_duration created_at updated_at',
    ],
    [
      'LiteLLM_UserTable',
      'user_id spend max_budget rpm_limit tpm_limit max_parallel_requests budget_duration',
    ],
  ])('%s has its columns', async (view, names) => {
    expect((await columns(view)).join(' ')).toBe(names);
  });

  test('with the figures of the API, before and after calls become sums, and no key', async () => {
    const query = (sql: string) => gateway.store.query<Record<string, unknown>>(sql);
    const spend = async () =>
      query(
        `select "user", api_key, model, model_group, sum(spend)::numeric(12, 9)::text as spend, sum(prompt_tokens)::int as tokens
         from "LiteLLM_SpendLogs" where "startTime" > now() - interval '70 days' group by 1, 2, 3, 4 order by spend`,
      );
    const before = await spend();
    expect(before).toMatchObject([
      { user: ANN, api_key: hashKey(anns), model_group: 'claude-haiku', spend: '0.005000000', tokens: 5_000 },
      { user: ANN, api_key: hashKey(workspaces), spend: '0.010000000' },
      { user: 'ci:shop', model: 'claude-haiku-4-5', spend: '0.050000000' },
    ]);
    await query("update calls set finished_at = finished_at - interval '60 days'");
    await gateway.gateway.services.retention.run();
    expect((await spend()).map((row) => row['spend'])).toEqual(before.map((row) => row['spend']));

    await admin('/user/update', { user_id: 'ann', max_budget: 12 });
    const tokens = await query('select * from "LiteLLM_VerificationToken" order by created_at');
    expect(tokens).toMatchObject([
      {
        token: hashKey(workspaces),
        spend: 0.01,
        max_budget: null,
        metadata: { scope: 'workspace:w-1', enforcement_level: 'standard' },
      },
      {
        token: hashKey(anns),
        key_alias: 'ann-laptop',
        rpm_limit: '9',
        models: [],
        metadata: { scope: 'user:ann' },
      },
      { key_alias: 'ci-shop', metadata: { scope: 'ci:shop' } },
    ]);
    const users = await query(`select * from "LiteLLM_UserTable" where user_id = '${ANN}'`);
    expect(users).toEqual([
      {
        user_id: ANN,
        spend: 0.015,
        max_budget: 12,
        rpm_limit: null,
        tpm_limit: null,
        max_parallel_requests: null,
        budget_duration: null,
      },
    ]);
    for (const key of [anns, workspaces]) expect(JSON.stringify([tokens, users])).not.toContain(key);
  });
});

/** What the lists of people, teams, workspaces and models show is what the rows of the ledger say. */
import { generateLedger, SMALL, type LedgerShape } from '../../bench/ledger';
import { DURATION_BOUNDS, quantile } from '../../gateway/ledger/sums/duration-bounds';
import { adminOf, type Admin } from '../admin/support';
import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { policyFile, type PolicyFile } from '../gateway/support/policy-file';
import { csvRows, visitorOf, type Visitor } from './support';

const ZONE = 'America/Sao_Paulo';
const SHAPE: LedgerShape = {
  ...SMALL,
  rows: 4_000,
  keys: 300,
  people: 60,
  days: 12,
  timeZone: ZONE,
  summedDays: 0,
  until: new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format(Date.now() - 86_400_000),
};

let file: PolicyFile;
let gateway: TestGateway;
let admin: Admin;
let boss: Visitor;
beforeAll(async () => {
  file = await policyFile({
    timeZone: ZONE,
    retentionDays: 90,
    teams: {
      templates: {
        'template-2': { maxBudget: 5, budgetDuration: '7d' },
        unused: { maxBudget: 1, budgetDuration: '1d' },
      },
      groups: { 'group-1': { maxBudget: 100, budgetDuration: '30d' } },
    },
  });
  gateway = await startTestGateway({ env: file.env });
  await generateLedger((text, values) => gateway.store.query(text, values), SHAPE);
  // Some have called in the last seconds, which no sum has yet.
  await gateway.store
    .query(`insert into calls (request_id, finished_at, key_id, account_id, account_ids, scope, owner_id,
      owner_name, workspace_id, template_name, level, protocol, model, model_asked, provider, deployment, attempts, streamed,
      input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, cost_nano, estimated, latency_ms, first_token_ms,
      status, client)
    select gen_random_uuid(), clock_timestamp(), k.id, k.account_id, array[k.account_id], k.scope, k.owner_id, k.owner_name,
      k.workspace_id, k.template_name, 'standard', 'openai-chat', 'model-1', '', 'provider-1', 'deployment-1', 1, true, 7, 8,
      9, 10, 123456789, false, 400, 90, 200, 'curl' from keys k order by id limit 40`);
  admin = adminOf(gateway);
  await admin('/user/update', { user_id: 'owner-5', max_budget: 0.01 });
  await admin('/user/update', { user_id: 'owner-6', suspended: true });
  await admin('/user/update', {
    user_id: 'owner-7',
    temp_budget_increase: 3,
    temp_budget_expiry: '24h',
    budget_duration: '7d',
  });
  await gateway.store.query(
    "update accounts set spent_nano = 9000000, window_start = now() where label = 'owner/owner-5'",
  );
  await gateway.store.query(
    "update accounts set spent_nano = 6000000000, window_start = now() where label = 'template/template-2'",
  );
  boss = visitorOf(gateway);
  await boss.signIn();
}, 60_000);
afterAll(async () => {
  await gateway.close();
  await file.remove();
});

const table = async (path: string): Promise<Record<string, string>[]> => {
  const { status, text, headers } = await boss.get(path);
  expect([path, status, headers['content-type']]).toEqual([path, 200, 'text/csv; charset=utf-8']);
  return csvRows(text);
};
const query = <Row>(text: string, values: readonly unknown[] = []) =>
  gateway.store.query<Row & object>(text, values);
const DAY = `(finished_at at time zone '${ZONE}')::date`;
const TODAY = `(now() at time zone '${ZONE}')::date`;

interface Right {
  id: string;
  calls: string;
  failed: string;
  nano: string;
  before: string;
  input: string;
  output: string;
  read: string;
  last: string;
}

/** Of each, by other means than the pages'. */
const rightOnes = (column: string, days: number): Promise<Right[]> =>
  query(`
    select ${column} as id, count(*) filter (where isin)::text as calls,
      count(*) filter (where isin and status >= 400)::text as failed,
      coalesce(sum(cost_nano) filter (where isin), 0)::text as nano,
      coalesce(sum(cost_nano) filter (where ${DAY} > ${TODAY} - ${2 * days} and ${DAY} <= ${TODAY} - ${days}), 0)::text as before,
      coalesce(sum(input_tokens + cache_write_tokens + cache_read_tokens) filter (where isin), 0)::text as input,
      coalesce(sum(output_tokens) filter (where isin), 0)::text as output,
      coalesce(sum(cache_read_tokens) filter (where isin), 0)::text as read, max(${DAY})::text as last
    from (select *, ${DAY} > ${TODAY} - ${days} as isin from calls) as c where ${column} is not null group by 1 order by 1`);

test.each([
  ['people', 'owner_id', 'id'],
  ['teams', 'template_name', 'team'],
  ['workspaces', 'workspace_id', 'id'],
] as const)('%s, over each span: every row, to the nano-dollar', async (list, column, id) => {
  for (const days of [1, 7, 30]) {
    const right = await rightOnes(column, days);
    const told = await table(`/ui/${list}.csv?days=${days}`);
    const withCalls = told.filter(({ last_day }) => last_day !== '');
    const shown = withCalls
      .map((row) => ({
        id: row[id],
        calls: row['calls'],
        failed: row['failed_calls'],
        spend: row['spend_usd'],
        before: row['spend_before_usd'],
        input: row['input_tokens'],
        output: row['output_tokens'],
        last: row['last_day'],
        cached: row['cached_share'],
      }))
      .sort((one, other) => ((one.id ?? '') < (other.id ?? '') ? -1 : 1));
    expect(shown).toEqual(
      right
        .map(({ id: of, calls, failed, nano, before, input, output, last, read }) => ({
          id: of,
          calls,
          failed,
          spend: String(Number(nano) / 1e9),
          before: String(Number(before) / 1e9),
          input,
          output,
          last,
          cached: input === '0' ? '' : String(Number(read) / Number(input)),
        }))
        .sort((one, other) => (one.id < other.id ? -1 : 1)),
    );
  }
});

test('budgets of people and teams are those that the admin API tells of each', async () => {
  const told = await table('/ui/people.csv?days=1');
  expect(told.length).toBe(SHAPE.people);
  for (const id of ['owner-1', 'owner-5', 'owner-7', 'owner-33']) {
    const row = told.find((each) => each['id'] === id);
    await admin('/user/update', { user_id: id });
    const { user_info: info } = (await admin(`/user/info?user_id=${id}`)).json;
    expect([id, Number(row?.['window_spend_usd']), Number(row?.['budget_usd'])]).toEqual([
      id,
      info.spend,
      info.max_budget,
    ]);
  }
  const teams = await table('/ui/teams.csv?days=1');
  const json = (await admin('/team/list')).json as unknown as Record<string, unknown>[];
  for (const team of ['template-2', 'unused']) {
    const row = teams.find((each) => each['team'] === team);
    const info = json.find((each) => each['team_id'] === team);
    expect([team, Number(row?.['window_spend_usd']), Number(row?.['budget_usd'])]).toEqual([
      team,
      info?.['window_spend'],
      info?.['max_budget'],
    ]);
  }
  expect((await boss.get('/ui/teams')).text).toContain('Groups with a budget');
});

test('people are found by name, team and state, ordered as asked, by name unasked, and shown page by page', async () => {
  const ids = async (words: string): Promise<string[]> =>
    (await table(`/ui/people.csv?${words}`)).map(({ id }) => id ?? '');
  const names = (await table('/ui/people.csv')).map(({ name = '' }) => name.toLowerCase());
  const right = await query<{ name: string }>(
    'select name from (select distinct lower(owner_name) as name from keys) k order by name',
  );
  expect(names.map((name) => name.replace(/^'/, ''))).toEqual(right.map(({ name }) => name));
  expect(await ids('state=suspended')).toEqual(['owner-6']);
  expect(await ids('search=OWNER-5')).toContain('owner-5');
  const inTeam = await query<{ id: string }>(
    "select distinct owner_id as id from keys where template_name = 'template-3' order by 1",
  );
  expect((await ids('team=template-3')).sort()).toEqual(inTeam.map(({ id }) => id).sort());
  const shares = (await table('/ui/people.csv?sort=share&order=desc')).map((row) =>
    Number(row['budget_share']),
  );
  expect(shares).toEqual([...shares].sort((one, other) => other - one));
  const spends = (await table('/ui/people.csv?sort=spend&order=desc&days=7')).map((row) =>
    Number(row['spend_usd']),
  );
  expect(spends).toEqual([...spends].sort((one, other) => other - one));
  const near = (await table('/ui/people.csv')).filter((row) => Number(row['budget_share']) >= 0.8);
  expect((await ids('state=near')).sort()).toEqual(near.map(({ id }) => id ?? '').sort());
  const second = (await boss.get('/ui/people?page=2')).text;
  expect(second).toContain(`51–60 of 60`);
  expect((await boss.get('/ui/people?page=9')).text).toContain('The list has no such page.');
  expect((await boss.get('/ui/people?search=nobody-at-all')).text).toContain('Nobody is like that.');
});

test('nobody is idle who has called lately, also in the last seconds', async () => {
  expect(await table('/ui/people.csv?state=idle')).toEqual([]);
  await gateway.store.query(`insert into accounts (label) values ('key/new')`);
  await gateway.store
    .query(`insert into keys (hash, prefix, last_four, scope, account_id, owner_id, owner_name, valid_from)
    select repeat('f', 64), 'sk-made', 'ffff', 'user', id, 'owner-new', 'new', now() from accounts where label = 'key/new'`);
  expect((await table('/ui/people.csv?state=idle')).map(({ id }) => id)).toEqual(['owner-new']);
});

test('keys that are idle are those whose calls are all older, also where the last one is of some seconds ago', async () => {
  await gateway.store.query("update keys set created_at = now() - interval '90 days'");
  for (const days of [3, 9, 30]) {
    const right = await query<{ hash: string }>(
      `select hash from keys where not exists (
         select from calls where key_id = keys.id and finished_at > now() - make_interval(days => $1)) order by 1`,
      [days],
    );
    const { keys } = (await admin(`/key/list?idle_days=${days}&size=500`)).json;
    expect([days, [...keys].map(String).sort()]).toEqual([days, right.map(({ hash }) => hash)]);
  }
});

test('models: share, failures, failovers and times, of each model and deployment', async () => {
  const right = await query<{ model: string; calls: string; nano: string; failed: string }>(
    `select model, count(*)::text as calls, sum(cost_nano)::text as nano,
       count(*) filter (where status >= 400)::text as failed from calls where ${DAY} > ${TODAY} - 7 group by 1`,
  );
  const told = (await table('/ui/models.csv?days=7')).filter(({ calls }) => calls !== '0');
  const text = (model = '', calls = '', failed = '', spend = ''): string =>
    `${model} ${calls} ${failed} ${spend}`;
  expect(
    told.map((row) => text(row['model'], row['calls'], row['failed_calls'], row['spend_usd'])).sort(),
  ).toEqual(
    right
      .map(({ model, calls, failed, nano }) => text(model, calls, failed, String(Number(nano) / 1e9)))
      .sort(),
  );
  const shares = told.reduce((sum, row) => sum + Number(row['share']), 0);
  expect(shares).toBeCloseTo(1, 9);
  const counted = await query<{ bucket: number; calls: string }>(
    `select width_bucket(latency_ms, $1::integer[]) as bucket, count(*)::text as calls from calls
     where model = 'model-1' and status < 400 and ${DAY} > ${TODAY} - 7 group by 1`,
    [DURATION_BOUNDS],
  );
  const counts = new Map(counted.map(({ bucket, calls }) => [bucket, Number(calls)]));
  const model = told.find((row) => row['model'] === 'model-1');
  expect([model?.['latency_p50_ms'], model?.['latency_p95_ms']]).toEqual(
    [0.5, 0.95].map((share) => String(quantile(counts, share))),
  );
  const deployments = await table('/ui/models.csv?days=7&by=deployment');
  const [one] = await query<{ calls: string; nano: string }>(
    `select count(*)::text as calls, sum(cost_nano)::text as nano from calls
     where deployment = 'deployment-1' and provider = 'provider-1' and ${DAY} > ${TODAY} - 7`,
  );
  const row = deployments.find(
    (each) => each['deployment'] === 'deployment-1' && each['provider'] === 'provider-1',
  );
  expect([row?.['calls'], row?.['spend_usd']]).toEqual([one?.calls, String(Number(one?.nano) / 1e9)]);
});

const usd = (nano: number): string =>
  new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: 2,
    maximumFractionDigits: 4,
  }).format(nano / 1e9);
const figureOf = (html: string, label: string): string | undefined =>
  new RegExp(`<b>(?:<a [^>]*>)?([^<]*)(?:</a>)?</b><span>${label}</span>`).exec(html)?.[1];

test.each([
  ['/ui/people/owner-3', "owner_id = 'owner-3'"],
  ['/ui/teams/template-2', "template_name = 'template-2'"],
  ['/ui/workspaces/w-3', "workspace_id = 'w-3'"],
  ['/ui/models/model-1', "model = 'model-1'"],
])('%s has the figures of its rows, a bar a day, and a CSV of each table', async (path, where) => {
  for (const days of [7, 30]) {
    const [right] = await query<{ calls: string; nano: string }>(
      `select count(*)::text as calls, sum(cost_nano)::text as nano from calls where ${where} and ${DAY} > ${TODAY} - ${days}`,
    );
    const { status, text } = await boss.get(`${path}?days=${days}`);
    expect([path, status]).toEqual([path, 200]);
    expect([figureOf(text, 'Spend'), figureOf(text, 'Calls')]).toEqual([
      usd(Number(right?.nano)),
      Number(right?.calls).toLocaleString('en-US'),
    ]);
    const chart = text.slice(text.indexOf('aria-label="Spend by day'));
    expect(chart.slice(0, chart.indexOf('</svg>')).match(/<rect /g)).toHaveLength(days);
    const tables = [...text.matchAll(/href="(\/ui\/spend\.csv[^"]*)"/g)].map(([, href = '']) =>
      href.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='),
    );
    expect(tables.length).toBeGreaterThanOrEqual(5);
    for (const each of tables) {
      const nano = (await table(each)).reduce(
        (sum, row) => sum + Math.round(Number(row['spend_usd']) * 1e9),
        0,
      );
      expect([each, nano]).toEqual([each, Number(right?.nano)]);
    }
  }
});

test('the overview has today, the window and its forecast, and each hour and day', async () => {
  const [today] = await query<{ calls: string; nano: string }>(
    `select count(*)::text as calls, sum(cost_nano)::text as nano from calls where ${DAY} = ${TODAY}`,
  );
  const [month] = await query<{ nano: string }>(
    `select sum(cost_nano)::text as nano from calls where date_trunc('month', ${DAY}) = date_trunc('month', ${TODAY})`,
  );
  const { text } = await boss.get('/ui');
  expect(figureOf(text, 'Spent today')).toBe(usd(Number(today?.nano)));
  expect(figureOf(text, 'Calls today')).toBe(today?.calls);
  expect(figureOf(text, 'Spent this month')).toBe(usd(Number(month?.nano)));
  expect(figureOf(text, 'Forecast of this month')).toMatch(/^\$\d/);
  expect(text).toContain('1 person has spent 80 % of the budget or more');
  expect(text).toContain('The template template-2 has spent 120 % of its budget');
  const bars = (html: string): string[] =>
    [...html.matchAll(/<title>([^<]*?): ([\d,]+) calls, ([\d,]+) failed/g)].map(
      ([, name = '', calls = '', failed = '']) =>
        `${name} ${calls.replaceAll(',', '')} ${failed.replaceAll(',', '')}`,
    );
  const byDay = await query<{ told: string }>(
    `select concat_ws(' ', d::text, count(request_id), count(*) filter (where status >= 400)) as told
     from generate_series((${TODAY} - 29)::timestamp, ${TODAY}, '1 day') s cross join lateral (select s::date as d) t
       left join calls on ${DAY} = d group by d order by d`,
  );
  const told = bars((await boss.get('/ui?per=day')).text);
  // What failed is the foot of a bar, which has the same words.
  expect([...new Set(told)]).toEqual(byDay.map((row) => row.told));
  const byHour = await query<{ told: string }>(
    `select concat_ws(' ', to_char(h at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'), count(request_id),
       count(*) filter (where status >= 400)) as told
     from generate_series(date_trunc('hour', now()) - interval '47 hours', date_trunc('hour', now()), '1 hour') h
       left join calls on date_trunc('hour', finished_at) = h group by h order by h`,
  );
  expect([...new Set(bars(text))]).toEqual(byHour.map((row) => row.told));
  for (const by of ['model', 'provider', 'team', 'person', 'workspace'])
    expect((await boss.get(`/ui?by=${by}`)).status).toBe(200);
});

test('what is of nobody, no team, no workspace and no model is told', async () => {
  for (const path of [
    '/ui/people/nobody',
    '/ui/people/ci:repository',
    '/ui/teams/nothing',
    '/ui/workspaces/%00',
    '/ui/models/none',
  ]) {
    const { status, text } = await boss.get(path);
    expect([path, status]).toEqual([path, 404]);
    expect(text).toContain('There is no');
  }
});

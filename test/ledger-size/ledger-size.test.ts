/** Every report, sum, page and CSV of a large ledger against SQL. `npm run test:ledger` takes two million calls. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { request } from 'undici';
import { MASTER_KEY, startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { policyFile, type PolicyFile } from '../gateway/support/policy-file';
import { generateLedger, hashOfKey, LARGE, SMALL, type LedgerShape } from '../../bench/ledger';
import { nanoOf, readCells, sumsBy, zeros, type Cell, type Figure, type Sums } from './oracle';

const ROWS = Number(process.env['LEDGER_ROWS'] ?? SMALL.rows);
const NOW = new Date();
const dateThere = (daysAgo: number): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: SMALL.timeZone }).format(NOW.getTime() - daysAgo * 86_400_000);
const SHAPE: LedgerShape = {
  ...(ROWS >= LARGE.rows ? LARGE : SMALL),
  rows: ROWS,
  // Yesterday is over whatever the clock does meanwhile.
  until: dateThere(1),
};

let file: PolicyFile;
let gateway: TestGateway;
let cells: Cell[];
beforeAll(async () => {
  file = await policyFile({ timeZone: SHAPE.timeZone, retentionDays: 90 });
  gateway = await startTestGateway({
    env: { ...file.env, GATEWAY_REPORT_TIMEOUT_SECONDS: '600' },
    now: () => NOW,
  });
  await generateLedger((text, values) => gateway.store.query(text, values), SHAPE);
  cells = await readCells((text, values) => gateway.store.query(text, values), SHAPE.timeZone);
}, 1_200_000);
afterAll(async () => {
  await gateway.close();
  await file.remove();
});

interface Asked<T> {
  readonly headers: Headers;
  readonly body: T;
}

async function ask<T>(path: string, method = 'GET'): Promise<Asked<T>> {
  // Adding up keeps this process busy for longer than a connection is kept: each question has its own.
  const response = await request(gateway.adminUrl + path, {
    method: method as 'GET',
    headers: { authorization: `Bearer ${MASTER_KEY}` },
    reset: true,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const text = await response.body.text();
  if (response.statusCode !== 200) throw new Error(`${path}: ${response.statusCode} ${text.slice(0, 500)}`);
  return { headers: new Headers(response.headers as Record<string, string>), body: JSON.parse(text) as T };
}

const sumOf = (of: readonly Cell[]): Sums => sumsBy(of, () => '').get('') ?? zeros();
const inputs = ({ input, written, read }: Sums): bigint => input + written + read;

/** Names and nano-dollars, of a map of an answer. */
const nanos = (spend: Readonly<Record<string, unknown>>): Record<string, bigint> =>
  Object.fromEntries(Object.entries(spend).map(([name, usd]) => [name, nanoOf(usd)]));
const wantedNanos = (of: readonly Cell[], nameOf: (cell: Cell) => string): Record<string, bigint> =>
  Object.fromEntries([...sumsBy(of, nameOf)].map(([name, { nano }]) => [name, nano]));

/** The first difference says more than a million lines of them. */
function expectSame(found: Readonly<Record<string, bigint>>, wanted: Readonly<Record<string, bigint>>): void {
  const names = [...new Set([...Object.keys(found), ...Object.keys(wanted)])];
  const different = names.filter((name) => found[name] !== wanted[name]);
  expect(different.slice(0, 5).map((name) => [name, found[name], wanted[name]])).toEqual([]);
}

const byDay = (): Map<string, Cell[]> => {
  const days = new Map<string, Cell[]>();
  for (const cell of cells) {
    const day = days.get(cell.day);
    if (day) day.push(cell);
    else days.set(cell.day, [cell]);
  }
  return days;
};
const PERIOD = `start_date=${dateThere(27)}&end_date=${dateThere(1)}`;

test('the ledger has the size, the days and the people that were asked for', () => {
  expect(sumOf(cells).calls).toBe(BigInt(SHAPE.rows));
  expect(new Set(cells.map(({ key }) => key)).size).toBe(SHAPE.keys);
  expect([...byDay().keys()].sort()).toEqual(
    Array.from({ length: SHAPE.days }, (_, ago) => dateThere(ago + 1)).reverse(),
  );
});

interface Page {
  readonly rows: readonly (Readonly<Record<string, number>> & { readonly id: string })[];
  readonly total_spend: number;
  readonly total_rows: number;
  readonly truncated: boolean;
  readonly next_page: number | null;
}

test.each<[string, (cell: Cell) => string]>([
  ['user', ({ user }) => user],
  ['team', ({ team }) => team],
  ['model', ({ model }) => model],
  ['workspace', ({ workspace }) => workspace],
  ['key', ({ key }) => key],
  ['provider', ({ provider }) => provider],
  ['day', ({ day }) => day],
])('/spend/report by %s: every page, and the total on each of them', async (group, nameOf) => {
  const wanted = sumsBy(cells, nameOf);
  const size = Math.min(10_000, Math.ceil(wanted.size / 2));
  const found: Page['rows'][number][] = [];
  for (let page: number | null = 1; page !== null;) {
    const { body }: Asked<Page> = await ask<Page>(
      `/spend/report?group_by=${group}&page=${page}&size=${size}`,
    );
    expect([body.total_rows, nanoOf(body.total_spend)]).toEqual([wanted.size, sumOf(cells).nano]);
    expect(body.truncated).toBe(body.rows.length < wanted.size);
    found.push(...body.rows);
    page = body.next_page;
  }
  expect(found).toHaveLength(wanted.size);
  const columns: Record<Figure, string> = {
    calls: 'calls',
    failed: 'failed_calls',
    input: 'input_tokens',
    output: 'output_tokens',
    written: 'cache_write_tokens',
    read: 'cache_read_tokens',
    nano: 'spend',
  };
  for (const [figure, column] of Object.entries(columns))
    expectSame(
      Object.fromEntries(
        found.map((row) => [row.id, figure === 'nano' ? nanoOf(row[column]) : BigInt(row[column] ?? -1)]),
      ),
      Object.fromEntries([...wanted].map(([name, sums]) => [name, sums[figure as Figure]])),
    );
});

test('a page of a person’s or a period’s report is of that person or period', async () => {
  const user = 'owner-3';
  const day = dateThere(4);
  const { body } = await ask<Page>(
    `/spend/report?group_by=key&user_id=person-3&start_date=${day}&end_date=${day}`,
  );
  const wanted = cells.filter((cell) => cell.user === user && cell.day === day);
  expectSame(
    Object.fromEntries(body.rows.map(({ id, spend }) => [id, nanoOf(spend)])),
    wantedNanos(wanted, ({ key }) => key),
  );
});

test('/spend/logs by day: of every person, model and key', async () => {
  const days = byDay();
  const { body } = await ask<
    (Record<string, unknown> & { startTime: string; spend: number; users: object; models: object })[]
  >(`/spend/logs?${PERIOD}`);
  expect(body.map(({ startTime }) => startTime)).toEqual([...days.keys()].sort().reverse());
  for (const { startTime, spend, users, models, ...keys } of body) {
    const of = days.get(startTime) ?? [];
    expect(nanoOf(spend)).toBe(sumOf(of).nano);
    expectSame(
      nanos(users as Record<string, unknown>),
      wantedNanos(of, ({ user }) => user),
    );
    expectSame(
      nanos(models as Record<string, unknown>),
      wantedNanos(of, ({ model }) => model),
    );
    expectSame(
      nanos(keys),
      wantedNanos(of, ({ key }) => key),
    );
  }
});

interface Metrics {
  readonly metrics: Readonly<Record<string, number>>;
}

const wantedMetrics = (sums: Sums): Record<string, bigint> => ({
  spend: sums.nano,
  prompt_tokens: inputs(sums),
  completion_tokens: sums.output,
  total_tokens: inputs(sums) + sums.output,
  api_requests: sums.calls,
  successful_requests: sums.calls - sums.failed,
  failed_requests: sums.failed,
});
const metricsOf = (found: Readonly<Record<string, number>>, prefix = ''): Record<string, bigint> =>
  Object.fromEntries(
    Object.entries(found).map(([name, value]) => [
      name.slice(prefix.length),
      name === `${prefix}spend` ? nanoOf(value) : BigInt(value),
    ]),
  );

test('/user/daily/activity: each day, its parts, and the whole', async () => {
  const days = byDay();
  const { body } = await ask<{
    results: (Metrics & { date: string; breakdown: Record<string, Record<string, Metrics>> })[];
    metadata: Record<string, number>;
  }>(`/user/daily/activity?${PERIOD}`);
  expect(metricsOf(body.metadata, 'total_')).toEqual(wantedMetrics(sumOf(cells)));
  expect(body.results.map(({ date }) => date)).toEqual([...days.keys()].sort().reverse());
  for (const { date, metrics, breakdown } of body.results) {
    const of = days.get(date) ?? [];
    expect(metricsOf(metrics)).toEqual(wantedMetrics(sumOf(of)));
    for (const [part, nameOf] of [
      ['models', (cell: Cell) => cell.model],
      ['providers', (cell: Cell) => cell.provider],
      ['api_keys', (cell: Cell) => cell.key],
    ] as const) {
      const wanted = sumsBy(of, nameOf);
      expect(Object.keys(breakdown[part] ?? {})).toHaveLength(wanted.size);
      const different = [...wanted].filter(([name, sums]) => {
        const found = metricsOf(breakdown[part]?.[name]?.metrics ?? {});
        return Object.entries(wantedMetrics(sums)).some(([metric, value]) => found[metric] !== value);
      });
      expect([part, different.slice(0, 3)]).toEqual([part, []]);
    }
  }
});

interface Part {
  readonly model: string;
  readonly api_key: string;
  readonly spend: number;
  readonly total_tokens: number;
}

test.each([
  ['team', 'teams', 'team_name', (cell: Cell) => cell.team],
  ['customer', 'customers', 'customer', (cell: Cell) => cell.user],
] as const)('/global/spend/report by %s: with models and keys', async (group, list, field, nameOf) => {
  const days = byDay();
  type Entry = { total_spend: number; metadata: Part[] } & Record<string, unknown>;
  const { body } = await ask<({ group_by_day: string } & Record<string, Entry[]>)[]>(
    `/global/spend/report?group_by=${group}&${PERIOD}`,
  );
  expect(body.map((day) => day.group_by_day)).toEqual([...days.keys()].sort());
  for (const day of body) {
    const of = days.get(day.group_by_day) ?? [];
    const entries = day[list] ?? [];
    expectSame(
      Object.fromEntries(entries.map((entry) => [String(entry[field]), nanoOf(entry.total_spend)])),
      wantedNanos(of, nameOf),
    );
    const nameOfPart = (name: string, { model, api_key }: Part) => `${name} ${model} ${api_key}`;
    const parts = entries.flatMap((entry) =>
      entry.metadata.map((part) => [nameOfPart(String(entry[field]), part), part] as const),
    );
    const wanted = sumsBy(of, (cell) =>
      nameOfPart(nameOf(cell), { ...cell, api_key: cell.key } as unknown as Part),
    );
    expect(parts).toHaveLength(wanted.size);
    expectSame(
      Object.fromEntries(parts.map(([name, { spend }]) => [name, nanoOf(spend)])),
      Object.fromEntries([...wanted].map(([name, { nano }]) => [name, nano])),
    );
    expectSame(
      Object.fromEntries(parts.map(([name, { total_tokens }]) => [name, BigInt(total_tokens)])),
      Object.fromEntries([...wanted].map(([name, sums]) => [name, inputs(sums) + sums.output])),
    );
  }
});

test('/global/spend/report by key', async () => {
  const { body } = await ask<
    { api_key: string; total_cost: number; model_details: { model: string; total_cost: number }[] }[]
  >(`/global/spend/report?group_by=api_key&${PERIOD}`);
  expectSame(
    Object.fromEntries(body.map(({ api_key, total_cost }) => [api_key, nanoOf(total_cost)])),
    wantedNanos(cells, ({ key }) => key),
  );
  expectSame(
    Object.fromEntries(
      body.flatMap(({ api_key, model_details }) =>
        model_details.map(({ model, total_cost }) => [`${api_key} ${model}`, nanoOf(total_cost)]),
      ),
    ),
    wantedNanos(cells, ({ key, model }) => `${key} ${model}`),
  );
});

test('/global/spend/teams, /global/spend/logs and /global/spend', async () => {
  const teams = await ask<{
    daily_spend: ({ date: string } & Record<string, unknown>)[];
    total_spend_per_team: { team_id: string; total_spend: number }[];
  }>(`/global/spend/teams?${PERIOD}`);
  expectSame(
    Object.fromEntries(
      teams.body.total_spend_per_team.map((team) => [team.team_id, nanoOf(team.total_spend)]),
    ),
    wantedNanos(cells, ({ team }) => team),
  );
  for (const { date, ...spend } of teams.body.daily_spend)
    expectSame(
      nanos(spend),
      wantedNanos(byDay().get(date) ?? [], ({ team }) => team),
    );
  const logs = await ask<{ date: string; spend: number }[]>(`/global/spend/logs?${PERIOD}`);
  expectSame(
    Object.fromEntries(logs.body.map(({ date, spend }) => [date, nanoOf(spend)])),
    wantedNanos(cells, ({ day }) => day),
  );
  expect(nanoOf((await ask<{ spend: number }>('/global/spend')).body.spend)).toBe(sumOf(cells).nano);
});

test('lists of the dearest say that they are cut, of how many, and where the rest is', async () => {
  const dearest = [...sumsBy(cells, ({ key }) => key).values()].map(({ nano }) => nano);
  dearest.sort((one, other) => (one < other ? 1 : -1));
  const keys = await ask<{ total_spend: number }[]>(`/global/spend/keys?limit=20&${PERIOD}`);
  expect(keys.body.map(({ total_spend }) => nanoOf(total_spend))).toEqual(dearest.slice(0, 20));
  expect(keys.headers.get('x-gateway-truncated')).toBe('true');
  expect(keys.headers.get('x-gateway-rows')).toBe(String(SHAPE.keys));
  expect(keys.headers.get('link')).toBe(`</spend/report?group_by=key&${PERIOD}>; rel="next"`);
  const people = await ask<unknown[]>('/global/spend/end_users', 'POST');
  expect(people.body).toHaveLength(100);
  expect(people.headers.get('x-gateway-rows')).toBe(String(new Set(cells.map(({ user }) => user)).size));
  const models = await ask<unknown[]>(`/global/spend/models?limit=100&${PERIOD}`);
  expect(models.body).toHaveLength(SHAPE.models);
  expect(models.headers.get('x-gateway-truncated')).toBeNull();
});

test.each([
  ['of a person', 'user_id=owner-2&size=100', "owner_id = 'owner-2'"],
  [
    'of a key',
    `api_key=${hashOfKey(1)}&size=700`,
    "account_id = (select id from accounts where label = 'key/1')",
  ],
  [
    'of a day',
    `start_date=${dateThere(2)}&end_date=${dateThere(2)}&summarize=false&size=900`,
    `(finished_at at time zone '${SHAPE.timeZone}')::date = '${dateThere(2)}'`,
  ],
])('single calls %s: page after page, each once, in the order of time', async (_, query, where) => {
  const [wanted] = await gateway.store.query<{ n: number; nano: string; ids: string[] }>(
    `select count(*)::int as n, sum(cost_nano)::text as nano,
       (array_agg(request_id::text order by finished_at desc, request_id))[1:5000] as ids from calls where ${where}`,
  );
  const ids: string[] = [];
  let nano = 0n;
  for (let path: string | undefined = `/spend/logs?${query}`; path !== undefined && ids.length < 5_000;) {
    const page: Asked<{ request_id: string; spend: number }[]> = await ask(path);
    for (const { request_id, spend } of page.body) {
      ids.push(request_id);
      nano += nanoOf(spend);
    }
    const next = /^<(.*)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1];
    expect(page.headers.get('x-gateway-truncated')).toBe(next === undefined ? null : 'true');
    if (next !== undefined) expect(page.headers.get('x-gateway-rows')).toBe(String(wanted?.n));
    path = next;
  }
  expect(ids.slice(0, 5_000)).toEqual(wanted?.ids);
  if (ids.length === wanted?.n) expect(nano).toBe(BigInt(wanted.nano));
});

test('the person’s calls are found by their index, whatever else is asked', async () => {
  const plan = await gateway.store.query<{ 'QUERY PLAN': string }>(
    "explain select * from calls where owner_id = 'owner-77' order by finished_at desc, request_id limit 100",
  );
  expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toContain('calls_by_owner');
});

test('verify finds the ledger right, and one nano-dollar too much on an account of each kind', async () => {
  const verify = async () =>
    (
      await ask<{ ok: boolean; checks: { looked_at: number }[]; findings: { about: string }[] }>(
        '/spend/verify',
      )
    ).body;
  const good = await verify();
  expect([good.ok, good.findings]).toEqual([true, []]);
  // Calls within minutes of a window's beginning are right on either side of it: a template has some of them.
  const [exact] = await gateway.store.query<{ key: string; owner: string }>(
    `with near as (
       select distinct unnest(c.account_ids) as id
       from (select distinct window_start as at from accounts) w
         join calls c on c.finished_at between w.at - interval '6 minutes' and w.at + interval '6 minutes'
     )
     select min(label) filter (where label like 'key/%') as key, min(label) filter (where label like 'owner/%') as owner
     from accounts a where spent_nano > 0 and not exists (select from near where near.id = a.id)`,
  );
  const wrong: [label: string, nano: number][] = [
    [exact?.key ?? '', 1],
    [exact?.owner ?? '', 1],
    ['template/template-1', 1e12],
  ];
  const change = async (sign: number) => {
    for (const [label, nano] of wrong)
      await gateway.store.query('update accounts set spent_nano = spent_nano + $1 where label = $2', [
        sign * nano,
        label,
      ]);
  };
  await change(1);
  const bad = await verify();
  await change(-1);
  expect(bad.findings.map(({ about }) => about)).toEqual(wrong.map(([label]) => label));
});

test('the command line adds up all rows, and says on stderr that its list is cut', async () => {
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, ['bin/start.cjs', 'keys', 'spend', 'report', ...args], {
      cwd: join(__dirname, '../..'),
      env: {
        PATH: process.env['PATH'] ?? '',
        GATEWAY_ADMIN_URL: gateway.adminUrl,
        GATEWAY_MASTER_KEY: MASTER_KEY,
      },
      maxBuffer: 64 * 1024 * 1024,
    });
  const { stdout, stderr } = await run('--by', 'user', '--size', '50', '--page', '2', '--csv');
  const lines = stdout.trim().split('\r\n').slice(1);
  expect(lines).toHaveLength(50);
  const users = sumsBy(cells, ({ user }) => user);
  for (const line of lines) {
    const [id = ''] = line.split(',');
    expect(nanoOf(line.slice(line.lastIndexOf(',') + 1))).toBe(users.get(id)?.nano);
  }
  expect(nanoOf(/^Total: \$([\d.]+), of all/m.exec(stderr)?.[1])).toBe(sumOf(cells).nano);
  expect(stderr).toContain(`rows 51 to 100 of ${users.size}. Go on with --page 3.`);
  const whole = await run('--by', 'model');
  expect(whole.stderr).not.toContain('cut');
});

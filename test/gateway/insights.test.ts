/** Insights say what the rows say: the same figures by plain additions over every call, whatever is corrected or made anew. */
import { generateLedger, SMALL, type LedgerShape } from '../../bench/ledger';
import type { GatewayDocument } from '../../gateway/config/document';
import { dayAt } from '../../gateway/ledger/calendar-day';
import { findBudgetUse, roundUp } from '../../gateway/ledger/insights/budget-use';
import type { InsightId } from '../../gateway/ledger/insights/definitions';
import type { Insights } from '../../gateway/ledger/insights/insights';
import { insightDays, readInsights, type InsightsAsked } from '../../gateway/ledger/insights/read-insights';
import { letterTeams } from '../../gateway/ledger/insights/team-letters';
import { INPUT_BOUNDS, LEAST_PEOPLE, OUTPUT_BOUNDS } from '../../gateway/ledger/insights/rules';
import { windowAt } from '../../gateway/ledger/window';
import { startTestGateway, type TestGateway } from './support/gateway';
import { plainly, share, sumOf, ZONE, type Call, type Key } from './support/plain-insights';
import { policyFile, type PolicyFile } from './support/policy-file';

const SHAPE: LedgerShape = {
  ...SMALL,
  rows: 6_000,
  keys: 120,
  people: 41,
  days: 12,
  timeZone: ZONE,
  summedDays: 0,
  until: new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format(Date.now() - 86_400_000),
};
let file: PolicyFile;
let gateway: TestGateway;
let document: GatewayDocument;
beforeAll(async () => {
  file = await policyFile({ timeZone: ZONE, retentionDays: 90 });
  gateway = await startTestGateway({ env: file.env });
  await generateLedger((text, values) => gateway.store.query(text, values), SHAPE);
  // Nobody of template-7 but a few; people whose first key is old, young, and between.
  await query('update keys set created_at = now() - make_interval(days => (10 + 7 * (id % 9))::integer)');
  await query(
    "update keys set owner_id = 'owner-' || 1 + id % 3, owner_name = 'few' where template_name = 'template-7'",
  );
  await restart();
  const own = gateway.gateway.services.documents.current.document;
  const [first, second] = own.models;
  if (first === undefined || second === undefined) throw new Error('the document has two models');
  const price = { input: 1, output: 4, cache_write: 1.25, cache_read: 0.1 };
  const dear = { input: 15, output: 75, cache_write: 18.75, cache_read: 1.5 };
  const model = (name: string, of: typeof price, id: string) => ({
    ...first,
    name,
    deployments: [{ provider: 'anthropic' as const, id, price: of }],
  });
  // Of the twelve models of the ledger, two are not in it.
  document = {
    ...own,
    models: [
      ...[0, 1, 2, 3].map((n) => model(`model-${n}`, dear, `deployment-${n}`)),
      ...[4, 5, 6].map((n) => model(`model-${n}`, price, `deployment-${n % 4}`)),
      ...[7, 8, 9].map((n) => model(`model-${n}`, { ...price, input: 1.9 }, `deployment-${n % 4}`)),
    ],
  };
}, 120_000);
afterAll(async () => {
  await gateway.close();
  await file.remove();
});

const query = <Row>(text: string, values: readonly unknown[] = []) =>
  gateway.store.query<Row & object>(text, values);
async function followAll(): Promise<void> {
  for (;;) {
    await gateway.gateway.services.sums.follow();
    const [row] = await query<{ is: boolean }>(
      `select not exists (select from calls_beyond_sums) and older_until = since as is from insights_state`,
    );
    if (row?.is) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
async function restart(): Promise<void> {
  await gateway.gateway.services.sums.restart();
  await followAll();
}
const statements = {
  run: <Row>(_: string, text: string, values: readonly unknown[]) => query<Row>(text, values),
} as never;
const ask = (asked: Omit<InsightsAsked, 'document' | 'named' | 'now'>): Promise<Insights> =>
  readInsights(statements, { named: true, document, now: new Date(), ...asked });
const detailsOf = <Id extends InsightId>(insights: Insights, id: Id) => {
  const found = insights.insights.find((each) => each.id === id);
  return found as Extract<Insights['insights'][number], { id: Id }>;
};

const readCalls = () =>
  query<Call>(
    `select finished_at, key_id::text, template_name, model, deployment, status, session, input_tokens::float8 as input,
       output_tokens::float8 as output, cache_write_tokens::float8 as cache_write,
       cache_read_tokens::float8 as cache_read, cost_nano::float8 as cost
     from calls order by finished_at`,
  );
const readKeys = () =>
  query<Key>('select id::text, owner_id, template_name, created_at from keys order by id');

async function expectRight(days: InsightsAsked['days'], team?: string): Promise<void> {
  const [calls, keys] = [await readCalls(), await readKeys()];
  const first = days[0].date;
  const last = days.at(-1)?.date ?? first;
  const told = await ask({ days, team });
  const right = plainly(calls, keys, first, last, team);
  expect(told.isWithheld).toBe(false);
  expect(detailsOf(told, 'tokens_per_task')).toMatchObject({
    value: right.tasks.tokensPerTask,
    details: { ...right.tasks, unanswered: right.unanswered, inTasks: right.inTasks },
  });
  expect(detailsOf(told, 'retry_rate').value).toBe(right.tasks.retryRate);
  expect(detailsOf(told, 'error_rate').details).toEqual({ calls: right.calls, failedCalls: right.failed });
  const cache = detailsOf(told, 'cache_hit_rate').details;
  expect(cache).toMatchObject({ readTokens: right.read, cachedTokens: right.cached });
  expect(cache?.saved).toBeCloseTo(right.saved, 6);
  const fit = detailsOf(told, 'model_match');
  expect(fit.value).toBe(share(right.answered - right.small, right.answered));
  expect(sumOf(fit.details?.misfits ?? [], ({ spend }) => spend)).toBeCloseTo(right.smallCost, 9);
  expect(sumOf(fit.details?.misfits ?? [], ({ insteadSpend }) => insteadSpend)).toBeCloseTo(
    right.smallInstead,
    9,
  );
  expect(detailsOf(told, 'peak_hours').details?.hours).toEqual(right.hours);
  const groups = detailsOf(told, 'new_people').details;
  if (groups?.fresh) expect(groups.fresh).toMatchObject(right.fresh);
  if (groups?.experienced) expect(groups.experienced).toMatchObject(right.experienced);
  const everyone = plainly(calls, keys, first, last);
  const { rows = [], hidden } = detailsOf(told, 'teams').details ?? {};
  expect(hidden).toBe(letterTeams(everyone.people).hidden.size);
  for (const row of rows) {
    const of = plainly(calls, keys, first, last, row.name ?? undefined);
    expect(row).toMatchObject({
      isOwn: row.name === team,
      people: everyone.people.get(row.name ?? ''),
      tasks: of.tasks.tasks,
      tokensPerTask: of.tasks.tokensPerTask,
      retryRate: of.tasks.retryRate,
      modelMatch: share(of.answered - of.small, of.answered),
      errorRate: share(of.failed, of.calls),
      cacheHitRate: share(of.cached, of.read),
    });
    expect(row.people).toBeGreaterThanOrEqual(LEAST_PEOPLE);
  }
  // In as many days before.
  const earlier = dayAt(days[0].start, ZONE, days.length).date;
  const before = plainly(calls, keys, earlier, dayAt(days[0].start, ZONE, 1).date, team);
  expect(detailsOf(told, 'tokens_per_task').before).toBe(before.tasks.tokensPerTask);
  expect(detailsOf(told, 'error_rate').before).toBe(share(before.failed, before.calls));
}

const daysOf = (ago: number, many: number): InsightsAsked['days'] => {
  const last = dayAt(new Date(), ZONE, ago);
  return insightDays(undefined, last, many, new Date(), ZONE);
};
const STRETCHES = [
  [0, 28],
  [1, 1],
  [4, 3],
  [9, 2],
  [11, 5],
] as const;
async function expectAllRight(): Promise<void> {
  for (const [ago, many] of STRETCHES) await expectRight(daysOf(ago, many));
  await expectRight(daysOf(0, 28), 'template-1');
  await expectRight(daysOf(3, 6), '');
}

test('the bounds of sizes are those of the store', async () => {
  for (const [name, bounds] of [
    ['input_size_of', INPUT_BOUNDS],
    ['output_size_of', OUTPUT_BOUNDS],
  ] as const)
    expect(
      await query(
        `select b, ${name}(b - 1) as below, ${name}(b) as at, ${name}(1e12::bigint) as most
         from unnest($1::integer[]) with ordinality as u (b, n) order by n`,
        [bounds],
      ),
    ).toEqual(bounds.map((b, n) => ({ b, below: n, at: n + 1, most: bounds.length })));
});

test('every figure is that of the rows, over each stretch of days and of a team', async () => {
  await expectAllRight();
}, 60_000);

test('exact costs that come later take the place of estimates, in tasks and sizes as in sums', async () => {
  await query(`update calls set finished_at = clock_timestamp(), estimated = false, status = 502, output_tokens = 7
    where request_id in (select request_id from calls where estimated order by finished_at limit 12)`);
  // A task of one call moves as a whole.
  await query(`update calls set finished_at = clock_timestamp(), input_tokens = 3 where request_id in (
    select (array_agg(request_id))[1] from calls where session is not null group by key_id, session having count(*) = 1
    limit 3)`);
  await followAll();
  const { rows } = detailsOf(await ask({ days: daysOf(0, 28) }), 'teams').details ?? {};
  expect(rows?.length).toBeGreaterThan(3);
  await expectRight(daysOf(0, 28));
  await restart();
  await expectAllRight();
}, 60_000);

test('calls from before there were insights are added piece by piece, and corrected meanwhile', async () => {
  await query(`with emptied as (select from insights_state)
    update insights_state set since = (select followed_until from sums_state), older_until = '-infinity'`);
  await query('truncate call_sizes_by_day, team_calls_by_quarter, tasks, task_sums_by_day');
  expect((await query<{ more: boolean }>('select add_older_to_insights(1000) as more'))[0]?.more).not.toBe(
    false,
  );
  // Of what is added by then, and of what is not.
  await query(`update calls set finished_at = clock_timestamp(), output_tokens = 9 where request_id in (
    (select request_id from calls where session is null order by finished_at limit 3) union all
    (select request_id from calls where session is null order by finished_at desc limit 3))`);
  await followAll();
  await expectAllRight();
}, 60_000);

test('tasks go with their calls; what days came to stays', async () => {
  const before = await ask({ days: daysOf(0, 28) });
  const at = dayAt(new Date(), ZONE, 6);
  await query('select roll_up_calls($1, $2, $3, 1000000, $4)', [at.date, '-infinity', at.start, []]);
  const { retention } = gateway.gateway.services;
  expect(await query('select from tasks where last_at < $1', [at.start])).not.toEqual([]);
  await query('update tasks set last_at = last_at - make_interval(days => 200) where last_at < $1', [
    at.start,
  ]);
  await retention.run();
  expect(await query("select from tasks where last_at < now() - interval '90 days'")).toEqual([]);
  expect((await query('select from tasks')).length).toBeGreaterThan(0);
  expect((await ask({ days: daysOf(0, 28) })).insights).toEqual(before.insights);
}, 60_000);

test('no days, no calls, no sessions and one call: nothing is divided by nothing', async () => {
  const empty = await ask({ days: daysOf(300, 7) });
  for (const { id, value, says } of empty.insights) {
    if (['idle_keys', 'teams', 'budget_utilization'].includes(id)) continue;
    expect([id, value]).toEqual([id, null]);
    expect(says).not.toMatch(/NaN|undefined|Infinity/);
  }
  const nobody = await ask({ days: daysOf(0, 28), team: `nobody's "><script>` });
  expect(nobody.people).toBe(0);
  expect(JSON.stringify(nobody.insights)).not.toMatch(/NaN|Infinity/);
});

test('a team that is too small is told of nowhere, nor what would tell of it', async () => {
  const told = await ask({ days: daysOf(0, 28), team: 'template-7' });
  expect(told.isWithheld).toBe(true);
  expect(detailsOf(told, 'tokens_per_task')).toMatchObject({ value: null, before: null, details: null });
  const { rows = [], hidden = 0 } = detailsOf(told, 'teams').details ?? {};
  expect(rows.map(({ name }) => name)).not.toContain('template-7');
  expect(rows.some(({ isOwn }) => isOwn)).toBe(false);
  // Three people alone could be worked out from the sum of all.
  expect(hidden).toBe(2);
  const letters = (people: Record<string, number>) => letterTeams(new Map(Object.entries(people)));
  expect(letters({}).shown).toEqual([]);
  expect(letters({ a: 4, b: 9 }).shown).toEqual([]);
  expect([...letters({ a: 4, b: 9, c: 30 }).hidden].sort()).toEqual(['a', 'b']);
  expect([...letters({ a: 4, b: 1, c: 30, d: 7 }).hidden].sort()).toEqual(['a', 'b']);
  expect(letters({ a: 5, b: 5 }).shown.map(({ letter }) => letter)).toEqual(['A', 'B']);
});

test('budgets: the windows that are over, of keys, people and templates, by plain additions', async () => {
  await query("update keys set max_budget_nano = 40000000, budget_duration = '1d' where id % 4 = 0");
  await query("update keys set max_budget_nano = 90000000000, budget_duration = '7d' where id % 4 = 1");
  await query(
    "insert into owners (id, max_budget_nano, budget_duration) values ('owner-5', 1000000000000, '1d'), ('owner-6', 1, '1d')",
  );
  const terms = {
    document: {
      ...document,
      teams: {
        ...document.teams,
        templates: { 'template-1': { max_budget: 0.5, budget_duration: '1d' as const } },
      },
    },
    ownerBudget: 0.9,
  };
  const now = new Date();
  const found = await findBudgetUse(statements, terms, now);
  const keys = await query<{
    id: string;
    owner_id: string;
    account_id: string;
    template_name: string | null;
    nano: string | null;
    duration: '1d' | '7d' | null;
    scope: string;
  }>(
    'select id::text, owner_id, account_id::text, template_name, max_budget_nano as nano, budget_duration as duration, scope from keys',
  );
  const accounts = await query<{ id: string; label: string }>('select id::text, label from accounts');
  const spent = await query<{ key_id: string; day: string; nano: string; calls: string }>(
    "select key_id::text, to_char(day, 'YYYY-MM-DD') as day, sum(cost_nano) as nano, sum(calls) as calls from key_sums_by_day group by 1, 2",
  );
  const keyOf = new Map(keys.map((key) => [key.id, key]));
  const idOf = new Map(accounts.map(({ id, label }) => [label, id]));
  const budgets = new Map<
    string,
    { nano: number; duration: '1d' | '7d' | '30d' | 'none'; windows: Map<number, number> }
  >();
  const today = dayAt(now, ZONE);
  const oldest = dayAt(now, ZONE, 62);
  for (const { key_id, day, nano, calls } of spent) {
    const key = keyOf.get(key_id);
    if (key === undefined || Number(calls) === 0 || day >= today.date) continue;
    const scope = document.scopes[key.scope];
    const charge = (account: string | undefined, budget: number, duration: '1d' | '7d' | '30d' | 'none') => {
      if (account === undefined || duration === 'none') return;
      const window = windowAt(duration, new Date(Date.parse(`${day}T12:00:00Z`) - 12.75 * 3_600_000), ZONE);
      if (window.end === undefined || window.end > today.start || window.start < oldest.start) return;
      const entry = budgets.get(account) ?? { nano: budget, duration, windows: new Map<number, number>() };
      const at = window.start.getTime();
      entry.windows.set(at, (entry.windows.get(at) ?? 0) + Number(nano));
      budgets.set(account, entry);
    };
    charge(
      key.account_id,
      key.nano === null ? Math.round((scope?.max_budget ?? 0) * 1e9) : Number(key.nano),
      key.duration ?? scope?.budget_duration ?? 'none',
    );
    charge(
      idOf.get(`owner/${key.owner_id}`),
      key.owner_id === 'owner-5' ? 1e12 : key.owner_id === 'owner-6' ? 1 : 0.9e9,
      '1d',
    );
    if (key.template_name === 'template-1') charge(idOf.get('template/template-1'), 0.5e9, '1d');
  }
  const right = [...budgets].map(([account, { nano, duration, windows }]) => {
    const all = [...windows.values()];
    const full = all.filter((each) => each >= nano * 0.9).length;
    const dearest = Math.max(...all);
    const verdict = full >= all.length * 0.25 ? 'tight' : dearest < nano * 0.1 ? 'unused' : '';
    return {
      account,
      duration,
      windows: all.length,
      full,
      dearest: dearest / 1e9,
      verdict,
      nano,
      all: sumOf(all, (n) => n),
    };
  });
  expect(found.lookedAt).toBe(right.length);
  expect(found.tight).toBe(right.filter(({ verdict }) => verdict === 'tight').length);
  expect(found.unused).toBe(right.filter(({ verdict }) => verdict === 'unused').length);
  expect(found.tight).toBeGreaterThan(0);
  expect(found.unused).toBeGreaterThan(0);
  expect(found.spent).toBeCloseTo(sumOf(right, ({ all }) => all) / 1e9, 6);
  expect(found.allowed).toBeCloseTo(sumOf(right, ({ nano, windows }) => nano * windows) / 1e9, 6);
  for (const finding of found.findings) {
    const own = right.find(
      ({ account, verdict }) => account === finding.account && verdict === finding.verdict,
    );
    expect(finding).toMatchObject({
      duration: own?.duration,
      windows: own?.windows,
      full: own?.full,
      dearest: own?.dearest,
    });
    expect(finding.suggested).toBe(
      roundUp(finding.verdict === 'tight' ? finding.budget * 1.5 : finding.dearest * 2),
    );
  }
  expect([0, 0.0123, 4.61, 4.7, 231, 1_000].map(roundUp)).toEqual([0, 0.013, 4.7, 4.7, 240, 1_000]);
});

test('idle keys are those that could be used and made no call for a month', async () => {
  await query("update keys set created_at = now() - interval '40 days'");
  // Its calls are of long ago.
  await query("update keys set created_at = now() - interval '29 days' where id = 9");
  await query('delete from key_sums_by_kind where key_id in (2, 3, 4, 5, 9)');
  await query('update keys set revoked_at = now() where id = 3');
  await query('update keys set blocked_at = now() where id = 4');
  const idle = detailsOf(await ask({ days: daysOf(0, 1) }), 'idle_keys');
  expect(idle.value).toBe(2);
  expect(idle.details?.living).toBe(SHAPE.keys - 2);
  expect(idle.details?.keys.map(({ token }) => token)).toEqual(
    (await query<{ hash: string }>('select hash from keys where id in (2, 5) order by id')).map(
      ({ hash }) => hash,
    ),
  );
});

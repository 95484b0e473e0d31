/** Sums that follow calls are made again from the calls when asked for, beside calls, and are what the rows say at each moment. */
import { Client } from 'pg';
import { generateLedger, SMALL, type LedgerShape } from '../../bench/ledger';
import { dayAt } from '../../gateway/ledger/calendar-day';
import type { RebuildProgress } from '../../gateway/ledger/sums/rebuild-sums';
import { adminOf, type Admin } from '../admin/support';
import { startTestGateway, type TestGateway } from './support/gateway';
import { policyFile, type PolicyFile } from './support/policy-file';

// Half an hour away from the hours of UTC: days and hours of the sums have different borders.
const ZONE = 'Asia/Kolkata';
const SHAPE: LedgerShape = {
  ...SMALL,
  rows: 7_000,
  keys: 200,
  people: 50,
  days: 3,
  timeZone: ZONE,
  summedDays: 1,
  until: dayAt(new Date(), ZONE, 1).date,
};
const FIGURES = [
  ...['calls', 'failed_calls', 'estimated_calls', 'estimated_nano', 'input_tokens', 'output_tokens'],
  ...['cache_write_tokens', 'cache_read_tokens', 'cost_nano', 'latency_ms'],
];
const KINDS = 'template_name, model, provider, deployment, client, status, error_type';
const TABLES: Readonly<Record<string, string>> = {
  sums_by_day: `day, starts_at, scope, ${KINDS}, ${FIGURES.join(', ')}`,
  key_sums_by_kind: `day, starts_at, key_id, ${KINDS}, ${FIGURES.join(', ')}`,
  key_sums_by_day: `day, starts_at, key_id, template_name, ${FIGURES.join(', ')}, last_at`,
  durations_by_day: 'day, starts_at, measure, model, deployment, bucket, calls',
  sums_by_hour: `hour, template_name, model, deployment, error_type, ${FIGURES.join(', ')}`,
  durations_by_hour: 'hour, measure, model, deployment, bucket, calls',
};

let file: PolicyFile;
let gateway: TestGateway;
let admin: Admin;
let other: Client;
beforeAll(async () => {
  file = await policyFile({ timeZone: ZONE, retentionDays: 90 });
  gateway = await startTestGateway({ env: file.env });
  admin = adminOf(gateway);
  other = new Client({ connectionString: gateway.store.url });
  await other.connect();
  await generateLedger((text, values) => gateway.store.query(text, values), SHAPE);
}, 60_000);
afterAll(async () => {
  await other.end();
  await gateway.close();
  await file.remove();
});

const query = <Row>(text: string, values: readonly unknown[] = []) =>
  gateway.store.query<Row & object>(text, values);

/** Every row of the sums that counts a call, as text. */
async function all(): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const [table, columns] of Object.entries(TABLES)) {
    const rows = await query<{ line: string }>(
      `select concat_ws(' ', ${columns}) as line from ${table} where calls <> 0 order by 1`,
    );
    found[table] = rows.map(({ line }) => line);
  }
  return found;
}

/** What pages show, and what the rows of the ledger say: by day, to the nano-dollar, in one statement each. */
const TOLD = `
select day, sum(calls)::text as calls, sum(cost_nano)::text as nano from (
  select to_char(day, 'YYYY-MM-DD') as day, calls, cost_nano from sums_by_day
  union all select to_char(finished_at at time zone '${ZONE}', 'YYYY-MM-DD'), calls, cost_nano from calls_beyond_sums
) as lines group by 1 having sum(calls) <> 0`;
const RIGHT = `
select to_char(at at time zone '${ZONE}', 'YYYY-MM-DD') as day, sum(calls)::text as calls, sum(cost_nano)::text as nano
from spend_lines group by 1`;
/** In one statement: the sums as they are, against the rows as they are. */
const WRONG = `(select 'told' as which, * from (${TOLD} except ${RIGHT}) a)
  union all (select 'right', * from (${RIGHT} except ${TOLD}) b)`;

const ruin = async (): Promise<void> => {
  const since = '(select max(day) from daily_sums)';
  await query(`update sums_by_day set cost_nano = cost_nano + 1 where day > ${since} and model = 'model-2'`);
  await query(`delete from sums_by_day where day > ${since} and model = 'model-3'`);
  await query(`insert into sums_by_day select day, starts_at, 'made up', ${KINDS}, ${FIGURES.join(', ')}
    from sums_by_day where day > ${since} and model = 'model-4'`);
  await query(`insert into sums_by_day select day + 400, starts_at + interval '400 days', scope, ${KINDS}, ${FIGURES.join(', ')}
    from sums_by_day where model = 'model-4' and day = ${since} + 1`);
  await query(`update key_sums_by_kind set calls = calls + 3 where day > ${since} and key_id % 3 = 0`);
  await query(`delete from key_sums_by_day where day > ${since} and key_id % 5 = 0`);
  await query(
    `update key_sums_by_day set last_at = last_at - interval '1 hour' where day > ${since} and key_id % 7 = 1`,
  );
  await query(`update durations_by_day set calls = calls * 2 where day > ${since} and bucket > 3`);
  await query(
    `delete from durations_by_hour where bucket = 4 and hour > (select max(starts_at) + interval '26 hours' from daily_sums)`,
  );
  await query(
    `update sums_by_hour set cost_nano = 0 where hour > (select max(starts_at) + interval '26 hours' from daily_sums)`,
  );
};

const rebuild = (onProgress?: (progress: RebuildProgress) => void, signal = new AbortController().signal) =>
  gateway.gateway.services.rebuildSums({ signal, ...(onProgress === undefined ? {} : { onProgress }) });

test('what is right stays as it is, and is told to have been right', async () => {
  const before = await all();
  const made = await rebuild();
  expect(made).toMatchObject({ changed: 0, days: SHAPE.days - 1, keptDays: 1 });
  expect(made.hours).toBeGreaterThanOrEqual((SHAPE.days - 1) * 24);
  expect(await all()).toEqual(before);
  expect(await query(WRONG)).toEqual([]);
});

test('what is wrong becomes what the calls say, and days whose calls are gone stay, with their kinds of errors', async () => {
  const before = await all();
  const kept = await query(
    'select * from sums_by_day where day = (select max(day) from daily_sums) order by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10',
  );
  expect(kept.some((row) => (row as { error_type: string }).error_type === 'provider_failed')).toBe(true);
  await ruin();
  expect(await query(WRONG)).not.toEqual([]);
  const { status, json } = await admin('/spend/verify/rebuild', {});
  expect(status).toBe(200);
  expect(json).toMatchObject({ kept_days: 1 });
  expect((json as unknown as { changed_rows: number }).changed_rows).toBeGreaterThan(100);
  expect(await all()).toEqual(before);
  expect(
    await query(
      'select * from sums_by_day where day = (select max(day) from daily_sums) order by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10',
    ),
  ).toEqual(kept);
  expect((await rebuild()).changed).toBe(0);
  const trail = await query(
    "select actor, after from admin_audit where action = 'spend/verify/rebuild' order by id",
  );
  expect(trail).toEqual([
    { actor: 'master', after: { begun: true } },
    { actor: 'master', after: json },
  ]);
});

const BOOK = `insert into calls (request_id, finished_at, key_id, account_id, account_ids, scope, owner_id, owner_name,
    template_name, level, protocol, model, model_asked, provider, deployment, attempts, streamed, input_tokens,
    output_tokens, cache_write_tokens, cache_read_tokens, cost_nano, estimated, latency_ms, first_token_ms, status, client)
  select gen_random_uuid(), clock_timestamp(), k.id, k.account_id, array[k.account_id], k.scope, k.owner_id, k.owner_name,
    k.template_name, 'standard', 'openai-chat', 'm' || n % 3, '', 'p', 'd' || n % 2, 1, true, n, n, n, n,
    (random() * 1e12)::bigint, n % 3 = 0, n * 97, n * 13, case when n % 5 = 0 then 502 else 200 end, 'curl'
  from (select * from keys order by id limit 7) k, generate_series(1, 4) n`;
/** The exact cost of estimates of long ago takes their place. */
const CORRECT = `update calls set finished_at = clock_timestamp(), cost_nano = cost_nano / 3, estimated = false
  where request_id in (select request_id from calls where estimated order by md5(request_id::text) limit 5)`;

test('beside calls and corrections what pages show is what the rows say, at each step', async () => {
  let steps = 0;
  const wrong: unknown[] = [];
  let checking = Promise.resolve();
  const made = await rebuild(() => {
    steps += 1;
    checking = checking.then(async () => {
      await other.query(steps % 2 === 0 ? BOOK : CORRECT);
      wrong.push(...(await other.query<object>(WRONG)).rows);
    });
  });
  await checking;
  expect(steps).toBeGreaterThan(SHAPE.days * 15);
  expect(wrong).toEqual([]);
  expect(made.changed).toBe(0);
  await gateway.gateway.services.sums.follow();
  expect((await rebuild()).changed).toBe(0);
  expect(await query(WRONG)).toEqual([]);
}, 120_000);

test('whoever is cut off or goes away leaves no lock and nothing half done; another ends it', async () => {
  await ruin();
  const half = await new Promise<unknown>((resolve) => {
    rebuild(({ pieces }) => {
      if (pieces === 2)
        void query(
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'ai-gateway-rebuild'",
        );
    }).then(resolve, resolve);
  });
  expect(half).toMatchObject({ code: 'store_unavailable' });
  const leaving = new AbortController();
  await expect(
    rebuild(({ pieces }) => pieces === 3 && leaving.abort(new Error('gone')), leaving.signal),
  ).rejects.toThrow('gone');
  await gateway.gateway.services.sums.follow();
  expect((await rebuild()).changed).toBeGreaterThan(0);
  expect(await query(WRONG)).toEqual([]);
  const { json } = await admin('/spend/verify');
  const { checks } = json as unknown as { checks: { name: string; findings: number }[] };
  // What these tests book is charged to no account, which other checks find.
  expect(checks.find(({ name }) => name.startsWith('the sums that follow calls'))?.findings).toBe(0);
});

test('of two at once one is refused in words, also from another process; a viewer may not', async () => {
  const results = await Promise.allSettled([rebuild(), rebuild()]);
  const refused = results.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(refused.reason).toMatchObject({ code: 'too_many_reports' });
  expect((refused.reason as Error).message).toContain('made again already');
  const viewer = (await admin('/admin/key/new', { name: 'looker', role: 'viewer' })).json as unknown as {
    key: string;
  };
  const answer = await gateway.request(`${gateway.adminUrl}/spend/verify/rebuild`, {
    key: viewer.key,
    body: {},
  });
  expect(answer.status).toBe(403);
});

test('a day whose calls become daily sums meanwhile stays as it is', async () => {
  const before = await all();
  const second = dayAt(new Date(), ZONE, SHAPE.days - 1);
  let isRolled = false;
  const rolling: Promise<unknown>[] = [];
  const made = await rebuild(({ checking }) => {
    if (isRolled || checking !== `day ${second.date}`) return;
    isRolled = true;
    rolling.push(
      query('select roll_up_calls($1::date, $2, $3, 100, $4)', [
        second.date,
        second.start,
        second.end,
        ['node'],
      ]),
    );
  });
  await Promise.all(rolling);
  expect(isRolled).toBe(true);
  expect(made.changed).toBe(0);
  expect(await all()).toEqual(before);
  expect((await rebuild()).keptDays).toBe(2);
  expect(await all()).toEqual(before);
  expect(await query(WRONG)).toEqual([]);
});

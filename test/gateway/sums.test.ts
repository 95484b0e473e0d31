/** Sums of calls say what the rows say, to the nano-dollar, whatever ends, is corrected or is under way meanwhile. */
import { Client } from 'pg';
import { generateLedger, SMALL, type LedgerShape } from '../../bench/ledger';
import { DURATION_BOUNDS, quantile } from '../../gateway/ledger/sums/duration-bounds';
import { startTestGateway, type TestGateway } from './support/gateway';
import { policyFile, type PolicyFile } from './support/policy-file';

const ZONE = 'America/Sao_Paulo';
const SHAPE: LedgerShape = {
  ...SMALL,
  rows: 6_000,
  keys: 200,
  people: 50,
  days: 9,
  timeZone: ZONE,
  summedDays: 2,
  until: new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format(Date.now() - 86_400_000),
};
const FIGURES = [
  'calls',
  'failed_calls',
  'estimated_calls',
  'estimated_nano',
  'input_tokens',
  'output_tokens',
  'cache_write_tokens',
  'cache_read_tokens',
  'cost_nano',
  'latency_ms',
];
const KINDS = 'scope, template_name, model, provider, deployment, client, status::text, error_type';
const KINDS_OF_KEY = KINDS.replace('scope, ', '');
const DAY = `to_char(finished_at at time zone '${ZONE}', 'YYYY-MM-DD')`;
const HOUR = "date_trunc('hour', finished_at)::text";

/** Every call there is as a line of the sums' columns, by other means than the sums'. */
const ROWS = `(
  select finished_at, key_id, scope, coalesce(template_name, '') as template_name, model, coalesce(provider, '') as provider,
    coalesce(deployment, '') as deployment, client, status, coalesce(error_type, '') as error_type, 1 as calls,
    case when status >= 400 then 1 else 0 end as failed_calls, case when estimated then 1 else 0 end as estimated_calls,
    case when estimated then cost_nano else 0 end as estimated_nano, input_tokens, output_tokens, cache_write_tokens,
    cache_read_tokens, cost_nano, latency_ms, first_token_ms
  from calls
) as rows`;
const SUMMED = FIGURES.map((figure) => `sum(${figure})::text as ${figure}`).join(', ');
/** `by` of the rows against `from` with what lies beyond, where days are still single calls. */
const differences = (by: string, table: string, at: string, byOfTable = by): string => `
  with told as (
    select ${at}, ${byOfTable}, ${FIGURES.join(', ')} from ${table}
    union all select ${at === 'day' ? `${DAY}::date` : "date_trunc('hour', finished_at)"}, ${byOfTable},
      ${FIGURES.join(', ')} from calls_beyond_sums
  ), summed as (
    select ${at}::text, ${byOfTable}, ${SUMMED} from told group by 1, ${places(byOfTable)} having sum(calls) <> 0
  ), right_ones as (
    select ${at === 'day' ? DAY : HOUR}, ${by}, ${SUMMED} from ${ROWS} group by 1, ${places(by)}
  )
  (select 'told' as which, * from (select * from summed except select * from right_ones) a)
  union all (select 'right', * from (select * from right_ones except select * from summed) b)`;
const places = (by: string): string =>
  by
    .split(', ')
    .map((_, index) => index + 2)
    .join(', ');

let file: PolicyFile;
let gateway: TestGateway;
let other: Client;
beforeAll(async () => {
  file = await policyFile({ timeZone: ZONE, retentionDays: 90 });
  gateway = await startTestGateway({ env: file.env });
  other = new Client({ connectionString: gateway.store.url });
  await other.connect();
}, 60_000);
afterAll(async () => {
  await other.end();
  await gateway.close();
  await file.remove();
});

const query = <Row>(text: string, values: readonly unknown[] = []) =>
  gateway.store.query<Row & object>(text, values);
const expectRight = async (): Promise<void> => {
  for (const text of [
    differences(KINDS, 'sums_by_day', 'day'),
    differences('template_name, model, deployment, error_type', 'sums_by_hour', 'hour'),
    differences(`key_id, ${KINDS_OF_KEY}`, 'key_sums_by_kind', 'day'),
    differences('key_id, template_name', 'key_sums_by_day', 'day'),
  ])
    expect(await query(text)).toEqual([]);
};
const beyond = async (): Promise<number> => (await query('select from calls_beyond_sums')).length;
/** The gateway follows by itself as well, and one of the two at a time. */
async function followUntil(left: number): Promise<void> {
  while ((await beyond()) !== left) {
    await gateway.gateway.services.sums.follow();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
/** Until nothing more can be followed: a transaction that is open keeps the rest from it. */
async function waitOut(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  for (let turn = 0; turn < 3; turn += 1) await gateway.gateway.services.sums.follow();
}
const book = (client: { query(text: string): Promise<unknown> }, rows: number) =>
  client.query(`insert into calls (request_id, finished_at, key_id, account_id, account_ids, scope, owner_id, owner_name,
      template_name, level, protocol, model, model_asked, provider, deployment, attempts, streamed, input_tokens,
      output_tokens, cache_write_tokens, cache_read_tokens, cost_nano, estimated, latency_ms, first_token_ms, status, client)
    select gen_random_uuid(), clock_timestamp(), k.id, k.account_id, array[k.account_id], k.scope, k.owner_id, k.owner_name,
      k.template_name, 'standard', 'openai-chat', 'm' || n % 3, '', 'p', 'd' || n % 2, 1, true, n, n, n, n,
      (random() * 1e12)::bigint, n % 3 = 0, n * 97, n * 13, case when n % 5 = 0 then 502 else 200 end, 'curl'
    from (select * from keys order by id limit 7) k, generate_series(1, ${rows}) n`);

test('with single calls only: nothing is in the sums, all of it, and all of it again after a restart', async () => {
  await generateLedger((text, values) => gateway.store.query(text, values), { ...SHAPE, summedDays: 0 });
  await expectRight();
  expect(await query('select from calls_beyond_sums')).toEqual([]);
  await gateway.gateway.services.sums.restart();
  expect(await beyond()).toBe(SHAPE.rows);
  await expectRight();
  await followUntil(0);
  await expectRight();
}, 60_000);

test('a booking that is not committed yet is waited for, and none is counted twice or lost', async () => {
  await other.query('begin');
  await book(other, 5);
  await book({ query: (text) => query(text) }, 10);
  await waitOut();
  await expectRight();
  expect(await beyond()).toBe(70);
  await other.query('commit');
  await expectRight();
  expect(await beyond()).toBe(105);
  await followUntil(0);
  await expectRight();
});

test('the exact cost of an estimate takes its place: in the sums, beyond them, and while they are being made', async () => {
  const correct = (client: { query(text: string): Promise<unknown> }, most: number) =>
    client.query(`update calls set finished_at = clock_timestamp(), cost_nano = cost_nano / 3, estimated = false,
      input_tokens = 7, status = 200 where request_id in (select request_id from calls where estimated
      order by finished_at limit ${most})`);
  await correct({ query: (text) => query(text) }, 9);
  await expectRight();
  // Some of these are of days long ago, and one transaction is not over while the others are followed.
  await other.query('begin');
  await correct(other, 4);
  await waitOut();
  await expectRight();
  await other.query('commit');
  await expectRight();
  // Booked as an estimate and corrected before it was ever followed.
  await book({ query: (text) => query(text) }, 3);
  await query(`update calls set finished_at = clock_timestamp(), cost_nano = 5, estimated = false
    where estimated and finished_at > (select followed_until from sums_state)`);
  await expectRight();
  await followUntil(0);
  await expectRight();
  expect(await query('select from replaced_calls')).toEqual([]);
});

test('durations are counted by bucket, and a quantile is read off within one', async () => {
  const [bounds] = [DURATION_BOUNDS];
  const counted = await query<{ bucket: number; calls: string }>(
    "select bucket, sum(calls) as calls from durations_by_day where measure = 'latency' group by 1 order by 1",
  );
  const right = await query(
    `select width_bucket(latency_ms, $1::integer[]) as bucket, count(*) as calls from calls where status < 400
     group by 1 order by 1`,
    [bounds],
  );
  expect(counted).toEqual(right);
  const counts = new Map(counted.map(({ bucket, calls }) => [bucket, Number(calls)]));
  const [exact] = await query<{ p95: number }>(
    'select percentile_disc(0.95) within group (order by latency_ms) as p95 from calls where status < 400',
  );
  const told = quantile(counts, 0.95) ?? 0;
  const above = bounds.find((bound) => bound > (exact?.p95 ?? 0)) ?? 0;
  const below = bounds.filter((bound) => bound <= (exact?.p95 ?? 0)).pop() ?? 0;
  expect(told).toBeGreaterThanOrEqual(below);
  expect(told).toBeLessThanOrEqual(above);
  expect(quantile(new Map(), 0.5)).toBeUndefined();
});

test('old calls become daily sums only once these sums have them, and a restart takes them from there', async () => {
  const total = async () =>
    query(`select ${SUMMED} from (select ${FIGURES.join(', ')} from sums_by_day
      union all select ${FIGURES.join(', ')} from calls_beyond_sums) as lines`);
  const all = async () =>
    query(`select ${SUMMED} from (select ${FIGURES.join(', ')} from spend_lines) as lines`);
  const { sums } = gateway.gateway.services;
  await sums.restart();
  await query("select roll_up_calls(current_date - 9, '-infinity', now() - interval '7 days', 100000, '{}')");
  expect(await query('select from daily_sums')).toEqual([]);
  await followUntil(0);
  await query("select roll_up_calls(current_date - 9, '-infinity', now() - interval '7 days', 100000, '{}')");
  expect((await query('select from daily_sums')).length).toBeGreaterThan(0);
  expect(await total()).toEqual(await all());
  await sums.restart();
  expect(await total()).toEqual(await all());
  await followUntil(0);
  expect(await total()).toEqual(await all());
});

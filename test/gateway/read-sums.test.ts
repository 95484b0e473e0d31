/** What pages read of the sums: every way to ask, against the rows. */
import { generateLedger, SMALL, type LedgerShape } from '../../bench/ledger';
import { dayAt, daysBetween, type CalendarDay } from '../../gateway/ledger/calendar-day';
import { quantile } from '../../gateway/ledger/sums/duration-bounds';
import { foldDays, piecesOf } from '../../gateway/ledger/sums/folds';
import { readDurations, readDurationsOfDays, readHours } from '../../gateway/ledger/sums/read-hours';
import { readSums, type Sum, type SumsBy } from '../../gateway/ledger/sums/read-sums';
import { startTestGateway, type TestGateway } from './support/gateway';
import { policyFile, type PolicyFile } from './support/policy-file';

const ZONE = 'Asia/Kolkata';
const SHAPE: LedgerShape = {
  ...SMALL,
  rows: 4_000,
  keys: 150,
  people: 40,
  days: 8,
  timeZone: ZONE,
  // What became daily sums says less than the sums that followed it.
  summedDays: 0,
  until: new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format(Date.now() - 86_400_000),
};

let file: PolicyFile;
let gateway: TestGateway;
let days: CalendarDay[];
beforeAll(async () => {
  file = await policyFile({ timeZone: ZONE, retentionDays: 90 });
  gateway = await startTestGateway({ env: file.env });
  await generateLedger((text, values) => gateway.store.query(text, values), SHAPE);
  const last = new Date();
  days = daysBetween(new Date(last.getTime() - 9 * 86_400_000), last, ZONE);
  // Some of today's lie beyond the sums when they are read.
  await gateway.store.query(`update sums_state set followed_until = 'infinity'`);
  await gateway.store.query(
    `insert into calls (request_id, finished_at, key_id, account_id, scope, owner_id, owner_name, workspace_id, template_name,
       level, protocol, model, model_asked, provider, deployment, attempts, streamed, input_tokens, output_tokens,
       cache_write_tokens, cache_read_tokens, cost_nano, estimated, latency_ms, first_token_ms, status, error_type, client)
     select gen_random_uuid(), $1::timestamptz + n * interval '1 second', k.id, k.account_id, k.scope, k.owner_id, k.owner_name,
       k.workspace_id, k.template_name, 'standard', 'openai-chat', 'model-' || n % 4, '', 'p', null, 1, true, n, 2 * n, 3, 4,
       n * 1000003, n % 5 = 0, n * 10, n, case when n % 4 = 0 then 500 else 200 end, case when n % 4 = 0 then 'e' end,
       case when n % 2 = 0 then 'curl' else 'strange-one' end
     from (select * from keys order by id limit 30) k, generate_series(1, 40) n`,
    [dayAt(last, ZONE).start],
  );
  await gateway.store.query(
    `update sums_state set followed_until = (select max(finished_at) from calls) - interval '40 seconds'`,
  );
}, 60_000);
afterAll(async () => {
  await gateway.close();
  await file.remove();
});

/** Every line there is, by other means. */
const LINES = `(
  select to_char(at at time zone '${ZONE}', 'YYYY-MM-DD') as day, l.*, k.scope as key_scope, k.owner_id as person
  from (
    select c.finished_at as at, key_id, template_name, model, provider, deployment, error_type,
      case when client like 'strange%' then 'other' else client end as client, workspace_id, cost_nano, input_tokens,
      1::bigint as calls, (status >= 400)::integer::bigint as failed from calls c
  ) l join keys k on k.id = l.key_id
) as lines`;
const RIGHT: Readonly<Record<SumsBy, string>> = {
  day: 'day',
  team: "coalesce(template_name, '')",
  model: 'model',
  provider: "coalesce(provider, '')",
  deployment: "coalesce(deployment, '')",
  client: 'client',
  error: "coalesce(error_type, '')",
  scope: 'key_scope',
  all: "''",
  key: 'key_id::text',
  person: 'person',
  workspace: "coalesce(workspace_id, '')",
};
const EVERY = Object.keys(RIGHT) as SumsBy[];

async function expectRight(by: SumsBy, within: SumsBy, where: string, filter: object): Promise<void> {
  const told = await readSums(gateway.gateway.services.database, { by, within, days, ...filter });
  const right = await gateway.store.query<Record<string, string>>(
    `select ${RIGHT[by]} as by, ${RIGHT[within]} as within, sum(calls)::text as calls, sum(failed)::text as failed,
       sum(cost_nano)::text as cost, sum(input_tokens)::text as input
     from ${LINES} where ${where} group by 1, 2`,
  );
  const text = (sum: Sum): string =>
    [sum.by, sum.within, sum.calls, sum.failedCalls, sum.cost, sum.inputTokens].join('|');
  expect(told.map(text).sort()).toEqual(
    right
      .map((row) => ['by', 'within', 'calls', 'failed', 'cost', 'input'].map((each) => row[each]).join('|'))
      .sort(),
  );
  expect(told.length).toBeGreaterThan(0);
}

test.each(EVERY)('by %s, and by everything within it', async (by) => {
  for (const within of EVERY) await expectRight(by, within, 'true', {});
});

test.each(EVERY)('by %s, of one person, some keys, one team, one model', async (by) => {
  await expectRight(by, 'all', "person = 'owner-7'", { person: 'owner-7' });
  await expectRight(by, 'day', 'key_id in (1, 2, 3)', { keys: ['1', '2', '3'] });
  await expectRight(by, 'all', "template_name = 'template-2'", { team: 'template-2' });
  await expectRight(by, 'client', "model = 'model-1'", { model: 'model-1' });
  await expectRight(by, 'all', "person = 'owner-7' and model = 'model-2'", {
    person: 'owner-7',
    model: 'model-2',
  });
});

test('of some days only, and of none', async () => {
  const some = days.slice(3, 6);
  const told = await readSums(gateway.gateway.services.database, { by: 'day', days: some });
  expect(told.map(({ by }) => by).sort()).toEqual(some.map(({ date }) => date));
  expect(await readSums(gateway.gateway.services.database, { by: 'day', days: [] })).toEqual([]);
});

test('hours and durations of single calls, those beyond the sums with them', async () => {
  const { database } = gateway.gateway.services;
  const hour = (time: number): Date => new Date(Math.floor(time / 3_600_000) * 3_600_000);
  const [from, to] = [hour(Date.now() - 4 * 86_400_000), hour(Date.now() + 86_400_000)];
  const told = await readHours(database, from, to);
  const right = await gateway.store.query<{ hour: Date; calls: string; cost: string }>(
    `select date_trunc('hour', finished_at) as hour, count(*) as calls, sum(cost_nano) as cost from calls
     where finished_at >= $1 and finished_at < $2 group by 1 order by 1`,
    [from, to],
  );
  expect(told.map(({ hour: at, calls, cost }) => [at, calls, cost])).toEqual(
    right.map(({ hour: at, calls, cost }) => [at, Number(calls), Number(cost)]),
  );
  const durations = await readDurations(database, 'model', from, to);
  const [model] = await gateway.store.query<{ p50: number; calls: string }>(
    `select percentile_disc(0.5) within group (order by latency_ms) as p50, count(*) as calls from calls
     where model = 'model-1' and status < 400 and finished_at >= $1 and finished_at < $2`,
    [from, to],
  );
  const counts =
    durations.find(({ by, measure }) => by === 'model-1' && measure === 'latency')?.counts ??
    new Map<number, number>();
  expect([...counts.values()].reduce((sum, each) => sum + each, 0)).toBe(Number(model?.calls));
  const told50 = quantile(counts, 0.5) ?? 0;
  expect(Math.abs(told50 - (model?.p50 ?? 0))).toBeLessThan(0.5 * (model?.p50 ?? 1));
});

/** Until all days that are over are in pieces; whoever else is at the sums is waited for. */
async function foldAll(): Promise<void> {
  const { database } = gateway.gateway.services;
  await database.run('', 'select pg_advisory_lock(4710815003), pg_advisory_unlock(4710815003)', []);
  while (await foldDays(database));
}
const marks = async (): Promise<number> =>
  Number((await gateway.store.query<{ n: string }>('select count(*) as n from folded_days'))[0]?.n);

describe('in pieces of several days', () => {
  beforeAll(async () => {
    // By hand from here on.
    gateway.gateway.services.sums.close();
    await foldAll();
  });

  test('there are pieces of every size, and larger ones where they fit', async () => {
    const sizes = await gateway.store.query<{ part: string; days: number }>(
      'select distinct part, days from folded_days where days <= 2 order by 1, 2',
    );
    expect(sizes.map(({ part, days: many }) => `${part} ${many}`)).toEqual([
      'keys_by_kind 1',
      'keys_by_kind 2',
      'sums 1',
      'sums 2',
    ]);
    expect(await marks()).toBeGreaterThanOrEqual(2 * (SHAPE.days - 1 + 3));
  });

  test.each(EVERY)('by %s, and by everything within it', async (by) => {
    for (const within of EVERY) await expectRight(by, within, 'true', {});
  });

  test.each(EVERY)('by %s, of one team, model, provider, deployment or error', async (by) => {
    await expectRight(by, 'all', "person = 'owner-7'", { person: 'owner-7' });
    await expectRight(by, 'all', "template_name = 'template-2'", { team: 'template-2' });
    await expectRight(by, 'all', "model = 'model-1'", { model: 'model-1' });
    await expectRight(by, 'all', "provider = 'provider-1'", { provider: 'provider-1' });
    await expectRight(by, 'all', "deployment = 'deployment-2'", { deployment: 'deployment-2' });
    await expectRight(by, 'all', "error_type = 'provider_failed'", { error: 'provider_failed' });
    await expectRight(by, 'day', "model = 'model-1' and provider = 'provider-1'", {
      model: 'model-1',
      provider: 'provider-1',
    });
  });

  test('every stretch of days comes to the sum of its days', async () => {
    const { database } = gateway.gateway.services;
    const each = await readSums(database, { by: 'day', within: 'model', days });
    const total = (all: readonly number[], { cost, calls }: Sum): readonly number[] => [
      (all[0] ?? 0) + cost,
      (all[1] ?? 0) + calls,
    ];
    for (let from = 0; from < days.length; from += 1)
      for (let to = from + 1; to <= days.length; to += 1) {
        const some = days.slice(from, to);
        const dates = new Set(some.map(({ date }) => date));
        const right = each.filter(({ by }) => dates.has(by)).reduce<readonly number[]>(total, [0, 0]);
        for (const asked of [{ by: 'all' }, { by: 'model', within: 'provider' }, { by: 'key' }] as const) {
          const told = await readSums(database, { ...asked, days: some });
          expect(told.reduce<readonly number[]>(total, [0, 0])).toEqual(right);
        }
      }
  });

  test('durations by model are those of the days', async () => {
    const { database } = gateway.gateway.services;
    const sum = (all: Awaited<ReturnType<typeof readDurationsOfDays>>): Record<string, number> => {
      const counts: Record<string, number> = {};
      for (const { measure, counts: own } of all)
        for (const [bucket, many] of own)
          counts[`${measure} ${bucket}`] = (counts[`${measure} ${bucket}`] ?? 0) + many;
      return counts;
    };
    expect(sum(await readDurationsOfDays(database, 'model', days))).toEqual(
      sum(await readDurationsOfDays(database, 'day', days)),
    );
  });

  test('what changes a day is told at once, and in pieces again after the next round', async () => {
    const whole = await marks();
    const [row] = await gateway.store.query<{ day: string }>(
      "select to_char(min(day) + 2, 'YYYY-MM-DD') as day from sums_by_day",
    );
    for (const table of ['sums_by_day', 'key_sums_by_day', 'key_sums_by_kind'])
      await gateway.store.query(`update ${table} set cost_nano = cost_nano + 1 where day = $1::date`, [
        row?.day,
      ]);
    expect(await marks()).toBeLessThan(whole);
    const spent = async (by: SumsBy, within: SumsBy): Promise<number> =>
      (await readSums(gateway.gateway.services.database, { by, within, days })).reduce(
        (sum, { cost }) => sum + cost,
        0,
      );
    const ways = [
      ['all', 'all'],
      ['model', 'provider'],
      ['person', 'all'],
    ] as const;
    const before: number[] = [];
    for (const [by, within] of ways) before.push(await spent(by, within));
    await foldAll();
    expect(await marks()).toBe(whole);
    const after: number[] = [];
    for (const [by, within] of ways) after.push(await spent(by, within));
    expect(after).toEqual(before);
    for (const table of ['sums_by_day', 'key_sums_by_day', 'key_sums_by_kind'])
      await gateway.store.query(`update ${table} set cost_nano = cost_nano - 1 where day = $1::date`, [
        row?.day,
      ]);
    for (const [by, within] of ways) await expectRight(by, within, 'true', {});
  });

  test('sums that begin anew have no pieces', async () => {
    await gateway.store.query('select restart_sums()');
    expect(await marks()).toBe(0);
  });
});

test('pieces cover each day that is over once, and begin at multiples of their length', () => {
  const now = Date.parse('2026-03-10T15:00:00Z');
  const day = (date: string): number => Date.parse(date) / 86_400_000;
  for (const first of ['2024-12-31', '2025-02-28', '2025-03-11', '2026-02-09', '2026-03-09', '2026-03-10'])
    for (const largest of [1, 4, 256]) {
      const pieces = piecesOf(first, '2026-03-10', largest, now);
      const covered = pieces.flatMap((piece) =>
        Array.from({ length: piece.days }, (_, at) => day(piece.first) + at),
      );
      // The tenth is not over anywhere.
      const wanted = Math.max(0, day('2026-03-09') - day(first) + 1);
      expect(covered).toEqual(Array.from({ length: wanted }, (_, at) => day(first) + at));
      for (const piece of pieces) {
        expect(piece.days).toBeLessThanOrEqual(largest);
        expect((day(piece.first) - day('2000-01-01')) % piece.days).toBe(0);
      }
      if (largest === 256) expect(pieces.length).toBeLessThanOrEqual(16);
    }
});

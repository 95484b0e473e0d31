/**
 * Pages of single calls by their number: each is the one that the plain way finds, and the thousandth costs what the first
 * does, by the blocks that Postgres touches. `LEDGER_ROWS=2000000 npx jest test/ledger-size/deep-pages` takes a large ledger.
 */
import fc from 'fast-check';
import { generateLedger, hashOfKey, LARGE, SMALL } from '../../bench/ledger';
import { readCalls, type CallFilter } from '../../gateway/admin/spend-calls';
import type { Statements } from '../../gateway/store/database';
import { MASTER_KEY, startTestGateway, type TestGateway } from '../gateway/support/gateway';

const ROWS = Number(process.env['LEDGER_ROWS'] ?? SMALL.rows);
const SHAPE = {
  ...(ROWS >= LARGE.rows ? LARGE : SMALL),
  rows: ROWS,
  until: new Date(Date.now() - 86_400_000).toISOString().slice(0, 10),
  timeZone: 'UTC',
};
/** Rows of a page, so that the ledger has a thousand pages. */
const SIZE = Math.floor((ROWS * 0.8) / 1_000);

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
  await generateLedger((text, values) => gateway.store.query(text, values), SHAPE);
}, 1_200_000);
afterAll(() => gateway.close());

const plainly: Statements = { run: (_, text, values) => gateway.store.query(text, values) };

interface Plan {
  readonly 'QUERY PLAN': readonly [{ readonly Plan: Readonly<Record<string, number>> }];
}

/** Blocks that a piece of work touches, in memory and on disk. */
async function blocksOf(work: (statements: Statements) => Promise<unknown>): Promise<number> {
  let blocks = 0;
  await work({
    async run(name, text, values) {
      const [row] = await gateway.store.query<Plan & Record<string, unknown>>(
        `explain (analyze, buffers, format json) ${text}`,
        values,
      );
      const plan = row?.['QUERY PLAN'][0].Plan ?? {};
      blocks += (plan['Shared Hit Blocks'] ?? NaN) + (plan['Shared Read Blocks'] ?? NaN);
      return plainly.run(name, text, values);
    },
  });
  return blocks;
}

const idsOf = async (filter: CallFilter): Promise<unknown[]> =>
  (await readCalls(plainly, filter)).calls.map(({ request_id }) => request_id);

/** All that a filter has, newest first, without a page. */
async function allIds({ from, to, ownerId, accountId }: Partial<CallFilter>): Promise<unknown[]> {
  const rows = await gateway.store.query<{ id: string }>(
    `select request_id as id from calls
     where finished_at >= coalesce($1, '-infinity'::timestamptz) and finished_at < coalesce($2, 'infinity'::timestamptz)
       and ($3::text is null or owner_id = $3) and ($4::bigint is null or account_id = $4)
     order by finished_at desc, request_id`,
    [from, to, ownerId, accountId],
  );
  return rows.map(({ id }) => id);
}

async function holdToThePlainWay(others: Partial<CallFilter>): Promise<void> {
  const all = await allIds(others);
  const filter = { timeZone: 'UTC', ...others };
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 997 }),
      fc.double({ min: 0, max: 1.05, noNaN: true }),
      async (size, part) => {
        const page = 1 + Math.floor((part * all.length) / size);
        expect(await idsOf({ ...filter, page, size })).toEqual(all.slice((page - 1) * size, page * size));
      },
    ),
    { numRuns: 15 },
  );
}

const dayBefore = (days: number): Date => new Date(Date.parse(SHAPE.until) - days * 86_400_000);

describe('a page is that of the plain way', () => {
  const kinds: [name: string, filter: () => Promise<Partial<CallFilter>>][] = [
    ['all calls', () => Promise.resolve({})],
    ['some days', () => Promise.resolve({ from: dayBefore(17), to: dayBefore(3) })],
    // Of a time zone whose midnight is within a quarter of an hour.
    ['an odd moment', () => Promise.resolve({ to: new Date(dayBefore(2).getTime() + 23 * 60_000) })],
    ['one person', () => Promise.resolve({ ownerId: 'owner-1' })],
    [
      'one key',
      async () => {
        const [key] = await gateway.store.query<{ account_id: string }>(
          'select account_id from keys where hash = $1',
          [hashOfKey(1)],
        );
        return { accountId: key?.account_id ?? '', from: dayBefore(20) };
      },
    ],
  ];
  test.each(kinds)('%s, before anything is counted', async (_, filter) => holdToThePlainWay(await filter()));

  test('quarters are counted, all but what is not over', async () => {
    expect(await gateway.gateway.services.callCounts.run()).toBeGreaterThan(2_000);
    const [sums] = await gateway.store.query<{ same: boolean }>(
      'select (select sum(calls) from call_counts) = (select count(*) from calls) as same',
    );
    expect(sums?.same).toBe(true);
    expect(await gateway.gateway.services.callCounts.run()).toBe(0);
  });

  test.each(kinds)('%s, once quarters are counted', async (_, filter) => holdToThePlainWay(await filter()));
});

test('the thousandth page costs what the first one costs', async () => {
  const blocks = async (page: number) =>
    blocksOf((statements) => readCalls(statements, { timeZone: 'UTC', page, size: SIZE }));
  const [first, deep, plain] = [
    await blocks(1),
    await blocks(1_000),
    await blocksOf((statements) =>
      statements.run('', 'select * from calls order by finished_at desc, request_id offset $1 limit $2', [
        999 * SIZE,
        SIZE,
      ]),
    ),
  ];
  process.stderr.write(
    `${ROWS} calls, ${SIZE} a page: ${first} blocks, the thousandth ${deep}, plainly ${plain}\n`,
  );
  expect(deep).toBeLessThan(1.5 * first);
});

test('one that is deep among the calls of one person is refused, with the way to go on', async () => {
  const answer = await gateway.request(`${gateway.adminUrl}/spend/logs?user_id=owner-1&page=102&size=1000`, {
    key: MASTER_KEY,
  });
  expect(answer.status).toBe(400);
  expect(answer.json.error.param).toBe('page');
  expect(answer.json.error.message).toMatch(/by "after"/);
});

describe('what was counted stays right', () => {
  const differing = () =>
    gateway.store.query(
      `select quarter, calls, (select count(*) from calls c where c.finished_at >= quarter
         and c.finished_at < quarter + interval '15 minutes') as there
       from call_counts
       where calls <> (select count(*) from calls c where c.finished_at >= quarter
         and c.finished_at < quarter + interval '15 minutes')`,
    );

  test('when old calls become sums', async () => {
    const services = gateway.gateway.services;
    const [before] = await gateway.store.query<{ n: string }>('select count(*) as n from calls');
    const days = await gateway.store.query<{ rolled: number }>(
      "select roll_up_calls(day, day, day + interval '1 day', 700, '{}') as rolled from (select min(finished_at)::date as day from calls) as oldest",
    );
    expect(days[0]?.rolled).toBeGreaterThan(0);
    expect(await differing()).toEqual([]);
    const [after] = await gateway.store.query<{ n: string }>('select count(*) as n from calls');
    expect(Number(after?.n)).toBeLessThan(Number(before?.n));
    await services.callCounts.run();
    expect(await differing()).toEqual([]);
  });

  test('when an exact cost takes the place of an estimate at another time', async () => {
    await gateway.store.query(
      `update calls set finished_at = finished_at + interval '5 hours'
       where request_id in (select request_id from calls order by finished_at limit 40 offset 3000)`,
    );
    expect(await differing()).toEqual([]);
  });

  test('while a counted call is being changed, nothing is counted', async () => {
    const newest = 'select max(quarter) as at from call_counts';
    await gateway.store.query(`delete from call_counts where quarter = (${newest})`);
    const { database, callCounts } = gateway.gateway.services;
    await database.transaction(async (statements) => {
      await statements.run(
        '',
        'delete from calls where request_id = (select request_id from calls order by finished_at desc limit 1)',
        [],
      );
      expect(await callCounts.run()).toBe(0);
    });
    expect(await callCounts.run()).toBeGreaterThan(0);
    expect(await differing()).toEqual([]);
  });

  test('when a clock that was ahead is put right', async () => {
    await gateway.store.query("insert into call_counts values (quarter_of(now() + interval '1 hour'), 7)");
    await gateway.gateway.services.callCounts.run();
    expect(await differing()).toEqual([]);
  });

  test('when the ledger is emptied', async () => {
    await gateway.store.query('truncate calls');
    expect(await gateway.store.query('select from call_counts')).toEqual([]);
  });
});

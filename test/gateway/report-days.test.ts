import { dayOfText, daysBetween } from '../../gateway/ledger/calendar-day';
import { adminOf, type Admin } from '../admin/support';
import { startTestGateway, type TestGateway } from './support/gateway';
import { policyFile, type PolicyFile } from './support/policy-file';

/** Fourteen hours before UTC all year round, so that most of a day there is another day of UTC. */
const ZONE = 'Pacific/Kiritimati';
const OFFSET_MS = 14 * 3_600_000;
const DAY_MS = 86_400_000;
/** One moment for all, so that no day begins in between. */
const NOW = new Date();

let file: PolicyFile;
let gateway: TestGateway;
let admin: Admin;
let key: string;
beforeAll(async () => {
  file = await policyFile({ timeZone: ZONE, retentionDays: 3 });
  gateway = await startTestGateway({ env: file.env, now: () => NOW });
  admin = adminOf(gateway);
  key = await gateway.workspaceKey({ workspace: { id: 'w-days', name: 'days' } });
});
afterAll(async () => {
  await gateway.close();
  await file.remove();
});

/** Midnight there, so many days ago. */
const midnight = (daysAgo: number): number =>
  Math.floor((NOW.getTime() + OFFSET_MS) / DAY_MS) * DAY_MS - OFFSET_MS - daysAgo * DAY_MS;
const dateThere = (instant: number): string => new Date(instant + OFFSET_MS).toISOString().slice(0, 10);

const book = (instant: number, cost: number) =>
  gateway.store.query(
    `insert into calls (request_id, finished_at, key_id, account_id, account_ids, scope, owner_id, owner_name,
       workspace_id, workspace_name, level, protocol, model, model_asked, attempts, streamed, input_tokens,
       output_tokens, cache_write_tokens, cache_read_tokens, cost_nano, estimated, latency_ms, status, client)
     select gen_random_uuid(), $1, k.id, k.account_id, array[k.account_id], k.scope, k.owner_id, k.owner_name,
       k.workspace_id, k.workspace_name, 'standard', 'openai-chat', 'm', 'm', 1, true, 10, 20, 30, 40, $2, false, 900,
       200, 'node'
     from keys k where k.workspace_id = 'w-days'`,
    [new Date(instant), cost],
  );

const WANTED = [0, 1, 5, 6].map((daysAgo) => ({ date: dateThere(midnight(daysAgo)), spend: 0.011 }));

async function reports() {
  const { json } = await gateway.request('/api/v1/keys/info', { key });
  const { activity, usage } = json as unknown as {
    activity: { time_zone: string; account: { by_day: { date: string; spend: number }[] } };
    usage: { date: string }[];
  };
  const logs = (await admin('/global/spend/logs')).json as unknown as { date: string; spend: number }[];
  const report = (await admin('/spend/report?group_by=day')).json as unknown as {
    rows: { id: string; spend: number }[];
  };
  const day = WANTED[2]?.date ?? '';
  const one = await admin(`/spend/report?group_by=model&start_date=${day}&end_date=${day}`);
  return {
    zone: activity.time_zone,
    own: activity.account.by_day.map(({ date, spend }) => ({ date, spend })),
    usage: usage.map(({ date }) => date),
    logs,
    report: report.rows.map(({ id, spend }) => ({ date: id, spend })),
    one: one.json['total_spend'],
  };
}

test("days of reports are the policy's, from midnight to midnight there, of single calls and of sums alike", async () => {
  for (const daysAgo of [0, 1, 5, 6]) {
    await book(midnight(daysAgo), 1_000_000);
    // Today has not come so far yet.
    await book(daysAgo === 0 ? midnight(0) + 1 : midnight(daysAgo - 1) - 1, 10_000_000);
  }
  const before = await reports();
  expect(before).toEqual({
    zone: ZONE,
    own: WANTED,
    usage: WANTED.map(({ date }) => date),
    logs: [...WANTED].reverse(),
    report: WANTED,
    one: 0.011,
  });
  expect(await gateway.gateway.services.retention.run()).toBe(4);
  expect(await gateway.store.query('select from calls')).toHaveLength(4);
  expect(await reports()).toEqual(before);
  const sums = await gateway.store.query('select starts_at from daily_sums order by 1');
  expect(sums).toEqual([{ starts_at: new Date(midnight(6)) }, { starts_at: new Date(midnight(5)) }]);
});

test('a day that no calendar has is refused by name', async () => {
  for (const day of ['2026-02-30', '2026-13-01', '0000-01-01']) {
    const { status, json } = await admin(`/spend/report?start_date=${day}`);
    expect([day, status, json.error.param]).toEqual([day, 400, 'start_date']);
  }
});

test('days follow each other without a gap where the clocks change', () => {
  const days = daysBetween(new Date('2026-03-27T12:00Z'), new Date('2026-04-02T12:00Z'), 'Asia/Beirut');
  expect(days.map(({ date }) => date.slice(5))).toEqual([
    '03-27',
    '03-28',
    '03-29',
    '03-30',
    '03-31',
    '04-01',
    '04-02',
  ]);
  for (const [at, { end }] of days.slice(0, -1).entries()) expect(days[at + 1]?.start).toEqual(end);
  expect(dayOfText('2026-03-29', 'Asia/Beirut')).toEqual(days[2]);
});

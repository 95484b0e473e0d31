import { Client } from 'pg';
import { adminOf, ASK, type Admin } from '../admin/support';
import { eventually, MASTER_KEY, startTestGateway, type TestGateway } from './support/gateway';

let gateway: TestGateway;
/** The same store, and little time for each report. */
let hasty: TestGateway;
let admin: Admin;
let locker: Client;
let viewers: string[];
beforeAll(async () => {
  gateway = await startTestGateway({ limits: { reportMs: 120_000 } });
  hasty = await startTestGateway({
    store: gateway.store,
    standin: gateway.standin,
    limits: { reportMs: 400 },
  });
  admin = adminOf(gateway);
  viewers = [];
  for (const name of ['vera', 'viktor', 'violet'])
    viewers.push((await admin('/admin/key/new', { name, role: 'viewer' })).json.key);
  locker = new Client({ connectionString: gateway.store.url });
  locker.on('error', () => {});
  await locker.connect();
});
afterAll(async () => {
  await locker.end().catch(() => {});
  await hasty.gateway.close();
  await gateway.close();
});
// Nobody reads the sums while somebody changes what they are: reports wait, and calls do not need them.
const hold = () => locker.query('begin; lock table daily_sums in access exclusive mode');
const release = () => locker.query('rollback').catch(() => {});
afterEach(release);

const underWay = async (): Promise<number> =>
  (
    await gateway.store.query(
      "select from pg_stat_activity where application_name = 'ai-gateway-reports' and state = 'active' and wait_event_type = 'Lock'",
    )
  ).length;
const seen = (many: number) => eventually(async () => ((await underWay()) === many ? true : undefined));
const begin = (key: string, path = '/spend/report') => {
  const leaving = new AbortController();
  const answer = fetch(gateway.adminUrl + path, {
    headers: { authorization: `Bearer ${key}` },
    signal: leaving.signal,
  }).then(
    async (response) => ({ status: response.status, headers: response.headers, text: await response.text() }),
    () => undefined,
  );
  return { answer, leave: () => leaving.abort() };
};

test('a report that takes too long is told as such, with what to do, and ends in the store', async () => {
  await hold();
  for (const path of [
    '/spend/report?group_by=key',
    '/spend/logs?start_date=2026-01-01&end_date=2026-12-31',
    '/global/spend/report',
    '/user/daily/activity',
  ]) {
    const { status, json } = await adminOf(hasty)(path);
    expect([path, status, json.error.type]).toEqual([path, 400, 'report_too_slow']);
    expect(json.error.message).toMatch(/fewer days/);
  }
  await seen(0);
  const verified = await adminOf(hasty)('/spend/verify');
  expect([verified.status, verified.json.error.type]).toEqual([400, 'report_too_slow']);
  expect(verified.json.error.message).toContain('The store answers, but slowly');
  await seen(0);
});

test('verify says line by line how far it is, and what ended it', async () => {
  const ask = async ({ adminUrl }: TestGateway) => {
    const headers = { accept: 'application/x-ndjson' };
    const { text } = await gateway.request(`${adminUrl}/spend/verify`, { key: MASTER_KEY, headers });
    const lines = text.trim().split('\n');
    return lines.map((line) => JSON.parse(line) as Record<string, Record<string, unknown>>);
  };
  const good = await ask(gateway);
  expect(good[0]?.['progress']).toMatchObject({ pieces: 1, of: expect.any(Number) as number });
  expect(good.at(-1)?.['result']).toMatchObject({ ok: true });
  await hold();
  const bad = await ask(hasty);
  expect(bad.at(-1)?.['error']).toMatchObject({ type: 'report_too_slow' });
});

test('reports at once are few, and one administrator has one of them; calls go on beside them', async () => {
  await hold();
  const first = viewers.map((key) => begin(key));
  // One of hers runs and eight wait: of ten, one is refused, whichever comes last.
  const more = Array.from({ length: 9 }, () => begin(viewers[0] ?? ''));
  const refused = await Promise.race(more.map(({ answer }) => answer));
  expect([refused?.status, refused?.headers.get('retry-after')]).toEqual([429, '5']);
  await seen(2);
  expect(await underWay()).toBe(2);
  const key = await gateway.workspaceKey();
  expect((await gateway.chat(key, ASK)).status).toBe(200);
  await gateway.ledger(1);
  expect((await gateway.request(`${gateway.adminUrl}/health/readiness`)).status).toBe(200);
  await release();
  for (const { answer } of first) expect((await answer)?.status).toBe(200);
  const statuses = await Promise.all(more.map(async ({ answer }) => (await answer)?.status));
  expect(statuses.sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 200, 429]);
});

test('a client that leaves ends its query, and its place in the line', async () => {
  await hold();
  const [vera = '', viktor = '', violet = ''] = viewers;
  const running = [begin(vera), begin(viktor)];
  await seen(2);
  const waiting = begin(violet);
  await new Promise((next) => setTimeout(next, 100));
  waiting.leave();
  running[0]?.leave();
  await seen(1);
  running[1]?.leave();
  await seen(0);
  await release();
  expect((await begin(violet).answer)?.status).toBe(200);
  expect(gateway.logs.filter((line) => line.includes('fault of the gateway'))).toEqual([]);
});

test('one check of the ledger at a time', async () => {
  await hold();
  const first = begin(MASTER_KEY, '/spend/verify');
  await seen(1);
  const second = await begin(viewers[0] ?? '', '/spend/verify').answer;
  expect([second?.status, second?.text]).toEqual([
    429,
    expect.stringContaining('verified already') as string,
  ]);
  await release();
  expect((await first.answer)?.status).toBe(200);
});

test('reports change nothing, and a store that is away is told as that', async () => {
  const { reports } = gateway.gateway.services;
  await expect(
    reports.read(
      'test',
      new AbortController().signal,
      (reader) => reader.run('', "update accounts set spent_nano = 0 where label = 'none'", []),
      () => Promise.resolve(),
    ),
  ).rejects.toMatchObject({ code: 'store_unavailable' });
  await gateway.store.stop();
  for (const path of ['/spend/report', '/spend/verify', '/spend/logs'])
    expect([path, (await admin(path)).status]).toEqual([path, 503]);
  await gateway.store.start();
  await eventually(async () => ((await admin('/spend/report')).status === 200 ? true : undefined));
});

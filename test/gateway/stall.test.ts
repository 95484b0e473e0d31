import { Client } from 'pg';
import { text } from '../standins/anthropic';
import { makeGate } from './support/gate';
import { eventually } from './support/gateway';
import { startLimitedGateways, type LimitedGateway, type LimitedGateways } from './support/limited-gateways';

/** Much longer than a thread that is ready to run waits on a busy machine; much shorter than the main loop is blocked. */
const DEAD_AFTER_MS = 3_000;
const BLOCK_MS = 10_000;
const STALL_MS = 2_500;
const HOUR_MS = 3_600_000;
const LIMITS = {
  heartbeatMs: 100,
  deadAfterMs: DEAD_AFTER_MS,
  strayAfterMs: 20_000,
  loopStallMs: HOUR_MS,
};

let gateways: LimitedGateways;
let key: string;
beforeAll(async () => {
  gateways = await startLimitedGateways();
});
afterAll(() => gateways.close());
afterEach(async () => {
  gateways.standin.reset();
  await gateways.store.query('delete from calls; select restart_sums()');
  await gateways.store.query('update accounts set spent_nano = 0');
});

interface Row {
  process_id: string;
  [column: string]: unknown;
}
const calls = () => gateways.store.query<Row>('select * from calls order by finished_at');
const processes = async () =>
  (await gateways.store.query<{ id: string }>('select id from gateway_processes')).map(({ id }) => id);
const lineOf = (gateway: LimitedGateway, msg: string) =>
  eventually(() => gateway.out().includes(`"msg":"${msg}"`) || undefined);
const counted = (gateway: LimitedGateway, msg: string) => gateway.out().split(`"msg":"${msg}"`).length - 1;

/** A call that the provider answers once the gate is open, and that has reached it. */
async function openCall(gateway: LimitedGateway) {
  const gate = makeGate();
  gateways.standin.answer({ content: [text('done')], until: gate.opened });
  const before = gateways.standin.requests.length;
  const answer = gateway.chat(key);
  answer.catch(() => {});
  await eventually(() => gateways.standin.requests[before]);
  return { answer, finish: gate.open };
}
/** Holds up every statement that admits or books. */
async function lockAccounts() {
  const client = new Client(gateways.store.url);
  await client.connect();
  await client.query('begin');
  await client.query('select from accounts for update');
  return {
    isWaitedFor: async () =>
      (await gateways.store.query("select from pg_stat_activity where wait_event_type = 'Lock'")).length >
        0 || undefined,
    release: () => client.end(),
  };
}

async function end(...ended: LimitedGateway[]): Promise<void> {
  for (const { child } of ended) child.kill('SIGTERM');
  await Promise.all(ended.map((each) => each.ended));
}

test('a loop that is blocked for long costs nobody anything: its process is not taken for dead', async () => {
  const [busy, other] = [await gateways.start(LIMITS), await gateways.start(LIMITS)];
  key = await other.workspaceKey();
  const before = (await processes()).sort();
  const { answer, finish } = await openCall(busy);
  const lock = await lockAccounts();
  const inTheStore = busy.chat(key);
  await eventually(lock.isWaitedFor);
  busy.tell({ blockMs: BLOCK_MS });
  await lineOf(busy, 'blocking');
  // Its answer comes while nobody reads it.
  await new Promise((done) => setTimeout(done, 1_000));
  await lock.release();
  // Others go on meanwhile, and look for who is dead all the time.
  gateways.standin.answer({ content: [text('meanwhile')] });
  expect((await other.chat(key)).status).toBe(200);
  await lineOf(busy, 'blocked no more');
  finish();
  expect(await answer).toMatchObject({ status: 200 });
  expect(await inTheStore).toMatchObject({ status: 200 });
  await eventually(async () => (await calls()).length === 3 || undefined);
  expect((await calls()).map(({ estimated }) => estimated)).toEqual([false, false, false]);
  expect((await processes()).sort()).toEqual(before);
  for (const each of [busy, other]) {
    expect(each.out()).not.toContain('booked in full');
    expect(each.out()).not.toContain('declared dead');
  }
  expect(await other.verify()).toMatchObject({
    ok: true,
    estimated: { calls: 0 },
    reservations: { open: 0 },
  });
  await end(busy, other);
});

test('one that is blocked for ever ends its process, and signs it off so that its calls are booked at once', async () => {
  // Takes nobody for dead by the time that passed.
  const other = await gateways.start({ ...LIMITS, deadAfterMs: HOUR_MS });
  const stuck = await gateways.start({ ...LIMITS, loopStallMs: STALL_MS });
  key = await other.workspaceKey();
  const { answer } = await openCall(stuck);
  stuck.tell({ blockMs: HOUR_MS });
  expect(await stuck.ended).toBe('SIGKILL');
  await expect(answer).rejects.toThrow();
  const [booked] = await eventually(async () => {
    const rows = await calls();
    return rows.length > 0 ? rows : undefined;
  });
  expect(booked).toMatchObject({ estimated: true, error_type: 'gateway_died' });
  const line = JSON.parse(stuck.err()) as Record<string, unknown>;
  expect(line).toMatchObject({ level: 'error', stood_still_ms: STALL_MS });
  expect(line['msg']).toContain('this process ends itself');
  expect(line['process']).toMatch(/^\d+$/);
  expect(await other.verify()).toMatchObject({
    ok: true,
    estimated: { calls: 1 },
    reservations: { open: 0 },
  });
  await end(other);
});

test('a process that was declared dead while it was halted goes on under another id and books nothing twice', async () => {
  const halted = await gateways.start({ ...LIMITS, loopStallMs: STALL_MS });
  const other = await gateways.start(LIMITS);
  key = await other.workspaceKey();
  const { answer, finish } = await openCall(halted);
  const [dead] = await gateways.store.query<Row>('select process_id from reservations');
  halted.child.kill('SIGSTOP');
  const [estimate] = await eventually(async () => {
    const rows = await calls();
    return rows.length > 0 ? rows : undefined;
  });
  expect(estimate).toMatchObject({ estimated: true, error_type: 'gateway_died' });
  // By the clock, its main loop has stood still for longer than it may.
  halted.child.kill('SIGCONT');
  await lineOf(halted, 'this process was declared dead and goes on under another id');
  finish();
  expect(await answer).toMatchObject({ status: 200 });
  const [exact] = await eventually(async () => {
    const rows = await calls();
    return rows.every(({ estimated }) => estimated === false) ? rows : undefined;
  });
  expect(exact).toMatchObject({ request_id: estimate?.['request_id'], status: 200 });
  expect(Number(exact?.['cost_nano'])).toBeLessThan(Number(estimate?.['cost_nano']));

  const next = await openCall(halted);
  const [alive] = await gateways.store.query<Row>('select process_id from reservations');
  expect(alive?.process_id).not.toBe(dead?.process_id);
  expect(await processes()).toContain(alive?.process_id);
  next.finish();
  expect(await next.answer).toMatchObject({ status: 200 });
  await eventually(async () => (await calls()).length === 2 || undefined);
  expect(await halted.verify()).toMatchObject({
    ok: true,
    estimated: { calls: 0 },
    reservations: { open: 0 },
  });
  // Once, by whichever of the two noticed first: its heartbeat or a call.
  expect(counted(halted, 'this process was declared dead and goes on under another id')).toBe(1);
  await end(halted, other);
});

test('a thread that ends is started again, and beats on for the same process', async () => {
  const gateway = await gateways.start(LIMITS);
  const beat = async () =>
    Number(
      (
        await gateways.store.query<{ at: string }>(
          'select extract(epoch from max(heartbeat_at))::text as at from gateway_processes',
        )
      )[0]?.at,
    );
  const before = await eventually(async () => (await processes()).at(-1));
  gateway.tell({ endThreads: true });
  await lineOf(gateway, 'the thread of the heartbeat ended and is started again');
  const last = await beat();
  await eventually(async () => (await beat()) > last || undefined);
  expect((await processes()).at(-1)).toBe(before);
  // The thread keeps nothing open either.
  gateway.child.kill('SIGTERM');
  expect(await gateway.ended).toBeNull();
  expect(gateway.child.exitCode).toBe(0);
  expect(await processes()).toEqual([]);
});

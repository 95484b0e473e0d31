/** Four gateway processes on one store: each alert arrives, and but once while nobody is killed. */
import { startAlertReceiver, ok, type AlertReceiver } from '../support/alert-receiver';
import { eventually, MASTER_KEY } from '../support/gateway';
import { startLimitedGateways, type LimitedGateway, type LimitedGateways } from '../support/limited-gateways';

const LIMITS = { alertLookMs: 100, alertPauseMs: 50, alertBurstMs: 1_500, deadAfterMs: 5_000 };

let receiver: AlertReceiver;
let gateways: LimitedGateways;
let fleet: LimitedGateway[];
beforeAll(async () => {
  receiver = await startAlertReceiver();
  gateways = await startLimitedGateways(receiver.env);
  fleet = await Promise.all([1, 2, 3, 4].map(() => gateways.start(LIMITS)));
});
afterAll(async () => {
  await gateways.close();
  await receiver.close();
});

/** What nobody but the store tells of: so many accounts that a step is reached at, each by a call. */
const RAISE = `select raise_alert($1, $2, 'info', 'x', null,
  '{"title":["x"],"facts":[],"whatToDo":""}', array['webhook'], null, false, 1000000, '1 second')`;

const raise = (event: string, kind = 'count_below_usage') => gateways.store.query(RAISE, [event, kind]);

const waiting = async (): Promise<number> =>
  (await gateways.store.query('select from alert_deliveries where delivered_at is null and ended_at is null'))
    .length;

const allDelivered = () => eventually(async () => ((await waiting()) === 0 ? true : undefined));

const countOf = (prefix: string): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const { json } of receiver.received)
    if (json.id.startsWith(prefix)) counts.set(json.id, (counts.get(json.id) ?? 0) + 1);
  return counts;
};

test('what all of them see and bring at the same time comes once', async () => {
  const events = Array.from({ length: 40 }, (_, at) => `many/${at}`);
  // Each is told by several, as processes do that see the same.
  await Promise.all(events.flatMap((event) => [raise(event), raise(event), raise(event)]));
  await allDelivered();
  expect([...countOf('many/').entries()].sort()).toEqual(events.map((event) => [event, 1]).sort());
});

test('a step of a budget that calls through all four reach is told once', async () => {
  const [first] = fleet;
  const key = await first?.workspaceKey();
  if (first === undefined || key === undefined) throw new Error('no key');
  await first.chat(key);
  await gateways.store.query("update accounts set spent_nano = 5500000000 where label like 'workspace/%'");
  for (const { status } of await Promise.all(fleet.map((gateway) => gateway.chat(key))))
    expect(status).toBe(200);
  await receiver.of('budget_step');
  await allDelivered();
  expect([...countOf('budget/').values()]).toEqual([1]);
});

test('while the other side fails, everything is kept; it comes in the end, with growing pauses between', async () => {
  let refusals = 0;
  receiver.behave((_, response) => {
    refusals += 1;
    void response.writeHead(500).end();
  });
  await Promise.all(Array.from({ length: 10 }, (_, at) => raise(`later/${at}`)));
  await eventually(() => (refusals >= 8 ? true : undefined));
  expect(await waiting()).toBe(10);
  receiver.behave(ok);
  await allDelivered();
  expect(countOf('later/').size).toBe(10);
  // A process that failed says so once, and that it is over once it has something to send again.
  for (const gateway of fleet) {
    const said = (words: string) => gateway.out().split(words).length - 1;
    expect(said('alerts do not arrive')).toBeLessThanOrEqual(1);
    expect(said('alerts arrive again')).toBeLessThanOrEqual(said('alerts do not arrive'));
  }
});

test('whoever is killed takes none along: all arrive, some perhaps twice, and none from a lease that holds', async () => {
  // Slow enough that some are under way whenever somebody is killed.
  receiver.behave((_, response) => void setTimeout(() => response.end('ok'), 30));
  await Promise.all(Array.from({ length: 30 }, (_, at) => raise(`killed/${at}`)));
  for (const index of [0, 1, 2]) {
    const before = countOf('killed/').size;
    await eventually(() => (countOf('killed/').size > before || before === 30 ? true : undefined));
    fleet[index]?.child.kill('SIGKILL');
    await fleet[index]?.ended;
  }
  // What the dead had in hand is free when their leases end: the clock need not be waited for.
  await eventually(async () => {
    const [row] = await gateways.store.query<{ many: string }>(
      `select count(*) as many from alert_deliveries
       where delivered_at is null and ended_at is null and lease_until is null`,
    );
    return Number(row?.many) === 0 ? true : undefined;
  });
  await gateways.store.query(
    "update alert_deliveries set lease_until = now() where delivered_at is null and lease_until > now() + '1 second'",
  );
  await allDelivered();
  const counts = countOf('killed/');
  expect(counts.size).toBe(30);
  // Each of the three may have brought one that nobody has noted.
  expect([...counts.values()].reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(33 + 1);
});

test('a flood of one kind is collapsed, and counted', async () => {
  receiver.behave(ok);
  const flood = `select raise_alert('flood/' || n, 'model_ends', 'info', 'model/' || n, null,
    '{"title":["x"],"facts":[],"whatToDo":""}', array['webhook'], null, false, 10, '1 hour')
    from generate_series(1, 25) as n`;
  await gateways.store.query(flood);
  const [counted] = await receiver.of('collapsed');
  expect(counted?.json.title).toBe('15 more alerts of the kind model_ends than were told one by one.');
  await allDelivered();
  expect(countOf('flood/').size).toBe(10);
  expect(receiver.received.filter(({ json }) => json.kind === 'collapsed')).toHaveLength(1);
});

test('a silence holds in every process, and for what waits', async () => {
  const survivor = fleet[3] as LimitedGateway;
  const administer = async (path: string, body: unknown) => {
    const answer = await fetch(survivor.adminUrl + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${MASTER_KEY}` },
      body: JSON.stringify(body),
    });
    return { status: answer.status, json: (await answer.json()) as { id: number } };
  };
  receiver.behave((_, response) => void response.writeHead(503).end());
  await raise('silent/waiting', 'key_closed');
  await eventually(() => countOf('silent/waiting').get('silent/waiting'));
  const { status, json } = await administer('/alerts/silence', { kind: 'key_closed', duration: '2h' });
  expect(status).toBe(200);
  receiver.behave(ok);
  const [outcome] = await raise('silent/new', 'key_closed');
  expect(outcome).toEqual({ raise_alert: 'silenced' });
  expect((await administer('/alerts/unsilence', { id: json.id })).status).toBe(200);
  expect((await administer('/alerts/unsilence', { id: json.id })).status).toBe(404);
  expect((await raise('silent/over', 'key_closed'))[0]).toEqual({ raise_alert: 'told' });
  await eventually(() => countOf('silent/over').get('silent/over'));
  await allDelivered();
  expect(countOf('silent/new').size).toBe(0);
});

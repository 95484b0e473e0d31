import { checkAccounts } from '../../gateway/admin/account-check';
import { createLedger, type Ledger } from '../../gateway/ledger/ledger';
import { createAccountDirectory } from '../../gateway/ledger/account-directory';
import type { AccountTerms } from '../../gateway/ledger/account-terms';
import type { CallOrigin, CallRecord } from '../../gateway/ledger/call-record';
import type { Reservation } from '../../gateway/ledger/reservation';
import { createLogger, type Logger } from '../../gateway/log';
import { openDatabase, type Database } from '../../gateway/store/database';
import { migrate } from '../../gateway/store/migrate';
import { eventually } from './support/gateway';
import { startStore, type TestStore } from './support/store';

const DAY_MS = 86_400_000;
/** Today's window, and yesterday's, which a call may have begun in. */
const NEXT = new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS);
const START = new Date(NEXT.getTime() - DAY_MS);
/** Never beats and never sweeps by itself. */
const STILL = {
  heartbeatMs: 3_600_000,
  deadAfterMs: 3_600_000,
  strayAfterMs: 3_600_000,
  loopStallMs: 3_600_000,
};
/** Sweeps what has been still for a third of a second. */
const SWEEPING = { ...STILL, heartbeatMs: 50, deadAfterMs: 300 };
const AMOUNT = 1_000 + 100 * 15;

const logs: string[] = [];
const logger = createLogger('debug', (line) => logs.push(line));

let store: TestStore;
let database: Database;
let ids: readonly string[];
let keyId: string;
let ledgers: Ledger[];

beforeAll(async () => {
  store = await startStore();
  database = openDatabase({ connectionString: store.url }, logger);
  await migrate(database, logger);
});
afterAll(async () => {
  await database.close();
  await store.remove();
});
beforeEach(async () => {
  await store.query('delete from calls; select restart_sums()');
  await store.query('delete from keys');
  await store.query('delete from accounts');
  ids = await createAccountDirectory(database).idsOf(['workspace/w/o', 'owner/o', 'template/t']);
  const [key] = await store.query<{ id: string }>(
    `insert into keys (hash, prefix, last_four, scope, account_id, owner_id, owner_name, valid_from)
     values ('hash', 'sk-abcd', 'wxyz', 'workspace', $1, 'o', 'ann', now()) returning id`,
    [ids[0]],
  );
  keyId = key?.id ?? '';
  logs.length = 0;
  ledgers = [];
});
afterEach(async () => {
  for (const ledger of ledgers) await ledger.close();
  expect((await checkAccounts(database)).findings).toEqual([]);
  await store.query('delete from reservations');
  await store.query('delete from gateway_processes');
});

function ledgerWith(limits: typeof STILL, log: Logger = logger): Ledger {
  const ledger = createLedger(database, log, { ...limits, connection: { connectionString: store.url } });
  ledgers.push(ledger);
  return ledger;
}

const terms = (): AccountTerms[] =>
  ids.map((id, index) => ({
    id,
    kind: index === 0 ? 'key' : index === 1 ? 'owner' : 'team',
    name: 'x',
    duration: '1d',
    window: { start: START, end: NEXT },
    budget: 1_000_000_000,
    limits: { requests: 10_000, tokens: 1_000_000, parallel: 10_000 },
  }));

const origin = (): CallOrigin => ({
  keyId,
  scope: 'workspace',
  ownerId: 'o',
  ownerName: 'ann',
  workspaceId: null,
  workspaceName: null,
  templateName: 't',
  level: 'standard',
  protocol: 'openai-chat',
  model: 'claude-haiku-4-5',
  modelAsked: 'claude-haiku',
  streamed: true,
  client: 'jest',
  session: 'ses_0a1b2c3d',
});

const record = (cost: number): CallRecord => ({
  origin: origin(),
  provider: 'anthropic',
  deployment: 'x',
  attempts: 1,
  inputTokens: 10,
  outputTokens: 5,
  cacheWriteTokens: 0,
  cacheReadTokens: 0,
  cost,
  estimated: false,
  latencyMs: 9,
  firstTokenMs: 3,
  status: 200,
  errorType: null,
});

async function reserve(ledger: Ledger): Promise<Reservation> {
  const outcome = await ledger.reserve({
    requestId: crypto.randomUUID(),
    accounts: terms(),
    inputCost: 1_000,
    outputTokenCost: 15,
    maxTokens: 100,
    minTokens: 10,
    origin: origin(),
  });
  if (!outcome.granted) throw new Error(outcome.refusal.reason);
  return outcome.reservation;
}

const settle = (ledger: Ledger, reservation: Reservation, cost: number, start = START) =>
  ledger.settle(reservation, [start, start, start], record(cost));
const accounts = () =>
  store.query(
    'select spent_nano::int as spent, reserved_nano::int as reserved, open_calls as open from accounts order by id',
  );
const all = (spent: number, reserved = 0, open = 0) => ids.map(() => ({ spent, reserved, open }));
const calls = () => store.query('select * from calls');
const nothingReserved = () =>
  eventually(async () => ((await store.query('select from reservations')).length === 0 ? true : undefined));
/** As a process that was killed, or whose machine sleeps. */
const stopHeart = () =>
  store.query("update gateway_processes set heartbeat_at = clock_timestamp() - interval '1 minute'");

describe('calls of a gateway process that is gone', () => {
  test('are booked in full and marked, once, however many sweep', async () => {
    const gone = ledgerWith(STILL);
    const reservations = await Promise.all(Array.from({ length: 1_200 }, () => reserve(gone)));
    expect(await accounts()).toEqual(all(0, 1_200 * AMOUNT, 1_200));
    await stopHeart();
    for (let sweeper = 0; sweeper < 3; sweeper += 1) ledgerWith(SWEEPING);
    await nothingReserved();
    await eventually(async () =>
      (await store.query('select from gateway_processes')).length === 3 ? true : undefined,
    );
    const rows = await calls();
    expect(rows).toHaveLength(1_200);
    expect(rows[0]).toMatchObject({
      key_id: keyId,
      account_ids: ids,
      owner_id: 'o',
      template_name: 't',
      model: 'claude-haiku-4-5',
      model_asked: 'claude-haiku',
      protocol: 'openai-chat',
      client: 'jest',
      session: 'ses_0a1b2c3d',
      streamed: true,
      cost_nano: String(AMOUNT),
      estimated: true,
      error_type: 'gateway_died',
    });
    expect(await accounts()).toEqual(all(1_200 * AMOUNT));
    expect(reservations).toHaveLength(1_200);
    expect(logs.filter((line) => line.includes('booked in full')).length).toBeGreaterThanOrEqual(3);
  });

  test('are booked exactly after all, should it come back and know what they cost', async () => {
    const slept = ledgerWith(STILL);
    const [one, two] = [await reserve(slept), await reserve(slept)];
    await stopHeart();
    const sweeper = ledgerWith(SWEEPING);
    await nothingReserved();
    await sweeper.close();
    expect(await accounts()).toEqual(all(2 * AMOUNT));
    await settle(slept, one, 700);
    await settle(slept, one, 700);
    expect(await accounts()).toEqual(all(AMOUNT + 700));
    expect(await calls()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          request_id: one.requestId,
          cost_nano: '700',
          estimated: false,
          input_tokens: '10',
        }),
        expect.objectContaining({ request_id: two.requestId, cost_nano: String(AMOUNT), estimated: true }),
      ]),
    );
    // It has been declared dead and cannot reserve under its old id; it takes another by itself.
    const three = await reserve(slept);
    await settle(slept, three, 100);
    expect(await accounts()).toEqual(all(AMOUNT + 800));
    expect(logs.join()).toContain('goes on under another id');
  });

  test('when settled while they are swept are booked once, exactly', async () => {
    const slept = ledgerWith(STILL);
    const reservations = await Promise.all(Array.from({ length: 400 }, () => reserve(slept)));
    await stopHeart();
    ledgerWith(SWEEPING);
    ledgerWith(SWEEPING);
    // They sweep once they have been beating for as long as they give others.
    await eventually(async () => {
      const beating = await store.query('select from gateway_processes where heartbeat_at > started_at');
      return beating.length === 2 || undefined;
    });
    await new Promise((resolve) => setTimeout(resolve, 320));
    await Promise.all(reservations.map((reservation) => settle(slept, reservation, 7)));
    await nothingReserved();
    expect(await accounts()).toEqual(all(400 * 7));
    expect((await calls()).every((row) => row['estimated'] === false)).toBe(true);
  });

  test('an exact cost that comes in a later window leaves that window alone', async () => {
    const slept = ledgerWith(STILL);
    const one = await reserve(slept);
    await stopHeart();
    const sweeper = ledgerWith(SWEEPING);
    await nothingReserved();
    // So that it does not take the next call for one of a dead process as well.
    await sweeper.close();
    await settle(slept, await reserve(slept), 50, NEXT);
    await settle(slept, one, 700, NEXT);
    expect(await accounts()).toEqual(all(50));
    expect((await calls()).map((row) => Number(row['cost_nano'])).sort((a, b) => a - b)).toEqual([50, 700]);
  });

  test('of one that was told to stop are booked at the next look of another', async () => {
    const stopping = ledgerWith(STILL);
    await reserve(stopping);
    await stopping.close();
    ledgerWith(SWEEPING);
    await nothingReserved();
    expect(await accounts()).toEqual(all(AMOUNT));
  });
});

test('one that lives is not swept, and after the store was away nobody is at once', async () => {
  const patient = { ...SWEEPING, deadAfterMs: 2_000 };
  const said: string[][] = [[], []];
  const [alive] = said.map((lines) =>
    ledgerWith(
      patient,
      createLogger('debug', (line) => lines.push(line)),
    ),
  ) as [Ledger, Ledger];
  const reservation = await reserve(alive);
  /** Until another one, that is surely dead, was swept. */
  const swept = async () => {
    await store.query(
      "insert into gateway_processes (heartbeat_at) values (clock_timestamp() - interval '1 hour')",
    );
    await eventually(async () => {
      const dead = await store.query(
        "select from gateway_processes where heartbeat_at < clock_timestamp() - interval '30 minutes'",
      );
      return dead.length === 0 || undefined;
    });
  };
  await swept();
  await store.stop();
  // However fast the store would be back.
  await eventually(
    () => said.every((lines) => lines.some((line) => line.includes('heartbeat missed'))) || undefined,
  );
  await store.start();
  // As long as it takes to look dead.
  await stopHeart();
  await swept();
  expect(await calls()).toEqual([]);
  await settle(alive, reservation, 10);
  expect(await accounts()).toEqual(all(10));
});

test('a reservation whose answer was lost is given back, and those in use are not', async () => {
  const ledger = ledgerWith({ ...STILL, heartbeatMs: 50, strayAfterMs: 200 });
  const known = await reserve(ledger);
  await store.query(
    `insert into reservations (request_id, process_id, account_ids, amount_nano, call)
     select gen_random_uuid(), process_id, account_ids, 5, call from reservations`,
  );
  await store.query('update accounts set reserved_nano = reserved_nano + 5, open_calls = open_calls + 1');
  await eventually(async () =>
    (await store.query('select from reservations')).length === 1 ? true : undefined,
  );
  expect(await accounts()).toEqual(all(0, AMOUNT, 1));
  expect(await calls()).toEqual([]);
  await settle(ledger, known, 1);
  expect(await accounts()).toEqual(all(1));
});

import { createAccountDirectory } from '../../gateway/ledger/account-directory';
import type { AccountTerms } from '../../gateway/ledger/account-terms';
import { bookingValues } from '../../gateway/ledger/booking';
import type { CallOrigin, CallRecord } from '../../gateway/ledger/call-record';
import { createLedger, type Ledger } from '../../gateway/ledger/ledger';
import { createLogger } from '../../gateway/log';
import { openDatabase, type Database } from '../../gateway/store/database';
import { migrate } from '../../gateway/store/migrate';
import { startStore, type TestStore } from './support/store';

const START = new Date('2026-11-21T00:00:00Z');
const STILL = {
  heartbeatMs: 3_600_000,
  deadAfterMs: 3_600_000,
  strayAfterMs: 3_600_000,
  loopStallMs: 3_600_000,
};
const INPUT_COST = 1_000;
const TOKEN_COST = 15;
const MAX_TOKENS = 100;
const AMOUNT = INPUT_COST + MAX_TOKENS * TOKEN_COST;

const logger = createLogger('error', () => {});
/** Names of the ledger's statements, in the order they were asked. */
const asked: string[] = [];

let store: TestStore;
let database: Database;
let ledger: Ledger;
let accountId: string;
let keyId: string;

beforeAll(async () => {
  store = await startStore();
  database = openDatabase({ connectionString: store.url }, logger);
  await migrate(database, logger);
  const watched: Database = {
    ...database,
    run(name, text, values) {
      if (name.startsWith('ledger-')) asked.push(name);
      return database.run(name, text, values);
    },
  };
  ledger = createLedger(watched, logger, { ...STILL, connection: { connectionString: store.url } });
});
afterAll(async () => {
  await ledger.close();
  await database.close();
  await store.remove();
});
let made = 0;
beforeEach(async () => {
  const label = `workspace/${(made += 1)}`;
  [accountId = ''] = await createAccountDirectory(database).idsOf([label]);
  const [key] = await store.query<{ id: string }>(
    `insert into keys (hash, prefix, last_four, scope, account_id, owner_id, owner_name, valid_from)
     values ($2, 'sk-abcd', 'wxyz', 'workspace', $1, 'o', 'ann', now()) returning id`,
    [accountId, label],
  );
  keyId = key?.id ?? '';
  asked.length = 0;
});

/** The account has room for one call at its worst, and no more. */
const terms = (): AccountTerms[] => [
  {
    id: accountId,
    kind: 'key',
    name: 'x',
    duration: '1d',
    window: { start: START, end: new Date('2026-11-22T00:00:00Z') },
    budget: AMOUNT,
    limits: { requests: 10_000, tokens: 1_000_000, parallel: 10_000 },
  },
];

const origin = (changes: Partial<CallOrigin> = {}): CallOrigin => ({
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
  session: null,
  ...changes,
});

const record = (cost: number, of = origin()): CallRecord => ({
  origin: of,
  provider: 'anthropic',
  deployment: null,
  attempts: 1,
  inputTokens: 10,
  outputTokens: 5,
  cacheWriteTokens: 0,
  cacheReadTokens: 0,
  cost,
  estimated: false,
  latencyMs: 9,
  firstTokenMs: null,
  status: 200,
  errorType: null,
});

const reserve = (maxTokens = MAX_TOKENS) =>
  ledger.reserve({
    requestId: crypto.randomUUID(),
    accounts: terms(),
    inputCost: INPUT_COST,
    outputTokenCost: TOKEN_COST,
    maxTokens,
    minTokens: 10,
    origin: origin(),
  });

async function granted(maxTokens?: number) {
  const outcome = await reserve(maxTokens);
  if (!outcome.granted) throw new Error(outcome.refusal.reason);
  return outcome.reservation;
}

const account = async () => {
  const [row] = await store.query<{ spent: number; reserved: number; open: number }>(
    'select spent_nano::int as spent, reserved_nano::int as reserved, open_calls as open from accounts where id = $1',
    [accountId],
  );
  return row;
};

test('a call that ends makes room for one that begins at the same moment, in one statement', async () => {
  const first = await granted();
  expect(await reserve()).toMatchObject({ granted: false, refusal: { reason: 'budget', reserved: AMOUNT } });
  asked.length = 0;
  const [second] = await Promise.all([granted(), ledger.settle(first, [START], record(100))]);
  expect(asked).toEqual(['ledger-settle-and-admit']);
  expect(second.maxTokens).toBe(Math.floor((AMOUNT - 100 - INPUT_COST) / TOKEN_COST));
  expect(await account()).toEqual({ spent: 100, reserved: second.amount, open: 1 });
  await ledger.settle(second, [START], record(50));
  expect(await account()).toEqual({ spent: 150, reserved: 0, open: 0 });
});

test('one that the store cannot take does not take the others with it', async () => {
  const first = await granted();
  const [, booked, begun] = await Promise.allSettled([
    ledger.settle({ ...first, requestId: crypto.randomUUID() }, [START], record(-1)),
    ledger.settle(first, [START], record(7)),
    reserve(),
  ]);
  expect(booked).toMatchObject({ status: 'fulfilled' });
  expect(begun).toMatchObject({ status: 'fulfilled', value: { granted: true } });
  expect(await account()).toMatchObject({ spent: 7, open: 1 });
});

test.each([
  ['less than nothing', { inputCost: -1 }],
  ['less than nothing a token', { outputTokenCost: -15 }],
  ['no number', { inputCost: Number.NaN }],
  ['part of a nano-dollar', { inputCost: 0.5 }],
  ['more than can be counted', { outputTokenCost: Number.MAX_SAFE_INTEGER }],
  ['no answer at all', { minTokens: 0 }],
  ['less than the least answer', { maxTokens: 9 }],
])('a call that comes to %s never reaches the store', async (_, changes) => {
  const request = {
    ...{ requestId: crypto.randomUUID(), accounts: terms(), inputCost: INPUT_COST },
    ...{ outputTokenCost: TOKEN_COST, maxTokens: MAX_TOKENS, minTokens: 10, origin: origin() },
  };
  await expect(ledger.reserve({ ...request, ...changes })).rejects.toThrow('no call comes to');
  expect(asked).toEqual([]);
  expect((await ledger.reserve(request)).granted).toBe(true);
});

test('whatever a name holds is booked as it is', async () => {
  const awkward = {
    ownerName: 'a "b" \\c\\ {d,e} \'f\'',
    workspaceName: 'null',
    templateName: '',
    modelAsked: 'ü 漢 🦊 \n\t,',
    client: '"',
    session: '{",}\\',
  };
  const reservation = await granted();
  await ledger.settle(reservation, [START], record(1, origin(awkward)));
  const [row] = await store.query('select * from calls where request_id = $1', [reservation.requestId]);
  expect(row).toMatchObject({
    owner_name: awkward.ownerName,
    workspace_id: null,
    workspace_name: awkward.workspaceName,
    template_name: awkward.templateName,
    model_asked: awkward.modelAsked,
    client: awkward.client,
    session: awkward.session,
    provider: 'anthropic',
    deployment: null,
    first_token_ms: null,
    streamed: true,
    cost_nano: '1',
  });
});

test('a gateway of a version that knows no conversations goes on booking beside this one', async () => {
  const reservation = await granted();
  const values = bookingValues([{ reservation, windowStarts: [START], record: record(7) }]).slice(0, -1);
  const [known] = await store.query<{ types: string[] }>(
    `select array(select format_type(t, null) from unnest(proargtypes) with ordinality as a (t, n) order by n) as types
     from pg_proc where proname = 'settle_calls' and pronargs = $1`,
    [values.length],
  );
  const places = known?.types.map((type, at) => `$${at + 1}::${type}`).join(', ') ?? '';
  await store.query(`select settle_calls(${places})`, values);
  const [row] = await store.query('select * from calls where request_id = $1', [reservation.requestId]);
  expect(row).toMatchObject({ cost_nano: '7', session: null });
  expect(await account()).toEqual({ spent: 7, reserved: 0, open: 0 });
});

/**
 * A budget that nobody can overrun: four gateway processes on one Postgres, two hundred clients, one key, random
 * costs. Small in `npm test`; ten thousand calls with `npm run test:money`.
 */
import { CLAIM_SECRET, makeClaim, signClaim } from '../gateway/support/claims';
import { eventually, MASTER_KEY } from '../gateway/support/gateway';
import { policyFile, type PolicyFile } from '../gateway/support/policy-file';
import { startBillingProvider, usageName, type BillingProvider } from './billing-provider';
import { callMany } from './clients';
import { startFleet, type Fleet } from './fleet';
import { startKillableStore, type KillableStore } from './killable-store';

const CALLS = Number(process.env['MONEY_CALLS'] ?? 1_000);
const CLIENTS = 200;
const PROCESSES = 4;
/** Nano-dollars: some four of five calls find room in it. */
const BUDGET = CALLS * 500_000;
const LIMIT_MS = 180_000 + CALLS * 60;

interface LedgerRow {
  request_id: string;
  input_tokens: string;
  output_tokens: string;
  cost_nano: string;
  estimated: boolean;
  error_type: string | null;
}

let store: KillableStore;
let file: PolicyFile;
let provider: BillingProvider;
let fleet: Fleet;
let key: string;

async function start(limits: {
  heartbeatMs: number;
  deadAfterMs: number;
  strayAfterMs: number;
}): Promise<void> {
  const team = { maxBudget: 1_000, budgetDuration: '30d' } as const;
  store = await startKillableStore();
  file = await policyFile({
    workspace: { maxBudget: BUDGET / 1e9, budgetDuration: 'none' },
    teams: { templates: { 'contractor-workspace': team }, groups: {} },
  });
  provider = await startBillingProvider(60);
  fleet = await startFleet(PROCESSES, {
    ...file.env,
    MONEY_LIMITS: JSON.stringify(limits),
    GATEWAY_PORT: '0',
    GATEWAY_ADMIN_PORT: '0',
    GATEWAY_MASTER_KEY: MASTER_KEY,
    WORKSPACE_CLAIM_SECRET: CLAIM_SECRET,
    DATABASE_URL: store.url,
    ANTHROPIC_API_KEY: 'sk-ant-money',
    ANTHROPIC_BASE_URL: provider.url,
  });
  const response = await fetch(`${await fleet.url(0)}/api/v1/keys/workspace`, {
    method: 'POST',
    headers: { authorization: `Bearer ${signClaim(makeClaim({ level: 'unrestricted' }))}` },
    body: '{}',
  });
  ({ key } = (await response.json()) as { key: string });
}

afterEach(async () => {
  await fleet.close();
  await provider.close();
  await store.remove();
  await file.remove();
});

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, each) => total + each, 0);
const billed = () => sum([...provider.charges.values()].map(({ cost }) => cost));

/** Once nothing is reserved any more. */
async function ledger(): Promise<LedgerRow[]> {
  await eventually(async () => {
    const open = await store.query('select from reservations');
    return open.length === 0 ? true : undefined;
  }, 60_000);
  return store.query<LedgerRow>(
    'select request_id, input_tokens, output_tokens, cost_nano, estimated, error_type from calls',
  );
}

/** Whoever waited has been told something, whatever became of the others. */
async function expectNobodyWaits(): Promise<void> {
  await eventually(async () => ((await fleet.waiting()) === 0 ? true : undefined));
}

/** Each of them has what the ledger has, and nothing is held. */
async function expectAccounts(total: number): Promise<void> {
  const accounts = await store.query(
    'select spent_nano::float8 as spent, reserved_nano, open_calls from accounts',
  );
  expect(accounts).toHaveLength(3);
  for (const account of accounts)
    expect(account).toEqual({ spent: total, reserved_nano: '0', open_calls: 0 });
}

test(
  'billed is within the budget, and the ledger is the bill to the nano-dollar',
  async () => {
    await start({ heartbeatMs: 1_000, deadAfterMs: 20_000, strayAfterMs: 20_000 });
    let mostWaiting = 0;
    const look = (ended: number) => {
      if (ended % 20 !== 0) return;
      void fleet.waiting().then((waiting) => (mostWaiting = Math.max(mostWaiting, waiting)));
    };
    const outcomes = await callMany(fleet, key, CALLS, CLIENTS, look, 20);
    expect(mostWaiting).toBeGreaterThan(0);
    expect([200, 402]).toEqual(expect.arrayContaining([...outcomes.keys()]));
    const rows = await ledger();
    expect(billed()).toBeLessThanOrEqual(BUDGET);
    expect(billed()).toBeGreaterThan(BUDGET / 2);
    expect(rows.filter(({ estimated }) => estimated)).toEqual([]);
    expect(rows).toHaveLength(outcomes.get(200) ?? 0);
    expect(sum(rows.map(({ cost_nano }) => Number(cost_nano)))).toBe(billed());
    await expectAccounts(billed());
    await expectNobodyWaits();
  },
  LIMIT_MS,
);

test(
  'the same when gateways and the store are killed: only estimates are above the bill',
  async () => {
    await start({ heartbeatMs: 300, deadAfterMs: 2_500, strayAfterMs: 4_000 });
    let kills = 0;
    let storeKills: Promise<void> = Promise.resolve();
    const every = Math.floor(CALLS / 9);
    const outcomes = await callMany(fleet, key, CALLS, CLIENTS, (ended) => {
      if (ended % every !== 0) return;
      kills += 1;
      if (kills === 2 || kills === 5) storeKills = storeKills.then(() => store.killAndRestart());
      else if (kills < 8) fleet.kill(Math.floor(Math.random() * PROCESSES));
    });
    await storeKills;
    const rows = await ledger();
    const total = sum(rows.map(({ cost_nano }) => Number(cost_nano)));
    expect(outcomes.get(200)).toBeGreaterThan(0);
    expect(billed()).toBeLessThanOrEqual(BUDGET);
    expect(total).toBeLessThanOrEqual(BUDGET);

    // What is not an estimate is one charge each, exactly; or of a call that no provider heard of.
    const exact = rows.filter(({ estimated, cost_nano }) => !estimated && cost_nano !== '0');
    const names = exact.map(({ input_tokens, output_tokens }) => usageName(input_tokens, output_tokens));
    expect(new Set(names).size).toBe(names.length);
    for (const [index, name] of names.entries())
      expect(provider.charges.get(name)?.cost).toBe(Number(exact[index]?.cost_nano));

    // Every other charge is covered by an estimate.
    const estimates = rows.filter(({ estimated }) => estimated);
    expect(new Set(estimates.map(({ error_type }) => error_type))).toEqual(new Set(['gateway_died']));
    const booked = new Set(names);
    const unbooked = [...provider.charges].filter(([name]) => !booked.has(name));
    expect(unbooked.length).toBeLessThanOrEqual(estimates.length);
    expect(total).toBeGreaterThanOrEqual(billed());
    expect(total - billed()).toBe(
      sum(estimates.map(({ cost_nano }) => Number(cost_nano))) - sum(unbooked.map(([, { cost }]) => cost)),
    );
    await expectAccounts(total);
    await expectNobodyWaits();
    await eventually(async () => {
      const processes = await store.query('select from gateway_processes');
      return processes.length <= PROCESSES ? true : undefined;
    }, 60_000);
    process.stdout.write(
      `${CALLS} calls: ${[...outcomes].map(([status, count]) => `${count} × ${status}`).join(', ')}; ` +
        `${names.length} exact, ${estimates.length} estimated, ${unbooked.length} charges known by estimate only\n`,
    );
  },
  LIMIT_MS,
);

import { say } from '../standins/anthropic';
import { nextMidnight } from './support/calendar';
import { eventually, lastSent, MASTER_KEY, startTestGateway, type TestGateway } from './support/gateway';
import { policyFile, type PolicyFile } from './support/policy-file';
import { startStore, type TestStore } from './support/store';

const HELLO = { messages: [{ role: 'user', content: 'hi' }] };
const OUTPUT_PRICE = 15_000;

describe('budgets that several keys share', () => {
  let file: PolicyFile;
  let store: TestStore;
  let gateway: TestGateway;
  let other: TestGateway;
  let now: Date | undefined;
  let number = 0;

  beforeAll(async () => {
    file = await policyFile();
    store = await startStore();
    const shared = { env: file.env, store, now: () => now ?? new Date() };
    gateway = await startTestGateway(shared);
    other = await startTestGateway({ ...shared, standin: gateway.standin });
  });
  afterAll(async () => {
    await other.close();
    await gateway.close();
    await gateway.standin.close();
    await store.remove();
    await file.remove();
  });
  beforeEach(async () => {
    now = undefined;
    number += 1;
    gateway.standin.reset();
    await gateway.clearLedger();
  });

  const policyOf = async (changes: Parameters<PolicyFile['write']>[0]) => {
    await file.write(changes);
    for (const each of [gateway, other]) each.gateway.services.documents.poll();
  };
  const template = (name: string) => ({ id: `id-of-${name}`, name, version: 'v1' });
  const keyOf = (workspace: string, person: string, groups: string[] = [], from = 'backend') =>
    gateway.workspaceKey({
      workspace: { id: `${workspace}-${number}`, name: workspace },
      owner: { id: `${person}-${number}`, name: person, groups },
      template: template(from),
      level: 'unrestricted',
    });
  /** Spends cents of a dollar, to the tenth, with nothing else under way. */
  const spend = async (key: string, cents: number) => {
    const tokens = Math.round((cents * 1e7) / OUTPUT_PRICE);
    await gateway.settled();
    gateway.standin.answer({ ...say('x'), usage: { input_tokens: 0, output_tokens: tokens } });
    const answer = await gateway.chat(key, { ...HELLO, max_tokens: tokens });
    await gateway.settled();
    return answer;
  };
  /** By another process than the one that decides. */
  const administer = async (path: string, body: unknown) =>
    expect((await other.request(other.adminUrl + path, { key: MASTER_KEY, body })).status).toBe(200);
  const info = async (key: string) => (await other.request('/api/v1/keys/info?usage=false', { key })).json;

  test("an owner's holds over all of the owner's keys and processes, and nobody else's", async () => {
    await policyOf({ owner: { maxBudget: 0.1 } });
    const [one, two, bobs] = [
      await keyOf('one', 'ann'),
      await keyOf('two', 'ann'),
      await keyOf('three', 'bob'),
    ];
    await spend(one, 6);
    expect(await info(two)).toMatchObject({
      spend: 0,
      owner_budget: { max_budget: 0.1, budget_duration: '1d', spend: 0.06, reserved: 0, budget_left: 0.04 },
    });
    const clamped = await other.chat(two, { ...HELLO, max_tokens: 50_000 });
    expect(clamped.status).toBe(200);
    expect(clamped.headers.get('x-gateway-max-tokens')).toBe(String(lastSent(gateway.standin).max_tokens));
    expect(lastSent(gateway.standin).max_tokens).toBeLessThan(0.04e9 / OUTPUT_PRICE);
    await spend(one, 3.51);

    const refused = await other.chat(two, HELLO);
    expect(refused.status).toBe(402);
    expect(refused.headers.get('x-should-retry')).toBe('false');
    expect(refused.json.error.type).toBe('budget_exceeded');
    expect(refused.json.error.message).toMatch(
      /^Budget has been exceeded! User=ann \(all keys together\) Current cost: \$0\.09(?:\d\d)?, Max budget: \$0\.10\./,
    );
    expect(refused.json.error.message).toContain(
      `resets at ${nextMidnight().toISOString()}. An administrator can`,
    );
    expect((await gateway.chat(bobs, { ...HELLO, max_tokens: 300 })).status).toBe(200);
  });

  test.each([
    ['template', { templates: { frontend: { maxBudget: 0.1, budgetDuration: '7d' } }, groups: {} }],
    ['group', { templates: {}, groups: { interns: { maxBudget: 0.1, budgetDuration: '30d' } } }],
  ] as const)('that of a team by %s holds over all of its people', async (kind, teams) => {
    await policyOf({ teams });
    const anns = await keyOf('one', 'ann', ['interns'], 'frontend');
    const bobs = await keyOf('two', 'bob', ['interns', 'staff'], 'frontend');
    const outside = await keyOf('three', 'carl', ['staff'], 'backend');
    await store.query(
      "update accounts set spent_nano = 0 where label like '%/frontend' or label like '%/interns'",
    );
    await spend(anns, 9.51);
    const name = kind === 'template' ? 'template frontend' : 'group interns';
    expect(await info(bobs)).toMatchObject({
      team_budgets: [{ team: name, max_budget: 0.1, spend: 0.0951 }],
    });
    const refused = await other.chat(bobs, HELLO);
    expect(refused.status).toBe(402);
    expect(refused.json.error.message).toContain(
      `Team=${name} (all its workspaces together) Current cost: $0.0951`,
    );
    expect((await spend(outside, 20)).status).toBe(200);
    expect(await info(outside)).toMatchObject({ team_budgets: [] });
  });

  test('hold in one decision: the tightest clamps, and none is charged for what another refuses', async () => {
    await policyOf({
      workspace: { maxBudget: 0.3 },
      owner: { maxBudget: 0.2 },
      teams: { templates: { tight: { maxBudget: 0.1, budgetDuration: '1d' } }, groups: {} },
    });
    const key = await keyOf('one', 'ann', [], 'tight');
    await gateway.chat(key, { ...HELLO, max_tokens: 60_000 });
    expect(lastSent(gateway.standin).max_tokens).toBeLessThan(0.1e9 / OUTPUT_PRICE);
    await spend(key, 9.51);
    expect((await gateway.chat(key, HELLO)).status).toBe(402);
    const accounts = await store.query<{ spent_nano: string; reserved_nano: string }>(
      "select spent_nano, reserved_nano from accounts where label in ($1, $2, 'template/tight')",
      [`workspace/one-${number}/ann-${number}`, `owner/ann-${number}`],
    );
    expect(new Set(accounts.map(({ spent_nano }) => spent_nano)).size).toBe(1);
    expect(accounts.map(({ reserved_nano }) => reserved_nano)).toEqual(['0', '0', '0']);
  });

  test("open anew at midnight of the policy's time zone", async () => {
    await policyOf({ timeZone: 'America/New_York', owner: { maxBudget: 0.1 } });
    const key = await keyOf('one', 'ann');
    now = new Date('2027-03-14T04:59:58Z');
    await store.query('update keys set valid_from = $1', [now]);
    await spend(key, 9.51);
    const refused = await gateway.chat(key, HELLO);
    expect(refused.json.error.message).toContain('resets at 2027-03-14T05:00:00.000Z');
    now = new Date('2027-03-14T05:00:00.000Z');
    // Though the refusal was remembered a moment ago.
    expect((await gateway.chat(key, { ...HELLO, max_tokens: 300 })).status).toBe(200);
    // The clocks are put forward on that day: it has 23 hours.
    expect(await info(key)).toMatchObject({
      window_start: '2027-03-14T05:00:00.000Z',
      window_end: '2027-03-15T04:00:00.000Z',
    });
  });

  test('a budget raised for a while holds soon, and no longer than said', async () => {
    await policyOf({ owner: { maxBudget: 0.1 } });
    const key = await keyOf('one', 'ann');
    await spend(key, 9.51);
    expect((await gateway.chat(key, HELLO)).status).toBe(402);
    await administer('/user/update', {
      user_id: `ann-${number}`,
      temp_budget_increase: 0.1,
      temp_budget_expiry: '1h',
    });
    const small = { ...HELLO, max_tokens: 300 };
    await eventually(async () => ((await gateway.chat(key, small)).status === 200 ? true : undefined));
    expect(await info(key)).toMatchObject({ owner_budget: { max_budget: 0.2 } });
    await gateway.settled();
    // By the store's clock, which all gateway processes share.
    await store.query('update accounts set raised_until = now() where label = $1', [`owner/ann-${number}`]);
    expect(await info(key)).toMatchObject({ owner_budget: { max_budget: 0.1 } });
    expect((await gateway.chat(key, HELLO)).status).toBe(402);
  });

  test('usage above what was set aside is booked, closes the key, and is told loudly', async () => {
    await policyOf({});
    const [key, second] = [await keyOf('one', 'ann'), await keyOf('two', 'ann')];
    gateway.standin.answer({ ...say('x'), usage: { input_tokens: 200_000, output_tokens: 1 } });
    const answer = await gateway.chat(key, { ...HELLO, max_tokens: 300 });
    expect(answer.status).toBe(200);
    const [row] = await gateway.ledger(1);
    expect(row).toMatchObject({ cost_nano: '600015000', estimated: false });
    expect(await info(key)).toMatchObject({ spend: 0.600015, closed: 'usage_above_reservation' });
    const alerts = () =>
      gateway.logs
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter(({ msg }) => msg === 'alert');
    expect(await eventually(() => (alerts().length > 0 ? alerts() : undefined))).toMatchObject([
      { alert: 'usage_above_reservation', request_id: row?.['request_id'], cost_nano: 600_015_000 },
    ]);
    const refused = await other.chat(key, HELLO);
    expect(refused.json.error).toMatchObject({ type: 'key_closed', code: '403' });
    expect(refused.headers.get('x-should-retry')).toBe('false');
    expect((await other.chat(second, HELLO)).status).toBe(200);

    await administer('/key/unblock', { key });
    await eventually(async () => ((await other.chat(key, HELLO)).status === 200 ? true : undefined));
  });

  test('LITELLM_DEFAULT_USER_BUDGET takes the place of the owner budget', async () => {
    await policyOf({ owner: { maxBudget: 5 } });
    const third = await startTestGateway({
      env: { ...file.env, LITELLM_DEFAULT_USER_BUDGET: '0.05' },
      store,
      standin: gateway.standin,
    });
    const key = await keyOf('one', 'ann');
    const answer = await third.request('/api/v1/keys/info', { key });
    expect(answer.json).toMatchObject({ owner_budget: { max_budget: 0.05, budget_duration: '1d' } });
    await spend(key, 5);
    expect((await third.chat(key, HELLO)).json.error.message).toContain('User=ann');
    await third.close();
  });
});

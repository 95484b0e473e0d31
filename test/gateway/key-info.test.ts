import type { SpendReport } from '../../gateway/ledger/spend-report';
import { say } from '../standins/anthropic';
import { NOON_ZONE, noonDay } from './support/calendar';
import { eventually, startTestGateway, type TestGateway } from './support/gateway';

/** The report's part of an answer. */
interface Info {
  readonly usage?: SpendReport['usage'];
  readonly activity?: Omit<SpendReport, 'usage'>;
}

const ANN = { id: 'owner-ann', name: 'ann', groups: [] };
const BOB = { id: 'owner-bob', name: 'bob', groups: [] };

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());
beforeEach(() => gateway.clearLedger());

const infoOf = async (key: string, query = ''): Promise<Info> =>
  (await gateway.request(`/api/v1/keys/info${query}`, { key })).json as unknown as Info;

const keyOf = (owner: typeof ANN, workspace: string): Promise<string> =>
  gateway.workspaceKey({ owner, workspace: { id: workspace, name: `name-of-${workspace}` } });

/** Rows of the ledger as `admit` and `settle` write them, some days ago. */
const book = async (workspace: string, model: string, daysAgo: number, cost: number, rows = 1) =>
  gateway.store.query(
    `insert into calls (request_id, finished_at, key_id, account_id, scope, owner_id, owner_name, workspace_id,
       workspace_name, level, protocol, model, model_asked, attempts, streamed, input_tokens, output_tokens,
       cache_write_tokens, cache_read_tokens, cost_nano, estimated, latency_ms, status, client)
     select gen_random_uuid(), now() - make_interval(days => $3), k.id, k.account_id, k.scope,
       k.owner_id, k.owner_name, k.workspace_id, k.workspace_name, 'standard', 'openai-chat', $2, $2, 1, true, 10, 20, 30, 40, $4,
       false, 900, 200, 'node'
     from keys k, generate_series(1, $5) n where k.workspace_id = $1 and k.revoked_at is null`,
    [workspace, model, daysAgo, cost, rows],
  );

test("a key is told its own account's split and its owner's, by day and by model, to the nano-dollar", async () => {
  const [one] = [await keyOf(ANN, 'w-one'), await keyOf(ANN, 'w-two')];
  await book('w-one', 'claude-haiku-4-5', 0, 100_000_001);
  await book('w-one', 'claude-sonnet-4-5', 0, 200_000_000);
  await book('w-one', 'claude-haiku-4-5', 3, 1);
  await book('w-two', 'claude-haiku-4-5', 3, 1_000_000_000, 2);

  const { activity, usage } = await infoOf(one);
  expect(activity).toMatchObject({ days: 30, time_zone: NOON_ZONE, since: noonDay(29) });
  const tokens = (calls: number) => ({
    calls,
    input_tokens: 10 * calls,
    output_tokens: 20 * calls,
    cache_write_tokens: 30 * calls,
    cache_read_tokens: 40 * calls,
  });
  expect(activity?.account).toEqual({
    total: { ...tokens(3), spend: 0.300000002 },
    by_day: [
      { date: noonDay(0), ...tokens(2), spend: 0.300000001 },
      { date: noonDay(3), ...tokens(1), spend: 0.000000001 },
    ],
    by_model: [
      { model: 'claude-sonnet-4-5', ...tokens(1), spend: 0.2 },
      { model: 'claude-haiku-4-5', ...tokens(2), spend: 0.100000002 },
    ],
  });
  expect(activity?.owner).toEqual({
    total: { ...tokens(5), spend: 2.300000002 },
    by_day: [
      { date: noonDay(0), ...tokens(2), spend: 0.300000001 },
      { date: noonDay(3), ...tokens(3), spend: 2.000000001 },
    ],
    by_model: [
      { model: 'claude-haiku-4-5', ...tokens(4), spend: 2.100000002 },
      { model: 'claude-sonnet-4-5', ...tokens(1), spend: 0.2 },
    ],
    workspaces: 2,
    truncated: false,
    by_workspace: [
      { workspace: { id: 'w-two', name: 'name-of-w-two' }, ...tokens(2), spend: 2 },
      { workspace: { id: 'w-one', name: 'name-of-w-one' }, ...tokens(3), spend: 0.300000002 },
    ],
  });
  expect(usage).toEqual([
    { date: noonDay(0), model: 'claude-haiku-4-5', ...tokens(1), spend: 0.100000001 },
    { date: noonDay(0), model: 'claude-sonnet-4-5', ...tokens(1), spend: 0.2 },
    { date: noonDay(3), model: 'claude-haiku-4-5', ...tokens(1), spend: 0.000000001 },
  ]);
});

test('nothing of another owner is told, also not of a workspace that was theirs', async () => {
  await keyOf(ANN, 'w-handed-on');
  await book('w-handed-on', 'claude-opus-4', 1, 5_000_000_000);
  const bobs = await keyOf(BOB, 'w-handed-on');
  await book('w-handed-on', 'claude-haiku-4-5', 0, 7);

  const { activity, usage } = await infoOf(bobs);
  expect(JSON.stringify({ activity, usage })).not.toMatch(/opus|ann/);
  expect(activity?.owner.total).toMatchObject({ calls: 1, spend: 0.000000007 });
  expect(activity?.account.total).toEqual(activity?.owner.total);

  const anns = await infoOf(await keyOf(ANN, 'w-other'));
  expect(anns.activity?.account.total).toMatchObject({ calls: 0, spend: 0 });
  expect(anns.activity?.owner.total).toMatchObject({ calls: 1, spend: 5 });
});

test('the report goes back thirty days, today included', async () => {
  const key = await keyOf(ANN, 'w-days');
  for (const daysAgo of [29, 30]) await book('w-days', `model-${daysAgo}`, daysAgo, 1);
  const { activity } = await infoOf(key);
  const models = activity?.account.by_model.map(({ model }) => model);
  expect(models).toEqual(['model-29']);
});

test('a key that was never used has a report of zeros', async () => {
  const { activity, usage } = await infoOf(await keyOf({ ...ANN, id: 'owner-new' }, 'w-new'));
  const zeros = {
    calls: 0,
    input_tokens: 0,
    output_tokens: 0,
    cache_write_tokens: 0,
    cache_read_tokens: 0,
    spend: 0,
  };
  expect(usage).toEqual([]);
  expect(activity?.account).toEqual({ total: zeros, by_day: [], by_model: [] });
  expect(activity?.owner).toEqual({
    total: zeros,
    by_day: [],
    by_model: [],
    workspaces: 0,
    truncated: false,
    by_workspace: [],
  });
});

test('?usage=false answers the same but for the report', async () => {
  const key = await keyOf(ANN, 'w-badge');
  const { usage, activity, ...rest } = await infoOf(key);
  expect([usage, activity]).not.toContain(undefined);
  expect(await infoOf(key, '?usage=false')).toEqual(rest);
  expect(await infoOf(key, '?usage=true')).toHaveProperty('activity');
});

test('a call is in the report as soon as it is booked', async () => {
  const key = await keyOf(ANN, 'w-live');
  gateway.standin.answer({ ...say('x'), usage: { input_tokens: 1_000, output_tokens: 10 } });
  await gateway.chat(key, {
    model: 'claude-haiku',
    messages: [{ role: 'user', content: 'hi' }],
    max_tokens: 50,
  });
  await gateway.ledger(1);
  expect((await infoOf(key)).activity?.account).toMatchObject({
    total: { calls: 1, input_tokens: 1_000, output_tokens: 10, spend: 0.00105 },
    by_model: [{ model: 'claude-haiku-4-5' }],
  });
});

test('the models a key may use come with context, price, and whether anybody here can serve them', async () => {
  const { json } = await gateway.request('/v1/models', { key: await keyOf(ANN, 'w-models') });
  const models = new Map(json.data.map((model) => [model.id, model]));
  expect(models.get('claude-sonnet')).toMatchObject({
    object: 'model',
    owned_by: 'anthropic',
    model: 'claude-sonnet-5-5',
    display_name: 'Claude Sonnet 5.5',
    max_input_tokens: 1_000_000,
    max_output_tokens: 128_000,
    supports_vision: true,
    price_per_million_tokens: { input: 2, output: 10, cache_write: 2.5, cache_write_1h: 4, cache_read: 0.1 },
    available: true,
  });
  expect(models.get('bedrock-claude-haiku')).toMatchObject({
    price_per_million_tokens: { input: 1.1 },
    available: false,
  });
  expect(json).toHaveProperty('priced_on', expect.stringMatching(/^\d{4}-\d\d-\d\d$/));
});

/** Calls that statements have read so far, by index or not, as the store counts them: the same on every machine. */
const callsRead = async (): Promise<number> => {
  // A connection tells what it counted once in a while, or when it is told to.
  await gateway.gateway.services.database.run('', 'select pg_stat_force_next_flush()', []);
  const [row] = await gateway.store.query<{ read: string }>(
    "select seq_tup_read + idx_tup_fetch as read from pg_stat_user_tables where relname = 'calls'",
  );
  return Number(row?.read);
};

test('among a hundred thousand calls of fifty owners, the report of one reads that one’s alone', async () => {
  const keys: string[] = [];
  for (let owner = 0; owner < 50; owner += 1)
    keys.push(await keyOf({ ...ANN, id: `owner-${owner}` }, `w-many-${owner}`));
  await gateway.store.query(
    `insert into calls (request_id, finished_at, key_id, account_id, scope, owner_id, owner_name, workspace_id,
       workspace_name, level, protocol, model, model_asked, attempts, streamed, input_tokens, output_tokens,
       cache_write_tokens, cache_read_tokens, cost_nano, estimated, latency_ms, status, client)
     select gen_random_uuid(), now() - make_interval(days => n % 40), k.id, k.account_id, k.scope, k.owner_id,
       k.owner_name, k.workspace_id, k.workspace_name, 'standard', 'openai-chat', 'model-' || n % 4, '', 1, true, 10,
       20, 30, 40, 1000, false, 900, 200, 'node'
     from keys k, generate_series(1, 2000) n where k.workspace_id like 'w-many-%' and k.revoked_at is null`,
  );
  await gateway.store.query('analyze calls');

  const asked = keys.slice(0, 15);
  // Sums that follow calls read what was put in as well: it is enough that nothing else was read at one time of asking.
  const read = await eventually(async () => {
    const before = await callsRead();
    // Often enough for the store to settle on one plan for all owners.
    for (const key of asked) expect((await infoOf(key)).activity?.owner.total.calls).toBe(1_500);
    const more = await eventually(async () => {
      const now = (await callsRead()) - before;
      return now >= asked.length * 1_500 ? now : undefined;
    });
    return more <= asked.length * 2_000 ? more : undefined;
  });
  expect(read).toBeLessThanOrEqual(asked.length * 2_000);
});

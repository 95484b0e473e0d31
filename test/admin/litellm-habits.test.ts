/** What LiteLLM's own tests and tools do by habit, and what is left of it here. */
import { say } from '../standins/anthropic';
import { hashKey } from '../../gateway/keys/key-derivation';
import { windowOf } from '../../gateway/admin/budget-duration';
import { noonDay } from '../gateway/support/calendar';
import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { policyFile, type PolicyFile } from '../gateway/support/policy-file';
import { adminOf, ASK, costing, LONG_ASK, type Admin } from './support';

let policy: PolicyFile;
let gateway: TestGateway;
let admin: Admin;
/** So that a dollar is a dollar: the stand-in counts what it caches besides. */
const UNCACHED = { cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
const TEMPLATE = 'contractor-workspace';
const budget = { maxBudget: 5, budgetDuration: '7d' } as const;

beforeAll(async () => {
  policy = await policyFile({
    teams: { templates: { [TEMPLATE]: budget, idle: { ...budget, maxBudget: 9 } }, groups: {} },
  });
  gateway = await startTestGateway({ env: policy.env });
  admin = adminOf(gateway);
});
afterAll(async () => {
  await gateway.close();
  await policy.remove();
});

/** A key's call of so many dollars. @returns the answer's id, and that of the header */
async function call(
  key: string,
  usd: number,
  extra: object = {},
): Promise<{ id: string; requestId: string }> {
  gateway.standin.answer({ ...say('x'), usage: { ...costing(usd), ...UNCACHED } });
  const answer = await gateway.chat(key, { ...LONG_ASK, ...extra });
  expect(answer.status).toBe(200);
  const id = /"id":"([^"]+)"/.exec(answer.text)?.[1] ?? '';
  await gateway.settled();
  return { id, requestId: answer.headers.get('x-request-id') ?? '' };
}

const list = (answer: { readonly json: unknown }) => answer.json as Record<string, unknown>[];
const raw = (path: string, body?: unknown) =>
  gateway.request(gateway.adminUrl + path, {
    key: gateway.gateway.services.settings.masterKey,
    ...(body === undefined ? {} : { body }),
  });

describe('without user_id', () => {
  test('/key/generate gives out the only key of somebody new', async () => {
    const first = (await admin('/key/generate', {})).json;
    const second = (await admin('/key/generate', { key_alias: 'second', max_budget: 0.5 })).json;
    expect(first['user_id']).toMatch(/^user-[0-9a-f]{24}$/);
    expect(second['user_id']).not.toBe(first['user_id']);
    expect(second).toMatchObject({ key_alias: 'second', max_budget: 0.5 });
    await call(first.key, 0.001);
    expect((await admin(`/user/info?user_id=${String(first['user_id'])}`)).json).toMatchObject({
      user_info: { spend: 0.001 },
      keys: [{ token: first.token }],
    });
  });

  test('/user/new makes somebody new, with a key', async () => {
    const { json, status } = await admin('/user/new', { max_budget: 2 });
    expect(status).toBe(200);
    expect(json).toMatchObject({ user_id: expect.stringMatching(/^user-/) as string, max_budget: 2 });
    expect((await gateway.request('/key/info', { key: json.key })).status).toBe(200);
  });

  test('Coder, which does not know them, does not end them: their id is a name', async () => {
    const { json } = await admin('/key/generate', {});
    const rows = await gateway.store.query('select from owner_names where name = owner_id and name = $1', [
      json['user_id'],
    ]);
    expect(rows).toHaveLength(1);
  });
});

describe('/spend/logs', () => {
  test.each([false, true])('finds a call by the id of its answer (streamed: %p)', async (stream) => {
    const key = (await admin('/key/generate', { user_id: 'ann' })).json.key;
    const { id, requestId } = await call(key, 0.002, { stream });
    expect(id).toBe(`chatcmpl-${requestId}`);
    for (const asked of [id, requestId]) {
      const rows = list(await admin(`/spend/logs?request_id=${asked}`));
      expect(rows).toMatchObject([{ request_id: requestId, api_key: hashKey(key) }]);
      expect(rows[0]?.['spend']).toBeCloseTo(0.002, 4);
    }
  });

  test('and by that of a legacy completion', async () => {
    const key = (await admin('/key/generate', { user_id: 'ann' })).json.key;
    const answer = await gateway.request('/v1/completions', {
      key,
      body: { model: 'claude-haiku', prompt: 'hi', max_tokens: 10 },
    });
    await gateway.settled();
    const { id } = answer.json as unknown as { id: string };
    expect(list(await admin(`/spend/logs?request_id=${id}`))).toHaveLength(1);
  });

  test('the provider’s own id is in the log', async () => {
    const key = (await admin('/key/generate', { user_id: 'ann' })).json.key;
    const { requestId } = await call(key, 0.001);
    const line = gateway.logs.find((each) => each.includes(requestId) && each.includes('"call"'));
    expect(line).toMatch(/"provider_answer":"msg_standin_\d+"/);
  });
});

test('a key that was deleted is not found, unless it is asked for as such', async () => {
  const { key, token } = (await admin('/key/generate', { user_id: 'ann' })).json;
  await admin('/key/delete', { keys: [key] });
  for (const name of [key, token]) {
    const { status, json } = await admin(`/key/info?key=${name}`);
    expect([status, json.error.message]).toEqual([404, expect.stringContaining('not found')]);
    const dead = await admin(`/key/info?key=${name}&include_deleted=true`);
    expect(dead.json.info).toMatchObject({ token, status: 'revoked' });
  }
});

describe('lengths of time', () => {
  test.each([
    ['30s', '1d', true],
    ['24h', '1d', false],
    ['1d', '1d', false],
    ['25h', '7d', true],
    ['1w', '7d', false],
    ['2w', '30d', true],
    ['1mo', '30d', false],
    ['30d', '30d', false],
    ['none', 'none', false],
  ])('%s is %s', (asked, window, isRounded) => expect(windowOf(asked)).toEqual({ window, isRounded }));

  test.each(['', '0s', 'daily', '1y', '31d', '2mo', '-1', '99999999d'])(
    '%s is refused with the nearest',
    (asked) => expect(() => windowOf(asked)).toThrow(/30d/),
  );

  test.each([
    ['/key/generate', { user_id: 'ann' }],
    ['/user/new', { user_id: 'dora' }],
    ['/budget/new', { budget_id: 'short' }],
  ])('%s rounds up and says so', async (path, body) => {
    const { status, headers, json } = await raw(path, { ...body, max_budget: 1, budget_duration: '30s' });
    expect(status).toBe(200);
    expect(headers.get('x-gateway-rounded-fields')).toBe('budget_duration=1d');
    expect(json).toMatchObject({ budget_duration: '1d' });
  });

  test('one of ours is said nothing about', async () => {
    const { headers, json } = await raw('/key/generate', { user_id: 'ann', budget_duration: '1mo' });
    expect([headers.get('x-gateway-rounded-fields'), json]).toEqual([
      null,
      expect.objectContaining({ budget_duration: '30d' }),
    ]);
  });

  test('in a list of keys as well', async () => {
    const { key } = (await admin('/key/generate', { user_id: 'ann' })).json;
    const { headers, text } = await raw('/key/bulk_update', { keys: [{ key, budget_duration: '2d' }] });
    expect(headers.get('x-gateway-rounded-fields')).toBe('budget_duration=7d');
    expect(text).toContain('"budget_duration":"7d"');
  });

  test('a longer one is refused, with the nearest', async () => {
    const { status, json } = await admin('/key/generate', { user_id: 'ann', budget_duration: '90d' });
    expect([status, json.error.param]).toEqual([400, 'budget_duration']);
    expect(json.error.message).toContain('the nearest is 30d');
  });

  test('of a key’s life are taken as LiteLLM takes them', async () => {
    for (const duration of ['30s', '30m', '30h', '30d', '1w', '1mo'])
      expect((await admin('/key/generate', { user_id: 'ann', duration })).status).toBe(200);
  });
});

describe('reports', () => {
  let own: string;
  let workspaces: string;
  beforeAll(async () => {
    await gateway.clearLedger();
    own = (await admin('/key/generate', { user_id: 'erin', key_alias: 'erins' })).json.key;
    workspaces = await gateway.workspaceKey({
      workspace: { id: 'w-9', name: 'dev' },
      owner: { id: 'id-of-fred', name: 'fred', groups: [] },
    });
    await call(own, 0.1);
    await call(own, 0.03);
    await call(workspaces, 0.06);
  });

  test('/spend/keys has the dearest first, and says what is left out', async () => {
    const all = list(await admin('/spend/keys'));
    expect(all.slice(0, 2)).toMatchObject([
      { token: hashKey(own), spend: 0.13 },
      { token: hashKey(workspaces), spend: 0.06 },
    ]);
    const one = await raw('/spend/keys?limit=1');
    expect(list(one)).toHaveLength(1);
    expect(one.headers.get('x-gateway-truncated')).toBe('true');
    expect(one.headers.get('x-gateway-rows')).toBe(String(all.length));
    const next = /<([^>]+)>/.exec(one.headers.get('link') ?? '')?.[1] ?? '';
    expect((await admin(next)).json.keys).toMatchObject([{ token: hashKey(workspaces) }]);
  });

  test('/spend/users has the dearest first, or one', async () => {
    expect(list(await admin('/spend/users')).slice(0, 2)).toMatchObject([
      { user_id: 'erin', spend: 0.13 },
      { user_id: 'id-of-fred', spend: 0.06 },
    ]);
    expect(list(await admin('/spend/users?user_id=fred'))).toMatchObject([{ user_id: 'id-of-fred' }]);
    expect((await admin('/spend/users?user_id=nobody')).status).toBe(404);
    expect((await raw('/spend/users?limit=1')).headers.get('x-gateway-truncated')).toBe('true');
  });

  test('/global/activity adds up to the calls', async () => {
    const { json } = await admin('/global/activity');
    expect(json).toEqual({
      daily_data: [{ date: noonDay(), api_requests: 3, total_tokens: 190_000 }],
      sum_api_requests: 3,
      sum_total_tokens: 190_000,
    });
    expect((await admin('/global/activity?end_date=2001-01-01')).json).toMatchObject({ daily_data: [] });
  });

  test('teams are templates, and add up to everything that was spent', async () => {
    const teams = list(await admin('/team/list'));
    expect(teams).toMatchObject([
      { team_id: '', team_alias: null, spend: 0.13, max_budget: null },
      {
        team_id: TEMPLATE,
        team_alias: TEMPLATE,
        spend: 0.06,
        window_spend: 0.06,
        max_budget: 5,
        budget_left: 4.94,
      },
      { team_id: 'idle', spend: 0, max_budget: 9, budget_duration: '7d' },
    ]);
    const { spend } = (await admin('/global/spend')).json;
    expect(teams.reduce((sum, team) => sum + Number(team['spend']), 0)).toBeCloseTo(Number(spend), 9);
    expect((await admin(`/team/info?team_id=${TEMPLATE}`)).json).toMatchObject({
      team_id: TEMPLATE,
      team_info: teams[1],
      keys: [{ token: hashKey(workspaces) }],
      total_keys: 1,
      team_memberships: [],
    });
    expect((await admin('/team/info?team_id=idle')).json['team_info']).toEqual(teams[2]);
    expect((await admin('/team/info?team_id=none')).status).toBe(404);
  });

  test('customers are people', async () => {
    const erin = {
      user_id: 'erin',
      alias: 'erin',
      blocked: false,
      spend: 0.13,
      litellm_budget_table: { budget_duration: '1d' },
    };
    expect((await admin('/customer/info?end_user_id=erin')).json).toMatchObject(erin);
    expect(list(await admin('/end_user/list'))).toContainEqual(expect.objectContaining({ user_id: 'erin' }));
    await admin('/user/update', { user_id: 'erin', suspended: true });
    expect((await admin('/customer/info?end_user_id=erin')).json['blocked']).toBe(true);
    await admin('/user/update', { user_id: 'erin', suspended: false });
    expect((await admin('/customer/info?end_user_id=nobody')).status).toBe(404);
  });

  test.each(['/team/new', '/customer/new', '/spend/tags', '/model/new', '/global/activity/model'])(
    '%s says what there is instead',
    async (path) => {
      const { status, json } = await admin(path, {});
      expect([status, json.error.type]).toEqual([404, 'not_offered']);
      expect(json.error.message).toMatch(/are not offered by this gateway\. .+\.$/);
    },
  );
});

test('an exhausted budget is 422 where an administrator wants it so', async () => {
  const other = await startTestGateway({ env: { GATEWAY_BUDGET_STATUS: '422' }, store: gateway.store });
  try {
    const { key } = (await adminOf(other)('/key/generate', { user_id: 'gil', max_budget: 0.000_001 })).json;
    const { status, json, headers } = await other.chat(key, ASK);
    expect([status, json.error.type, json.error.code]).toEqual([422, 'budget_exceeded', '422']);
    expect(headers.get('x-should-retry')).toBe('false');
  } finally {
    await other.close();
  }
});

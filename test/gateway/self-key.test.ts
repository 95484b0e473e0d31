import { networkInterfaces } from 'node:os';
import { startCoderStandin, type CoderStandin } from '../standins/coder';
import { MASTER_KEY, startTestGateway, type TestGateway } from './support/gateway';

const ANN = { id: '00000000-0000-4000-8000-0000000000aa', username: 'ann', status: 'active' as const };
const BOB = { id: '00000000-0000-4000-8000-0000000000bb', username: 'bob', status: 'active' as const };

let gateway: TestGateway;
let coder: CoderStandin;
beforeAll(async () => {
  coder = await startCoderStandin();
  coder.users.push({ ...ANN }, { ...BOB });
  gateway = await startTestGateway({ env: { CODER_URL: coder.url, GATEWAY_HOST: '0.0.0.0' } });
});
afterAll(async () => {
  await gateway.close();
  await coder.close();
});
beforeEach(() => {
  coder.trouble = 'none';
  coder.requests.length = 0;
});

const ask = (
  token: string | undefined,
  body: unknown = {},
  headers: Record<string, string> = {},
  path = '/api/v1/keys/self',
) =>
  gateway.request(path, {
    method: 'POST',
    body,
    headers: { ...(token === undefined ? {} : { 'coder-session-token': token }), ...headers },
  });
const statusOf = async (key: string) => (await gateway.request('/v1/models', { key })).status;

test('a person gets a key of their own, on both paths, by either header', async () => {
  const token = coder.token(ANN.id);
  const first = await ask(token, { purpose: 'laptop' });
  expect(first.json).toMatchObject({
    scope: 'user:ann',
    level: 'standard',
    max_budget: 20,
    purpose: 'laptop',
  });
  expect(await statusOf(first.json.key)).toBe(200);
  const bearer = { authorization: `Bearer ${token}` };
  expect((await ask(undefined, {}, bearer, '/api/v1/keys/self-service')).status).toBe(200);
  const info = await gateway.request('/user/info', { key: first.json.key });
  expect(info.json).toMatchObject({ user_id: ANN.id, user_info: { user_alias: 'ann' } });
});

test('asking again for a purpose replaces the former key, on the same account', async () => {
  const token = coder.token(ANN.id);
  const first = (await ask(token, { purpose: 'again' })).json.key;
  const second = (await ask(token, { purpose: 'again' })).json.key;
  expect(second).not.toBe(first);
  expect([await statusOf(first), await statusOf(second)]).toEqual([401, 200]);
  const rows = await gateway.store.query(
    `select distinct account_id from keys where alias = 'self/${ANN.id}/again'`,
  );
  expect(rows).toHaveLength(1);
});

test('a block is not shaken off by asking again, and there is a most of keys', async () => {
  const token = coder.token(BOB.id);
  const { key } = (await ask(token, { purpose: 'p0' })).json;
  await gateway.request(`${gateway.adminUrl}/key/block`, { key: MASTER_KEY, body: { key } });
  expect((await ask(token, { purpose: 'p0' })).status).toBe(401);
  const all = await Promise.all(
    Array.from({ length: 14 }, (_, index) => ask(token, { purpose: `p${index + 1}` })),
  );
  expect(all.filter(({ status }) => status === 200)).toHaveLength(9);
  expect(all.find(({ status }) => status !== 200)?.json.error.type).toBe('too_many_own_keys');
});

test('the token is asked about once, and is nowhere afterwards', async () => {
  const token = coder.token(ANN.id);
  await ask(token);
  expect(coder.requests).toEqual([{ path: '/api/v2/users/me', token }]);
  const dump = await gateway.store.query<{ text: string }>(
    `select string_agg(t::text, ' ') as text from (
       select to_jsonb(keys) as t from keys union all select to_jsonb(owners) from owners
       union all select to_jsonb(admin_audit) from admin_audit union all select to_jsonb(accounts) from accounts) as all_rows`,
  );
  for (const place of [dump[0]?.text, gateway.logs.join('')]) {
    expect(place).not.toContain(token);
    expect(place).not.toContain(token.slice(11));
  }
});

test.each<[string, () => string | undefined, number, string]>([
  ['no token', () => undefined, 401, 'coder_token_missing'],
  ['what cannot be a token', () => MASTER_KEY, 401, 'coder_token_refused'],
  ['a token nobody made', () => `${'x'.repeat(10)}-${'y'.repeat(22)}`, 401, 'coder_token_refused'],
  [
    'a token too narrow',
    () => coder.token(ANN.id, { scopes: ['workspace:read'] }),
    403,
    'coder_token_too_narrow',
  ],
])('%s is refused', async (_, make, status, type) => {
  const answer = await ask(make());
  expect([answer.status, answer.json.error.type]).toEqual([status, type]);
});

test('what cannot be a token is not sent to Coder', async () => {
  await ask(MASTER_KEY);
  expect(coder.requests).toEqual([]);
});

test.each(['outage', 'outage-as-401', 'html', 'limited', 'silent'] as const)(
  'Coder in trouble (%s) is no verdict about the token',
  async (trouble) => {
    coder.trouble = trouble;
    const answer = await ask(coder.token(ANN.id));
    expect([answer.status, answer.json.error.type]).toEqual([503, 'coder_unavailable']);
  },
);

test('a suspended person gets none', async () => {
  const carl = {
    id: '00000000-0000-4000-8000-0000000000cc',
    username: 'carl',
    status: 'active' as 'active' | 'suspended',
  };
  coder.users.push(carl);
  const token = coder.token(carl.id);
  expect((await ask(token)).status).toBe(200);
  carl.status = 'suspended';
  expect((await ask(token)).status).toBe(401);
});

test('who it is comes from the token alone', async () => {
  for (const body of [
    { user_id: BOB.id },
    { level: 'unrestricted' },
    { max_budget: 99 },
    { purpose: '../x' },
    { purpose: 7 },
  ])
    expect([body, (await ask(coder.token(ANN.id), body)).status]).toEqual([body, 400]);
});

test('in the clear from another machine, or by a proxy that got it so, it is refused', async () => {
  const token = coder.token(ANN.id);
  const port = new URL(gateway.dataUrl).port;
  const address = Object.values(networkInterfaces())
    .flat()
    .find((each) => each?.family === 'IPv4' && !each.internal);
  if (address) {
    const answer = await gateway.request(`http://${address.address}:${port}/api/v1/keys/self`, {
      method: 'POST',
      body: {},
      headers: { 'coder-session-token': token },
    });
    expect(answer.json.error.type).toBe('transport_not_private');
  }
  for (const headers of [{ 'x-forwarded-proto': 'http' }, { 'x-forwarded-for': '10.0.0.1' }] as Record<
    string,
    string
  >[])
    expect((await ask(token, {}, headers)).json.error.type).toBe('transport_not_private');
  expect((await ask(token, {}, { 'x-forwarded-proto': 'https', 'x-forwarded-for': '10.0.0.1' })).status).toBe(
    200,
  );
  expect(coder.requests).toHaveLength(1);
});

test('without CODER_URL, or with one in the clear, there is no self-service', async () => {
  for (const env of [{}, { CODER_URL: 'http://coder.example.com:7080' }]) {
    const other = await startTestGateway({ store: gateway.store, standin: gateway.standin, env });
    const answer = await other.request('/api/v1/keys/self', { method: 'POST', body: {} });
    expect(answer.json.error.type).toBe('coder_not_configured');
    await other.close();
  }
});

import { addressOf } from '../../gateway/http/failed-credentials';
import type { Exchange } from '../../gateway/http/exchange';
import { makeClaim, signClaim } from './support/claims';
import { MASTER_KEY, startTestGateway, type TestGateway } from './support/gateway';

const MOST = 3;
const unknownKey = (name: string) => `sk-${name.padEnd(43, 'x')}`;

describe('credentials that fail', () => {
  let gateway: TestGateway;
  let key: string;
  let now = new Date();
  beforeAll(async () => {
    gateway = await startTestGateway({ limits: { failedCredentials: MOST }, now: () => now });
    key = await gateway.workspaceKey();
  });
  afterAll(() => gateway.close());
  beforeEach(() => {
    // Whatever the test before has used up has come back.
    now = new Date(now.getTime() + 120_000);
  });

  const status = async (credential: string, path = '/v1/models') =>
    (await gateway.request(path, { key: credential })).status;
  const fail = async (...names: string[]) => {
    const statuses = [];
    for (const name of names) statuses.push(await status(unknownKey(name)));
    return statuses;
  };

  test('are told to wait when an address has sent too many, while a good key or claim from there is let through', async () => {
    expect(await fail('a', 'b', 'c', 'd')).toEqual([401, 401, 401, 429]);
    const refused = await gateway.request('/v1/models', { key: unknownKey('e') });
    expect(Number(refused.headers.get('retry-after'))).toBe(20);
    expect(refused.json.error.message).toContain('what is good is always let through.');
    // Nothing of them is remembered, so that they are looked for.
    gateway.gateway.services.keys.forget();
    expect(await status(key)).toBe(200);
    expect((await gateway.claimKey()).status).toBe(200);
    now = new Date(now.getTime() + 20_000);
    expect(await fail('f', 'g')).toEqual([401, 429]);
  });

  test('count once when they are sent again and again: an old key goes on hearing what is wrong with it', async () => {
    const names = Array.from({ length: 10 }, () => 'old');
    expect(await fail(...names, 'a', 'b', 'c', 'old')).toEqual([...names.map(() => 401), 401, 401, 429, 401]);
  });

  test('are claims and keys of administrators as well', async () => {
    const forged = (id: string) =>
      gateway.claimKey({ workspace: { id, name: 'dev' } }, 'another-secret-0123456789abcdef0123456789');
    expect((await forged('w1')).status).toBe(401);
    const admin = `${gateway.adminUrl}/key/list`;
    expect([await status('sk-guess-1', admin), await status(unknownKey('guess'), admin)]).toEqual([401, 401]);
    expect(await status('sk-guess-2', admin)).toBe(429);
    expect((await forged('w2')).status).toBe(429);
    expect(await status(MASTER_KEY, admin)).toBe(200);
    const made = await gateway.request(`${gateway.adminUrl}/admin/key/new`, {
      key: MASTER_KEY,
      body: { name: 'ann', role: 'viewer' },
    });
    expect(made.status).toBe(200);
    expect(await status(made.json.key, admin)).toBe(200);
    expect(
      (await gateway.request('/api/v1/keys/workspace', { key: signClaim(makeClaim()), body: {} })).status,
    ).toBe(200);
  });

  test('are looked for together, so that many cost the store little', async () => {
    const run = jest.spyOn(gateway.gateway.services.database, 'run');
    const names = Array.from({ length: 200 }, (_, index) => `flood-${index}`);
    const [good, ...others] = await Promise.all([
      status(key),
      ...names.map((name) => gateway.gateway.services.keys.find(unknownKey(name))),
      ...names.map((name) => gateway.gateway.services.keys.find(unknownKey(name))),
    ]);
    const questions = run.mock.calls.filter(([name]) => name === 'keys-find').length;
    run.mockRestore();
    expect(good).toBe(200);
    expect(others.every((found) => found === undefined)).toBe(true);
    expect(questions).toBeLessThanOrEqual(5);
  });
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  [undefined, ''],
])('an address %s counts as %s', (remoteAddress, expected) => {
  expect(addressOf({ request: { socket: { remoteAddress } } } as unknown as Exchange)).toBe(expected);
});

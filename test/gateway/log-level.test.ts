import { adminOf } from '../admin/support';
import { eventually, MASTER_KEY, startTestGateway, type TestGateway } from './support/gateway';
import { startStore, type TestStore } from './support/store';

let store: TestStore;
let one: TestGateway;
let other: TestGateway;
let time: Date | undefined;
beforeAll(async () => {
  store = await startStore();
  const now = () => time ?? new Date();
  one = await startTestGateway({ store, now });
  other = await startTestGateway({ store, standin: one.standin, now });
});
afterAll(async () => {
  await other.close();
  await one.close();
  await store.remove();
});

const levelOf = ({ gateway }: TestGateway): string => {
  const { set, usual } = gateway.services.logLevel;
  return set?.level ?? usual;
};
const both = (level: string): Promise<true> =>
  eventually(() => (levelOf(one) === level && levelOf(other) === level) || undefined);

test('an administrator sets it for every process, for a while', async () => {
  const admin = adminOf(one);
  expect((await admin('/log/level')).json).toMatchObject({ level: 'debug', usual: 'debug', until: null });
  const answer = await admin('/log/level/set', { level: 'error', minutes: 5 });
  expect(answer.json).toMatchObject({ level: 'error', usual: 'debug', set_by: 'master' });
  // Here at once, elsewhere soon.
  expect(levelOf(one)).toBe('error');
  await both('error');
  const before = one.logs.length;
  await one.request('/v1/models');
  expect(one.logs.slice(before)).toEqual([]);
  expect(one.logs.at(-1)).toContain('the least level of the log has changed');
  const [entry] = await store.query(
    "select action, actor, after from admin_audit where action = 'log/level/set'",
  );
  expect(entry).toMatchObject({ actor: 'master', after: { level: 'error' } });

  time = new Date(Date.now() + 5 * 60_000 + 1_000);
  await both('debug');
  expect((await admin('/log/level')).json).toMatchObject({ level: 'debug', until: null });
});

test('it is taken back at once', async () => {
  const admin = adminOf(one);
  await admin('/log/level/set', { level: 'warn' });
  await both('warn');
  expect((await admin('/log/level/set', { level: null })).json).toMatchObject({
    level: 'debug',
    until: null,
  });
  await both('debug');
});

test('a viewer looks, and changes nothing; what is no level is refused', async () => {
  const admin = adminOf(one);
  const { key } = (await admin('/admin/key/new', { name: 'looks', role: 'viewer' })).json;
  expect((await admin('/log/level', undefined, { key })).status).toBe(200);
  expect((await admin('/log/level/set', { level: 'debug' }, { key })).status).toBe(403);
  for (const body of [{ level: 'all' }, {}, { level: 'warn', minutes: 0 }, { level: 'warn', minutes: 1_441 }])
    expect((await admin('/log/level/set', body, { key: MASTER_KEY })).status).toBe(400);
});

import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { adminOf, ASK, type Admin } from './support';

let gateway: TestGateway;
let admin: Admin;
beforeAll(async () => {
  gateway = await startTestGateway({ env: { LITELLM_DEFAULT_RPM: '3' } });
  admin = adminOf(gateway);
});
afterAll(() => gateway.close());

const rpmOf = async (key: string) => {
  const own = await gateway.request('/api/v1/keys/info?usage=false', { key });
  const answer = await gateway.chat(key, ASK);
  const { limits } = own.json as unknown as { limits: { rpm_limit: number } };
  expect((await admin(`/key/info?key=${key}`)).json.info['rpm_limit']).toBe(limits.rpm_limit);
  expect(answer.headers.get('x-ratelimit-limit-requests')).toBe(String(limits.rpm_limit));
  return limits.rpm_limit;
};

test('LITELLM_DEFAULT_RPM is the rpm of every key that has none of its own', async () => {
  const key = await gateway.workspaceKey();
  expect(await rpmOf(key)).toBe(3);
  expect(await rpmOf((await admin('/key/generate', { scope: 'ci:frontend' })).json.key)).toBe(3);
  for (let call = 0; call < 2; call += 1) expect((await gateway.chat(key, ASK)).status).toBe(200);
  const refused = await gateway.chat(key, ASK);
  expect([refused.status, refused.headers.get('x-ratelimit-remaining-requests')]).toEqual([429, '0']);
});

test('a number that was laid down stays before it, of a key or of its budget', async () => {
  await admin('/budget/new', { budget_id: 'fast', rpm_limit: 9 });
  const own = (await admin('/key/generate', { user_id: 'ann', rpm_limit: 7 })).json.key;
  const named = (await admin('/key/generate', { user_id: 'bob', budget_id: 'fast' })).json.key;
  expect([await rpmOf(own), await rpmOf(named)]).toEqual([7, 9]);
  await admin('/key/update', { key: own, rpm_limit: null });
  expect(await rpmOf(own)).toBe(3);
});

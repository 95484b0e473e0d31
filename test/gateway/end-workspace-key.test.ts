import { MASTER_KEY, startTestGateway, type TestGateway } from './support/gateway';
import { secondsFromNow } from './support/claims';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

let count = 0;
const workspace = () => ({ id: `w-${(count += 1)}`, name: 'dev' });
const giveBack = (key: string) => gateway.request('/api/v1/keys/workspace', { key, method: 'DELETE' });
const statusOf = async (key: string) => (await gateway.request('/v1/models', { key })).status;

test('a workspace gives its key back; its next start brings another, on the terms and the account it had', async () => {
  const mine = { workspace: workspace(), issued_at: secondsFromNow(-60) };
  const key = await gateway.workspaceKey(mine);
  await gateway.request(`${gateway.adminUrl}/key/update`, {
    key: MASTER_KEY,
    body: { key, max_budget: 0.25 },
  });
  const answer = await giveBack(key);
  expect([answer.status, answer.json]).toEqual([200, { ended: true }]);
  expect(await statusOf(key)).toBe(401);
  const again = await giveBack(key);
  expect([again.status, again.json.error.message]).toEqual([
    401,
    'Authentication Error, AI was switched off for this workspace. Choose an AI Coding Agent in its settings and restart it.',
  ]);
  // The claim that brought it is used up.
  expect((await gateway.claimKey(mine)).json.error.type).toBe('claim_used_up');
  const next = await gateway.workspaceKey({ ...mine, issued_at: secondsFromNow(-30) });
  expect(next).not.toBe(key);
  const info = await gateway.request('/api/v1/keys/info?usage=false', { key: next });
  expect(info.json).toMatchObject({ max_budget: 0.25 });
});

test('a stopped workspace’s key is given back all the same, a blocked one stays blocked', async () => {
  const mine = { workspace: workspace(), issued_at: secondsFromNow(-60) };
  const key = await gateway.workspaceKey(mine);
  await gateway.store.query(`update keys set paused_at = now() where workspace_id = '${mine.workspace.id}'`);
  gateway.gateway.services.keys.forget();
  expect((await giveBack(key)).json).toEqual({ ended: true });
  const other = { workspace: workspace(), issued_at: secondsFromNow(-60) };
  const blocked = await gateway.workspaceKey(other);
  await gateway.request(`${gateway.adminUrl}/key/block`, { key: MASTER_KEY, body: { key: blocked } });
  expect((await giveBack(blocked)).status).toBe(401);
  expect((await gateway.claimKey({ ...other, issued_at: secondsFromNow(-30) })).json.error.message).toMatch(
    /blocked/,
  );
});

test('a person’s own key that was pasted into a workspace is theirs, and an administrator’s is not the workspace’s', async () => {
  for (const body of [{ user_id: 'ann' }, { scope: 'workspace:w-by-hand', user_id: 'ann' }]) {
    const made = await gateway.request(`${gateway.adminUrl}/key/generate`, { key: MASTER_KEY, body });
    if (made.status !== 200) throw new Error(JSON.stringify(made.json));
    const answer = await giveBack(made.json.key);
    expect([answer.status, answer.json.error.type]).toEqual([403, 'key_not_of_claim']);
    expect(await statusOf(made.json.key)).toBe(200);
  }
});

test('nobody ends what they have no key of, and what was done is in the trail', async () => {
  expect((await giveBack('sk-nobody-ever-had-this-key-000000000000000000000')).status).toBe(401);
  const rows = await gateway.store.query<{ actor: string }>(
    "select actor from admin_audit where action = 'workspace/assistant-off' order by id",
  );
  expect(rows.map(({ actor }) => actor)).toEqual(['workspace:w-1', 'workspace:w-2']);
});

/** Steps of budgets, keys that are closed, and what becomes of what was told of a person. */
import { createHmac } from 'node:crypto';
import { adminOf, ASK, costing } from '../../admin/support';
import { say } from '../../standins/anthropic';
import { SIGNING_SECRET, startAlertReceiver, type AlertReceiver } from '../support/alert-receiver';
import { eventually, startTestGateway, type TestGateway } from '../support/gateway';
import { policyFile, type PolicyFile } from '../support/policy-file';

let receiver: AlertReceiver;
let document: PolicyFile;
let gateway: TestGateway;
beforeAll(async () => {
  receiver = await startAlertReceiver();
  document = await policyFile({
    workspace: { maxBudget: 10 },
    owner: { maxBudget: 100 },
    teams: { templates: { 'contractor-workspace': { maxBudget: 40, budgetDuration: '30d' } }, groups: {} },
  });
  gateway = await startTestGateway({
    env: { ...document.env, ...receiver.env },
    limits: { alertLookMs: 100, alertPauseMs: 50 },
  });
});
afterAll(async () => {
  await gateway.close();
  await document.remove();
  await receiver.close();
});

const person = (id: string, name: string) => ({
  owner: { id: `7f3a0000-0000-4000-8000-0000000000${id}`, name, groups: [] },
  workspace: { id: `5b1c7d0e-0000-4000-8000-0000000000${id}`, name: 'dev' },
});

/** Books a call, after which the key's own account stands at so much; and the team's at another, where it is named. */
async function spend(key: string, usd: number, ofTeam = 0): Promise<number> {
  const { status: first } = await gateway.chat(key, ASK);
  await gateway.settled();
  if (first !== 200) return first;
  const [call] = await gateway.store.query<{ account_ids: string[] }>(
    'select account_ids from calls order by finished_at desc limit 1',
  );
  const set = (id: string | undefined, dollars: number) =>
    gateway.store.query('update accounts set spent_nano = $2 where id = $1', [id, Math.round(dollars * 1e9)]);
  await set(call?.account_ids[0], usd);
  await set(call?.account_ids[2], ofTeam);
  return (await gateway.chat(key, ASK)).status;
}

const about = (words: string) => receiver.received.filter(({ json }) => json.title.includes(words));

test('each step is told once, signed, for the key and the team that it is one of', async () => {
  const key = await gateway.workspaceKey(person('01', 'ann'));
  await spend(key, 5.5, 5.5);
  const [half] = await receiver.of('budget_step');
  expect(half?.json).toMatchObject({
    severity: 'warning',
    title: 'The workspace dev of ann has used 50 % of its budget.',
    facts: { Spent: expect.stringMatching(/^\$5\.50\d* of \$10\.00$/) as string },
  });
  expect(half?.headers['x-alert-id']).toBe(half?.json.id);
  const [, seconds = '', signed = ''] =
    /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(half?.headers['x-alert-signature'])) ?? [];
  expect(signed).toBe(createHmac('sha256', SIGNING_SECRET).update(`${seconds}.${half?.text}`).digest('hex'));
  await spend(key, 8.5, 8.5);
  await eventually(() => about('ann has used 80 %')[0]);
  await spend(key, 8.6, 8.6);
  const other = await gateway.workspaceKey(person('02', 'bob'));
  await spend(other, 12, 22);
  const [used] = await eventually(() => {
    const found = about('bob has used 100 %');
    return found.length > 0 ? found : undefined;
  });
  expect(used?.json).toMatchObject({ kind: 'budget_used_up', severity: 'critical' });
  // On the way to 100 %, and so not told; that the team has come to half is.
  expect(about('bob has used')).toHaveLength(1);
  await eventually(() => about('The template contractor-workspace has used 50 %')[0]);
  expect(about('ann has used')).toHaveLength(2);
});

test('what only just does not fit any more is used up', async () => {
  const key = await gateway.workspaceKey(person('03', 'eve'));
  expect(await spend(key, 9.99999)).toBe(402);
  const found = await eventually(() => about('eve has no room in its budget for another call')[0]);
  expect(found.json.kind).toBe('budget_used_up');
});

test('a key that is closed, since a call cost more than was set aside, is told of', async () => {
  const key = await gateway.workspaceKey(person('04', 'dan'));
  // Far beyond what can be set aside for so small a call.
  gateway.standin.answer({ ...say('x'), usage: costing(0.15) });
  expect((await gateway.chat(key, ASK)).status).toBe(200);
  const [closed] = await receiver.of('key_closed');
  expect(closed?.json.title).toContain('was closed: a call cost more than was set aside for it.');
  expect(closed?.json.severity).toBe('critical');
});

test('a person who is forgotten is in no alert any more', async () => {
  const admin = adminOf(gateway);
  const stored = () =>
    gateway.store.query<{ words: string }>("select words::text from alerts where words::text like '%ann%'");
  expect(await stored()).not.toEqual([]);
  const who = { user_id: person('01', 'ann').owner.id };
  const exported = await admin(`/user/export?user_id=${who.user_id}`);
  expect(exported.json['alerts']).not.toEqual([]);
  expect((await admin('/alerts/silence', { subject: `owner/${who.user_id}`, duration: '1h' })).status).toBe(
    200,
  );
  await eventually(async () => {
    const { json } = await admin('/user/forget', who);
    return json['done'] === true ? true : undefined;
  });
  expect(await stored()).toEqual([]);
  expect(await gateway.store.query('select from alert_silences')).toEqual([]);
  const trail = await gateway.store.query<{ text: string }>('select a::text as text from admin_audit a');
  expect(trail.filter(({ text }) => text.includes(who.user_id))).toEqual([]);
});

test('nobody is told what the policy does not ask for', async () => {
  await document.write({ budgetAlerts: [], workspace: { maxBudget: 10 } });
  await eventually(
    () => gateway.gateway.services.documents.current.document.budget_alerts?.length === 0 || undefined,
  );
  const key = await gateway.workspaceKey(person('05', 'fay'));
  await spend(key, 9);
  const seen = async () =>
    (await gateway.store.query<{ at: string }>('select seen_until::text as at from alert_look'))[0]?.at;
  const before = await seen();
  await eventually(async () => ((await seen()) === before ? undefined : true));
  expect(about('fay has used')).toEqual([]);
});

import { randomUUID } from 'node:crypto';
import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { adminOf, type Admin } from './support';

const NAMES = 40;

let gateway: TestGateway;
let second: TestGateway;
let admin: Admin;
beforeAll(async () => {
  gateway = await startTestGateway();
  second = await startTestGateway({ store: gateway.store, standin: gateway.standin });
  admin = adminOf(gateway);
});
afterAll(async () => {
  await second.close();
  await gateway.close();
});

test('claims and administrators that meet at a new name never fail, and lay down what they meant to', async () => {
  const statuses: Record<string, number[]> = {};
  const note = (what: string, { status }: { status: number }): void => {
    (statuses[what] ??= []).push(status);
  };
  const meet = async (number: number): Promise<void> => {
    const name = `new-${number}`;
    const owner = { id: randomUUID(), name, groups: [] };
    const other = adminOf(second);
    await Promise.all([
      gateway
        .claimKey({ workspace: { id: `w-${number}-a`, name: 'a' }, owner })
        .then((a) => note('claim', a)),
      second.claimKey({ workspace: { id: `w-${number}-b`, name: 'b' }, owner }).then((a) => note('claim', a)),
      admin('/user/new', { user_id: name, max_budget: 7 }).then((a) => note('new', a)),
      other('/user/update', { user_id: name, rpm_limit: 5 }).then((a) => note('update', a)),
      admin('/key/generate', { user_id: name, key_alias: `alias-${number}` }).then((a) => note('key', a)),
      other('/key/generate', { scope: `workspace:w-${number}-c`, user_id: name }).then((a) => note('key', a)),
      other('/budget/update', { user_id: name, tpm_limit: 9 }).then((a) => note('budget', a)),
    ]);
  };
  // Several at a time, so that they meet in the pool as well.
  for (let at = 0; at < NAMES; at += 4) await Promise.all([0, 1, 2, 3].map((each) => meet(at + each)));

  const all = [...new Set(Object.values(statuses).flat())].sort();
  // Who is second to lay a person down is told that there is one.
  expect(all.filter((status) => status !== 200)).toEqual(
    statuses['new']?.some((s) => s !== 200) ? [400] : [],
  );
  for (const what of ['claim', 'update', 'key', 'budget'])
    expect([what, new Set(statuses[what])]).toEqual([what, new Set([200])]);

  // Everything is the person's of the claim, however they met; nothing is left under the name.
  expect(
    await gateway.store.query(
      `select owner_id from keys where owner_id like 'new-%' union all select id from owners where id like 'new-%'
       union all select owner_id from workspaces where owner_id like 'new-%'`,
    ),
  ).toEqual([]);
  expect(
    await gateway.store.query(
      'select distinct rpm_limit, tpm_limit from owners where rpm_limit is not null or tpm_limit is not null',
    ),
  ).toEqual([{ rpm_limit: 5, tpm_limit: 9 }]);
  expect(await gateway.store.query('select count(*)::integer as n from owners where rpm_limit = 5')).toEqual([
    { n: NAMES },
  ]);
});

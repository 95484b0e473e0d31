import { checkAccounts } from '../../gateway/admin/account-check';
import { run } from '../administration/support';
import { ANN, BOB, bookOld, startSite, type Site } from '../backup/support';
import { eventually } from '../gateway/support/gateway';
import { adminOf, ASK, type Admin } from './support';

const EMAIL = 'ann@example.com';
let site: Site;
let admin: Admin;
beforeEach(async () => {
  site = await startSite();
  admin = adminOf(site.gateway);
  // Terms that were laid down by name, before and after the id was known.
  await admin('/key/update', { key: site.issued, key_alias: "Ann's own", metadata: { seat: 'next to Bob' } });
});
afterEach(() => site.close());

const query = <Row extends Record<string, unknown>>(text: string, values: readonly unknown[] = []) =>
  site.gateway.store.query<Row>(text, values);

/** Every row of every table, as text. */
async function dump(): Promise<string> {
  const tables = await query<{ name: string }>(
    "select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1",
  );
  let text = '';
  for (const { name } of tables)
    for (const { row } of await query<{ row: string }>(`select t::text as row from "${name}" t`))
      text += `${name}: ${row}\n`;
  return text;
}
const totals = () =>
  query(
    `select model, deployment, sum(calls) as calls, sum(cost_nano) as cost, sum(input_tokens) as input, sum(estimated_nano) as e
     from spend_lines group by 1, 2 order by 1, 2`,
  );

async function forget(name: string): Promise<string> {
  return eventually(async () => {
    const { status, text, json } = await admin('/user/forget', { user_id: name });
    if (status !== 200) throw new Error(text);
    return json['done'] === true ? String(json['pseudonym']) : undefined;
  });
}

test('nothing of the person is left anywhere, and no sum changes', async () => {
  await bookOld(site.gateway.store, 6_000);
  // The same call under two names of one person: sums that become one.
  await bookOld(site.gateway.store, 40, 400);
  await query(
    "update calls set owner_name = 'annie', workspace_name = 'annies' where cost_nano / 7919 % 24 >= 12 and finished_at < now() - interval '300 days'",
  );
  await site.gateway.gateway.services.retention.run();
  await query('update daily_sums set estimated_calls = 0, estimated_nano = 0 where calls < 3');
  const before = await totals();
  const sums = await query('select from daily_sums');
  const seen = (await dump()).toLowerCase();
  for (const word of [ANN.id, EMAIL, '"ann"', "ann's own", 'next to bob', 'annies'])
    expect(seen).toContain(word);

  const pseudonym = await forget('ann');
  expect(pseudonym).toMatch(/^person-[0-9a-f]{12}$/);
  const left = (await dump()).toLowerCase();
  for (const word of [ANN.id, EMAIL, "ann's own", 'next to bob', 'annie', 'staff'])
    expect(left.split('\n').filter((line) => line.includes(word))).toEqual([]);
  expect(left.split('\n').filter((line) => /\bann\b/.test(line))).toEqual([]);
  expect(await totals()).toEqual(before);
  expect((await query('select from daily_sums')).length).toBeLessThan(sums.length);
  const owners = await query<{ owner_id: string }>('select distinct owner_id from spend_lines order by 1');
  expect(owners).toEqual([{ owner_id: pseudonym }]);
  const verified = await checkAccounts(site.gateway.gateway.services.database);
  expect(verified).toMatchObject({ ok: true, findings: [] });
  // Somebody else is as they were.
  expect(left).toContain(BOB.id);
  expect((await admin('/user/info?user_id=bob')).status).toBe(200);
});

test('keys end, it is noted without the name, and the next start is of a new person', async () => {
  const { pseudonym } = { pseudonym: await forget(ANN.id) };
  for (const key of [site.key, site.issued]) expect((await site.gateway.chat(key, ASK)).status).toBe(401);
  const noted = await query("select actor, target, after from admin_audit where action = 'user/forget'");
  expect(noted).toEqual([{ actor: 'master', target: pseudonym, after: { keys_revoked: 2 } }]);
  expect((await admin('/user/info?user_id=ann')).status).toBe(404);
  expect((await admin('/user/forget', { user_id: 'ann' })).status).toBe(404);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const again = await site.gateway.claimKey({ owner: ANN });
  expect([again.status, again.json.key === site.key]).toEqual([200, false]);
  expect((await admin('/user/info?user_id=ann')).json.user_info).toMatchObject({ user_id: ANN.id, spend: 0 });
  expect((await query('select from calls where owner_id = $1', [ANN.id])).length).toBe(0);
});

test('calls under way are waited for, and it goes on where it was stopped', async () => {
  let answer: () => void = () => {};
  site.gateway.standin.answer({ until: new Promise<void>((done) => (answer = done)) });
  const call = site.gateway.chat(site.key, ASK);
  await eventually(async () => (await query('select from reservations'))[0]);
  const first = (await admin('/user/forget', { user_id: 'ann' })).json;
  expect(first).toMatchObject({ done: false, keys_revoked: 2, waits_for: null });
  const second = (await admin('/user/forget', { user_id: 'ann' })).json;
  expect(second).toMatchObject({ done: false, keys_revoked: 0, waits_for: '1 calls that are under way' });
  expect(second['pseudonym']).toBe(first['pseudonym']);
  // No claim makes a key meanwhile.
  expect((await site.gateway.claimKey({ owner: ANN })).status).not.toBe(200);
  answer();
  await call;
  await site.gateway.settled();
  expect(await forget('ann')).toBe(first['pseudonym']);
  expect(await dump()).not.toContain(ANN.id);
});

test('a report or a backup is waited for', async () => {
  await admin('/user/forget', { user_id: 'ann' });
  const services = site.gateway.gateway.services;
  const gone = new AbortController();
  await services.reports.read(
    'somebody',
    gone.signal,
    async (reader) => {
      await reader.clear();
      const held = (await admin('/user/forget', { user_id: 'ann' })).json;
      expect(held).toMatchObject({
        done: false,
        waits_for: 'a report, a backup or the roll-up of old calls',
      });
    },
    () => Promise.resolve(),
  );
  await forget('ann');
});

test('the trail is still only ever added to', async () => {
  await forget('ann');
  await expect(query("update admin_audit set actor = 'x'")).rejects.toThrow('append-only');
  await expect(query('delete from admin_audit')).rejects.toThrow('append-only');
  await expect(
    query("select set_config('gateway.forgets', 'a person', false); update admin_audit set actor = 'x'"),
  ).rejects.toThrow('append-only');
});

test('all that is kept about a person is given, and of nobody else', async () => {
  const { code, out } = await run(site.gateway.adminUrl, ['people', 'export', 'ann']);
  expect(code).toBe(0);
  const found = JSON.parse(out) as Record<string, Record<string, unknown>[]>;
  expect(found['user_id']).toBe(ANN.id);
  expect(found['person']?.[0]).toMatchObject({ id: ANN.id, name: 'ann', email: EMAIL });
  expect(found['names']?.map(({ name }) => name)).toEqual(['ann']);
  expect(found['keys']).toHaveLength(2);
  expect(found['calls']).toHaveLength(3);
  expect(found['workspaces']).toHaveLength(1);
  expect(found['accounts']?.length).toBe(3);
  expect(found['audit']?.length).toBeGreaterThan(2);
  expect(out).not.toContain(BOB.id);
  for (const secret of [site.key, site.issued]) expect(out).not.toContain(secret);
});

test('the command asks for a word first, and knows who is there', async () => {
  const people = (...args: string[]) => run(site.gateway.adminUrl, ['people', ...args]);
  const asked = await people('forget', 'ann');
  expect([asked.code, asked.err]).toEqual([2, expect.stringContaining('--for-good')]);
  expect((await site.gateway.chat(site.key, ASK)).status).toBe(200);
  const done = await people('forget', 'ann', '--for-good', '--json');
  expect([done.code, JSON.parse(done.out)]).toEqual([
    0,
    expect.objectContaining({
      done: true,
      keys_revoked: 2,
      pseudonym: expect.stringMatching(/^person-/) as string,
    }),
  ]);
  for (const words of [
    ['forget', 'nobody', '--for-good'],
    ['export', 'nobody'],
  ]) {
    const { code, err } = await people(...words);
    expect([code, err]).toEqual([3, expect.stringContaining('No user has that id or name')]);
  }
  const service = await people('forget', 'ci:build', '--for-good');
  expect([service.code, service.err]).toEqual([3, expect.stringContaining('is no person')]);
});

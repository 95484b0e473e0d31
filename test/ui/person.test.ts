/** What is done about a person from their page: by the admin API's rules, noted, once, and by nobody who may only look. */
import { adminOf, type Admin } from '../admin/support';
import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { hiddenOf, visitorOf, type Visitor } from './support';

const XSS = `"><script>alert(1)</script>`;
const PAGE = '/ui/people/ann';

let gateway: TestGateway;
let admin: Admin;
let boss: Visitor;
let looker: Visitor;
beforeAll(async () => {
  gateway = await startTestGateway();
  admin = adminOf(gateway);
  await admin('/key/generate', { user_id: 'ann', key_alias: 'laptop' });
  boss = visitorOf(gateway);
  await boss.signIn();
  const { key } = (await admin('/admin/key/new', { name: 'looker', role: 'viewer' })).json;
  looker = visitorOf(gateway);
  await looker.signIn(key);
});
afterAll(() => gateway.close());

const info = async (user = 'ann') => (await admin(`/user/info?user_id=${user}`)).json.user_info;
const noted = () =>
  gateway.store.query<{ actor: string; action: string }>(
    "select actor, action from admin_audit where target = 'ann' and action like 'user/%' order by id",
  );

test('raises and sets the budget, blocks and unblocks, and each is noted', async () => {
  const { max_budget: usual } = await info();
  const raised = await boss.send(PAGE, `${PAGE}/raise`, {
    temp_budget_increase: '2.5',
    temp_budget_expiry: '24h',
  });
  expect([raised.status, raised.headers.location]).toEqual([303, `${PAGE}?done=raise`]);
  expect((await info()).max_budget).toBe(Number(usual) + 2.5);
  expect((await boss.get(`${PAGE}?done=raise`)).text).toContain('The budget is raised.');
  await boss.send(PAGE, `${PAGE}/budget`, { max_budget: '7', budget_duration: '7d' });
  expect(await info()).toMatchObject({ max_budget: 9.5, budget_duration: '7d' });
  expect((await boss.send(PAGE, `${PAGE}/block`)).status).toBe(303);
  expect((await info()).suspended).toBe(true);
  expect((await boss.get(PAGE)).text).toContain('blocked since');
  await boss.send(PAGE, `${PAGE}/unblock`);
  expect((await info()).suspended).toBe(false);
  expect(await noted()).toEqual(
    ['user/update', 'user/update', 'user/update', 'user/update'].map((action) => ({
      actor: 'master',
      action,
    })),
  );
});

test('what cannot be is told at its field, with what was typed, and nothing is done', async () => {
  const before = await info();
  const odd = await boss.send(PAGE, `${PAGE}/raise`, {
    temp_budget_increase: '1',
    temp_budget_expiry: 'whenever',
  });
  expect([odd.status, odd.text.includes('value="whenever"')]).toEqual([400, true]);
  expect(odd.text).toContain('must be a time or a duration');
  const empty = await boss.send(PAGE, `${PAGE}/budget`, { max_budget: ' ', budget_duration: '' });
  expect([empty.status, empty.text.includes('say how much')]).toEqual([400, true]);
  expect(await info()).toEqual(before);
});

test('a stale form, the same form twice, and a form about nobody do nothing', async () => {
  const fields = hiddenOf((await boss.get(PAGE)).text, `${PAGE}/block`);
  await admin('/user/update', { user_id: 'ann', rpm_limit: 7 });
  const stale = await boss.post(`${PAGE}/block`, fields);
  expect([stale.status, stale.text.includes('changed this person meanwhile')]).toEqual([409, true]);
  const fresh = hiddenOf((await boss.get(PAGE)).text, `${PAGE}/block`);
  expect((await boss.post(`${PAGE}/block`, fresh)).status).toBe(303);
  expect((await boss.post(`${PAGE}/block`, fresh)).status).toBe(409);
  const others = hiddenOf((await boss.get(PAGE)).text, `${PAGE}/unblock`);
  const nobody = await boss.post('/ui/people/nobody/unblock', others);
  expect(nobody.status).toBe(404);
  expect(await gateway.store.query("select from owners where id = 'nobody'")).toEqual([]);
  await boss.send(PAGE, `${PAGE}/unblock`);
});

test('a viewer sees the figures and none of the forms, and a direct POST of theirs does nothing', async () => {
  const shown = await looker.get(PAGE);
  expect([shown.status, shown.text.includes('Budget over all keys')]).toEqual([200, true]);
  expect(shown.text).not.toContain(`${PAGE}/raise`);
  const before = await info();
  const csrf = hiddenOf(shown.text, '/ui/sign-out')['csrf'] ?? '';
  for (const action of ['raise', 'budget', 'block', 'unblock']) {
    const sent = await looker.post(`${PAGE}/${action}`, { csrf, form: `${'a'.repeat(22)}${action}` });
    expect([action, sent.status]).toEqual([action, 403]);
  }
  expect(await info()).toEqual(before);
});

test('a person, a team and a search with names that are markup or a formula stay text', async () => {
  for (const id of [XSS.slice(0, 60), '=1+1', 'a/b?c#d']) {
    const made = await admin('/key/generate', { user_id: id });
    expect([id, made.status]).toEqual([id, 200]);
    const [row] = await gateway.store.query<{ id: string }>(
      'select owner_id as id from keys order by keys.id desc limit 1',
    );
    const path = `/ui/people/${encodeURIComponent(row?.id ?? '')}`;
    const { status, text } = await boss.get(path);
    expect([path, status]).toEqual([path, 200]);
    expect(text).not.toContain('<script>alert');
    const blocked = await boss.send(path, `${path}/block`);
    expect([blocked.status, blocked.headers.location]).toEqual([303, `${path}?done=block`]);
  }
  const { text } = await boss.get('/ui/people.csv');
  expect(text).not.toMatch(/(?:^|,)"[=+\-@]/m);
  for (const path of ['/ui/people', '/ui/teams', '/ui/workspaces', '/ui/models'])
    expect(
      (await boss.get(`${path}?search=${encodeURIComponent(XSS)}&sort=__proto__&days=x`)).text,
    ).not.toContain('<script>alert');
});

test('words of the search become an address that can be shared', async () => {
  const sent = await boss.send('/ui/people', '/ui/people/find', { search: 'ann', state: 'near', days: '7' });
  expect([sent.status, sent.headers.location]).toEqual([303, '/ui/people?search=ann&state=near&days=7']);
});

/** What the dashboard does to keys: through the admin API's own functions, once, and never with a key where it can be read. */
import { adminOf, type Admin } from '../admin/support';
import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { hiddenOf, visitorOf, type Visitor } from './support';

let gateway: TestGateway;
let admin: Admin;
let boss: Visitor;
let viewer: Visitor;
const adminKeys: string[] = [];
beforeAll(async () => {
  gateway = await startTestGateway();
  admin = adminOf(gateway);
  boss = visitorOf(gateway);
  viewer = visitorOf(gateway);
  for (const [one, name, role] of [
    [boss, 'bea', 'admin'],
    [viewer, 'vito', 'viewer'],
  ] as const) {
    const { key } = (await admin('/admin/key/new', { name, role })).json;
    adminKeys.push(key);
    await one.signIn(key);
  }
});
afterAll(() => gateway.close());

const newKey = async (fields: Record<string, unknown> = {}) =>
  (await admin('/key/generate', { user_id: 'ann', ...fields })).json;
const info = async (token: string): Promise<Record<string, unknown>> =>
  (await admin(`/key/info?key=${token}&include_deleted=true`)).json.info;
const trailOf = async (token: string) => (await admin(`/audit?target=${token}&size=500`)).json.entries;
const worksWith = async (key: string): Promise<boolean> =>
  (await gateway.request('/v1/models', { key })).status === 200;
const SECRET = /sk-[A-Za-z0-9_-]{43}/;

test('a key is given out, shown once in the answer to the form, and nowhere else', async () => {
  const made = await boss.send('/ui/keys/new', '/ui/keys/new', {
    scope: 'user',
    user_id: 'carla',
    key_alias: 'carla-laptop',
    max_budget: '2.5',
    budget_duration: '7d',
    level: 'standard',
    models: 'claude-haiku-4-5',
    duration: '30d',
  });
  expect([made.status, made.headers['cache-control']]).toEqual([200, 'no-store']);
  const key = SECRET.exec(made.text)?.[0] ?? '';
  expect(await worksWith(key)).toBe(true);
  const token = /\/ui\/keys\/([0-9a-f]{64})/.exec(made.text)?.[1] ?? '';
  expect(await info(token)).toMatchObject({
    key_alias: 'carla-laptop',
    user_alias: 'carla',
    max_budget: 2.5,
    budget_duration: '7d',
    models: ['claude-haiku-4-5'],
    created_by: 'bea',
  });
  for (const path of [`/ui/keys/${token}`, '/ui/keys', '/ui/audit', '/ui'])
    expect((await boss.get(path)).text).not.toMatch(SECRET);
  expect(gateway.logs.join('')).not.toContain(key);
  const rows = await gateway.store.query('select * from ui_forms');
  expect(JSON.stringify(rows)).not.toContain(key);
  expect(await trailOf(token)).toMatchObject([{ actor: 'bea', action: 'key/generate' }]);
});

test.each([
  [{ max_budget: 'much' }, 'max_budget'],
  [{ max_budget: '-1' }, 'max_budget'],
  [{ duration: 'soon' }, 'duration'],
  [{ rpm_limit: '0' }, 'rpm_limit'],
  [{ scope: 'ci' }, 'scope'],
  [{ models: 'gpt-x' }, 'models'],
  [{ key_alias: 'taken' }, 'key_alias'],
  [{ level: 'lax' }, 'level'],
])(
  'a form with a fault, %j, comes back as it was typed, with the fault at its field',
  async (fields, field) => {
    if (field === 'key_alias') await newKey({ key_alias: 'taken' });
    const before = await gateway.store.query('select from keys');
    const answer = await boss.send('/ui/keys/new', '/ui/keys/new', {
      scope: 'user',
      user_id: 'kept-as-typed',
      ...(fields as Record<string, string>),
    });
    expect(answer.status).toBe(400);
    expect(answer.text).toMatch(/role="alert" id="fault">Nothing was done\./);
    expect(answer.text).toContain('value="kept-as-typed"');
    if (field !== 'models')
      expect(answer.text).toMatch(
        new RegExp(`name="${field}"[^>]* aria-invalid="true" aria-describedby="fault"`),
      );
    expect(await gateway.store.query('select from keys')).toHaveLength(before.length);
    // The same form, mended, is carried out: what failed has not used it up.
    expect(hiddenOf(answer.text, '/ui/keys/new')['form']).toMatch(/^[A-Za-z0-9_-]{22}create$/);
  },
);

test('block, unblock, raise and revoke do what the admin API does, and are in its trail', async () => {
  const { key, token } = await newKey({ max_budget: 5 });
  const at = `/ui/keys/${token}`;
  const act = async (name: string, fields: Record<string, string> = {}) => {
    const answer = await boss.send(at, `${at}/${name}`, fields);
    expect([name, answer.status, answer.headers.location]).toEqual([name, 303, `${at}?done=${name}`]);
    expect((await boss.get(answer.headers.location ?? '')).text).toContain('role="status"');
  };
  await act('block');
  expect([(await info(token))['status'], await worksWith(key)]).toEqual(['blocked', false]);
  await act('unblock');
  expect(await worksWith(key)).toBe(true);
  await act('raise', { temp_budget_increase: '2.5', temp_budget_expiry: '2h' });
  expect(await info(token)).toMatchObject({ max_budget: 7.5, raise: { amount: 2.5 } });
  await act('raise', { temp_budget_increase: '0', temp_budget_expiry: '' });
  expect(await info(token)).toMatchObject({ max_budget: 5, raise: null });
  const bad = await boss.send(at, `${at}/raise`, { temp_budget_increase: '1', temp_budget_expiry: 'soon' });
  expect([bad.status, bad.text.includes('aria-invalid="true"')]).toEqual([400, true]);
  await act('revoke');
  expect([(await info(token))['status'], await worksWith(key)]).toEqual(['revoked', false]);
  expect((await boss.get(at)).text).not.toContain(`action="${at}`);
  expect((await trailOf(token)).map(({ actor, action }) => `${String(actor)} ${String(action)}`)).toEqual([
    'bea key/delete',
    'bea key/update',
    'bea key/update',
    'bea key/unblock',
    'bea key/block',
    'master key/generate',
  ]);
});

test('rotating shows the new key once and lets the former one live as long as it is told', async () => {
  const first = await newKey({ key_alias: 'rotated' });
  const at = `/ui/keys/${first.token}`;
  const wrong = await boss.send(at, `${at}/rotate`, { grace_period: 'a while' });
  expect([wrong.status, wrong.text.includes('aria-invalid="true"')]).toEqual([400, true]);
  const shown = await boss.send(at, `${at}/rotate`, { grace_period: '1h' });
  const key = SECRET.exec(shown.text)?.[0] ?? '';
  expect([shown.status, await worksWith(key), await worksWith(first.key)]).toEqual([200, true, true]);
  const next = /\/ui\/keys\/([0-9a-f]{64})/.exec(shown.text)?.[1] ?? '';
  const again = await boss.send(`/ui/keys/${next}`, `/ui/keys/${next}/rotate`, { grace_period: '' });
  const last = SECRET.exec(again.text)?.[0] ?? '';
  expect([await worksWith(last), await worksWith(key)]).toEqual([true, false]);
});

test('a second click does nothing again, also at the same moment, and says where the first one led', async () => {
  const page = await boss.get('/ui/keys/new');
  const fields = { ...hiddenOf(page.text, '/ui/keys/new'), scope: 'user', user_id: 'double' };
  const answers = await Promise.all([1, 2, 3].map(() => boss.post('/ui/keys/new', fields)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  expect((await gateway.store.query(`select from keys where owner_id like '%double%'`)).length).toBe(1);
  const late = await boss.post('/ui/keys/new', fields);
  const token = /\/ui\/keys\/([0-9a-f]{64})/.exec(late.text)?.[1] ?? '';
  expect(await info(token)).toMatchObject({ user_alias: 'double' });
  expect(late.text).not.toMatch(SECRET);
  // Nor can the form of one session be used up by another.
  const theirs = await viewer.get('/ui/keys');
  const { csrf = '' } = hiddenOf(theirs.text, '/ui/keys/find');
  expect((await viewer.post('/ui/keys/new', { ...fields, csrf })).status).toBe(403);
});

test('of two admins at once, the second is shown what the first one did', async () => {
  const { token } = await newKey();
  const at = `/ui/keys/${token}`;
  const seen = (await boss.get(at)).text;
  await admin('/key/update', { key: token, max_budget: 3 });
  for (const name of ['block', 'revoke', 'raise', 'rotate']) {
    const stale = await boss.post(`${at}/${name}`, {
      ...hiddenOf(seen, `${at}/${name}`),
      temp_budget_increase: '1',
      temp_budget_expiry: '1h',
      grace_period: '',
    });
    expect([name, stale.status]).toEqual([name, 409]);
    expect(stale.text).toContain('Somebody has changed this key meanwhile');
  }
  expect(await info(token)).toMatchObject({ status: 'active', max_budget: 3, raise: null });
  expect(await trailOf(token)).toHaveLength(2);
});

test('a viewer sees everything and can do nothing, by a page or around it', async () => {
  const { token } = await newKey();
  const at = `/ui/keys/${token}`;
  const page = (await viewer.get(at)).text;
  expect(page).toContain('What holds');
  expect(page).not.toContain(`action="${at}`);
  expect((await viewer.get('/ui/keys/new')).text).not.toContain('action="/ui/keys/new');
  const { csrf = '' } = hiddenOf(page, '/ui/sign-out');
  const before = await gateway.store.query('select from admin_audit');
  for (const path of [
    ...['block', 'unblock', 'revoke', 'raise', 'rotate'].map((name) => `${at}/${name}`),
    '/ui/keys/new',
  ]) {
    const { status, text } = await viewer.post(path, { csrf, form: `${'a'.repeat(22)}block`, seen: '' });
    expect([path, status]).toEqual([path, 403]);
    expect(text).toContain('signed in as a viewer');
  }
  expect(await info(token)).toMatchObject({ status: 'active' });
  // As with the admin API itself: a refusal is in the log, and the trail has what was done.
  expect(await gateway.store.query('select from admin_audit')).toHaveLength(before.length);
  expect(gateway.logs.filter((line) => line.includes('"error":"role_insufficient"')).length).toBeGreaterThan(
    5,
  );
});

test('a key that is not there, a page that is not there and a form without its token are told plainly', async () => {
  const { token } = await newKey();
  const { csrf = '' } = hiddenOf((await boss.get('/ui')).text, '/ui/sign-out');
  const none = 'f'.repeat(64);
  for (const path of [`/ui/keys/${none}`, '/ui/nothing', '/ui/keys/a/b/c/d/e/f/g/h', '/ui/keys/%ff', '/ui/'])
    expect([path, (await boss.get(path)).status]).toEqual([path, 404]);
  expect((await boss.get('/ui/keys/%00')).status).toBe(404);
  const form = `${'b'.repeat(22)}block`;
  const posts: [string, Record<string, string>, number][] = [
    [`/ui/keys/${none}/block`, { csrf, form, seen: '' }, 404],
    [`/ui/keys/${token}/block`, { csrf, seen: '' }, 403],
    [`/ui/keys/${token}/block`, { csrf, form: 'x'.repeat(5_000), seen: '' }, 403],
    [`/ui/keys/${token}/block`, { csrf, form, seen: 'x'.repeat(70_000) }, 413],
    [`/ui/keys/${token}`, { csrf, form }, 404],
  ];
  for (const [path, fields, status] of posts)
    expect([path, (await boss.post(path, fields)).status]).toEqual([path, status]);
  expect((await boss.ask('/ui', { method: 'DELETE' })).status).toBe(405);
  expect(await info(token)).toMatchObject({ status: 'active' });
});

test('keys are found, ordered and paged by addresses that can be shared; a pasted key never is in one', async () => {
  const { key, token } = await newKey({ key_alias: 'needle' });
  await newKey({ key_alias: 'haystack' });
  const find = (fields: Record<string, string>) => boss.send('/ui/keys', '/ui/keys/find', fields);
  const words = await find({ search: ' needle ', status: '', scope: 'user' });
  expect(words.headers.location).toBe('/ui/keys?search=needle&scope=user');
  const found = (await boss.get(words.headers.location ?? '')).text;
  expect([found.includes(token), found.includes('haystack')]).toEqual([true, false]);
  const pasted = await find({ search: key, status: '' });
  expect(pasted.headers.location).toBe(`/ui/keys?key_hash=${token}`);
  // Somebody who writes one into the address themselves finds it, and it goes no further.
  for (const path of ['/ui/keys?search=', '/ui/keys?user_id=', '/ui/audit?target=', '/ui/audit?actor=']) {
    const { status, text } = await boss.get(path + key);
    expect([path, status, text.includes(key)]).toEqual([path, 200, false]);
  }
  for (let at = 0; at < 60; at += 1) await newKey({ key_alias: `page-${String(at).padStart(2, '0')}` });
  const first = (await boss.get('/ui/keys?search=page-&sort_by=key_alias&sort_order=asc')).text;
  const names = (text: string) => [...text.matchAll(/>(page-\d\d)<\/a>/g)].map(([, name]) => name);
  expect(names(first)).toEqual(Array.from({ length: 50 }, (_, at) => `page-${String(at).padStart(2, '0')}`));
  expect(first).toContain('aria-sort="ascending"');
  const next = /rel="next" href="([^"]*)"/
    .exec(first)?.[1]
    ?.replaceAll('&amp;', '&')
    .replaceAll('&#x3D;', '=');
  expect(next).toBe('/ui/keys?search=page-&sort_by=key_alias&sort_order=asc&page=2');
  expect(names((await boss.get(next ?? '')).text)).toHaveLength(10);
  for (const odd of ['page=x', 'page=-1', 'sort_by=key_alias&sort_order=up', 'idle_days=x', 'status=gone'])
    expect([200, 400]).toContain((await boss.get(`/ui/keys?${odd}`)).status);
  expect((await boss.get('/ui/keys?search=nobody-at-all')).text).toContain('No key is like that');
});

test('a store that is away is told on a page, and nothing is half done', async () => {
  const { key, token } = await newKey();
  const at = `/ui/keys/${token}`;
  const fields = hiddenOf((await boss.get(at)).text, `${at}/rotate`);
  const { cookie } = boss;
  await gateway.store.stop();
  for (const answer of [
    await boss.get(at),
    await boss.post(`${at}/rotate`, fields),
    await visitorOf(gateway).signIn(),
    await visitorOf(gateway).signIn(adminKeys[0]),
  ]) {
    expect([answer.status, answer.headers['content-type']]).toEqual([503, 'text/html; charset=utf-8']);
    expect(answer.text).toContain('The store is away');
  }
  await gateway.store.start();
  boss.cookie = cookie;
  expect(await worksWith(key)).toBe(true);
  // Not used up: it can be sent again.
  expect((await boss.post(`${at}/rotate`, fields)).status).toBe(200);
  expect(await worksWith(key)).toBe(false);
});

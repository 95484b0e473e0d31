/** Who gets in, how, for how long; and that nothing of it can be taken or sent by others. */
import { adminOf, type Admin } from '../admin/support';
import { MASTER_KEY, startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { hiddenOf, visitorOf } from './support';

let gateway: TestGateway;
let admin: Admin;
let clock = 0;
beforeAll(async () => {
  gateway = await startTestGateway({ now: () => new Date(Date.now() + clock) });
  admin = adminOf(gateway);
});
afterAll(() => gateway.close());
afterEach(() => {
  clock = 0;
});

const visitor = (host?: string) => visitorOf(gateway, host);
const signedIn = async (key?: string) => {
  const one = visitor();
  expect((await one.signIn(key)).status).toBe(303);
  return one;
};
const adminKey = async (name: string, role: string): Promise<string> =>
  (await admin('/admin/key/new', { name, role })).json.key;
const trail = async (action: string) =>
  (await admin(`/audit?action=${encodeURIComponent(action)}&size=500`)).json.entries;

test('the master key opens a session: a cookie of the browser alone, and a hash of it in the store', async () => {
  const one = visitor();
  const away = await one.get('/ui/keys?search=ann');
  expect([away.status, away.headers.location]).toEqual([
    303,
    `/ui/sign-in?next=${encodeURIComponent('/ui/keys?search=ann')}`,
  ]);
  const page = await one.get(away.headers.location ?? '');
  expect([page.status, page.headers['cache-control']]).toEqual([200, 'no-store']);
  const { next } = hiddenOf(page.text, '/ui/sign-in');
  const into = await one.signIn(MASTER_KEY, next?.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='));
  expect([into.status, into.headers.location]).toEqual([303, '/ui/keys?search=ann']);
  const [cookie = ''] = into.headers['set-cookie'] ?? [];
  expect(cookie).toMatch(/^dashboard-\d+=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  expect((await one.get('/ui/keys?search=ann')).status).toBe(200);
  const rows = await gateway.store.query<Record<string, unknown>>('select * from ui_sessions');
  expect(JSON.stringify(rows)).not.toContain(one.cookie.split('=')[1]);
  expect(JSON.stringify(rows)).not.toContain(MASTER_KEY);
  expect(gateway.logs.join('')).not.toContain(one.cookie.split('=')[1]);
  expect(await trail('ui/sign-in')).toMatchObject([
    { actor: 'master', after: { role: 'admin', how: 'key' } },
  ]);
});

test('what is no key is refused, bounded, and noted without what was typed', async () => {
  for (const key of ['', 'sk-wrong', `${MASTER_KEY}x`, `sk-${'x'.repeat(43)}`]) {
    const one = visitor();
    const answer = await one.signIn(key);
    expect([answer.status, answer.headers['set-cookie']]).toEqual([401, undefined]);
    expect(answer.text).toContain('role="alert"');
    if (key !== '') expect(answer.text).not.toContain(key);
  }
  const refused = await trail('ui/sign-in-refused');
  expect(refused).toHaveLength(4);
  expect(refused[0]).toMatchObject({ actor: 'sign-in', target: '127.0.0.1', before: null, after: null });
  // The trail is only ever added to: whoever tries on fills the log, not the store.
  for (let at = 0; at < 10; at += 1) await visitor().signIn(`sk-${String(at).padStart(43, 'y')}`);
  expect((await trail('ui/sign-in-refused')).length).toBeLessThanOrEqual(6);
  expect(gateway.logs.filter((line) => line.includes('sign-in to the dashboard refused'))).toHaveLength(14);
});

test('an address that tries many keys has to wait, and a good one is let in all the same', async () => {
  const narrow = await startTestGateway({ store: gateway.store, limits: { failedCredentials: 3 } });
  try {
    const one = visitorOf(narrow);
    const statuses = [];
    for (let at = 0; at < 5; at += 1) statuses.push((await one.signIn(`sk-guess-${at}`)).status);
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    expect((await one.signIn()).status).toBe(303);
  } finally {
    await narrow.close();
  }
});

test('a session is known to every process of the gateway, and over a restart', async () => {
  const one = await signedIn();
  const other = await startTestGateway({ store: gateway.store });
  try {
    const there = visitorOf(other);
    const port = new URL(other.adminUrl).port;
    there.cookie = one.cookie.replace(/^dashboard-\d+/, `dashboard-${port}`);
    expect((await there.get('/ui')).status).toBe(200);
  } finally {
    await other.close();
  }
});

test('a master key that is changed ends its sessions, and no others', async () => {
  const one = await signedIn();
  const named = await signedIn(await adminKey('nadia', 'admin'));
  const other = await startTestGateway({
    store: gateway.store,
    env: { GATEWAY_MASTER_KEY: 'sk-another-master-key-0123456789abcdefgh' },
  });
  try {
    const port = new URL(other.adminUrl).port;
    for (const [who, status] of [
      [one, 303],
      [named, 200],
    ] as const) {
      const there = visitorOf(other);
      there.cookie = who.cookie.replace(/^dashboard-\d+/, `dashboard-${port}`);
      expect((await there.get('/ui')).status).toBe(status);
    }
  } finally {
    await other.close();
  }
});

test('a former master key keeps its sessions for as long as it still opens the admin API', async () => {
  const one = await signedIn();
  const other = await startTestGateway({
    store: gateway.store,
    env: {
      GATEWAY_MASTER_KEY: 'sk-another-master-key-0123456789abcdefgh',
      GATEWAY_MASTER_KEY_PREVIOUS: MASTER_KEY,
      GATEWAY_KEY_SECRET: '0123456789abcdef0123456789abcdef',
    },
  });
  try {
    const there = visitorOf(other);
    there.cookie = one.cookie.replace(/^dashboard-\d+/, `dashboard-${new URL(other.adminUrl).port}`);
    expect((await there.get('/ui')).status).toBe(200);
  } finally {
    await other.close();
  }
});

test('an admin key that is revoked ends its sessions; a role is that of the key', async () => {
  const key = await adminKey('rita', 'viewer');
  const one = await signedIn(key);
  expect((await one.get('/ui/keys')).text).not.toContain('/ui/keys/new');
  await admin('/admin/key/revoke', { name: 'rita' });
  const away = await one.get('/ui/keys');
  expect([away.status, away.headers.location]).toEqual([
    303,
    `/ui/sign-in?next=${encodeURIComponent('/ui/keys')}&why=ended`,
  ]);
  expect((await one.get(away.headers.location ?? '')).text).toContain('Your session has ended');
  // Who comes back under that name has another key, and none of the sessions of the first.
  await adminKey('rita', 'admin');
  expect((await one.get('/ui/keys')).status).toBe(303);
});

test('a session ends when nobody looks, and after its longest life however often somebody does', async () => {
  const idle = await signedIn();
  clock = 3_500_000;
  expect((await idle.get('/ui')).status).toBe(200);
  clock = 7_000_000;
  expect((await idle.get('/ui')).status).toBe(200);
  clock = 10_700_000;
  expect((await idle.get('/ui')).status).toBe(303);
  clock = 0;
  const busy = await signedIn();
  for (clock = 0; clock < 43_200_000; clock += 3_000_000) expect((await busy.get('/ui')).status).toBe(200);
  clock = 43_201_000;
  expect((await busy.get('/ui')).status).toBe(303);
});

test('signing out ends the session itself, not only the cookie', async () => {
  const one = await signedIn();
  const { cookie } = one;
  const out = await one.send('/ui', '/ui/sign-out');
  expect([out.status, out.headers.location, one.cookie]).toEqual([303, '/ui/sign-in?why=out', '']);
  one.cookie = cookie;
  expect((await one.get('/ui')).status).toBe(303);
});

test('sessions are listed and ended: a viewer’s own, an admin’s all', async () => {
  const viewer = await signedIn(await adminKey('vito', 'viewer'));
  const boss = await signedIn(await adminKey('bea', 'admin'));
  const seen = (await viewer.get('/ui/sessions')).text;
  expect(seen).toContain('vito');
  expect(seen).not.toContain('bea');
  const [row] = await gateway.store.query<{ id: string }>(`select id from ui_sessions where name = 'bea'`);
  const form = hiddenOf(seen, '/ui/sessions/end');
  await viewer.post('/ui/sessions/end', { ...form, session: String(row?.id) });
  const all = await boss.get('/ui/sessions');
  expect([all.status, all.text.includes('vito')]).toEqual([200, true]);
  const [theirs] = await gateway.store.query<{ id: string }>(
    `select id from ui_sessions where name = 'vito'`,
  );
  const { csrf = '' } = hiddenOf(all.text, '/ui/sign-out');
  expect((await boss.post('/ui/sessions/end', { csrf, session: String(theirs?.id) })).status).toBe(303);
  expect((await viewer.get('/ui')).status).toBe(303);
  expect((await trail('ui/session-end'))[0]).toMatchObject({ actor: 'bea', before: { name: 'vito' } });
});

test('only so many sessions of one name are kept: the oldest go', async () => {
  const key = await adminKey('mona', 'viewer');
  const first = await signedIn(key);
  for (let at = 0; at < 20; at += 1) await signedIn(key);
  expect((await first.get('/ui')).status).toBe(303);
  expect(await gateway.store.query(`select from ui_sessions where name = 'mona'`)).toHaveLength(20);
});

test('forms of other sites, other sessions and none at all do nothing', async () => {
  const one = await signedIn();
  const other = await signedIn();
  const { csrf = '' } = hiddenOf((await one.get('/ui')).text, '/ui/sign-out');
  const theirs = hiddenOf((await other.get('/ui')).text, '/ui/sign-out')['csrf'] ?? '';
  const { host } = new URL(gateway.adminUrl);
  const out = (fields: Record<string, string>, headers: Record<string, string | undefined> = {}) =>
    one.post('/ui/sign-out', fields, headers).then(({ status }) => status);
  expect(await out({})).toBe(403);
  expect(await out({ csrf: '' })).toBe(403);
  expect(await out({ csrf: theirs })).toBe(403);
  for (const site of ['cross-site', 'same-site', 'none'])
    expect(await out({ csrf }, { 'sec-fetch-site': site })).toBe(403);
  const old = { 'sec-fetch-site': undefined };
  expect(await out({ csrf }, { ...old, origin: undefined })).toBe(403);
  expect(await out({ csrf }, { ...old, origin: 'null' })).toBe(403);
  expect(await out({ csrf }, { ...old, origin: 'https://evil.example' })).toBe(403);
  expect(await out({ csrf }, { ...old, origin: `http://${host}.evil.example` })).toBe(403);
  expect(await out({ csrf }, { 'content-type': 'text/plain' })).toBe(400);
  expect((await one.get('/ui')).status).toBe(200);
  expect(await out({ csrf }, { ...old, origin: `http://${host}` })).toBe(303);
  // Nor can another site sign somebody in as somebody else.
  const victim = visitor();
  const planted = await victim.post('/ui/sign-in', { key: MASTER_KEY }, { 'sec-fetch-site': 'cross-site' });
  expect([planted.status, planted.headers['set-cookie']]).toEqual([403, undefined]);
});

test('the way back leads to pages of ours only', async () => {
  for (const next of [
    'https://evil.example/ui',
    '//evil.example/ui',
    '/\\evil.example',
    '/ui/..//evil.example',
    '/ui\\..\\evil',
    'javascript:alert(1)',
    '/uix',
    '/key/list',
    '/ui/sign-in?next=/ui',
    '/ui/\t/evil.example',
    `/ui?${'x'.repeat(4_000)}`,
  ]) {
    const { headers } = await visitor().signIn(MASTER_KEY, next);
    expect([next, headers.location]).toEqual([next, '/ui']);
  }
  expect((await visitor().signIn(MASTER_KEY, '/ui/audit?actor=a%20b')).headers.location).toBe(
    '/ui/audit?actor=a%20b',
  );
});

test('a form that comes after the end says so, and leads back to its page', async () => {
  const one = visitor();
  const answer = await one.post('/ui/keys/abc/block?back=/ui/keys/abc', { csrf: 'x' });
  expect([answer.status, answer.headers.location]).toEqual([
    303,
    `/ui/sign-in?next=${encodeURIComponent('/ui/keys/abc')}&why=unsent`,
  ]);
});

test('in the clear over a wire no key is asked for and none is taken; behind TLS the cookie is for it alone', async () => {
  const clear = visitor('gateway.example.com');
  const from = { 'sec-fetch-site': undefined };
  const page = await clear.ask('/ui/sign-in', { headers: from });
  expect(page.status).toBe(403);
  expect(page.text).not.toContain('type="password"');
  const answer = await clear.post(
    '/ui/sign-in',
    { key: MASTER_KEY },
    { ...from, origin: 'http://gateway.example.com' },
  );
  expect([answer.status, answer.headers['set-cookie']]).toEqual([403, undefined]);
  // A browser that says where it comes from has TLS up to a proxy before us.
  const proxied = visitor('gateway.example.com');
  const into = await proxied.signIn();
  expect(into.headers['set-cookie']?.[0]).toMatch(
    /^__Host-dashboard=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
  );
  expect((await proxied.get('/ui')).status).toBe(200);
});

test('a link on another site gets a page that asks once more, as the browser shows us no cookie then', async () => {
  const answer = await visitor().ask('/ui/keys?search=%22%3E%3Cb%3E', {
    headers: { 'sec-fetch-site': 'cross-site' },
  });
  expect(answer.status).toBe(200);
  expect(answer.text).toContain('http-equiv="refresh" content="0; url=/ui/keys?search&#x3D;%22%3E%3Cb%3E"');
});

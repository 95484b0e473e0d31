/** Signing in at an identity provider, through the dashboard: a real provider, and a browser without scripts. */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { startOpenIdProvider, Visitor as AtProvider, type OpenIdProvider } from '../standins/openid/provider';
import { visitorOf, type UiAnswer, type Visitor } from './support';

const SECRET = 'the-secret-of-the-dashboard-client';

let provider: OpenIdProvider;
let gateway: TestGateway;
let browser: Visitor;
beforeAll(async () => {
  // The provider has to know where the dashboard will be.
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const accessUrl = `http://127.0.0.1:${port}`;
  provider = await startOpenIdProvider({
    clients: [{ id: 'dashboard', secret: SECRET, redirectUri: `${accessUrl}/ui/sign-in/openid/callback` }],
    people: {
      lena: { preferred_username: 'lena', groups: ['ai-admins'] },
      otto: { preferred_username: 'otto', groups: ['finance'] },
      mia: { preferred_username: 'mia', groups: ['nobody'] },
    },
  });
  gateway = await startTestGateway({
    env: {
      GATEWAY_ADMIN_PORT: String(port),
      GATEWAY_OIDC_ISSUER_URL: provider.issuer,
      GATEWAY_OIDC_CLIENT_ID: 'dashboard',
      GATEWAY_OIDC_CLIENT_SECRET: SECRET,
      GATEWAY_OIDC_ACCESS_URL: accessUrl,
      GATEWAY_OIDC_ADMIN_GROUPS: 'ai-admins',
      GATEWAY_OIDC_VIEWER_GROUPS: 'finance',
    },
  });
}, 60_000);
afterAll(async () => {
  await gateway.close();
  await provider.close();
});
beforeEach(() => {
  browser = visitorOf(gateway);
});

/** From the link of the sign-in page back to ours. Cookies of both sites, as a browser keeps them. */
async function comeBack(
  person: string | undefined,
  next = '/ui/keys',
): Promise<UiAnswer & { callback: string }> {
  const page = await browser.get(`/ui/sign-in?next=${encodeURIComponent(next)}`);
  const href = /href="(\/ui\/sign-in\/openid[^"]*)"/.exec(page.text)?.[1]?.replaceAll('&#x3D;', '=') ?? '';
  expect(href).toContain('/ui/sign-in/openid?next=');
  const begun = await browser.get(href);
  expect(begun.status).toBe(303);
  const [cookie = ''] = begun.headers['set-cookie'] ?? [];
  expect(cookie).toMatch(/^dashboard-\d+-openid=[\w.-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/);
  const { pathname, search } = await new AtProvider().signIn(begun.headers.location ?? '', person);
  const callback = pathname + search;
  return { ...(await fromElsewhere(callback)), callback };
}

const fromElsewhere = (path: string): Promise<UiAnswer> =>
  browser.ask(path, { headers: { 'sec-fetch-site': 'cross-site' } });

/** The session's cookie is the second that is set: the first takes the waiting one away. */
function keepSession(answer: UiAnswer): void {
  const [dropped = '', session = ''] = answer.headers['set-cookie'] ?? [];
  expect(dropped).toContain('-openid=; ');
  expect(dropped).toContain('Max-Age=0');
  expect(session).toMatch(/^dashboard-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  browser.cookie = session.split(';')[0] ?? '';
}

test('a member of the administrators’ group gets in, comes back where they were, and can act', async () => {
  const back = await comeBack('lena');
  expect(back.status).toBe(200);
  expect(back.text).toContain('http-equiv="refresh" content="0; url=/ui/keys"');
  keepSession(back);
  const page = await browser.get('/ui/keys');
  expect(page.status).toBe(200);
  expect(page.text).toContain('openid/lena');
  const made = await browser.send('/ui/keys/new', '/ui/keys/new', {});
  expect([200, 400]).toContain(made.status);
  const [noted] = await gateway.store.query<{ actor: string; after: Record<string, unknown> }>(
    "select actor, after from admin_audit where action = 'ui/sign-in' order by id desc limit 1",
  );
  expect(noted).toMatchObject({
    actor: 'openid/lena',
    after: { role: 'admin', how: 'openid', subject: 'lena' },
  });
});

test('a member of a viewers’ group sees, and may not act', async () => {
  keepSession(await comeBack('otto', '/ui'));
  expect((await browser.get('/ui/keys')).status).toBe(200);
  const shown = await browser.get('/ui');
  const csrf = /name="csrf" value="([^"]*)"/.exec(shown.text)?.[1] ?? '';
  expect(csrf).not.toBe('');
  expect((await browser.post('/ui/keys/new', { csrf })).status).toBe(403);
});

test('whoever is in no such group, declines, or comes twice is told so, and has no session', async () => {
  const strange = await comeBack('mia');
  expect(strange.status).toBe(403);
  expect(strange.text).toContain('none of the groups that may open the dashboard');
  const declined = await comeBack(undefined);
  expect(declined.status).toBe(403);
  const first = await comeBack('lena');
  keepSession(first);
  browser.cookie = '';
  const again = await fromElsewhere(first.callback);
  expect(again.status).toBe(400);
  expect(again.text).toContain('not begun in this browser');
  expect(again.text).toContain('href="/ui/sign-in"');
  const [sessions] = await gateway.store.query<{ n: string }>(
    "select count(*) as n from ui_sessions where name = 'openid/mia'",
  );
  expect(sessions?.n).toBe('0');
  const logs = JSON.stringify(gateway.logs);
  expect(logs).not.toContain(SECRET);
  const code = new URLSearchParams(first.callback.split('?')[1]).get('code') ?? '';
  expect(code).not.toBe('');
  expect(logs).not.toContain(code);
});

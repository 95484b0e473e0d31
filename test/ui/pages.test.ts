/** What holds for every page: nothing from elsewhere, nothing written into it, nothing kept, and names stay text. */
import { ENDPOINTS } from '../../gateway/admin/catalogue';
import { csvCell, csvTable } from '../../gateway/ui/csv';
import { readAssets } from '../../gateway/ui/asset';
import { PAGES } from '../../gateway/ui/pages';
import { adminOf, type Admin } from '../admin/support';
import { MASTER_KEY, startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { lastingCatalog as catalog } from '../gateway/support/lasting-catalog';
import { policyFile } from '../gateway/support/policy-file';
import { visitorOf, type Visitor } from './support';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const XSS = `"><script>alert(1)</script><img src=x onerror=alert(2)>'{{csrf}}\u202e`;

let gateway: TestGateway;
let admin: Admin;
let boss: Visitor;
beforeAll(async () => {
  gateway = await startTestGateway();
  admin = adminOf(gateway);
  boss = visitorOf(gateway);
  await boss.signIn();
});
afterAll(() => gateway.close());

const paths = (): string[] => PAGES.filter(({ path }) => !path.includes('{')).map(({ path }) => path);

test('every page and file has the headers that keep it ours', async () => {
  const assets = [...(await boss.get('/ui')).text.matchAll(/(?:href|src)="(\/ui\/assets\/[^"]+)"/g)].map(
    ([, url]) => url ?? '',
  );
  expect(assets.length).toBe(4);
  const stranger = visitorOf(gateway);
  for (const path of [...paths(), ...assets, '/ui/nothing', '/ui/audit.csv', '/ui/sign-in']) {
    const { headers } = await (assets.includes(path) ? stranger : boss).get(path);
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
    expect(headers['cache-control']).toBe(
      assets.includes(path) ? 'public, max-age=31536000, immutable' : 'no-store',
    );
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  }
  expect(readAssets().urlOf('dashboard.css')).toMatch(/^\/ui\/assets\/dashboard-[0-9a-f]{16}\.css$/);
});

test('no page has a script, a style or a handler written into it, or anything of another host', async () => {
  for (const path of [...paths(), '/ui/sign-in', '/ui/nothing']) {
    const { text } = await boss.get(path);
    expect([path, text.match(/<script(?! src="\/ui\/assets\/[\w-]+\.js" defer><\/script>)/g)]).toEqual([
      path,
      null,
    ]);
    expect([path, text.match(/<style|\sstyle=|\son\w+=|(?:src|href|action)="(?!\/|#)/g)]).toEqual([
      path,
      null,
    ]);
  }
});

test('no template writes anything that is not escaped', () => {
  const folder = join(__dirname, '..', '..', 'gateway', 'ui', 'templates');
  for (const file of readdirSync(folder))
    expect([file, readFileSync(join(folder, file), 'utf8').match(/\{\{\{|\{\{&/)]).toEqual([file, null]);
});

test('names that people choose stay text on every page and in the table', async () => {
  const { token } = (
    await admin('/key/generate', { user_id: XSS.slice(0, 60), key_alias: XSS, metadata: { note: XSS } })
  ).json;
  expect(token).toMatch(/^[0-9a-f]{64}$/);
  for (const path of [
    ...paths(),
    `/ui/keys/${token}`,
    `/ui/keys?search=${encodeURIComponent(XSS)}`,
    `/ui/audit?actor=${encodeURIComponent(XSS)}`,
  ]) {
    const { status, text } = await boss.get(path);
    expect([path, status]).toEqual([path, 200]);
    expect(text).not.toMatch(/<img|<script>|onerror=alert\(2\)>/);
  }
  expect((await boss.get(`/ui/keys/${token}`)).text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
});

test('names of a model stay text, too', async () => {
  const models = catalog.models.map((model) => ({ ...model, displayName: XSS }));
  const own = await policyFile({ models });
  const other = await startTestGateway({ store: gateway.store, env: own.env });
  try {
    const one = visitorOf(other);
    await one.signIn();
    const { status, text } = await one.get('/ui/keys/new');
    expect([status, text.includes('&lt;script&gt;alert(1)'), text.includes('<script>alert')]).toEqual([
      200,
      true,
      false,
    ]);
  } finally {
    await other.close();
    await own.remove();
  }
});

test('the trail is filtered by who, what, whom and when, and exported as the filter says', async () => {
  for (const [name, alias] of [
    ['ada', '=cmd|calc'],
    ['bob', 'plain, "quoted"'],
  ] as const) {
    const { key } = (await admin('/admin/key/new', { name, role: 'admin' })).json;
    await admin('/key/generate', { user_id: 'ann', key_alias: alias }, { key });
  }
  const found = (await boss.get('/ui/audit?actor=ada')).text;
  expect([found.includes('cmd|calc'), found.includes('plain,')]).toEqual([true, false]);
  const answer = await boss.send('/ui/audit', '/ui/audit/find', {
    actor: 'bob',
    action: 'key/generate',
    since: '',
    until: '',
  });
  expect(answer.headers.location).toBe('/ui/audit?actor=bob&action=key%2Fgenerate');
  const table = await boss.get('/ui/audit.csv?actor=bob');
  expect(table.headers).toMatchObject({
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': 'attachment; filename="audit.csv"',
  });
  const [head, row, ...rest] = table.text.split('\r\n');
  expect(head).toBe('"id","at","actor","action","target","request_id","before","after"');
  expect(row).toContain('"bob","key/generate"');
  expect(rest).toEqual(['']);
  const many = await gateway.store.query(
    `insert into admin_audit (actor, action, target) select 'zoe', 'key/update', 'n-' || n || '-' from generate_series(1, 120) n returning 1`,
  );
  const seen: string[] = [];
  for (let path = '/ui/audit?actor=zoe'; path !== '';) {
    const { text } = await boss.get(path);
    seen.push(...[...text.matchAll(/>(n-\d+-)</g)].map(([, target]) => target ?? ''));
    path =
      /rel="next" href="([^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=') ?? '';
  }
  expect(seen).toEqual(many.map((_, at) => `n-${120 - at}-`));
  const today = new Date().toISOString().slice(0, 10);
  expect((await boss.get(`/ui/audit?actor=bob&since=${today}`)).text).toContain('plain,');
  expect((await boss.get(`/ui/audit?actor=bob&until=2020-01-01`)).text).toContain(
    'Nothing like that was done',
  );
  expect((await boss.get('/ui/audit?since=2026-99-99&until=x&page=0&actor=%00')).status).toBe(200);
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '\n=1', '＝1', '\u00a0=1'])(
  'no cell is a formula: %j',
  (text) => expect(csvCell(text)).toBe(`"'${text}"`),
);

test('a cell is what it was: quotes, commas, ends of lines, numbers and nothing', () => {
  expect(csvTable([['a"b', 'c,d', 'e\r\nf', 7, null, undefined, { x: 'y' }]])).toBe(
    '"a""b","c,d","e\r\nf","7","","","{""x"":""y""}"\r\n',
  );
});

test('what is known of the store, Coder, providers and keys is on the overview, each with what to do', async () => {
  const { token } = (await admin('/key/generate', { user_id: 'blocked' })).json;
  await admin('/key/block', { key: token });
  const { text } = await boss.get('/ui');
  for (const words of ['1 key is blocked', 'CODER_URL and CODER_TOKEN', 'gateway processes', 'keys in use'])
    expect(text).toContain(words);
});

test('a deployment that is left alone is on the overview for as long as it is', async () => {
  const { health, providers } = gateway.gateway.services;
  const { models } = gateway.gateway.services.documents.current.document;
  const deployment = models
    .flatMap(({ deployments }) => deployments)
    .find(({ provider }) => providers.has(provider));
  health.failed(`${deployment?.provider}/${deployment?.id}`, 'provider_failed', 60_000);
  expect((await boss.get('/ui')).text).toMatch(/has failed and is left alone for another (5\d|60) s/);
});

test('settings show what is in force, since when, and what it changed', async () => {
  const other = await startTestGateway({ store: gateway.store, env: { GATEWAY_CONFIG: '' } });
  try {
    const api = adminOf(other);
    const one = visitorOf(other);
    await one.signIn();
    expect((await one.get('/ui/settings')).text).toContain('nothing has been published');
    const { document } = (await api('/document')).json as unknown as { document: Record<string, unknown> };
    await api('/document/publish', { document: { ...document, retention_days: 91 }, note: XSS });
    await api('/document/publish', {
      document: { ...document, retention_days: 92, default_level: 'design-first' },
    });
    const { text } = await one.get('/ui/settings');
    expect(text).toMatch(/published as \d+/);
    expect(text).toMatch(/retention_days<\/th><td><del>91<\/del><\/td><td><ins>92<\/ins>/);
    expect(text).not.toContain('<script>alert');
    expect(text).toContain('design-first');
    expect(text).not.toContain(MASTER_KEY);
    expect(text).not.toContain(other.standin.apiKey);
  } finally {
    await other.close();
  }
});

test('settings show for whom content logging is on, as it is now', async () => {
  expect((await boss.get('/ui/settings')).text).toContain('Nothing of what is said is kept or sent');
  await gateway.store.query(
    `insert into content_logging values ('gateway', now() + interval '1 hour', 14, $1, now()),
       ('group/research', now() - interval '1 hour', 30, 'was-over', now())`,
    [XSS],
  );
  try {
    const { text } = await boss.get('/ui/settings');
    expect(text).toContain('the whole gateway');
    expect(text).toContain('This process has no Langfuse and sends nothing');
    expect(text).not.toContain('<script>alert');
    expect(text).not.toContain('was-over');
  } finally {
    await gateway.store.query('delete from content_logging');
  }
});

test('all that the trail can have is offered in its filter', async () => {
  const { text } = await boss.get('/ui/audit');
  const changing = ENDPOINTS.filter(({ role }) => role === 'admin').flatMap(({ paths: all }) => all);
  for (const path of changing.filter((each) => !each.includes('{')))
    expect(text).toContain(`<option value="${path.slice(1)}">`);
});

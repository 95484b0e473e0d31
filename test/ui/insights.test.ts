/** Insights as people and programs get them: the page, its table, the admin API and the command line say the same. */
import { generateLedger, SMALL, type LedgerShape } from '../../bench/ledger';
import { INSIGHTS } from '../../gateway/ledger/insights/definitions';
import { adminOf, type Admin } from '../admin/support';
import { asked, run } from '../administration/support';
import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { policyFile, type PolicyFile } from '../gateway/support/policy-file';
import { visitorOf, type Visitor } from './support';

const ZONE = 'America/Sao_Paulo';
const SHAPE: LedgerShape = {
  ...SMALL,
  rows: 3_000,
  keys: 150,
  people: 41,
  days: 12,
  timeZone: ZONE,
  summedDays: 0,
  until: new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format(Date.now() - 86_400_000),
};
const XSS = `=1+1"><script>alert(1)</script>`;

interface Row {
  readonly letter: string;
  readonly name: string | null;
  readonly is_own: boolean;
  readonly tokens_per_task: number | null;
}
interface Found {
  readonly is_withheld: boolean;
  readonly team: string | null;
  readonly insights: readonly {
    readonly id: string;
    readonly name: string;
    readonly rule: string;
    readonly value: number | null;
    readonly before: number | null;
    readonly says: string;
    readonly details: {
      readonly rows?: readonly Row[];
      readonly findings?: readonly { name: string }[];
    } | null;
  }[];
}

let file: PolicyFile;
let gateway: TestGateway;
let admin: Admin;
let boss: Visitor;
let viewer: Visitor;
let viewerKey: string;
beforeAll(async () => {
  file = await policyFile({ timeZone: ZONE, retentionDays: 90 });
  gateway = await startTestGateway({ env: file.env });
  const { store } = gateway;
  await generateLedger((text, values) => store.query(text, values), SHAPE);
  await store.query(
    "update keys set owner_name = $1, alias = case when id = 3 then $1 end where owner_id = 'owner-3'",
    [XSS],
  );
  await store.query("update keys set template_name = $1 where template_name = 'template-2'", [XSS]);
  await store.query('update calls set template_name = $1 where template_name = $2', [XSS, 'template-2']);
  await store.query("update keys set owner_id = 'owner-9' where template_name = 'template-7'");
  await store.query("update keys set max_budget_nano = 30000000, budget_duration = '1d' where id % 3 = 0");
  // Nobody used one of them.
  await store.query("update keys set created_at = now() - interval '50 days' where id in (3, 8)");
  await store.query('delete from calls where key_id in (3, 8)');
  const { sums, budgetUse } = gateway.gateway.services;
  await sums.restart();
  while ((await store.query('select from calls_beyond_sums limit 1')).length > 0) await sums.follow();
  await budgetUse.run();
  admin = adminOf(gateway);
  viewerKey = (await admin('/admin/key/new', { name: 'looker', role: 'viewer' })).json.key;
  boss = visitorOf(gateway);
  viewer = visitorOf(gateway);
  await boss.signIn();
  await viewer.signIn(viewerKey);
}, 60_000);
afterAll(async () => {
  await gateway.close();
  await file.remove();
});

const of = (found: Found, id: string) => found.insights.find((each) => each.id === id);
const ask = async (words = ''): Promise<Found> => (await admin(`/insights${words}`)).json as unknown as Found;

test('page, table, admin API and command line have the same figures', async () => {
  const api = await ask('?team=template-1');
  const line = await asked<Found>(gateway.adminUrl, 'insights', '--team', 'template-1');
  expect(line.insights).toEqual(api.insights);
  const { text } = await boss.get('/ui/insights?team=template-1');
  const csv = (await boss.get('/ui/insights.csv?team=template-1')).text;
  expect(api.insights.map(({ id }) => id)).toEqual(INSIGHTS.map(({ id }) => id));
  for (const { name, rule, value, says } of api.insights) {
    expect(text).toContain(escaped(says));
    expect(text).toContain(escaped(rule));
    expect(csv).toContain(`"${name}","",`);
    if (typeof value === 'number') expect(csv).toContain(`"${value}"`);
  }
  const tokens = of(api, 'tokens_per_task')?.value ?? 0;
  expect(text).toContain(
    `<b>${new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 }).format(tokens)}</b>`,
  );
  const table = await run(gateway.adminUrl, ['insights', '--team', 'template-1']);
  expect(table.out).toContain('Tokens per task');
  expect(table.err).toMatch(/Team [A-Z], this team: \d+ people/);
});

test('teams are letters; names are for administrators who ask for them', async () => {
  const rows = of(await ask('?team=template-1'), 'teams')?.details?.rows ?? [];
  expect(rows.length).toBeGreaterThan(3);
  expect(rows.map(({ name }) => name)).toEqual(rows.map(() => null));
  expect(rows.filter(({ is_own: isOwn }) => isOwn)).toHaveLength(1);
  expect(rows.map(({ letter }) => letter)).toEqual(rows.map((_, place) => String.fromCharCode(65 + place)));
  const named = of(await ask('?names=true'), 'teams')?.details?.rows ?? [];
  expect(named.map(({ name }) => name)).toContain('template-1');
  // Only the viewer does not get them, by none of the ways.
  const refused = await gateway.request(`${gateway.adminUrl}/insights?names=true`, { key: viewerKey });
  expect(refused.status).toBe(403);
  expect((await gateway.request(`${gateway.adminUrl}/insights`, { key: viewerKey })).status).toBe(200);
  expect((await boss.get('/ui/insights?names=yes')).text).toContain('template-1');
  for (const path of ['/ui/insights?names=yes', '/ui/insights.csv?names=yes'])
    expect((await viewer.get(path)).text).not.toContain(': template-1');
  expect((await viewer.get('/ui/insights?names=yes')).text).not.toContain('name="names"');
  expect((await viewer.get('/ui/insights.csv?names=yes')).text).not.toContain('template-1');
  const line = await run(gateway.adminUrl, ['insights', '--names'], { GATEWAY_MASTER_KEY: viewerKey });
  expect(line.code).toBe(3);
});

test('a team of one is told of to nobody', async () => {
  const found = await ask('?team=template-7');
  expect(found.is_withheld).toBe(true);
  expect(of(found, 'retry_rate')).toMatchObject({ value: null, before: null, details: null });
  const { text } = await boss.get('/ui/insights?team=template-7');
  expect(text).toContain('Not shown: fewer than 5 people');
  const csv = (await boss.get('/ui/insights.csv?team=template-7')).text;
  expect(csv).toContain('"Tokens per task","","tokens","",""');
  expect(csv.match(/^"Tokens per task"/gm)).toHaveLength(1);
});

test('names stay text on the page, and no cell of the table is a formula', async () => {
  const { text } = await boss.get('/ui/insights?names=yes');
  expect(text).not.toContain('<script>alert');
  expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  const csv = (await boss.get('/ui/insights.csv?names=yes')).text;
  expect(csv).toContain(`"'=1+1""><script>`);
  expect(csv).not.toMatch(/(^|,)"[=+@]/m);
  const other = await boss.get(`/ui/insights?team=${encodeURIComponent(XSS)}`);
  expect(other.status).toBe(200);
  expect(other.text).not.toContain('<script>alert');
});

test('idle keys and budgets are listed, with where to go on and what to change', async () => {
  const { text } = await boss.get('/ui/insights');
  const [hash] = (await gateway.store.query<{ hash: string }>('select hash from keys where id = 8')).map(
    (row) => row.hash,
  );
  expect(text).toContain(`href="/ui/keys/${hash}"`);
  expect(text).toContain('2 keys of 150 made no call for 30 days.');
  expect(text).toContain('too tight');
  expect(text).toMatch(/\d+ too tight and \d+ hardly used/);
  expect(of(await ask(), 'budget_utilization')?.details?.findings?.length).toBeGreaterThan(0);
});

test('words that mean nothing are as usual on the page, and refused by the admin API', async () => {
  const odd = await boss.get('/ui/insights?days=1e9&until=2026-02-31&team=%00&names=constructor');
  expect(odd.status).toBe(200);
  expect(odd.text).toContain('<option value="28" selected>');
  const empty = await boss.get('/ui/insights?until=2020-01-31&days=7');
  expect(empty.status).toBe(200);
  expect(empty.text).toContain('No call was made.');
  expect(empty.text).not.toMatch(/NaN|Infinity|undefined/);
  for (const words of [
    '?start_date=2026-02-31',
    '?start_date=2026-03-01&end_date=2026-02-01',
    '?start_date=2020-01-01',
    '?start_date=2999-01-01',
  ])
    expect([words, (await admin(`/insights${words}`)).status]).toEqual([words, 400]);
  expect(
    (await run(gateway.adminUrl, ['insights', '--from', '2026-03-02', '--until', '2026-03-01'])).code,
  ).toBe(2);
});

test('the form leads to an address that can be shared; a viewer may use it', async () => {
  for (const visitor of [boss, viewer]) {
    const sent = await visitor.send('/ui/insights', '/ui/insights/find', {
      days: '7',
      until: '',
      team: 'template-1',
    });
    expect([sent.status, sent.headers.location]).toEqual([303, '/ui/insights?days=7&team=template-1']);
  }
});

const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll("'", '&#x27;')
    .replaceAll('=', '&#x3D;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');

/** What the page of spend shows is what the rows of the ledger say, whatever it is asked for. */
import { generateLedger, SMALL, type LedgerShape } from '../../bench/ledger';
import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { policyFile, type PolicyFile } from '../gateway/support/policy-file';
import { visitorOf, type Visitor } from './support';

const ZONE = 'America/Sao_Paulo';
const SHAPE: LedgerShape = {
  ...SMALL,
  rows: 4_000,
  keys: 300,
  people: 60,
  days: 12,
  timeZone: ZONE,
  summedDays: 3,
  until: new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format(Date.now() - 86_400_000),
};
const XSS = `=1+1"><script>alert(1)</script>`;

let file: PolicyFile;
let gateway: TestGateway;
let boss: Visitor;
beforeAll(async () => {
  file = await policyFile({ timeZone: ZONE, retentionDays: 90 });
  gateway = await startTestGateway({ env: file.env });
  await generateLedger((text, values) => gateway.store.query(text, values), SHAPE);
  await gateway.store.query("update keys set owner_name = $1 where owner_id = 'owner-3'", [XSS]);
  boss = visitorOf(gateway);
  await boss.signIn();
}, 60_000);
afterAll(async () => {
  await gateway.close();
  await file.remove();
});

/** Cells of a CSV, row by row, without its first. */
async function table(query: string): Promise<string[][]> {
  const { status, text, headers } = await boss.get(`/ui/spend.csv?${query}`);
  expect([status, headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8']);
  const rows = text.trim().split('\r\n').slice(1);
  return rows.map((row) =>
    row
      .slice(1, -1)
      .split('","')
      .map((cell) => cell.replaceAll('""', '"')),
  );
}

const LINES = `(
  select (at at time zone '${ZONE}')::date as day, l.*, k.owner_id as person from spend_lines l join keys k on k.id = l.key_id
) as lines`;
const dayBefore = (days: number): string => `((now() at time zone '${ZONE}')::date - ${days})`;

test.each([
  ['person', 'person', 'true', ''],
  ['team', "coalesce(template_name, '')", 'true', ''],
  ['model', 'model', 'true', ''],
  ['workspace', "coalesce(workspace_id, '')", 'true', ''],
  ['key', 'key_id::text', 'true', ''],
  ['provider', "coalesce(provider, '')", 'true', ''],
  ['day', "to_char(day, 'YYYY-MM-DD')", 'true', ''],
  ['day', "to_char(day, 'YYYY-MM-DD')", "person = 'owner-7'", '&person=owner-7'],
  ['person', 'person', "model = 'model-2'", '&model=model-2'],
  [
    'model',
    'model',
    "template_name = 'template-1' and person = 'owner-9'",
    '&team=template-1&person=owner-9',
  ],
])('by %s, over each span: every row, to the nano-dollar', async (by, column, where, words) => {
  for (const days of [1, 7, 30]) {
    const right = await gateway.store.query<{ id: string; calls: string; nano: string }>(
      `select ${column} as id, sum(calls)::text as calls, sum(cost_nano)::text as nano from ${LINES}
       where ${where} and day > ${dayBefore(days)} group by 1`,
    );
    const told = await table(`by=${by}&days=${days}${words}`);
    const text = (id: string, calls: string, spend: string): string => `${id} ${calls} ${spend}`;
    expect(told.map(([id = '', , calls = '', , , , spend = '']) => text(id, calls, spend)).sort()).toEqual(
      right.map(({ id, calls, nano }) => text(id, calls, String(Number(nano) / 1e9))).sort(),
    );
  }
});

test('the page has the sum of its rows, a bar a day, and leads to the rows under each figure', async () => {
  const [all] = await gateway.store.query<{ nano: string; calls: string }>(
    `select sum(cost_nano) as nano, sum(calls) as calls from ${LINES} where day > ${dayBefore(30)}`,
  );
  const usd = new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: 2,
    maximumFractionDigits: 4,
  });
  const { text } = await boss.get('/ui/spend?by=team&days=30');
  expect(text).toContain(`<b>${usd.format(Number(all?.nano) / 1e9)}</b>`);
  expect(text).toContain(`<b>${new Intl.NumberFormat('en-US').format(Number(all?.calls))}</b>`);
  expect(text.match(/<rect /g)?.length).toBe(30);
  const href = /href="(\/ui\/spend\?by&#x3D;person[^"]*team&#x3D;template-1[^"]*)"/.exec(text)?.[1] ?? '';
  const under = await boss.get(href.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='));
  expect(under.status).toBe(200);
  expect(under.text).toContain('value="template-1"');
  expect(text).toContain('How long calls take');
});

test('names stay text on the page, and no cell of the table is a formula', async () => {
  const { text } = await boss.get('/ui/spend?by=person&days=365');
  expect(text).not.toContain('<script>alert');
  expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  const row = (await table('by=person&days=365')).find(([id]) => id === 'owner-3');
  expect(row?.[1]).toBe(`'${XSS}`);
});

test('words that mean nothing are as usual, and days without a call say so', async () => {
  const odd = await boss.get('/ui/spend?by=constructor&days=-1&person=%00&model=%22%3E');
  expect(odd.status).toBe(200);
  expect(odd.text).toContain('No call of that kind in these days.');
  expect((await boss.get('/ui/spend?by=__proto__&days=1e9')).text).toContain('Spend by Person');
  const empty = await boss.get('/ui/spend?days=7&person=nobody');
  expect(empty.text).toContain('No call of that kind');
});

test('the form leads to an address that can be shared', async () => {
  const sent = await boss.send('/ui/spend', '/ui/spend/find', {
    by: 'model',
    days: '7',
    person: '',
    team: 'template-1',
    model: '',
  });
  expect([sent.status, sent.headers.location]).toEqual([303, '/ui/spend?by=model&days=7&team=template-1']);
});

test('what workspaces ask about themselves keeps no page waiting, and pages keep none of that', async () => {
  const { reports } = gateway.gateway.services;
  const { signal } = new AbortController();
  /** Two that take every turn of their kind, until something else has been answered. */
  const meanwhile = async (
    hold: (caller: string, until: Promise<void>) => Promise<void>,
    ask: () => Promise<unknown>,
  ) => {
    let end = (): void => {};
    const until = new Promise<void>((resolve) => (end = resolve));
    const held = ['one', 'two'].map((caller) => hold(caller, until));
    const answer = await ask();
    end();
    await Promise.all(held);
    return answer;
  };
  const page = await meanwhile(
    (caller, until) => reports.readOwn(caller, signal, () => until),
    () => boss.get('/ui/spend'),
  );
  expect(page).toMatchObject({ status: 200 });
  const own = await meanwhile(
    (caller, until) => reports.readPage(caller, signal, () => until),
    () => reports.readOwn('three', signal, () => Promise.resolve('told')),
  );
  expect(own).toBe('told');
});

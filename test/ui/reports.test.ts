/** Reports of months: page, paper, table, answer and command line say what the rows of the ledger say, to the nano-dollar. */
import { generateLedger, SMALL, type LedgerShape } from '../../bench/ledger';
import { dayAt } from '../../gateway/ledger/calendar-day';
import { exactDollars } from '../../gateway/ledger/money';
import { monthAt } from '../../gateway/month/month';
import { adminOf, type Admin } from '../admin/support';
import { run } from '../administration/support';
import { followAll } from '../backup/support';
import { MASTER_KEY, startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { policyFile, type PolicyFile } from '../gateway/support/policy-file';
import { visitorOf, type Visitor } from './support';

const ZONE = 'America/Sao_Paulo';
const SHAPE: LedgerShape = {
  ...SMALL,
  rows: 6_000,
  keys: 300,
  people: 60,
  days: 45,
  timeZone: ZONE,
  summedDays: 20,
  until: dayAt(new Date(), ZONE, 1).date,
};
const XSS = `=1+1"><script>alert(1)</script>`;
const NOW = monthAt(new Date(), ZONE);
const BEFORE = monthAt(new Date(), ZONE, 1);
const MONTHS = [NOW, BEFORE, monthAt(new Date(), ZONE, 2)];

let file: PolicyFile;
let gateway: TestGateway;
let admin: Admin;
let boss: Visitor;
beforeAll(async () => {
  file = await policyFile({
    timeZone: ZONE,
    retentionDays: 90,
    teams: {
      templates: {
        'template-1': { maxBudget: 0.5, budgetDuration: '1d' },
        'template-2': { maxBudget: 900, budgetDuration: '30d' },
        'template-3': { maxBudget: 70, budgetDuration: '7d' },
        'template-4': { maxBudget: 5, budgetDuration: 'none' },
        idle: { maxBudget: 5, budgetDuration: '30d' },
      },
      groups: { staff: { maxBudget: 1, budgetDuration: '30d' } },
    },
  });
  gateway = await startTestGateway({ env: file.env });
  admin = adminOf(gateway);
  await generateLedger((text, values) => gateway.store.query(text, values), SHAPE);
  const { store } = gateway;
  for (const table of ['calls', 'daily_sums', 'keys'])
    await store.query(`update ${table} set template_name = $1 where template_name = 'template-5'`, [XSS]);
  for (const table of ['calls', 'daily_sums'])
    await store.query(`update ${table} set model = $1 where model = 'model-3'`, [XSS]);
  await store.query("update keys set owner_groups = '{staff}' where owner_id in ('owner-3', 'owner-4')");
  await store.query(
    "insert into owners (id, groups) values ('owner-5', '{staff}') on conflict (id) do update set groups = '{staff}'",
  );
  await store.query('select restart_sums()');
  await followAll(gateway);
  boss = visitorOf(gateway);
  await boss.signIn();
}, 60_000);
afterAll(async () => {
  await gateway.close();
  await file.remove();
});

function cellsOf(csv: string): string[][] {
  return csv
    .trim()
    .split('\r\n')
    .map((row) =>
      row
        .slice(1, -1)
        .split('","')
        .map((cell) => cell.replaceAll('""', '"')),
    );
}

/** Rows of the table, by the names of its columns. */
function recordsOf(csv: string): Record<string, string>[] {
  const [columns = [], ...rows] = cellsOf(csv);
  return rows.map((cells) => Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? ''])));
}

const plain = (text: string): string => text.replace(/^'(?==)/, '');

interface Right {
  readonly team: string;
  readonly model: string;
  readonly calls: string;
  readonly failed: string;
  readonly input: string;
  readonly nano: string;
  readonly estimated: string;
}

/** What rows of the ledger say, by other means than the sums'. */
const right = (month: string, by: readonly ('team' | 'model')[], where = 'true') =>
  gateway.store.query<Right & Record<string, string>>(
    `select ${by.includes('team') ? "coalesce(template_name, '')" : "''"} as team, ${by.includes('model') ? 'model' : "''"} as model,
       sum(calls)::text as calls, sum(failed_calls)::text as failed, sum(input_tokens)::text as input,
       sum(cost_nano)::text as nano, sum(estimated_nano)::text as estimated
     from spend_lines where to_char(at at time zone '${ZONE}', 'YYYY-MM') = $1 and ${where} group by 1, 2`,
    [month],
  );

const asText = (rows: readonly Right[]): string[] =>
  rows
    .map(({ team, model, calls, failed, input, nano, estimated }) =>
      [team, model, calls, failed, input, exactDollars(Number(nano)), exactDollars(Number(estimated))].join(
        ' ',
      ),
    )
    .sort();
const told = (records: readonly Record<string, string>[], part: string): string[] =>
  records
    .filter((each) => each['part'] === part && each['calls'] !== '0')
    .map((each) =>
      [
        ...[plain(each['team'] ?? ''), plain(each['model'] ?? ''), each['calls'], each['failed_calls']],
        ...[each['input_tokens'], each['spend_usd'], each['estimated_usd']],
      ].join(' '),
    )
    .sort();

test.each(MONTHS.map(({ name }) => name))(
  '%s: every part of the table is what the rows say',
  async (month) => {
    const { status, text, headers } = await boss.get(`/ui/reports/${month}/report.csv`);
    expect([status, headers['content-disposition']]).toEqual([
      200,
      `attachment; filename="ai-spend-${month}.csv"`,
    ]);
    const records = recordsOf(text);
    expect(told(records, 'team')).toEqual(asText(await right(month, ['team'])));
    expect(told(records, 'model')).toEqual(asText(await right(month, ['model'])));
    expect(told(records, 'team and model')).toEqual(asText(await right(month, ['team', 'model'])));
    expect(told(records, 'total')).toEqual(asText(await right(month, [])));
    const staff = "owner_id in ('owner-3', 'owner-4', 'owner-5')";
    expect(told(records, 'group').map((line) => line.replace('staff', ''))).toEqual(
      asText(await right(month, [], staff)),
    );
  },
);

test('budgets come to what their windows in the month come to, also of teams without a call', async () => {
  const days = BEFORE.days.length;
  const records = recordsOf((await boss.get(`/ui/reports/${BEFORE.name}/report.csv`)).text);
  const budgets = records.filter(({ budget_window: window }) => window !== '');
  expect(
    Object.fromEntries(
      budgets.map((each) => [each['team'], [each['part'], each['budget_usd'], each['budget_window']]]),
    ),
  ).toEqual({
    'template-1': ['team', String(days / 2), '1d'],
    'template-2': ['team', '900', '30d'],
    'template-3': ['team', String(days * 10), '7d'],
    'template-4': ['team', '', 'none'],
    idle: ['team', '5', '30d'],
    staff: ['group', '1', '30d'],
  });
});

test('the command line says the same, as a table, CSV and JSON', async () => {
  const page = (await boss.get(`/ui/reports/${BEFORE.name}/report.csv`)).text;
  const csv = await run(gateway.adminUrl, ['spend', 'month', BEFORE.name, '--csv']);
  expect([csv.code, csv.err]).toEqual([0, expect.stringContaining(`days of ${ZONE}`)]);
  const [columns, ...rows] = csv.out.trim().split('\r\n');
  expect(columns?.split(',')).toEqual(cellsOf(page)[0]);
  expect(rows).toHaveLength(cellsOf(page).length - 1);
  const json = await run(gateway.adminUrl, ['spend', 'month', BEFORE.name, '--json']);
  const { lines } = JSON.parse(json.out) as { lines: Record<string, string | number | null>[] };
  expect(lines.map((line) => ({ ...line, month: BEFORE.name }))).toMatchObject(
    recordsOf(page).map(({ part, team = '', model = '', spend_usd, calls }) => ({
      part,
      team: plain(team),
      model: plain(model),
      spend_usd,
      calls: Number(calls),
    })),
  );
  const [total] = await right(BEFORE.name, []);
  expect(csv.out).toContain(`,total,,,${total?.calls},`);
  const table = await run(gateway.adminUrl, ['spend', 'month']);
  expect(table.code).toBe(0);
  expect(table.out).toContain('team and model');
  const wrong = await run(gateway.adminUrl, ['spend', 'month', '2026-13']);
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('a month as YYYY-MM')]);
});

test('the page and the paper have the total, lead on, and keep names as text', async () => {
  const [total] = await right(BEFORE.name, []);
  const usd = new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency: 'USD',
    maximumFractionDigits: 4,
  });
  for (const path of [`/ui/reports/${BEFORE.name}`, `/ui/reports/${BEFORE.name}/paper`]) {
    const { status, text } = await boss.get(path);
    expect(status).toBe(200);
    expect(text).toContain(`<b>${usd.format(Number(total?.nano) / 1e9)}</b>`);
    expect(text).not.toContain('<script>alert');
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).toContain('($0.50 a day)');
    expect(text).toContain('no template');
  }
  const { text } = await boss.get('/ui/reports');
  expect(text).toContain(`href="/ui/reports/${BEFORE.name}/paper"`);
  for (const { name } of MONTHS) {
    const [sum] = await right(name, []);
    expect(text).toContain(`<td class="number">${usd.format(Number(sum?.nano ?? 0) / 1e9)}</td>`);
  }
  const table = (await boss.get(`/ui/reports/${BEFORE.name}/report.csv`)).text;
  expect(table).toContain(`"'${XSS.replaceAll('"', '""')}"`);
});

test.each(['2026-13', '1999-01', 'x', '2026-11-01', '__proto__', '%00', '../keys'])(
  '/ui/reports/%s is no report',
  async (name) => {
    for (const path of ['', '/paper', '/report.csv']) {
      const { status, text } = await boss.get(`/ui/reports/${name}${path}`);
      expect([status, text.includes('There is no such page')]).toEqual([404, true]);
    }
    const asked = await admin(`/spend/month?month=${encodeURIComponent(name)}`);
    expect(asked.status).toBe(400);
  },
);

test('a month without a call, one long ago, and one to come say so', async () => {
  for (const name of ['2001-02', '2099-12']) {
    const { status, text } = await boss.get(`/ui/reports/${name}`);
    expect(status).toBe(200);
    expect(text).toContain('No call was made in this month.');
  }
  const older = await boss.get('/ui/reports?until=2003-05');
  expect(older.text).toContain('May 2003');
  expect((await boss.get('/ui/reports?until=2099-01')).text).not.toContain('2099');
});

test('without a channel that is mail nothing can be sent or set, and that is said', async () => {
  expect((await boss.get('/ui/reports')).text).toContain('ALERT_SMTP_URL');
  expect((await boss.get(`/ui/reports/${BEFORE.name}`)).text).not.toContain('Send it now');
  const { status, json } = await admin('/spend/month/schedule/set', { day: 2 });
  expect([status, json.error.message]).toEqual([
    400,
    expect.stringContaining('There is no channel that is mail'),
  ]);
  const sent = await run(gateway.adminUrl, ['spend', 'send']);
  expect([sent.code, sent.err]).toEqual([1, expect.stringContaining('There is no channel that is mail')]);
  expect((await admin('/spend/month/schedule')).json).toEqual({
    day: null,
    next_at: null,
    last_month: null,
    channels: [],
  });
  const set = await gateway.request(`${gateway.adminUrl}/spend/month/schedule/set`, {
    key: MASTER_KEY,
    body: { day: 29 },
  });
  expect(set.status).toBe(400);
});

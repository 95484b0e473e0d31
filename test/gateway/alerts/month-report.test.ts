/** Reports of months by mail: once over all processes and restarts, what was missed is made up, and all in it stays text. */
import { adminOf } from '../../admin/support';
import { run } from '../../administration/support';
import { followAll } from '../../backup/support';
import { visitorOf } from '../../ui/support';
import { startAnthropicStandin, type AnthropicStandin } from '../../standins/anthropic';
import { eventually, startTestGateway, type TestGateway } from '../support/gateway';
import {
  MAIL_PASSWORD,
  startMailReceiver,
  type MailReceiver,
  type ReceivedMail,
} from '../support/mail-receiver';
import { policyFile, type PolicyFile } from '../support/policy-file';
import { startStore, type TestStore } from '../support/store';

const ZONE = 'America/Sao_Paulo';
const XSS = `=HYPERLINK("x")<script>alert(1)</script>`;
const LIMITS = { alertLookMs: 50, alertPauseMs: 50 };

let clock = new Date('2025-10-20T12:00:00Z');
let receiver: MailReceiver;
let file: PolicyFile;
let store: TestStore;
let standin: AnthropicStandin;
const fleet: TestGateway[] = [];

const start = async (): Promise<TestGateway> => {
  const gateway = await startTestGateway({
    store,
    standin,
    env: { ...file.env, ...receiver.env },
    limits: LIMITS,
    now: () => clock,
  });
  fleet.push(gateway);
  return gateway;
};
const stop = async (): Promise<void> => {
  for (const gateway of fleet.splice(0)) await gateway.gateway.close();
};

/** A call of that cost. $1 when it ended, $2 template, $3 model, $4 nano-dollars. */
const BOOK = `insert into calls (request_id, finished_at, key_id, account_id, account_ids, scope, owner_id, owner_name,
    template_name, level, protocol, model, model_asked, provider, deployment, attempts, streamed, input_tokens,
    output_tokens, cache_write_tokens, cache_read_tokens, cost_nano, estimated, latency_ms, status, client)
  select gen_random_uuid(), $1, k.id, k.account_id, array[k.account_id], k.scope, k.owner_id, k.owner_name, $2, 'standard',
    'openai-chat', $3, '', 'p', 'd', 1, true, 10, 20, 0, 0, $4, false, 100, 200, 'curl' from keys k order by id limit 1`;

beforeAll(async () => {
  receiver = await startMailReceiver();
  file = await policyFile({
    timeZone: ZONE,
    retentionDays: 90,
    teams: { templates: { [XSS]: { maxBudget: 10, budgetDuration: '30d' } }, groups: {} },
  });
  store = await startStore();
  standin = await startAnthropicStandin();
  const gateway = await start();
  await adminOf(gateway)('/key/generate', { user_id: 'ann' });
  for (const [at, nano] of [
    // The last instant of October there, and the first of November; the last of November, and the first of December.
    ['2025-11-01T02:59:59.999Z', 1],
    ['2025-11-01T03:00:00Z', 2_000_000_003],
    ['2025-12-01T02:59:59.999Z', 30],
    ['2025-12-01T03:00:00Z', 400],
  ] as const)
    await store.query(BOOK, [at, XSS, `${XSS} model`, nano]);
  await store.query('select restart_sums()');
  await followAll(gateway);
}, 60_000);
afterAll(async () => {
  await stop();
  await receiver.close();
  await file.remove();
  await standin.close();
  await store.remove();
});

const first = (): TestGateway => fleet[0] as TestGateway;
const subjects = (): string[] => receiver.mails.map(({ headers }) => headers['subject'] ?? '');
const partOf = (mail: ReceivedMail | undefined, type: string) =>
  mail?.parts.find(({ headers }) => headers['content-type']?.startsWith(type));
/** Each process has looked again, some times. */
const looked = async (): Promise<void> => {
  for (let turn = 0; turn < 4; turn += 1) {
    const [before] = await store.query<{ at: string }>('select started_at::text as at from alert_look');
    await eventually(async () => {
      const [now] = await store.query<{ at: string }>('select started_at::text as at from alert_look');
      return now?.at !== before?.at ? true : undefined;
    });
  }
};

test('the day is set and told; months that are over by then go out to nobody', async () => {
  await start();
  const set = await run(first().adminUrl, ['spend', 'schedule', '--day', '2', '--json']);
  expect(JSON.parse(set.out)).toEqual({
    day: 2,
    next_at: '2025-11-02T03:00:00.000Z',
    last_month: '2025-09',
    channels: ['mail'],
  });
  await looked();
  clock = new Date('2025-11-02T02:59:59Z');
  await looked();
  expect(receiver.mails).toEqual([]);
});

test('on its day one of the processes sends it, once, with its table; whatever is in it is text', async () => {
  clock = new Date('2025-11-02T03:00:00Z');
  await receiver.many(1);
  await looked();
  expect(subjects()).toEqual(['[info] October 2025: AI cost $0.00, in one call.']);
  clock = new Date('2025-12-02T03:00:00Z');
  await receiver.many(2);
  await looked();
  expect(receiver.mails).toHaveLength(2);
  const mail = receiver.mails[1];
  expect(mail?.to).toEqual(['boss@example.com', 'ops@example.com']);
  expect(mail?.headers).toMatchObject({
    subject: '[info] November 2025: AI cost $2.00, in 2 calls.',
    'x-alert-id': 'month_report/2025-11',
  });
  expect(partOf(mail, 'text/plain')?.text).toMatch(/^Spend: \$2\.000000033\r?$/m);
  const html = partOf(mail, 'text/html')?.text ?? '';
  expect(html).not.toMatch(/<script|src=|https?:/);
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  const table = partOf(mail, 'text/csv');
  expect(table?.headers['content-disposition']).toContain('ai-spend-2025-11.csv');
  expect(table?.text).toContain(`"'${XSS.replaceAll('"', '""')}"`);
  const boss = visitorOf(first());
  await boss.signIn();
  expect(table?.text).toBe((await boss.get('/ui/reports/2025-11/report.csv')).text);
  expect(table?.text).toContain('"total","","","2","0","20","0","0","40","0","2.000000033"');
});

test('what was missed while all were down is made up, in its order, and nothing is repeated', async () => {
  await stop();
  clock = new Date('2026-02-20T12:00:00Z');
  await start();
  await start();
  await receiver.many(4);
  await looked();
  expect(subjects().slice(2)).toEqual([
    '[info] December 2025: AI cost $0.00, in one call.',
    '[info] January 2026: AI cost $0.00, in 0 calls.',
  ]);
  await stop();
  await start();
  await looked();
  expect(receiver.mails).toHaveLength(4);
});

test('what the mail server refuses is tried again, and comes once', async () => {
  receiver.isAway = true;
  clock = new Date('2026-03-02T03:00:00Z');
  const waiting =
    "select attempts from alert_deliveries d join alerts a on a.id = d.alert_id where a.event = 'month_report/2026-02'";
  await eventually(
    async () => ((await store.query<{ attempts: number }>(waiting))[0]?.attempts ?? 0) > 1 || undefined,
  );
  await stop();
  receiver.isAway = false;
  await start();
  await receiver.many(5);
  await looked();
  expect(subjects().slice(4)).toEqual(['[info] February 2026: AI cost $0.00, in 0 calls.']);
  expect(receiver.mails[4]?.parts).toHaveLength(3);
});

test('two processes that come to it at the same moment, or one that another was faster than, send it once', async () => {
  await start();
  await start();
  clock = new Date('2026-04-02T03:00:00Z');
  // Everybody may look at any time.
  for (let turn = 0; turn < 20; turn += 1) {
    await store.query("update alert_look set started_at = '-infinity'");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await receiver.many(6);
  await looked();
  expect(receiver.mails).toHaveLength(6);
});

test('a silence holds for it as for all that is told', async () => {
  const admin = adminOf(first());
  const made = await admin('/alerts/silence', { kind: 'month_report', duration: '2h' });
  expect(made.status).toBe(200);
  await store.query("update alert_silences set until = now() + interval '2 hours'");
  clock = new Date('2026-05-02T03:00:00Z');
  await eventually(
    async () =>
      (await store.query("select from month_mail where through = '2026-04'")).length > 0 || undefined,
  );
  await looked();
  await store.query('delete from alert_silences');
  await looked();
  expect(receiver.mails).toHaveLength(6);
});

test('sent now it is sent at once, is in the trail, and leaves the schedule as it is; a form sends it once', async () => {
  const sent = await run(first().adminUrl, ['spend', 'send', '2025-11', '--json']);
  expect([sent.code, JSON.parse(sent.out)]).toEqual([
    0,
    { month: '2025-11', channels: [{ name: 'mail', ok: true, fault: null }] },
  ]);
  const boss = visitorOf(first());
  await boss.signIn();
  const page = await boss.get('/ui/reports/2025-11');
  const hidden = Object.fromEntries(
    [...page.text.matchAll(/name="(csrf|form)" value="([^"]+)"/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  );
  const [one, other] = [
    await boss.post('/ui/reports/2025-11/mail', hidden),
    await boss.post('/ui/reports/2025-11/mail', hidden),
  ];
  expect([one.status, other.status]).toEqual([200, 409]);
  expect(one.text).toContain('mail: the mail server has taken it.');
  expect(subjects().slice(6)).toEqual([
    '[info] November 2025: AI cost $2.00, in 2 calls.',
    '[info] November 2025: AI cost $2.00, in 2 calls.',
  ]);
  const trail = await store.query(
    "select actor, action, target from admin_audit where action like 'spend/month/%' order by id",
  );
  expect(trail).toEqual([
    { actor: 'master', action: 'spend/month/schedule/set', target: 'month' },
    { actor: 'master', action: 'spend/month/send', target: 'month/2025-11' },
    { actor: 'master', action: 'spend/month/send', target: 'month/2025-11' },
  ]);
  receiver.isAway = true;
  const failed = await run(first().adminUrl, ['spend', 'send']);
  expect([failed.code, failed.out]).toEqual([1, expect.stringContaining('the channel ')]);
  receiver.isAway = false;
});

test('a viewer sets and sends nothing, and sees no form for it', async () => {
  const { json } = await adminOf(first())('/admin/key/new', { name: 'looker', role: 'viewer' });
  const looker = visitorOf(first());
  await looker.signIn(json.key);
  const page = await looker.get('/ui/reports');
  expect(page.text).toContain('goes out on day 2 of each month');
  expect(page.text).not.toContain('/ui/reports/day');
  expect((await looker.get('/ui/reports/2025-11')).text).not.toContain('Send it now');
  const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
  for (const path of ['/ui/reports/day', '/ui/reports/2025-11/mail']) {
    const direct = await looker.post(path, { csrf, form: 'A'.repeat(22), day: '' });
    expect([path, direct.status]).toEqual([path, 403]);
  }
  for (const path of ['/spend/month/send', '/spend/month/schedule/set']) {
    const direct = await first().request(first().adminUrl + path, { key: json.key, body: { day: null } });
    expect([path, direct.status]).toEqual([path, 403]);
  }
  expect(receiver.mails).toHaveLength(8);
});

test('the day is set by the form, and taken back; then none goes out', async () => {
  const boss = visitorOf(first());
  await boss.signIn();
  expect((await boss.send('/ui/reports', '/ui/reports/day', { day: '15' })).status).toBe(303);
  expect((await boss.get('/ui/reports')).text).toContain('on day 15 of each month, by mail');
  const wrong = await boss.send('/ui/reports', '/ui/reports/day', { day: '31' });
  expect([wrong.status, wrong.text.includes('Nothing was done')]).toEqual([400, true]);
  expect((await boss.send('/ui/reports', '/ui/reports/day', { day: '' })).status).toBe(303);
  clock = new Date('2026-08-20T12:00:00Z');
  await looked();
  expect(receiver.mails).toHaveLength(8);
  const secrets = [MAIL_PASSWORD, 'boss@example.com', 'ops@example.com'];
  const said = [
    ...(
      await Promise.all(['/ui/reports', '/ui/reports/2025-11', '/ui/audit'].map((path) => boss.get(path)))
    ).map(({ text }) => text),
    ...fleet.flatMap(({ logs }) => logs),
    JSON.stringify(await store.query('select * from admin_audit')),
    JSON.stringify((await adminOf(first())('/spend/month/schedule')).json),
  ];
  for (const secret of secrets) expect(said.filter((text) => text.includes(secret))).toEqual([]);
});

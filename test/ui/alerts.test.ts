/** The page of alerts: what was told and whether it arrived, silences with their reason, and the test of a channel. */
import { adminOf, type Admin } from '../admin/support';
import {
  HOOK,
  ok,
  SIGNING_SECRET,
  startAlertReceiver,
  type AlertReceiver,
} from '../gateway/support/alert-receiver';
import { eventually, startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { visitorOf, type Visitor } from './support';

const XSS = `"><script>alert(1)</script><img src=x onerror=alert(2)>`;
const PATH = '/ui/alerts';

let receiver: AlertReceiver;
let gateway: TestGateway;
let admin: Admin;
let boss: Visitor;
beforeAll(async () => {
  receiver = await startAlertReceiver();
  gateway = await startTestGateway({
    env: receiver.env,
    limits: { alertLookMs: 50, alertPauseMs: 60_000 },
  });
  admin = adminOf(gateway);
  boss = visitorOf(gateway);
  await boss.signIn();
}, 60_000);
afterAll(async () => {
  await gateway.close();
  await receiver.close();
});

const raise = (event: string, kind: string, severity: string, subject: string, title = 'It happened.') =>
  gateway.store.query(
    `select raise_alert($1, $2, $3, $4, null, $5, array['webhook'], now() + interval '30 days', false, 1000, '1 second')`,
    [
      event,
      kind,
      severity,
      subject,
      JSON.stringify({ title: [title], facts: [['Fact', ['known']]], whatToDo: 'Nothing.' }),
    ],
  );
const delivered = (event: string) =>
  eventually(async () => {
    const [row] = await gateway.store.query<{ is: boolean }>(
      `select delivered_at is not null or attempts > 0 and lease_until is null as is from alert_deliveries d
       join alerts a on a.id = d.alert_id where a.event = $1`,
      [event],
    );
    return row?.is === true ? true : undefined;
  });
const trail = async (action: string) =>
  (await admin(`/audit?action=${encodeURIComponent(action)}`)).json.entries;
/** The part of a page under a heading. */
const part = (html: string, id: string): string => html.split(`id="${id}"`)[1]?.split('<h2')[0] ?? '';

test('tells what happened, of what, and that it was delivered', async () => {
  await raise('one/1', 'settlement_refused', 'critical', 'ledger', 'The store refused to book a call.');
  await delivered('one/1');
  const { status, text } = await boss.get(PATH);
  expect(status).toBe(200);
  for (const where of ['current', 'all']) {
    expect(part(text, where)).toContain('The store refused to book a call.');
    expect(part(text, where)).toContain('<span class="tag good">delivered</span>');
  }
  expect(part(text, 'channels')).toMatch(
    /webhook <span class="tag">json<\/span>[^]*<td class="number">0<\/td><td><time/,
  );
});

test('what is not well is current for as long as it is; what is no more than a warning is not', async () => {
  await gateway.store.query(`insert into alert_states values ('deployment/p/one', 'ill', now())`);
  await raise('two/1', 'deployment_down', 'critical', 'deployment/p/one', 'p/one does not answer.');
  await raise('two/2', 'budget_step', 'warning', 'owner/ann', 'A step of a budget.');
  await gateway.store.query(`update alerts set raised_at = now() - interval '3 days' where event = 'two/1'`);
  const now = (await boss.get(PATH)).text;
  expect(part(now, 'current')).toContain('p/one does not answer.');
  expect(part(now, 'current')).not.toContain('A step of a budget.');
  await gateway.store.query(`update alert_states set state = 'well' where subject = 'deployment/p/one'`);
  const then = (await boss.get(PATH)).text;
  expect(part(then, 'current')).not.toContain('p/one does not answer.');
  expect(part(then, 'all')).toContain('p/one does not answer.');
});

test('says why it did not arrive and when it is tried again, and nothing of where it goes', async () => {
  receiver.behave((_, response) => void response.writeHead(500).end(`${SIGNING_SECRET} ${HOOK}`));
  await raise('three/1', 'count_below_usage', 'warning', 'deployment/p/two');
  await delivered('three/1');
  const { text } = await boss.get(`${PATH}?kind=count_below_usage`);
  expect(part(text, 'all')).toMatch(/waiting<\/span> attempt 1: it answered[^<]*500[^<]*, next try <time/);
  expect(part(text, 'channels')).toMatch(
    /<td class="number">1<\/td><td class="number">0<\/td><td><time[^]*<td><time/,
  );
  for (const secret of [HOOK, SIGNING_SECRET, receiver.url]) expect(text).not.toContain(secret);
  receiver.behave(ok);
});

test('a silence is made with a reason for a time, holds, is in the trail, and is ended', async () => {
  const made = await boss.send(PATH, `${PATH}/silence`, {
    kind: 'liveness_silent',
    subject: XSS,
    duration: '2h',
    reason: `upkeep ${XSS}`,
  });
  expect([made.status, made.headers.location]).toEqual([303, `${PATH}?done=silence`]);
  const { text } = await boss.get(made.headers.location ?? '');
  expect(text).toContain('nobody is told of it meanwhile');
  expect(part(text, 'silences')).toContain('upkeep &quot;&gt;&lt;script&gt;alert(1)');
  expect(text).not.toMatch(/<script>alert|<img/);
  expect(await trail('alerts/silence')).toMatchObject([
    { actor: 'master', after: { kind: 'liveness_silent', reason: `upkeep ${XSS}` } },
  ]);
  await raise('four/1', 'liveness_silent', 'critical', XSS, XSS);
  const silenced = (await boss.get(PATH)).text;
  expect(part(silenced, 'all')).toContain('nobody: it was silenced');
  expect(part(silenced, 'current')).not.toContain('&lt;script&gt;');
  expect(silenced).not.toMatch(/<script>alert|<img/);
  const ended = await boss.send(PATH, `${PATH}/unsilence`);
  expect([ended.status, ended.headers.location]).toEqual([303, `${PATH}?done=unsilence`]);
  expect(part((await boss.get(PATH)).text, 'silences')).toContain('Nothing is silenced.');
  expect(await trail('alerts/unsilence')).toHaveLength(1);
});

test('what is wrong with a silence is said beside what was typed, and nothing is done', async () => {
  for (const [fields, says] of [
    [
      { kind: 'budget_step', subject: '', duration: '90d', reason: 'because' },
      'duration must be 30 days at most',
    ],
    [{ kind: '', subject: '', duration: '1h', reason: 'because' }, 'kind or subject is required'],
  ] as const) {
    const { status, text } = await boss.send(PATH, `${PATH}/silence`, fields);
    expect(status).toBe(400);
    expect(text).toContain(says);
    expect(text).toContain('value="because"');
  }
  expect(await gateway.store.query('select from alert_silences')).toEqual([]);
});

test('a form does its work once, and of two administrators who end a silence one is told that it is over', async () => {
  const fields = { kind: 'model_ends', subject: '', duration: '1h', reason: 'once' };
  const { text } = await boss.get(PATH);
  const form = text.split(`action="${PATH}/silence`)[1] ?? '';
  const hidden = Object.fromEntries(
    [...form.matchAll(/name="(csrf|form)" value="([^"]*)"/g)]
      .slice(0, 2)
      .map(([, name, value]) => [name, value]),
  ) as Record<string, string>;
  expect((await boss.post(`${PATH}/silence`, { ...hidden, ...fields })).status).toBe(303);
  const again = await boss.post(`${PATH}/silence`, { ...hidden, ...fields });
  expect(again.status).toBe(409);
  expect(again.text).toContain('It was carried out the first time');
  expect(again.text).toContain('Go to the page Alerts');
  expect(await gateway.store.query('select from alert_silences')).toHaveLength(1);
  const other = visitorOf(gateway);
  await other.signIn();
  const [mine, theirs] = [await boss.get(PATH), await other.get(PATH)];
  const ending = (html: string): Record<string, string> =>
    Object.fromEntries(
      [
        ...(html.split(`action="${PATH}/unsilence`)[1] ?? '').matchAll(
          /name="(csrf|form|id)" value="([^"]*)"/g,
        ),
      ]
        .slice(0, 3)
        .map(([, name = '', value = '']) => [name, value]),
    );
  expect((await boss.post(`${PATH}/unsilence`, ending(mine.text))).status).toBe(303);
  const late = await other.post(`${PATH}/unsilence`, ending(theirs.text));
  expect(late.status).toBe(404);
  expect(late.text).toContain('Nothing was done. No silence of that number holds');
  expect(await trail('alerts/unsilence')).toHaveLength(2);
});

test('a channel is tried by a button, which says whether it arrived', async () => {
  const well = await boss.send(PATH, `${PATH}/test`, { channel: 'webhook' });
  expect([well.status, well.text.includes('webhook took it')]).toEqual([200, true]);
  expect(receiver.received.filter(({ json }) => json.kind === 'test')).toHaveLength(1);
  receiver.behave((_, response) => void response.writeHead(500).end());
  const ill = await boss.send(PATH, `${PATH}/test`, { channel: 'webhook' });
  expect(ill.text).toContain('not delivered');
  expect(ill.text).not.toContain(HOOK);
  receiver.behave(ok);
  const none = await boss.send(PATH, `${PATH}/test`, { channel: 'elsewhere' });
  expect([none.status, none.text.includes('channel must be one of')]).toEqual([400, true]);
  expect(await trail('alerts/test')).toHaveLength(2);
});

test('a viewer sees all of it and changes none of it, whatever is sent', async () => {
  const { key } = (await admin('/admin/key/new', { name: 'vera', role: 'viewer' })).json;
  const viewer = visitorOf(gateway);
  await viewer.signIn(key);
  const { status, text } = await viewer.get(PATH);
  expect(status).toBe(200);
  expect(text).toContain('It happened.');
  expect(text).not.toMatch(/action="\/ui\/alerts\/(?:silence|unsilence|test)/);
  const csrf = /name="csrf" value="([^"]*)"/.exec(text)?.[1] ?? '';
  const before = receiver.received.length;
  for (const [action, fields] of [
    ['silence', { kind: 'model_ends', duration: '1h', reason: 'x' }],
    ['unsilence', { id: '1' }],
    ['test', { channel: 'webhook' }],
  ] as const) {
    const answer = await viewer.post(`${PATH}/${action}`, {
      csrf,
      form: `${'a'.repeat(22)}${action}`,
      ...fields,
    });
    expect([answer.status, answer.text.includes('Nothing was done')]).toEqual([403, true]);
  }
  expect(await gateway.store.query('select from alert_silences')).toEqual([]);
  expect(receiver.received).toHaveLength(before);
});

test('words that mean nothing are left out', async () => {
  for (const query of ['kind=constructor', 'kind=%00', 'page=-1', 'done=__proto__'])
    expect((await boss.get(`${PATH}?${query}`)).text).toMatch(/^(?![^]*\[object)[^]*All of the last 30 days/);
});

/** What is well or not: deployments, error rate, Coder, the ledger, models that end; and what a log line "alert" says. */
import { adminOf } from '../../admin/support';
import { liveness } from '../../../gateway/alerts/looks';
import { fail } from '../../standins/anthropic';
import { HOOK, SIGNING_SECRET, startAlertReceiver, type AlertReceiver } from '../support/alert-receiver';
import { eventually, startTestGateway, type TestGateway } from '../support/gateway';
import { lastingCatalog } from '../support/lasting-catalog';
import { policyFile, type PolicyFile } from '../support/policy-file';

const HELLO = { model: 'claude-haiku', messages: [{ role: 'user', content: 'hi' }], max_tokens: 10 };
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

let receiver: AlertReceiver;
let document: PolicyFile;
let gateway: TestGateway;
beforeAll(async () => {
  receiver = await startAlertReceiver();
  document = await policyFile({
    models: lastingCatalog.models.map((model, at) => ({
      ...model,
      deployments: model.deployments.map((each) => ({
        ...each,
        ...(at === 0 ? { retiresOn: inDays(20) } : {}),
      })),
    })),
  });
  gateway = await startTestGateway({
    env: {
      ...document.env,
      ...receiver.env,
      // Nobody is there.
      CODER_URL: 'http://127.0.0.1:1',
      CODER_TOKEN: 'coder-token-for-tests',
      GATEWAY_CODER_POLL_SECONDS: '0.2',
    },
    // A minute of looks without a word from Coder is not waited for: sixty of them are a second and a half.
    limits: { alertLookMs: 25, alertPauseMs: 25, coolDownMs: 50 },
  });
});
afterAll(async () => {
  await gateway.close();
  await document.remove();
  await receiver.close();
});

test('a deployment that fails again after its pause is down, once; then it is back', async () => {
  const key = await gateway.workspaceKey();
  const down = await eventually(async () => {
    gateway.standin.reset();
    gateway.standin.answer(fail(500), fail(500), fail(500), fail(500));
    await gateway.chat(key, HELLO);
    return receiver.received.find(({ json }) => json.kind === 'deployment_down');
  });
  expect(down.json).toMatchObject({ severity: 'critical', facts: { Error: expect.any(String) as string } });
  gateway.standin.reset();
  const back = await eventually(async () => {
    await gateway.chat(key, HELLO);
    return receiver.received.find(({ json }) => json.kind === 'deployment_back');
  });
  expect(back.json.subject).toBe(down.json.subject);
});

test('many calls that fail are told of by their share', async () => {
  const key = await gateway.workspaceKey();
  gateway.standin.reset();
  gateway.standin.answer(...Array.from({ length: 120 }, () => fail(500)));
  for (let at = 0; at < 25; at += 1) await gateway.chat(key, HELLO);
  gateway.standin.reset();
  const [high] = await receiver.of('error_rate_high');
  expect(high?.json.facts['Failed']).toMatch(/^\d+ of \d+ calls within 5 minutes$/);
  // The five minutes are over.
  await gateway.settled();
  await gateway.store.query("update calls set finished_at = finished_at - interval '10 minutes'");
  await receiver.of('error_rate_normal');
  expect(receiver.received.filter(({ json }) => json.kind === 'error_rate_high')).toHaveLength(1);
});

test('Coder that is not reached is told of once, with what to do', async () => {
  const [silent] = await receiver.of('liveness_silent');
  expect(silent?.json).toMatchObject({
    facts: { Why: 'the Coder at CODER_URL cannot be reached' },
    what_to_do: 'an administrator looks whether it runs, and whether CODER_URL is right.',
  });
  const { services } = gateway.gateway;
  await gateway.store.query('update coder_poll set finished_at = clock_timestamp()');
  const coderStanding = {
    ...services.coderStanding,
    current: { state: 'reached', since: new Date() },
  } as const;
  const seen = await liveness({ ...services, coderStanding }, 3_600_000);
  expect([seen?.state, seen?.alertOf('1').kind]).toEqual(['well', 'liveness_back']);
  // One that has just started does not speak for the one before.
  const unknown = { ...services.coderStanding, current: undefined };
  await gateway.store.query("update coder_poll set finished_at = clock_timestamp() - interval '1 day'");
  expect(await liveness({ ...services, coderStanding: unknown }, 10)).toBeUndefined();
  expect((await liveness({ ...services, coderStanding: unknown }, 3_600_000))?.state).toBe('ill');
});

test('a model that ends within a month is told of, once', async () => {
  const found = await receiver.of('model_ends');
  const [name] = lastingCatalog.models.map((each) => each.name);
  expect(found[0]?.json.title).toContain(`The model ${name} ends on ${inDays(20)}`);
  expect(new Set(found.map(({ json }) => json.id)).size).toBe(found.length);
});

test('lines "alert" of the log are told, and stay in the log', async () => {
  const { logger } = gateway.gateway.services;
  logger.error('alert', { alert: 'settlement_refused', request_id: 'r-1', consequence: 'an estimate' });
  logger.error('alert', {
    alert: 'count_below_usage',
    request_id: 'r-2',
    deployment: '<!channel>',
    bound: 1,
    used: 2,
  });
  const [refused] = await receiver.of('settlement_refused');
  expect(refused?.json).toMatchObject({
    id: 'settlement_refused/r-1',
    facts: { Consequence: 'an estimate' },
  });
  const [low] = await receiver.of('count_below_usage');
  expect(low?.json.subject).toBe('deployment/<!channel>');
  expect(gateway.logs.filter((line) => line.includes('"msg":"alert"'))).toHaveLength(2);
});

test('a ledger that does not add up is told of when it is verified, and once a day by itself', async () => {
  const admin = adminOf(gateway);
  await gateway.store.query('update accounts set spent_nano = spent_nano + 5');
  expect((await admin('/spend/verify')).json['ok']).toBe(false);
  const [wrong] = await receiver.of('ledger_wrong');
  expect(wrong?.json.title).toBe('The ledger does not add up.');
  await admin('/spend/verify');
  // As if it were tomorrow.
  await gateway.store.query("update alerts set event = event || '/before' where kind = 'ledger_wrong'");
  await gateway.store.query("update alert_look set verified_at = now() - interval '25 hours'");
  await receiver.of('ledger_wrong', 2);
});

test('a test goes to each channel, is noted, and says what is wrong; a secret is nowhere', async () => {
  const admin = adminOf(gateway);
  const { json } = await admin('/alerts/test', {});
  expect(json['channels']).toEqual([{ name: 'webhook', kind: 'json', ok: true, fault: null }]);
  receiver.behave((_, response) => void response.writeHead(404).end(SIGNING_SECRET));
  const failed = await admin('/alerts/test', {});
  expect(failed.json['channels']).toMatchObject([{ ok: false, fault: 'answered with status 404' }]);
  const { entries } = (await admin('/audit?action=alerts/test')).json;
  expect(entries.map(({ after }) => after)).toEqual([{ webhook: false }, { webhook: true }]);
  const listed = await admin('/alerts/list?size=500');
  const said = [...gateway.logs, failed.text, listed.text].join('\n');
  for (const secret of [HOOK, SIGNING_SECRET, new URL(receiver.url).host]) expect(said).not.toContain(secret);
});

test('what was told long ago is forgotten; what is to be known so that it is told once is not', async () => {
  const left = async (event: string) =>
    (await gateway.store.query('select from alerts where event = $1', [event])).length;
  const add = (event: string, keep: string) =>
    gateway.store.query(
      `insert into alerts (event, kind, severity, subject, words, outcome, keep_until)
       values ($1, 'budget_step', 'info', 'x', '{}', 'told', ${keep})`,
      [event],
    );
  await add('for good', 'null');
  await add('still waiting', "now() - interval '1 day'");
  await gateway.store.query(
    `insert into alert_deliveries (alert_id, channel) select id, 'gone' from alerts where event = 'still waiting'`,
  );
  await add('long ago', "now() - interval '1 day'");
  await eventually(async () => ((await left('long ago')) === 0 ? true : undefined));
  expect([await left('for good'), await left('still waiting')]).toEqual([1, 1]);
});

/** The commands about alerts, as people run them. */
import { startAlertReceiver, type AlertReceiver } from '../gateway/support/alert-receiver';
import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { asked, run, type Ran } from './support';

let receiver: AlertReceiver;
let gateway: TestGateway;
let silent: TestGateway;
beforeAll(async () => {
  receiver = await startAlertReceiver();
  gateway = await startTestGateway({ env: receiver.env });
  silent = await startTestGateway({ store: gateway.store, standin: gateway.standin });
  await gateway.store.query(
    `select raise_alert('x/1', 'deployment_down', 'critical', 'deployment/anthropic/one', null, $1, '{}', null, false, 10, '1 s')`,
    [
      JSON.stringify({
        title: [{ name: 'anthropic/one' }, ' does not answer.'],
        facts: [],
        whatToDo: 'Look.',
      }),
    ],
  );
});
afterAll(async () => {
  await silent.close();
  await gateway.close();
  await receiver.close();
});

const alerts = (...args: string[]): Promise<Ran> => run(gateway.adminUrl, ['alerts', ...args]);

test('test says what arrived, and ends with 1 when something did not', async () => {
  const well = await alerts('test');
  expect([well.code, well.err]).toEqual([0, '']);
  expect(well.out).toMatch(/webhook\s+json\s+arrived/);
  receiver.behave((_, response) => void response.writeHead(500).end());
  const ill = await alerts('test');
  expect(ill.code).toBe(1);
  expect(ill.out).toContain('the channel answered with status 500');
  const none = await run(silent.adminUrl, ['alerts', 'test']);
  expect([none.code, none.out]).toEqual([1, '']);
  expect(none.err).toContain('There is no channel to test: set ALERT_WEBHOOK_URL');
});

test('list shows what was told and where it went', async () => {
  const { code, out } = await alerts('list');
  expect(code).toBe(0);
  expect(out).toMatch(
    /critical\s+deployment_down\s+deployment\/anthropic\/one\s+anthropic\/one does not answer\./,
  );
  expect(out).toContain('no channel');
  const empty = await run(silent.adminUrl, ['alerts', 'list', '--kind', 'test']);
  expect(empty.err).toContain('There is no channel, so nobody is told');
});

test('a silence is made, listed, audited and ended', async () => {
  const made = await asked<{ id: number; subject: string }>(
    gateway.adminUrl,
    ...['alerts', 'silence', '--about', 'deployment/anthropic/one', '--for', '2h'],
  );
  expect(made.subject).toBe('deployment/anthropic/one');
  expect((await alerts('list')).err).toMatch(/Silence 1: deployment\/anthropic\/one until .*, by master\./);
  const trail = await asked<{ action: string }[]>(
    gateway.adminUrl,
    'audit',
    'list',
    '--action',
    'alerts/silence',
  );
  expect(trail).toHaveLength(1);
  expect((await alerts('unsilence', String(made.id))).code).toBe(0);
  const again = await alerts('unsilence', String(made.id));
  expect([again.code, again.err]).toEqual([3, expect.stringContaining('No silence of that number holds.')]);
});

test.each<[string[], number, string]>([
  [['silence', '--for', '2h'], 2, 'Name what is to be silent: --kind <kind>, --about <subject>, or both.'],
  [['silence', '--kind', 'test', '--for', '400d'], 3, '30 days at most'],
  [['silence', '--kind', 'nothing', '--for', '2h'], 3, 'must be one of budget_step'],
  [['unsilence', 'x'], 2, '"x" is not the number of a silence'],
])('%j is refused', async (args, code, words) => {
  const ran = await alerts(...args);
  expect(ran.code).toBe(code);
  expect(ran.err).toContain(words);
});

/** What the environment says of channels, and that a fault of it is told without a word of what is secret. */
import { configuredChannels } from '../../../gateway/alerts/configured-channels';
import { EnvironmentError, readSettings, secretValues } from '../../../gateway/config/environment';

const BASE = { GATEWAY_MASTER_KEY: 'sk-master-key-for-tests-0123456789abcdef' };
const SECRET = 'T0KEN-zq81-never-shown';

const faultsOf = (env: Record<string, string>): string => {
  try {
    readSettings({ ...BASE, ...env });
  } catch (fault) {
    if (fault instanceof EnvironmentError) return fault.faults.join('\n');
    throw fault;
  }
  return 'none';
};

test('channels by variables of their own and by name', () => {
  const settings = readSettings({
    ...BASE,
    ALERT_WEBHOOK_URL: `https://hooks.example.com/${SECRET}`,
    ALERT_WEBHOOK_KIND: 'teams',
    ALERT_SMTP_URL: `smtps://user:${SECRET}@mail.example.com`,
    ALERT_MAIL_FROM: 'gateway@example.com',
    ALERT_MAIL_TO: 'ops@example.com, boss@example.com',
    ALERT_CHANNELS: JSON.stringify({
      ops: { kind: 'slack', url: 'https://hooks.example.com/services/x' },
      more: {
        kind: 'mail',
        smtp_url: 'smtp://mail.example.com',
        from: 'a@example.com',
        to: ['b@example.com'],
      },
    }),
  });
  expect(configuredChannels(settings).map(({ name, kind }) => [name, kind])).toEqual([
    ['webhook', 'teams'],
    ['mail', 'mail'],
    ['ops', 'slack'],
    ['more', 'mail'],
  ]);
  const secrets = secretValues(settings);
  for (const secret of [`https://hooks.example.com/${SECRET}`, 'https://hooks.example.com/services/x'])
    expect(secrets).toContain(secret);
});

test('without any there is none', () => {
  expect(configuredChannels(readSettings(BASE))).toEqual([]);
});

const channel = (value: unknown): Record<string, string> => ({ ALERT_CHANNELS: JSON.stringify(value) });
const hook = (url: string): Record<string, string> => ({ ALERT_WEBHOOK_URL: url });

test.each<[string, Record<string, string>, RegExp]>([
  [
    'http',
    hook(`http://hooks.example.com/${SECRET}`),
    /^ALERT_WEBHOOK_URL must be a URL that starts with https/,
  ],
  ['a password in it', hook(`https://x:${SECRET}@hooks.example.com/`), /without a user and a password/],
  ['no URL', hook(SECRET), /must be a URL/],
  ['a URL without end', hook(`https://h.example/${SECRET}${'x'.repeat(3_000)}`), /must be a URL/],
  [
    'another kind',
    { ALERT_WEBHOOK_KIND: 'discord' },
    /must be one of slack, teams, mattermost, json, not "discord"/,
  ],
  ['a short secret', { ALERT_WEBHOOK_SECRET: SECRET.slice(0, 9) }, /at least 16 characters/],
  [
    'a server alone',
    { ALERT_SMTP_URL: `smtps://u:${SECRET}@mail.example.com` },
    /ALERT_MAIL_FROM belong together/,
  ],
  [
    'a receiver with a header',
    { ALERT_MAIL_TO: `a@example.com\nBcc: ${SECRET}@example.com` },
    /must be a mail address/,
  ],
  ['a receiver with a name', { ALERT_MAIL_TO: `${SECRET} <a@example.com>` }, /without a name/],
  ['a query', { ALERT_SMTP_URL: `smtp://mail.example.com/?x=${SECRET}` }, /without a path and a query/],
  ['a % of its own', { ALERT_SMTP_URL: `smtp://u:%zz${SECRET}@mail.example.com` }, /% is written %25/],
  ['no JSON', { ALERT_CHANNELS: `{"x": "${SECRET}` }, /is not valid JSON/],
  ['a list', channel([SECRET]), /with other characters|must be a JSON object/],
  ['a kind that there is not', channel({ ops: { kind: SECRET } }), /must give channel "ops" a kind/],
  ['a slip', channel({ ops: { kind: 'slack', ulr: SECRET } }), /unknown member; did you mean "url"\?/],
  ['a number', channel({ ops: { kind: 'slack', url: 7 } }), /member url that must be text/],
  [
    'a name of another',
    channel({ mail: { kind: 'slack', url: 'https://x.example' } }),
    /the one of ALERT_SMTP_URL/,
  ],
  ['a scheme for a host', { ALERT_PRIVATE_HOSTS: 'https://x.example' }, /without a scheme and a port/],
])('%s is refused, and shown by its name only', (_, env, expected) => {
  const faults = faultsOf(env);
  expect(faults).toMatch(expected);
  expect(faults).not.toContain(SECRET);
});

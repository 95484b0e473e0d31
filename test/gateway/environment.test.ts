import {
  EnvironmentError,
  readSettings,
  secretValues,
  unreadNames,
  type Environment,
} from '../../gateway/config/environment';
import { VARIABLES } from '../../gateway/config/variables';
import { describeVariables } from '../../gateway/config/variables-help';
import { limitsOf } from '../../gateway/services';

const KEY = 'sk-0123456789abcdef0123456789abcdef';
const SECRET = '0123456789abcdef0123456789abcdef';

function faultsOf(environment: Environment): readonly string[] {
  try {
    readSettings({ GATEWAY_MASTER_KEY: KEY, ...environment });
    return [];
  } catch (fault) {
    if (fault instanceof EnvironmentError) return fault.faults;
    throw fault;
  }
}

describe('the environment', () => {
  test('has a default for everything but the master key', () => {
    expect(readSettings({ GATEWAY_MASTER_KEY: KEY })).toMatchObject({
      host: '127.0.0.1',
      port: 4000,
      adminHost: '127.0.0.1',
      adminPort: 4001,
      dataDir: '.data/gateway',
      anthropicUrl: 'https://api.anthropic.com',
      logLevel: 'info',
      databaseUrl: undefined,
    });
  });

  const FORMER = { GATEWAY_MASTER_KEY_PREVIOUS: `${KEY}-former`, GATEWAY_KEY_SECRET: SECRET };
  const URL = 'postgres://gateway:aPassword1@db.example.com/gateway';

  test.each<[string, Environment, RegExp]>([
    [
      'a former master key without a key secret, so that all workspace keys would change',
      { ...FORMER, GATEWAY_KEY_SECRET: '' },
      /^GATEWAY_KEY_SECRET must be set beside GATEWAY_MASTER_KEY_PREVIOUS: .*secrets rotate master/,
    ],
    [
      'a former master key that is the one in force',
      { ...FORMER, GATEWAY_MASTER_KEY_PREVIOUS: KEY },
      /^GATEWAY_MASTER_KEY and GATEWAY_MASTER_KEY_PREVIOUS have the same value/,
    ],
    [
      'a former master key that is none',
      { ...FORMER, GATEWAY_MASTER_KEY_PREVIOUS: SECRET },
      /^GATEWAY_MASTER_KEY_PREVIOUS must start with "sk-"/,
    ],
    [
      'a derived key secret that was cut',
      { GATEWAY_KEY_SECRET: `derived:${SECRET}` },
      /^GATEWAY_KEY_SECRET must have 64 hex digits after "derived:"/,
    ],
    [
      'a former database without one',
      { DATABASE_URL_PREVIOUS: URL },
      /^DATABASE_URL_PREVIOUS is of no use without DATABASE_URL: the embedded Postgres has no password\.$/,
    ],
    [
      'a former database that is another one',
      { DATABASE_URL: URL, DATABASE_URL_PREVIOUS: URL.replace(/gateway$/, 'other') },
      /^DATABASE_URL_PREVIOUS must lead to the database of DATABASE_URL \(db\.example\.com:5432, "gateway"\), and leads to .* only user and password may differ\.$/,
    ],
  ])('refuses %s, without a value', (_, environment, says) => {
    const faults = faultsOf(environment);
    expect(faults).toEqual([expect.stringMatching(says)]);
    for (const value of [KEY, SECRET, 'aPassword1']) expect(faults.join()).not.toContain(value);
  });

  test('takes a former value beside the one in force', () => {
    const other = URL.replace('aPassword1', 'another');
    expect(
      readSettings({
        GATEWAY_MASTER_KEY: KEY,
        ...FORMER,
        DATABASE_URL: URL,
        DATABASE_URL_PREVIOUS: other,
        GATEWAY_KEY_SECRET: `derived:${SECRET}${SECRET.slice(0, 32)}`,
      }),
    ).toMatchObject({ masterKeyPrevious: `${KEY}-former`, databaseUrlPrevious: other });
  });

  test('sets how long things may take and how large they may be', () => {
    expect(
      limitsOf(
        readSettings({
          GATEWAY_MASTER_KEY: KEY,
          GATEWAY_KEEP_ALIVE_SECONDS: '0.5',
          GATEWAY_IDLE_TIMEOUT_SECONDS: '20',
          GATEWAY_ANSWER_TIMEOUT_SECONDS: '30',
          GATEWAY_TOTAL_TIMEOUT_SECONDS: '40',
          GATEWAY_COOL_DOWN_SECONDS: '50',
          GATEWAY_DRAIN_SECONDS: '60',
          GATEWAY_SLOW_READER_SECONDS: '70',
          GATEWAY_SHUTDOWN_SECONDS: '80',
          GATEWAY_LINGER_SECONDS: '3',
          GATEWAY_REPORT_TIMEOUT_SECONDS: '90',
          GATEWAY_BUDGET_WAIT_SECONDS: '0',
          GATEWAY_MAX_BODY_BYTES: '4096',
          GATEWAY_MAX_KEY_BODIES_BYTES: '5000',
          GATEWAY_MAX_BODIES_BYTES: '9000',
          GATEWAY_MAX_KEYLESS_BODIES_BYTES: '2000',
          GATEWAY_COUNTS_PER_MINUTE: '90',
          GATEWAY_REFUSALS_PER_MINUTE: '91',
        }),
      ),
    ).toEqual({
      keepAliveMs: 500,
      idleMs: 20_000,
      answerMs: 30_000,
      totalMs: 40_000,
      coolDownMs: 50_000,
      drainMs: 60_000,
      slowReaderMs: 70_000,
      shutdownMs: 80_000,
      lingerMs: 3_000,
      reportMs: 90_000,
      budgetWaitMs: 0,
      bodyBytes: 4_096,
      keyBodiesBytes: 5_000,
      bodiesBytes: 9_000,
      keylessBodiesBytes: 2_000,
      countsAMinute: 90,
      refusalsAMinute: 91,
    });
  });

  test("LiteLLM's names are read too, and an empty value is none", () => {
    expect(readSettings({ LITELLM_MASTER_KEY: KEY, GATEWAY_PORT: '' })).toMatchObject({
      masterKey: KEY,
      port: 4000,
    });
    expect(faultsOf({ LITELLM_MASTER_KEY: `${KEY}x` })).toEqual([
      expect.stringContaining('are the same setting and differ'),
    ]);
  });

  test.each<[Environment, RegExp]>([
    [
      { GATEWAY_IDLE_TIMEOUT_SECONDS: '0' },
      /GATEWAY_IDLE_TIMEOUT_SECONDS must be a number of seconds above 0/,
    ],
    [{ GATEWAY_TOTAL_TIMEOUT_SECONDS: '1h' }, /GATEWAY_TOTAL_TIMEOUT_SECONDS must be .* not "1h"/],
    [{ GATEWAY_SHUTDOWN_SECONDS: '1e9' }, /GATEWAY_SHUTDOWN_SECONDS must be .* at most 86400/],
    [
      { GATEWAY_BUDGET_WAIT_SECONDS: '-1' },
      /GATEWAY_BUDGET_WAIT_SECONDS must be a number of seconds above 0, or 0,/,
    ],
    [{ GATEWAY_MAX_BODY_BYTES: '10MB' }, /GATEWAY_MAX_BODY_BYTES must be a whole number of bytes from 1024/],
    [
      { GATEWAY_MAX_BODY_BYTES: String(65 * 1024 * 1024) },
      /GATEWAY_MAX_KEY_BODIES_BYTES \(67108864\) must not be less than GATEWAY_MAX_BODY_BYTES/,
    ],
    [
      { GATEWAY_MAX_BODIES_BYTES: String(63 * 1024 * 1024) },
      /GATEWAY_MAX_BODIES_BYTES \(66060288\) must be twice GATEWAY_MAX_BODY_BYTES \(33554432\) at least/,
    ],
    [{ GATEWAY_COUNTS_PER_MINUTE: '0' }, /GATEWAY_COUNTS_PER_MINUTE must be a whole number from 10/],
    [{ GATEWAY_KEEPALIVE_SECONDS: '5' }, /Did you mean GATEWAY_KEEP_ALIVE_SECONDS\?/],
    [{ GATEWAY_MASTER_KEY: '' }, /GATEWAY_MASTER_KEY or LITELLM_MASTER_KEY must be set/],
    [{ GATEWAY_MASTER_KEY: SECRET }, /must start with "sk-".*openssl rand -hex 32/],
    [{ GATEWAY_MASTER_KEY: 'sk-short' }, /at least 32 characters long, this one has 8/],
    [{ GATEWAY_MASTER_KEY: 'sk-1234' }, /published default/],
    [{ GATEWAY_MASTER_KEY: 'sk-poc-litellm-master-key' }, /published default/],
    [{ GATEWAY_MASTER_KEY: 'sk-poc-litellm-master-key-change-in-production' }, /published default/],
    [{ GATEWAY_MASTER_KEY: 'sk-ChangeMe-0123456789abcdef0123456789' }, /published default/],
    [{ GATEWAY_MASTER_KEY: `sk-${'a'.repeat(40)}` }, /repeats too few characters/],
    [{ WORKSPACE_CLAIM_SECRET: 'short' }, /WORKSPACE_CLAIM_SECRET must be at least 32/],
    [{ WORKSPACE_CLAIM_SECRETS: '{"a":' }, /not valid JSON/],
    [{ WORKSPACE_CLAIM_SECRETS: '["a"]' }, /must be a JSON object/],
    [{ WORKSPACE_CLAIM_SECRETS: '{"a":"short-secret"}' }, /for template "a": must be at least 32/],
    [{ WORKSPACE_CLAIM_SECRETS: JSON.stringify({ a: SECRET, b: SECRET }) }, /a secret of its own/],
    [{ OPENAI_COMPATIBLE_ENDPOINTS: '{"a":' }, /not valid JSON/],
    [{ OPENAI_COMPATIBLE_ENDPOINTS: '["a"]' }, /must be a JSON object \{"name"/],
    [{ OPENAI_COMPATIBLE_ENDPOINTS: '{"a":"http://a"}' }, /must give endpoint "a" an object/],
    [{ OPENAI_COMPATIBLE_ENDPOINTS: '{"A b":{}}' }, /other characters than a-z/],
    [{ OPENAI_COMPATIBLE_ENDPOINTS: '{"a":{}}' }, /endpoint "a" a base_url that starts with http/],
    [{ OPENAI_COMPATIBLE_ENDPOINTS: '{"a":{"base_url":"http://u:p@a"}}' }, /holds no password/],
    [{ OPENAI_COMPATIBLE_ENDPOINTS: '{"a":{"base_url":"http://a?b"}}' }, /without a query/],
    [
      { OPENAI_COMPATIBLE_ENDPOINTS: '{"a":{"base_url":"http://a","key":"b"}}' },
      /did you mean "api_key"\?|there are base_url/,
    ],
    [
      { OPENAI_COMPATIBLE_ENDPOINTS: '{"a":{"base_url":"http://a","api_key":""}}' },
      /an api_key of visible ASCII/,
    ],
    [{ ANTHROPIC_API_KEY: 'sk-ant-x\n' }, /ANTHROPIC_API_KEY begins or ends with a blank or a line break/],
    [{ ANTHROPIC_API_KEY: 'sk-ant\u2026x' }, /ANTHROPIC_API_KEY must be printable ASCII without blanks/],
    [{ AWS_BEARER_TOKEN_BEDROCK: ' token' }, /AWS_BEARER_TOKEN_BEDROCK begins or ends with a blank/],
    [{ AWS_ACCESS_KEY_ID: 'AKIA\r' }, /AWS_ACCESS_KEY_ID begins or ends with a blank or a line break/],
    [{ AWS_SECRET_ACCESS_KEY: 'a\n' }, /AWS_SECRET_ACCESS_KEY begins or ends with a blank or a line break/],
    [{ AWS_SESSION_TOKEN: 'a\tb' }, /AWS_SESSION_TOKEN must be printable ASCII/],
    [{ AWS_CONTAINER_AUTHORIZATION_TOKEN: 'Basic x\ny: z' }, /must be printable ASCII on one line/],
    [{ CODER_TOKEN: 'tok\nen' }, /CODER_TOKEN must be printable ASCII/],
    [{ GATEWAY_PORT: '70000' }, /GATEWAY_PORT must be a port number/],
    [{ GATEWAY_PORT: '4e3' }, /GATEWAY_PORT must be a port number/],
    [{ GATEWAY_TLS_CERT: '/a.pem' }, /set both or neither/],
    [{ DATABASE_URL: 'mysql://x' }, /DATABASE_URL must start with postgres/],
    [{ ANTHROPIC_BASE_URL: 'ftp://x' }, /ANTHROPIC_BASE_URL must be a URL that starts with http/],
    [{ DEFAULT_ENFORCEMENT_LEVEL: 'strict' }, /one of unrestricted, standard, design-first/],
    [{ LOG_LEVEL: 'loud' }, /LOG_LEVEL must be one of/],
    [{ LITELLM_DEFAULT_USER_BUDGET: '-1' }, /LITELLM_DEFAULT_USER_BUDGET must be a number above 0, not "-1"/],
    [{ LITELLM_DEFAULT_RPM: '0' }, /LITELLM_DEFAULT_RPM must be a whole number from 1/],
    [{ LITELLM_DEFAULT_RPM: '1.5' }, /LITELLM_DEFAULT_RPM must be a whole number from 1/],
    [{ GATEWAY_BUDGET_STATUS: '403' }, /GATEWAY_BUDGET_STATUS must be one of 402, 429, 422, 400, not "403"/],
    [{ GATEWAY_PROT: '1' }, /GATEWAY_PROT is not a setting.*Did you mean GATEWAY_PORT\?/],
    [{ GATEWAY_ADMINPORT: '1' }, /Did you mean GATEWAY_ADMIN_PORT\?/],
    [
      { ALERT_WEBHOOK_URI: 'https://hooks.example.com/s3cret-0123456789' },
      /^ALERT_WEBHOOK_URI is not a setting.*Did you mean ALERT_WEBHOOK_URL\?/,
    ],
    [{ ALERT_MAIL_TO_FILES: '/run/secrets/x' }, /Did you mean ALERT_MAIL_TO_FILE\?/],
    [{ GATEWAY_SOMETHING_ELSE_ENTIRELY: '1' }, /See --help/],
  ])('%j is refused', (environment, message) => {
    expect(faultsOf(environment).join('\n')).toMatch(message);
  });

  const own = (name: string) => ({ [name]: KEY });
  const endpoint = (name: string, key: string) => ({ [name]: { base_url: 'https://a/v1', api_key: key } });
  test.each<[string, string, Environment]>([
    ['GATEWAY_MASTER_KEY', 'GATEWAY_KEY_SECRET', own('GATEWAY_KEY_SECRET')],
    ['GATEWAY_MASTER_KEY', 'GATEWAY_KEY_SECRET_PREVIOUS', own('GATEWAY_KEY_SECRET_PREVIOUS')],
    ['GATEWAY_MASTER_KEY', 'WORKSPACE_CLAIM_SECRET', own('WORKSPACE_CLAIM_SECRET')],
    ['GATEWAY_MASTER_KEY', 'WORKSPACE_CLAIM_SECRET_PREVIOUS', own('WORKSPACE_CLAIM_SECRET_PREVIOUS')],
    [
      'GATEWAY_MASTER_KEY',
      'WORKSPACE_CLAIM_SECRETS for template "a"',
      { WORKSPACE_CLAIM_SECRETS: JSON.stringify({ a: KEY }) },
    ],
    ['GATEWAY_MASTER_KEY', 'ANTHROPIC_API_KEY', own('ANTHROPIC_API_KEY')],
    ['GATEWAY_MASTER_KEY', 'AWS_BEARER_TOKEN_BEDROCK', own('AWS_BEARER_TOKEN_BEDROCK')],
    ['GATEWAY_MASTER_KEY', 'CODER_TOKEN', own('CODER_TOKEN')],
    [
      'GATEWAY_MASTER_KEY',
      'OPENAI_COMPATIBLE_ENDPOINTS',
      { OPENAI_COMPATIBLE_ENDPOINTS: JSON.stringify(endpoint('a', KEY)) },
    ],
    [
      'LITELLM_MASTER_KEY',
      'WORKSPACE_CLAIM_SECRET',
      { GATEWAY_MASTER_KEY: '', LITELLM_MASTER_KEY: KEY, WORKSPACE_CLAIM_SECRET: KEY },
    ],
    [
      'GATEWAY_KEY_SECRET',
      'WORKSPACE_CLAIM_SECRET',
      { GATEWAY_KEY_SECRET: SECRET, WORKSPACE_CLAIM_SECRET: SECRET },
    ],
    [
      'GATEWAY_KEY_SECRET',
      'GATEWAY_KEY_SECRET_PREVIOUS',
      { GATEWAY_KEY_SECRET: SECRET, GATEWAY_KEY_SECRET_PREVIOUS: SECRET },
    ],
    [
      'GATEWAY_KEY_SECRET_PREVIOUS',
      'WORKSPACE_CLAIM_SECRET_PREVIOUS',
      { GATEWAY_KEY_SECRET_PREVIOUS: SECRET, WORKSPACE_CLAIM_SECRET_PREVIOUS: SECRET },
    ],
    [
      'WORKSPACE_CLAIM_SECRET',
      'WORKSPACE_CLAIM_SECRET_PREVIOUS',
      { WORKSPACE_CLAIM_SECRET: SECRET, WORKSPACE_CLAIM_SECRET_PREVIOUS: SECRET },
    ],
    [
      'WORKSPACE_CLAIM_SECRET',
      'WORKSPACE_CLAIM_SECRETS for template "a"',
      { WORKSPACE_CLAIM_SECRET: SECRET, WORKSPACE_CLAIM_SECRETS: JSON.stringify({ a: SECRET }) },
    ],
    [
      'WORKSPACE_CLAIM_SECRET_PREVIOUS',
      'WORKSPACE_CLAIM_SECRETS for template "b"',
      {
        WORKSPACE_CLAIM_SECRET_PREVIOUS: SECRET,
        WORKSPACE_CLAIM_SECRETS: JSON.stringify({ a: `${SECRET}a`, b: SECRET }),
      },
    ],
    [
      'WORKSPACE_CLAIM_SECRET',
      'ANTHROPIC_API_KEY',
      { WORKSPACE_CLAIM_SECRET: SECRET, ANTHROPIC_API_KEY: SECRET },
    ],
  ])('%s and %s must differ', (one, other, environment) => {
    const faults = faultsOf(environment);
    expect(faults).toEqual([expect.stringContaining(`${one} and ${other} have the same value`)]);
    expect(faults[0]).toContain('openssl rand -hex 32');
    expect(faults.join()).not.toContain(SECRET);
  });

  test('secrets that others made may be the same', () => {
    expect(
      faultsOf({
        ANTHROPIC_API_KEY: SECRET,
        OPENAI_COMPATIBLE_ENDPOINTS: JSON.stringify({ ...endpoint('a', SECRET), ...endpoint('b', SECRET) }),
        WORKSPACE_CLAIM_SECRET: `${SECRET}c`,
        GATEWAY_KEY_SECRET: `${SECRET}k`,
      }),
    ).toEqual([]);
  });

  test('all faults are listed at once, and no secret is shown', () => {
    const secret = 'hunter2-hunter2';
    const faults = faultsOf({
      GATEWAY_MASTER_KEY: secret,
      GATEWAY_KEY_SECRET: secret,
      WORKSPACE_CLAIM_SECRET: secret,
      WORKSPACE_CLAIM_SECRETS: `{"a": "${secret}`,
      OPENAI_COMPATIBLE_ENDPOINTS: `{"a": {"base_url": "${secret}", "api_key": "${secret}"}}`,
      DATABASE_URL: secret,
      GATEWAY_PORT: 'x',
    });
    expect(faults).toHaveLength(7);
    expect(faults.join()).not.toContain(secret);
  });

  test('the help names every variable, and secret ones are known as such', () => {
    const help = describeVariables();
    for (const entry of Object.values(VARIABLES)) expect(help).toContain(entry.name);
    expect(
      secretValues(
        readSettings({
          GATEWAY_MASTER_KEY: KEY,
          WORKSPACE_CLAIM_SECRETS: JSON.stringify({ a: SECRET }),
          OPENAI_COMPATIBLE_ENDPOINTS: JSON.stringify({
            a: { base_url: 'http://a/v1', api_key: 'sk-endpoint' },
            b: { base_url: 'https://b/v1' },
          }),
        }),
      ),
    ).toEqual([KEY, SECRET, 'sk-endpoint']);
  });
});

test('names of OpenTelemetry’s and Langfuse’s that are not read are said, with what may be meant, and refuse nothing', () => {
  const environment = {
    OTEL_EXPORTER_OTLP_ENPOINT: 'http://s3cret@collector:4318',
    LANGFUSE_SECRETKEY: 'sk-lf-s3cret',
    LANGFUSE_SECRET_KEY_FILE: '',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_METRIC_EXPORT_INTERVAL: '1000',
    PATH: '/bin',
  };
  expect(faultsOf(environment)).toEqual([]);
  expect(unreadNames(environment)).toEqual([
    'OTEL_EXPORTER_OTLP_ENPOINT is not read by the gateway. Did you mean OTEL_EXPORTER_OTLP_ENDPOINT?',
    'LANGFUSE_SECRETKEY is not read by the gateway. Did you mean LANGFUSE_SECRET_KEY?',
    'OTEL_LOGS_EXPORTER is not read by the gateway.',
  ]);
  const many = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, at) => [`OTEL_${at}_${'X'.repeat(5_000)}`, '']),
  );
  expect(unreadNames(many).join('').length).toBeLessThan(20 * 200);
});

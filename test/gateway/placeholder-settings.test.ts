import { EnvironmentError, readSettings, type Environment } from '../../gateway/config/environment';

const KEY = 'sk-0123456789abcdef0123456789abcdef';
const REAL = 'sk-ant-api03-Zq8wV1nT5yB3kR7uC0eX9mH2';

function faultsOf(environment: Environment): string {
  try {
    readSettings({ GATEWAY_MASTER_KEY: KEY, ...environment });
    return '';
  } catch (fault) {
    if (fault instanceof EnvironmentError) return fault.faults.join('\n');
    throw fault;
  }
}

const PLACEHOLDER = 'is a placeholder: put the real one in its place';
const UNEXPANDED = 'names another variable or command that nothing has put the value of in its place';
const QUOTES = 'is in quotes, which count as a part of it here';
const BLANK = 'begins or ends with a blank or a line break';

test.each<[name: string, value: string, line: string]>([
  ['ANTHROPIC_API_KEY', 'sk-ant-...', `("sk-ant-…") ${PLACEHOLDER}`],
  ['ANTHROPIC_API_KEY', 'sk-ant-api03-…', PLACEHOLDER],
  ['ANTHROPIC_API_KEY', '…', PLACEHOLDER],
  ['ANTHROPIC_API_KEY', 'your-key-here', PLACEHOLDER],
  ['ANTHROPIC_API_KEY', 'YOUR_ANTHROPIC_API_KEY', PLACEHOLDER],
  ['ANTHROPIC_API_KEY', 'sk-ant-your-key', PLACEHOLDER],
  ['ANTHROPIC_API_KEY', 'my-anthropic-key', PLACEHOLDER],
  ['ANTHROPIC_API_KEY', '<key>', PLACEHOLDER],
  ['ANTHROPIC_API_KEY', 'sk-ant-<your key>', PLACEHOLDER],
  ['ANTHROPIC_API_KEY', '[redacted]', PLACEHOLDER],
  ['ANTHROPIC_API_KEY', 'changeme', PLACEHOLDER],
  ['ANTHROPIC_API_KEY', 'replace-me', PLACEHOLDER],
  ['ANTHROPIC_API_KEY', 'xxx', PLACEHOLDER],
  ['ANTHROPIC_API_KEY', 'sk-ant-xxxxxxxx', PLACEHOLDER],
  ['ANTHROPIC_API_KEY', 'sk-ant-****', PLACEHOLDER],
  ['ANTHROPIC_API_KEY', 'none', PLACEHOLDER],
  ['ANTHROPIC_API_KEY', 'TODO', PLACEHOLDER],
  ['ANTHROPIC_API_KEY', '${ANTHROPIC_API_KEY}', `("\${ANTHR…") ${UNEXPANDED}`],
  ['ANTHROPIC_API_KEY', '${KEY:-}', UNEXPANDED],
  ['ANTHROPIC_API_KEY', '$ANTHROPIC_API_KEY', UNEXPANDED],
  ['ANTHROPIC_API_KEY', '$(cat key)', UNEXPANDED],
  ['ANTHROPIC_API_KEY', '{{ secrets.KEY }}', UNEXPANDED],
  ['ANTHROPIC_API_KEY', '%KEY%', UNEXPANDED],
  ['ANTHROPIC_API_KEY', `"${REAL}"`, QUOTES],
  ['ANTHROPIC_API_KEY', `'${REAL}'`, QUOTES],
  ['ANTHROPIC_API_KEY', `\u201c${REAL}\u201d`, QUOTES],
  ['ANTHROPIC_API_KEY', `${REAL}\n`, BLANK],
  ['ANTHROPIC_API_KEY', ` ${REAL}`, BLANK],
  ['ANTHROPIC_API_KEY', `${REAL}\r\n`, BLANK],
  ['ANTHROPIC_API_KEY', `ANTHROPIC_API_KEY=${REAL}`, 'begins with the name of a variable'],
  ['ANTHROPIC_API_KEY', `export ANTHROPIC_API_KEY=${REAL}`, 'begins with the name of a variable'],
  ['AWS_BEARER_TOKEN_BEDROCK', '<token>', PLACEHOLDER],
  ['AWS_ACCESS_KEY_ID', 'AKIAIOSFODNN7EXAMPLE', PLACEHOLDER],
  ['AWS_ACCESS_KEY_ID', 'AKIAXXXXXXXXXXXXXXXX', PLACEHOLDER],
  ['AWS_SECRET_ACCESS_KEY', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', PLACEHOLDER],
  ['AWS_SECRET_ACCESS_KEY', 'your-secret-key', PLACEHOLDER],
  ['AWS_SESSION_TOKEN', '${AWS_SESSION_TOKEN}', UNEXPANDED],
  ['CODER_TOKEN', 'your-token', PLACEHOLDER],
  ['GATEWAY_MASTER_KEY', '${GATEWAY_MASTER_KEY}', UNEXPANDED],
  ['GATEWAY_MASTER_KEY', `"${KEY}"`, QUOTES],
  ['GATEWAY_MASTER_KEY', `${KEY}\n`, BLANK],
  ['GATEWAY_MASTER_KEY', 'sk-...', PLACEHOLDER],
  ['GATEWAY_MASTER_KEY', 'sk-<openssl rand -hex 32>', PLACEHOLDER],
  ['GATEWAY_MASTER_KEY', 'changeme', 'is a published default'],
  ['WORKSPACE_CLAIM_SECRET', `${KEY}\n`, BLANK],
  ['WORKSPACE_CLAIM_SECRET', '<32 characters or more, of your own>', PLACEHOLDER],
  ['GATEWAY_KEY_SECRET', '${KEY_SECRET}', UNEXPANDED],
])('%s=%s is refused', (name, value, line) => {
  const faults = faultsOf({ [name]: value });
  expect(faults.split('\n')[0]).toContain(`${name} ${line.startsWith('(') ? line : ''}`.trimEnd());
  expect(faults).toContain(line);
  // Nothing of what may be a secret is shown.
  for (const secret of [REAL.slice(0, 12), KEY.slice(0, 8)]) expect(faults).not.toContain(secret);
});

test('so is the key of an endpoint, by its name', () => {
  const endpoints = JSON.stringify({ local: { base_url: 'https://a/v1', api_key: 'your-key' } });
  expect(faultsOf({ OPENAI_COMPATIBLE_ENDPOINTS: endpoints })).toMatch(
    /^OPENAI_COMPATIBLE_ENDPOINTS gives endpoint "local" an api_key that \("your-ke…"\) is a placeholder/,
  );
});

test.each([
  REAL,
  'sk-ant-api03-my4xxx_9Todo-yourselves-KEY-herewith-AA',
  'ABSKQmVkcm9ja0FQSUtleS1hYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5eg==',
  'sk-ant-test',
  'local-llm',
])('%s is taken: a word within it is chance', (value) => {
  expect(faultsOf({ ANTHROPIC_API_KEY: value })).toBe('');
});

test.each<[Environment, string]>([
  [{ GATEWAY_PORT: '4001' }, 'GATEWAY_PORT and GATEWAY_ADMIN_PORT are both 4001: each listener needs'],
  [
    { GATEWAY_PORT: '4001', GATEWAY_HOST: '0.0.0.0' },
    'GATEWAY_PORT and GATEWAY_ADMIN_PORT are both 4001: each listener needs',
  ],
  [
    { GATEWAY_HOST: 'http://0.0.0.0' },
    'GATEWAY_HOST must be an address or a host name alone, without a scheme',
  ],
  [{ GATEWAY_HOST: '0.0.0.0:4000' }, 'GATEWAY_HOST must be an address or a host name alone: the port has'],
  [{ GATEWAY_ADMIN_HOST: '*' }, 'GATEWAY_ADMIN_HOST must be an address: 0.0.0.0 is every one'],
  [{ GATEWAY_HOST: 'a b' }, 'GATEWAY_HOST must be an address or a host name of this machine, not "a b"'],
  [{ GATEWAY_TLS_KEY: '/a.pem' }, 'only GATEWAY_TLS_KEY is set, GATEWAY_TLS_CERT is not'],
  [
    { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'Zq8wV1nT5yB3kR7uC0eX9mH2' },
    'AWS_ACCESS_KEY_ID ("AKIAIOS…") is a placeholder: put the real one in its place',
  ],
])('%j is refused in one line', (environment, line) => {
  const faults = faultsOf(environment);
  expect(faults).toContain(line);
  expect(faults.split('\n')).toHaveLength(1);
});

test.each<[Environment, object]>([
  [
    { GATEWAY_PORT: '4001', GATEWAY_HOST: '127.0.0.2' },
    { host: '127.0.0.2', port: 4001 },
  ],
  [
    { GATEWAY_PORT: '0', GATEWAY_ADMIN_PORT: '0' },
    { port: 0, adminPort: 0 },
  ],
  [{ GATEWAY_HOST: '[::1]' }, { host: '::1' }],
  [{ GATEWAY_HOST: '::' }, { host: '::' }],
  [{ GATEWAY_HOST: 'gateway.internal' }, { host: 'gateway.internal' }],
])('%j is taken', (environment, settings) => {
  expect(readSettings({ GATEWAY_MASTER_KEY: KEY, ...environment })).toMatchObject(settings);
});

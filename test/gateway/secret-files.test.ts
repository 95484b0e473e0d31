import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  EnvironmentError,
  readSettings,
  secretValues,
  type Environment,
} from '../../gateway/config/environment';
import { LONGEST_SECRET_FILE } from '../../gateway/config/secret-files';
import { VARIABLES } from '../../gateway/config/variables';

const KEY = 'sk-0123456789abcdef0123456789abcdef';
const SECRET = '0123456789abcdef0123456789abcdef';

const folder = mkdtempSync(join(tmpdir(), 'secret-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function file(text: string | Buffer, mode = 0o600): string {
  const path = join(folder, `secret-${(files += 1)}`);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

function faultsOf(environment: Environment): readonly string[] {
  try {
    readSettings(environment);
    return [];
  } catch (fault) {
    if (fault instanceof EnvironmentError) return fault.faults;
    throw fault;
  }
}

test('every secret may be given by a file, under each of its names', () => {
  const values: Readonly<Record<string, string>> = {
    GATEWAY_MASTER_KEY: KEY,
    LITELLM_MASTER_KEY: KEY,
    GATEWAY_MASTER_KEY_PREVIOUS: KEY,
    DATABASE_URL_PREVIOUS: 'postgresql://gateway:former@db/gateway',
    DATABASE_URL: 'postgresql://gateway:secret@db/gateway',
    LITELLM_DATABASE_URL: 'postgresql://gateway:secret@db/gateway',
    ALERT_WEBHOOK_URL: 'https://hooks.example.com/a',
    ALERT_SMTP_URL: 'smtps://mail.example.com',
    ALERT_MAIL_FROM: 'gateway@example.com',
    ALERT_MAIL_TO: 'admins@example.com',
    ALERT_CHANNELS: JSON.stringify({ a: { url: 'https://hooks.example.com/a', kind: 'slack' } }),
    WORKSPACE_CLAIM_SECRETS: JSON.stringify({ a: `${SECRET}x` }),
    OPENAI_COMPATIBLE_ENDPOINTS: JSON.stringify({ a: { base_url: 'https://a.example', api_key: 'k-1' } }),
  };
  // One by one: some are pairs, whose other half is then what is missed.
  for (const [key, { name, aliases = [], secret }] of Object.entries(VARIABLES)) {
    if (!secret || name === 'AWS_CONTAINER_AUTHORIZATION_TOKEN') continue;
    for (const each of [name, ...aliases]) {
      const value = values[each] ?? SECRET;
      const environment = {
        ...(key !== 'masterKey' && { GATEWAY_MASTER_KEY: `${KEY}1` }),
        ...(key === 'masterKeyPrevious' && { GATEWAY_KEY_SECRET: SECRET }),
        ...(key === 'databaseUrlPrevious' && { DATABASE_URL: values['DATABASE_URL'] }),
        ...(each === 'AWS_ACCESS_KEY_ID' && { AWS_SECRET_ACCESS_KEY: 'a' }),
        ...(each === 'AWS_SECRET_ACCESS_KEY' && { AWS_ACCESS_KEY_ID: 'a' }),
        ...(each === 'LANGFUSE_SECRET_KEY' && {
          LANGFUSE_PUBLIC_KEY: 'a',
          LANGFUSE_HOST: 'https://l.example',
        }),
        ...(['ALERT_SMTP_URL', 'ALERT_MAIL_FROM', 'ALERT_MAIL_TO'].includes(each) && {
          ALERT_SMTP_URL: values['ALERT_SMTP_URL'],
          ALERT_MAIL_FROM: values['ALERT_MAIL_FROM'],
          ALERT_MAIL_TO: values['ALERT_MAIL_TO'],
          [each]: undefined,
        }),
        ...(each === 'GATEWAY_OIDC_CLIENT_SECRET' && {
          GATEWAY_OIDC_ISSUER_URL: 'https://id.example.com',
          GATEWAY_OIDC_CLIENT_ID: 'a',
          GATEWAY_OIDC_ACCESS_URL: 'https://ai.example.com',
          GATEWAY_OIDC_ADMIN_GROUPS: 'a',
        }),
        [`${each}_FILE`]: file(`${value}\n`),
      };
      expect({ each, faults: faultsOf(environment) }).toEqual({ each, faults: [] });
      const settings = readSettings(environment);
      expect({ each, value: settings[key as keyof typeof settings] }).toEqual({
        each,
        value: readSettings({ ...environment, [`${each}_FILE`]: undefined, [each]: value })[
          key as keyof typeof settings
        ],
      });
    }
  }
});

test('what is read from a file is kept out of logs like any secret', () => {
  const settings = readSettings({ GATEWAY_MASTER_KEY_FILE: file(KEY) });
  expect(secretValues(settings)).toContain(KEY);
});

test("AWS's own variable for a token's file keeps its meaning", () => {
  const path = file('token', 0o644);
  const settings = readSettings({
    GATEWAY_MASTER_KEY: KEY,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: path,
  });
  expect(settings).toMatchObject({ awsContainerTokenFile: path, awsContainerToken: undefined });
});

test('one line break at the end is none of the secret, and an empty file is not set', () => {
  const key = (text: string): unknown =>
    readSettings({ GATEWAY_MASTER_KEY: KEY, ANTHROPIC_API_KEY_FILE: file(text) }).anthropicKey;
  expect([key('a-key'), key('a-key\n'), key('a-key\r\n'), key('\n'), key('')]).toEqual([
    'a-key',
    'a-key',
    'a-key',
    undefined,
    undefined,
  ]);
  expect(faultsOf({ GATEWAY_MASTER_KEY: KEY, ANTHROPIC_API_KEY_FILE: file('a-key\n\n') })).toEqual([
    expect.stringContaining('ANTHROPIC_API_KEY begins or ends with a blank or a line break'),
  ]);
});

test.each([
  ['0o604', 0o604, 'can be read by everybody: chmod 600'],
  ['0o620', 0o620, 'can be changed by others: chmod 600'],
  ['0o602', 0o602, 'can be changed by others: chmod 600'],
])('a file of mode %s is refused, and its content not told', (_, mode, words) => {
  const path = file(KEY, mode);
  const faults = faultsOf({ GATEWAY_MASTER_KEY_FILE: path });
  expect(faults).toEqual([`GATEWAY_MASTER_KEY_FILE: ${path} ${words} ${path}`]);
});

test.each([0o600, 0o400, 0o440, 0o640])('a file of mode %o is taken', (mode) => {
  expect(faultsOf({ GATEWAY_MASTER_KEY_FILE: file(KEY, mode) })).toEqual([]);
});

test('a link counts as what it leads to', () => {
  const path = join(folder, 'link');
  symlinkSync(file(KEY, 0o604), path);
  expect(faultsOf({ GATEWAY_MASTER_KEY_FILE: path })).toEqual([
    expect.stringContaining('can be read by everybody'),
  ]);
});

test('what is no file, too long or no text is refused at once, and all of it is told', () => {
  const pipe = join(folder, 'pipe');
  expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
  const faults = faultsOf({
    GATEWAY_MASTER_KEY_FILE: pipe,
    DATABASE_URL_FILE: folder,
    WORKSPACE_CLAIM_SECRET_FILE: join(folder, 'nobody'),
    CODER_TOKEN_FILE: file('a'.repeat(LONGEST_SECRET_FILE + 1)),
    GATEWAY_KEY_SECRET_FILE: file(Buffer.from([0xff, 0xfe, 0x41])),
  });
  expect(faults.map((fault) => fault.replaceAll(folder, ''))).toEqual([
    'GATEWAY_MASTER_KEY_FILE: /pipe is not a file.',
    'GATEWAY_KEY_SECRET_FILE:  is not text in UTF-8.'.replace(':  ', `: /secret-${files} `),
    'DATABASE_URL_FILE:  is not a file.',
    'WORKSPACE_CLAIM_SECRET_FILE: /nobody cannot be read (ENOENT): name a file that this user may read.',
    expect.stringContaining('has more than 65536 bytes'),
  ]);
});

test('a secret and its file at once, and a mistyped name, are faults', () => {
  expect(faultsOf({ GATEWAY_MASTER_KEY: KEY, GATEWAY_MASTER_KEY_FILE: file(KEY) })).toEqual([
    'GATEWAY_MASTER_KEY and GATEWAY_MASTER_KEY_FILE are both set: set one of them.',
  ]);
  expect(faultsOf({ GATEWAY_MASTER_KEY: KEY, GATEWAY_MASTERKEY_FILE: 'x' })).toEqual([
    'GATEWAY_MASTERKEY_FILE is not a setting of the gateway. Did you mean GATEWAY_MASTER_KEY_FILE?',
  ]);
  // Only secrets have one.
  expect(faultsOf({ GATEWAY_MASTER_KEY: KEY, GATEWAY_PORT_FILE: 'x' })).toHaveLength(1);
});

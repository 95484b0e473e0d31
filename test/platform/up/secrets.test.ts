import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlatformFolder } from '../../../platform/folder';
import { withLock } from '../../../platform/lock';
import { checkProvider, questionsFor } from '../../../platform/provider-key';
import { fromEnvironment, newSecret, readSecrets, writeSecrets } from '../../../platform/secrets';
import { checkDatabase } from '../../../platform/site-database';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'secrets-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (): string => join(folder, 'secrets.json');

test('they are made once, for their owner alone, in the form that each has', () => {
  expect(readSecrets(file())).toBeUndefined();
  const secrets = { gateway_master_key: newSecret('gateway_master_key'), postgres_password: newSecret('') };
  writeSecrets(file(), secrets);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  expect(readSecrets(file())).toEqual(secrets);
  expect(secrets.gateway_master_key).toMatch(/^sk-[0-9a-f]{64}$/);
  expect(secrets.postgres_password).toMatch(/^[0-9a-f]{64}$/);
  expect(newSecret('')).not.toBe(secrets.postgres_password);
});

test.each<[string, string, number, RegExp]>([
  ['others may read', '{}', 0o644, /can be read by others \(mode 644\): chmod 600 .*secrets\.json/],
  ['is cut off', '{"a": "b', 0o600, /is no file of secrets .*: put back the one that was there/],
  ['is a list', '[]', 0o600, /is no file of secrets/],
  ['holds numbers', '{"a": 1}', 0o600, /is no file of secrets/],
])('a file that %s is refused, and stays', (_, text, mode, says) => {
  writeFileSync(file(), text);
  chmodSync(file(), mode);
  expect(() => readSecrets(file())).toThrow(says);
  expect(statSync(file()).size).toBe(text.length);
});

test('a folder that others may use is refused', () => {
  mkdirSync(join(folder, 'open'));
  chmodSync(join(folder, 'open'), 0o755);
  expect(() => new PlatformFolder(join(folder, 'open')).make()).toThrow(
    /can be used by others \(mode 755\): chmod 700/,
  );
  writeFileSync(join(folder, 'file'), '');
  expect(() => new PlatformFolder(join(folder, 'file')).make()).toThrow(
    'is a file, where a folder has to be',
  );
});

test('a secret comes from the environment, a file, or Terraform’s own variable', () => {
  writeFileSync(join(folder, 'key'), ' sk-of-a-file\n');
  expect(fromEnvironment('anthropic_api_key', {})).toBeUndefined();
  expect(fromEnvironment('anthropic_api_key', { ANTHROPIC_API_KEY: 'sk-a' })).toBe('sk-a');
  expect(fromEnvironment('anthropic_api_key', { TF_VAR_anthropic_api_key: 'sk-b' })).toBe('sk-b');
  expect(fromEnvironment('anthropic_api_key', { ANTHROPIC_API_KEY_FILE: join(folder, 'key') })).toBe(
    'sk-of-a-file',
  );
  expect(() => fromEnvironment('x', { X_FILE: join(folder, 'none') })).toThrow(
    'X_FILE must name a file with the secret',
  );
  expect(() => fromEnvironment('x', { X: 'a\nb' })).toThrow('X must hold one line');
});

test('one command at a time is at a platform; a lock that nobody holds any more is no lock', async () => {
  const platform = new PlatformFolder(folder);
  writeFileSync(join(folder, 'lock'), '999999999');
  await withLock(platform, async () => {
    writeFileSync(join(folder, 'lock'), String(process.ppid));
    await expect(withLock(platform, () => Promise.resolve())).rejects.toThrow(
      `Another command is at this platform (process ${process.ppid})`,
    );
  });
});

const stop = new AbortController().signal;

test('a provider that is not reached, and one whose endpoints cannot be read, are told without the key', async () => {
  const [question] = questionsFor(
    { anthropic_api_key: 'sk-ant-secret' },
    { ANTHROPIC_BASE_URL: 'http://127.0.0.1:1' },
  );
  await expect(question && checkProvider(question, stop)).rejects.toThrow(
    /^Anthropic is not reached at http:\/\/127\.0\.0\.1:1 \(ECONNREFUSED\): let this host out to it, or leave the check out by --skip-provider-check\.$/,
  );
  expect(() => questionsFor({ openai_compatible_endpoints: '{"a": {"base_url": 1}}' }, {})).toThrow(
    'OPENAI_COMPATIBLE_ENDPOINTS must be JSON',
  );
  expect(
    questionsFor({ openai_compatible_endpoints: '{"a": {"base_url": "https://x/v1", "api_key": "k"}}' }, {}),
  ).toEqual([
    expect.objectContaining({
      provider: 'a',
      url: 'https://x/v1/models',
      headers: { authorization: 'Bearer k' },
    }),
  ]);
});

test('a site’s Postgres that is not reached is named without its password', async () => {
  await expect(
    checkDatabase('GATEWAY_DATABASE_URL', 'postgresql://u:secret@127.0.0.1:1/gateway'),
  ).rejects.toThrow(
    /^GATEWAY_DATABASE_URL: 127\.0\.0\.1:1\/gateway is not reached from this host: (?!.*secret)/,
  );
  await expect(checkDatabase('X', 'mysql://u:secret@h/x')).rejects.toThrow('X must be "postgresql://');
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTlsFiles, SettingsFileError } from '../../gateway/config/tls-files';
import { openTls } from '../../gateway/config/tls-source';
import { createLogger } from '../../gateway/log';
import { startTestGateway } from './support/gateway';
import { runGateway } from './support/gateway-run';

/** One certificate of thirty days from now, and files that are wrong in one way each. */
let folder: string;
const at = (name: string): string => join(folder, name);
const openssl = (...args: string[]): void =>
  void execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });

const make = (name: string): void =>
  openssl(
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-days', '30', '-subj', '/CN=localhost', '-keyout', `${name}.key`, '-out', `${name}.pem`],
  );

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tls-settings-'));
  make('own');
  make('other');
  openssl('pkcs8', '-topk8', '-in', 'own.key', '-out', 'locked.key', '-passout', 'pass:a-pass-phrase');
  openssl('x509', '-in', 'own.pem', '-outform', 'der', '-out', 'own.der');
  const [own, other] = [readFileSync(at('own.pem'), 'utf8'), readFileSync(at('other.pem'), 'utf8')];
  writeFileSync(at('wrong-order.pem'), other + own);
  writeFileSync(at('broken.pem'), own.replace(/\n(.{20})/, '\n'));
  writeFileSync(at('broken.key'), readFileSync(at('own.key'), 'utf8').replace(/\n(.{20})/, '\n'));
  writeFileSync(at('both.pem'), own + readFileSync(at('own.key'), 'utf8'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const DAY = 86_400_000;

function read(cert: string, key: string, days = 1): { warnings: string[] } {
  const warnings: string[] = [];
  readTlsFiles(at(cert), at(key), new Date(Date.now() + days * DAY), (...said) =>
    warnings.push(said.join(' ')),
  );
  return { warnings };
}

test.each([
  ['own.pem', 'own.key'],
  ['both.pem', 'both.pem'],
])('%s and %s belong together', (cert, key) => expect(read(cert, key)).toEqual({ warnings: [] }));

test.each<[cert: string, key: string, days: number, line: RegExp]>([
  [
    'absent.pem',
    'own.key',
    1,
    /^GATEWAY_TLS_CERT: the file .* cannot be read \(there is no such file, ENOENT\)/,
  ],
  ['own.pem', 'absent.key', 1, /^GATEWAY_TLS_KEY: the file .* cannot be read \(there is no such file/],
  ['.', 'own.key', 1, /^GATEWAY_TLS_CERT: the file .* cannot be read \(it is a folder/],
  [
    'own.pem',
    'other.key',
    1,
    /^GATEWAY_TLS_KEY does not belong to GATEWAY_TLS_CERT: .*other\.key is not the key/,
  ],
  [
    'wrong-order.pem',
    'own.key',
    1,
    /^GATEWAY_TLS_CERT: .* begins with another certificate than the server's own/,
  ],
  ['own.key', 'own.pem', 1, /^GATEWAY_TLS_CERT and GATEWAY_TLS_KEY are exchanged/],
  ['own.key', 'own.key', 1, /^GATEWAY_TLS_CERT: .* holds a private key and no certificate/],
  ['own.pem', 'own.pem', 1, /^GATEWAY_TLS_KEY: .* holds a certificate and no private key/],
  ['own.der', 'own.key', 1, /^GATEWAY_TLS_CERT: .* holds no certificate in PEM form/],
  ['own.pem', 'own.der', 1, /^GATEWAY_TLS_KEY: .* holds no private key in PEM form/],
  ['own.pem', 'locked.key', 1, /^GATEWAY_TLS_KEY: .* locked with a password/],
  ['broken.pem', 'own.key', 1, /^GATEWAY_TLS_CERT: .* holds a certificate that cannot be read/],
  ['own.pem', 'broken.key', 1, /^GATEWAY_TLS_KEY: .* holds a private key that cannot be read/],
  ['own.pem', 'own.key', 31, /^GATEWAY_TLS_CERT: .* holds a certificate that expired on \d{4}-\d\d-\d\d/],
  ['own.pem', 'own.key', -2, /^GATEWAY_TLS_CERT: .* begins to hold on .* is the clock of this machine right/],
])('%s with %s in %d days is refused', (cert, key, days, line) => {
  expect(() => read(cert, key, days)).toThrow(SettingsFileError);
  expect(() => read(cert, key, days)).toThrow(line);
});

test('one that expires soon is said to', () => {
  expect(read('own.pem', 'own.key', 25).warnings).toEqual([
    expect.stringMatching(/^the certificate of the listeners expires soon: renew it.* \d{4}-\d\d-\d\d$/),
  ]);
  expect(read('own.pem', 'own.key', 15).warnings).toEqual([]);
});

test('while it goes on, it is looked at once a day', () => {
  jest.useFakeTimers({ now: Date.now() });
  try {
    const logs: string[] = [];
    const logger = createLogger('info', (line) => logs.push(line));
    const source = openTls(at('own.pem'), at('own.key'), logger, DAY, () => new Date());
    jest.advanceTimersByTime(19 * DAY);
    expect(logs).toEqual([]);
    jest.advanceTimersByTime(4 * DAY);
    expect(logs.at(-1)).toContain('the certificate of the listeners expires soon');
    jest.advanceTimersByTime(8 * DAY);
    expect(logs.at(-1)).toMatch(/is not good any more.*GATEWAY_TLS_CERT: .* that expired on/);
    source.close();
    const { length } = logs;
    jest.advanceTimersByTime(2 * DAY);
    expect(logs).toHaveLength(length);
  } finally {
    jest.useRealTimers();
  }
});

test('the gateway names the variable in one line and ends with 1', async () => {
  const failed = runGateway({
    GATEWAY_MASTER_KEY: 'sk-0123456789abcdef0123456789abcdef',
    GATEWAY_TLS_CERT: at('own.pem'),
    GATEWAY_TLS_KEY: at('other.key'),
  });
  expect(await failed.code).toBe(1);
  expect(failed.err()).toMatch(/^GATEWAY_TLS_KEY does not belong to GATEWAY_TLS_CERT: .*\n$/);
});

test('with the right ones it answers over TLS', async () => {
  const gateway = await startTestGateway({
    env: { GATEWAY_TLS_CERT: at('own.pem'), GATEWAY_TLS_KEY: at('own.key') },
  });
  try {
    const ca = readFileSync(at('own.pem'));
    const status = await new Promise<number | undefined>((done, fail) =>
      get(`${gateway.dataUrl}/health/liveness`, { ca, checkServerIdentity: () => undefined }, (response) =>
        done(response.resume().statusCode),
      ).once('error', fail),
    );
    expect(status).toBe(200);
  } finally {
    await gateway.close();
  }
});

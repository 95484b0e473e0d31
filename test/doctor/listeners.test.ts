/** Listeners that do not answer, that take no key, and certificates: what is said, and how the command ends. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Site, stamp } from '../certificates/support';
import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { examine } from './support';

let folder: string;
let made: Site;
let gateway: TestGateway;
let silent: Server;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  made = new Site(folder);
  made.issue('authority', { isAuthority: true });
  const names = 'DNS:localhost,IP:127.0.0.1';
  made.issue('gateway', { by: 'authority', names });
  made.issue('soon', { by: 'authority', names, from: stamp(-80), to: stamp(5) });
  made.issue('over', { by: 'authority', names, from: stamp(-90), to: stamp(-3) });
  made.issue('elsewhere', { by: 'authority', names: 'DNS:coder.example.com' });
  gateway = await startTestGateway({
    env: { GATEWAY_TLS_CERT: made.at('gateway.pem'), GATEWAY_TLS_KEY: made.at('gateway.key') },
  });
  silent = await listening(createServer((socket) => socket.on('error', () => {}).resume()));
});
afterAll(async () => {
  await gateway.close();
  await new Promise((closed) => silent.close(closed));
  rmSync(folder, { recursive: true, force: true });
});

const listening = <S extends Server>(server: S): Promise<S> =>
  new Promise((listens) => server.listen(0, '127.0.0.1', () => listens(server)));
const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const trusting = () => ({ NODE_EXTRA_CA_CERTS: made.at('authority.pem') });

async function withCoder<T>(certificate: string, work: (url: string) => Promise<T>): Promise<T> {
  const files = {
    cert: readFileSync(made.at(`${certificate}.pem`)),
    key: readFileSync(made.at(`${certificate}.key`)),
  };
  const server = await listening(createTlsServer(files, (_, response) => response.end('OK')));
  try {
    return await work(`https://127.0.0.1:${portOf(server)}`);
  } finally {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
}

test('certificates that are trusted: names, days left, and who signed them', async () => {
  const { of, code } = await withCoder('gateway', (url) =>
    examine(gateway.adminUrl, ['--data-url', gateway.dataUrl, '--coder-url', url], trusting()),
  );
  expect(of('certificates').map(({ severity }) => severity)).toEqual(['ok', 'ok', 'ok']);
  expect(of('certificates')[0]?.says).toMatch(
    /for localhost, IP Address:127\.0\.0\.1, (89|90) days left, signed by authority$/,
  );
  expect(of('secure context')).toMatchObject([{ severity: 'ok' }]);
  expect(code).toBe(0);
});

test.each([
  ['soon', 'warning', /: for localhost, .*, 4 days left$/],
  ['over', 'fault', /its certificate expired 3 days ago/],
  ['elsewhere', 'fault', /for coder\.example\.com: its certificate is for other names/],
])("a certificate of Coder's: %s", async (certificate, severity, says) => {
  const { of } = await withCoder(certificate, (url) =>
    examine(gateway.adminUrl, ['--data-url', gateway.dataUrl, '--coder-url', url], trusting()),
  );
  expect(of('certificates').at(-1)).toMatchObject({ severity, says: expect.stringMatching(says) as string });
});

test('one that nobody here trusts keeps the gateway from being reached, and is said so: 4', async () => {
  const { of, code } = await examine(gateway.adminUrl, ['--data-url', gateway.dataUrl]);
  expect(of('admin listener')).toMatchObject([
    { severity: 'fault', says: expect.stringContaining('nobody who is trusted here has signed') as string },
  ]);
  expect(of('certificates')[0]?.what_to_do).toContain('NODE_EXTRA_CA_CERTS');
  expect(code).toBe(4);
});

test.each([
  ['http://coder.example.com', 'fault', /no safe address for browsers.*crypto\.subtle/],
  ['http://localhost:1', 'note', /on the machine that runs Coder, and nowhere else/],
])('Coder at %s: %s', async (url, severity, says) => {
  const { of } = await examine(
    gateway.adminUrl,
    ['--data-url', gateway.dataUrl, '--coder-url', url],
    trusting(),
  );
  expect(of('secure context')).toMatchObject([{ severity, says: expect.stringMatching(says) as string }]);
});

test('a data listener that is away is a fault: 1', async () => {
  const { of, code } = await examine(
    gateway.adminUrl,
    ['--data-url', 'http://127.0.0.1:9', '--completions'],
    trusting(),
  );
  expect(of('data listener')).toMatchObject([
    { severity: 'fault', says: 'http://127.0.0.1:9 does not answer: nothing listens there' },
  ]);
  expect(code).toBe(1);
});

test('a key that the gateway does not take: 3', async () => {
  const { of, code } = await examine(gateway.adminUrl, ['--data-url', gateway.dataUrl], {
    ...trusting(),
    GATEWAY_MASTER_KEY: 'sk-another-master-key-0123456789abcdef',
  });
  expect(of('admin listener').at(-1)).toMatchObject({
    severity: 'fault',
    says: expect.stringContaining('does not take the key of GATEWAY_MASTER_KEY') as string,
  });
  expect(code).toBe(3);
});

test('a gateway that is not there: 4, and what was not looked at is said', async () => {
  const { of, findings, code } = await examine('http://127.0.0.1:9', []);
  expect(of('admin listener')).toMatchObject([{ severity: 'fault' }]);
  expect(of('backup')).toMatchObject([{ severity: 'not checked' }]);
  expect(findings.filter(({ severity }) => severity === 'ok').map(({ check }) => check)).toEqual([
    'certificates',
    'certificates',
  ]);
  expect(code).toBe(4);
});

test('one that never answers: all ends with the time for it', async () => {
  const url = `http://127.0.0.1:${portOf(silent)}`;
  const { findings, code } = await examine(url, ['--data-url', url, '--timeout', '2']);
  expect(code).toBe(4);
  expect(findings.find(({ check }) => check === 'admin listener')).toMatchObject({
    severity: 'not checked',
    says: 'the 2 seconds for all checks were over (--timeout)',
  });
});

test.each([
  [['--admin-url', 'gateway:4001'], /--admin-url must be an address such as/],
  [['--data-url', 'ftp://x'], /--data-url must be an address such as .*got "ftp:\/\/x"/],
  [['--timeout', '0'], /--timeout.*from 1 to 3600/],
  [['--admin-url', 'http://gateway.example.com:4001'], /in the clear: use https/],
])('%j cannot be understood: 2', async (args, says) => {
  const { code, err } = await examine(gateway.adminUrl, args);
  expect(code).toBe(2);
  expect(err).toMatch(says);
});

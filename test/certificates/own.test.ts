/** The platform's own authority and what it signs, as OpenSSL and Node.js see them. */
import { X509Certificate } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureCertificates, type Certificates, type EnsureProps } from '../../certificates/ensure';
import { issueServer, newKey } from '../../certificates/issue';
import { platformNames } from '../../certificates/names';
import { privateKeyIn } from '../../certificates/pem';
import { Site } from './support';

const root = mkdtempSync(join(tmpdir(), 'own-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const DAY_MS = 86_400_000;
const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS);
const names = platformNames({
  accessUrl: 'https://coder.example.com:7443',
  wildcardAccessUrl: '*.coder.example.com',
});
let count = 0;
const newFolder = (): string => join(root, `made-${(count += 1)}`);
const ensure = (folder: string, props: Partial<EnsureProps> = {}): Certificates =>
  ensureCertificates({ folder, names, ...props });
const read = (path = ''): X509Certificate => new X509Certificate(readFileSync(path));
const contents = (folder: string): Record<string, string> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));

function messageOf(act: () => unknown): string {
  try {
    act();
    return '';
  } catch (fault) {
    return (fault as Error).message.replaceAll(`${root}/`, '').replaceAll(/made-\d+/g, 'made');
  }
}

test('it makes an authority and two certificates, keeps them, and each key is for its owner alone', () => {
  const folder = newFolder();
  const made = ensure(folder);
  expect(made).toMatchObject({
    coder: { done: 'made' },
    gateway: { done: 'made' },
    authority: { done: 'made' },
    isChanged: true,
    warnings: [],
  });
  const modes = readdirSync(folder).map((name) => [
    name,
    (statSync(join(folder, name)).mode & 0o777).toString(8),
  ]);
  expect(Object.fromEntries(modes)).toMatchObject({
    'authority-key.pem': '600',
    'coder-key.pem': '600',
    'gateway-key.pem': '600',
  });
  expect((statSync(folder).mode & 0o777).toString(8)).toBe('700');
  expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('*\n');
  const before = contents(folder);
  const again = ensure(folder);
  expect(again).toMatchObject({
    coder: { done: 'kept' },
    gateway: { done: 'kept' },
    authority: { done: 'kept' },
    isChanged: false,
  });
  expect(contents(folder)).toEqual(before);
});

test('they are what clients ask of certificates', () => {
  const folder = newFolder();
  const made = ensure(folder, {
    names: platformNames({
      accessUrl: 'https://[2001:db8::7]:7443',
      wildcardAccessUrl: '*--apps.example.com',
    }),
  });
  const openssl = new Site(folder);
  const shown = openssl.openssl('x509', '-in', 'coder.pem', '-noout', '-text');
  for (const words of [
    /Signature Algorithm: ecdsa-with-SHA256/,
    /NIST CURVE: P-256/,
    /Basic Constraints: critical\s+CA:FALSE/,
    /Key Usage: critical\s+Digital Signature\n/,
    /Extended Key Usage: *\n\s+TLS Web Server Authentication\n/,
    /DNS:\*\.example\.com, .*IP Address:127\.0\.0\.1/,
    /IP Address:2001:DB8:0:0:0:0:0:7/,
  ])
    expect(shown).toMatch(words);
  const authority = openssl.openssl('x509', '-in', 'authority.pem', '-noout', '-text');
  expect(authority).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
  expect(authority).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign\n/);
  // Of addresses BoringSSL knows none, and refuses what it does not know.
  expect(authority).toMatch(/Name Constraints: critical\n +Permitted:\n( +DNS:\S+\n)+ +X509v3/);
  for (const file of ['coder.pem', 'gateway.pem'])
    expect(
      openssl.openssl('verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', 'authority.pem', file),
    ).toContain(`${file}: OK`);
  const { validFrom, validTo } = read(made.coder?.certificate);
  const days = (Date.parse(validTo) - Date.parse(validFrom)) / DAY_MS;
  expect(days).toBeLessThanOrEqual(397);
  expect(days).toBeGreaterThan(396);
  // A clock that is a little behind takes them as well.
  expect(Date.parse(validFrom)).toBeLessThanOrEqual(Date.now() - 3_599_000);
});

test.each(['google.com', 'evil-coder.example.com', 'example.com', 'com'])(
  'who has the key of the authority still cannot pass for %s',
  (name) => {
    const folder = newFolder();
    ensure(folder);
    const authority = read(join(folder, 'authority.pem'));
    const authorityKey = privateKeyIn(readFileSync(join(folder, 'authority-key.pem'), 'utf8'));
    const forged = issueServer({
      key: newKey(),
      now: new Date(),
      names: [name],
      title: name,
      authority,
      authorityKey,
    });
    writeFileSync(join(folder, 'forged.pem'), forged);
    const verify = (): string =>
      new Site(folder).openssl('verify', '-purpose', 'sslserver', '-CAfile', 'authority.pem', 'forged.pem');
    expect(verify).toThrow(/permitted subtree violation/);
  },
);

test('what ends within 30 days is made anew for the same key, and the authority stays', () => {
  const folder = newFolder();
  ensure(folder);
  const before = contents(folder);
  expect(ensure(folder, { now: inDays(366) }).isChanged).toBe(false);
  const looked = ensure(folder, { now: inDays(368), isLooking: true });
  expect(looked).toMatchObject({ isChanged: true, gateway: { done: 'renewed' } });
  expect(contents(folder)).toEqual(before);
  const renewed = ensure(folder, { now: inDays(368) });
  expect(renewed).toMatchObject({
    coder: { done: 'renewed', why: expect.stringMatching(/^ends on \d{4}-\d\d-\d\d$/) as string },
    gateway: { done: 'renewed' },
    authority: { done: 'kept' },
  });
  const after = contents(folder);
  for (const [name, text] of Object.entries(before))
    expect([name, after[name] === text]).toEqual([name, !['coder.pem', 'gateway.pem'].includes(name)]);
  expect(read(renewed.coder?.certificate).verify(read(renewed.authority?.certificate).publicKey)).toBe(true);
});

test('one asked for is made anew at once, and says no reason', () => {
  const folder = newFolder();
  ensure(folder);
  const serial = read(join(folder, 'gateway.pem')).serialNumber;
  const { gateway } = ensure(folder, { renew: true });
  expect(gateway.done).toBe('renewed');
  expect(gateway.why).toBeUndefined();
  expect(read(gateway.certificate).serialNumber).not.toBe(serial);
});

test('an authority near its end is said to, its certificates end with it, and are not made anew each day', () => {
  const folder = newFolder();
  ensure(folder);
  const now = inDays(3_640);
  const late = ensure(folder, { now });
  expect(late.warnings).toEqual([
    expect.stringMatching(/authority\.pem ends on .*, and every certificate with it/),
  ]);
  expect(late.coder?.ends).toBe(late.authority?.ends);
  expect(ensure(folder, { now: new Date(now.getTime() + DAY_MS) }).isChanged).toBe(false);
  expect(ensure(folder, { now: inDays(3_400) }).warnings).toEqual([]);
  expect(messageOf(() => ensure(folder, { now: inDays(3_651) }))).toMatch(
    /^certificates that do not fit\n- the authority made\/authority\.pem ended on .*: move the folder away and make another/,
  );
});

test('a new name below one that was there is taken, another asks for another authority', () => {
  const folder = newFolder();
  ensure(folder);
  const wider = platformNames({ accessUrl: 'https://the.new.coder.example.com' });
  expect(ensure(folder, { names: wider }).coder).toMatchObject({
    done: 'renewed',
    why: 'not for the.new.coder.example.com',
  });
  const before = contents(folder);
  const other = platformNames({ accessUrl: 'https://coder.example.org' });
  expect(messageOf(() => ensure(folder, { names: other }))).toBe(
    'certificates that do not fit\n- the authority made/authority.pem may not sign for coder.example.org, which was no name of the platform when it was made: move the folder away and make another authority, which everybody has to trust anew and the workspace image has to be built with',
  );
  expect(contents(folder)).toEqual(before);
});

test('an attempt that was cut off at any file is finished by the next', () => {
  const whole = newFolder();
  ensure(whole);
  const files = [
    'authority-key.pem',
    'authority.pem',
    'coder-key.pem',
    'coder.pem',
    'gateway-key.pem',
    'gateway.pem',
  ];
  for (let written = 0; written <= files.length; written += 1) {
    const folder = newFolder();
    mkdirSync(folder, { mode: 0o700 });
    for (const name of files.slice(0, written))
      writeFileSync(join(folder, name), readFileSync(join(whole, name)), { mode: 0o600 });
    const made = ensure(folder);
    for (const name of files.slice(0, written).filter((each) => each !== 'coder.pem'))
      expect(readFileSync(join(folder, name))).toEqual(readFileSync(join(whole, name)));
    const authority = read(made.authority?.certificate);
    for (const server of [made.coder, made.gateway]) {
      const certificate = read(server?.certificate);
      expect(certificate.verify(authority.publicKey)).toBe(true);
      expect(certificate.checkPrivateKey(privateKeyIn(readFileSync(server?.key ?? '', 'utf8')))).toBe(true);
    }
    expect(ensure(folder).isChanged).toBe(false);
  }
});

/** What is done to a folder that was well, and what is said then. */
const BREAKAGES: readonly [string, (folder: string) => void, RegExp][] = [
  ['a key others can read', (at) => chmodSync(join(at, 'gateway-key.pem'), 0o644), /^- the file made\/gateway-key\.pem can be read by others \(mode 644\): chmod 600 made\/gateway-key\.pem, and make a new key if somebody may have$/],
  ['a folder others can write', (at) => chmodSync(at, 0o777), /^made can be written by others \(mode 777\), who could exchange what is in it: chmod 700 made\.$/],
  ['a key of the authority that is another', (at) => copy(at, 'coder-key.pem', 'authority-key.pem'), /^- the key made\/authority-key\.pem does not belong to made\/authority\.pem: put the one back that was made with it$/],
  ['an authority that is none', (at) => copy(at, 'coder.pem', 'authority.pem'), /^- the file made\/authority\.pem is not the certificate of an authority of our own: move it away$/],
  ['an authority that is cut off', (at) => writeFileSync(join(at, 'authority.pem'), readFileSync(join(at, 'authority.pem'), 'utf8').slice(0, 200)), /^- the file made\/authority\.pem holds no certificate in PEM form/],
  ['no key of the authority, when it is needed', (at) => (rmSync(join(at, 'authority-key.pem')), rmSync(join(at, 'coder.pem'))), /^- made\/authority-key\.pem is not there, so made\/coder\.pem cannot be made: put the key back$/],
  ['a folder in the place of a key', (at) => (rmSync(join(at, 'coder-key.pem')), mkdirSync(join(at, 'coder-key.pem'))), /^- the file made\/coder-key\.pem is a folder, where a file has to be$/],
  ['a file in the place of the folder', (at) => (rmSync(at, { recursive: true }), writeFileSync(at, 'x')), /^made is a file, where a folder has to be: move it away, or name another folder\.$/],
]; // prettier-ignore

const copy = (folder: string, from: string, to: string): void =>
  writeFileSync(join(folder, to), readFileSync(join(folder, from)), { mode: 0o600 });

test.each(BREAKAGES)('%s is told in one line, and nothing is written over', (_, breakIt, says) => {
  const folder = newFolder();
  ensure(folder);
  breakIt(folder);
  const [first = '', second] = messageOf(() => ensure(folder)).split('\n');
  expect(second ?? first).toMatch(says);
});

test('a link that leads nowhere is written over by nobody', () => {
  const folder = newFolder();
  mkdirSync(folder, { mode: 0o700 });
  symlinkSync('/nonexistent/key.pem', join(folder, 'authority-key.pem'));
  expect(messageOf(() => ensure(folder))).toContain(
    'made/authority-key.pem is a link that leads nowhere: remove it',
  );
  expect(existsSync(join(folder, 'authority.pem'))).toBe(false);
});

test('without the authority’s key what is there goes on, until it has to be made anew', () => {
  const folder = newFolder();
  ensure(folder);
  rmSync(join(folder, 'authority-key.pem'));
  expect(ensure(folder).isChanged).toBe(false);
  expect(messageOf(() => ensure(folder, { now: inDays(380) }))).toMatch(
    /authority-key\.pem is not there, so made\/coder\.pem cannot be made anew \(ends on .*\): put the key back/,
  );
});

test('a clock that is far behind is told, and nothing is made by it', () => {
  const folder = newFolder();
  ensure(folder);
  expect(messageOf(() => ensure(folder, { now: inDays(-2) }))).toMatch(
    /begins to hold on .*: is the clock of this machine right\?/,
  );
});

test('with TLS in front of Coder the gateway alone gets one', () => {
  const made = ensure(newFolder(), { names: platformNames({}) });
  expect(made.coder).toBeUndefined();
  expect(made.gateway.names).toEqual([
    'ai-gateway',
    'litellm',
    'ai-gateway-admin',
    'localhost',
    '127.0.0.1',
    '::1',
  ]);
});

test.each([
  ['https://coder.example.com', 'coder.example.com'],
  ['https://Coder.Example.com.:7443/', 'coder.example.com'],
  ['https://10.1.2.3:7443', '10.1.2.3'],
  ['https://[2001:DB8::7]', '2001:db8::7'],
  ['https://localhost:7443', 'localhost'],
  ['https://bücher.example', 'xn--bcher-kva.example'],
])('the name of %s is %s', (accessUrl, name) => expect(platformNames({ accessUrl }).coder).toEqual([name]));

test.each([
  ['*.coder.example.com', '*.coder.example.com'],
  ['*.Coder.example.com:7443', '*.coder.example.com'],
  ['*--apps.example.com', '*.example.com'],
])('the name of %s is %s', (wildcardAccessUrl, name) =>
  expect(platformNames({ accessUrl: 'https://a.example.com', wildcardAccessUrl }).coder[1]).toBe(name),
);

test.each([
  [{ accessUrl: 'coder.example.com' }, 'the access URL must be such as "https://coder.example.com:7443", got "coder.example.com": a certificate is for its name or address'],
  [{ accessUrl: 'http://coder.example.com' }, 'the access URL must be such as'],
  [{ accessUrl: `https://${'a'.repeat(70)}.example.com` }, 'the access URL must be such as'],
  [{ accessUrl: 'https://a..example.com' }, 'the access URL must be such as'],
  [{ accessUrl: 'https://*.example.com' }, 'the access URL must be such as'],
  [{ accessUrl: 'https://a.example.com', wildcardAccessUrl: '*.com' }, 'the wildcard access URL must be such as "*.coder.example.com", got "*.com": below a name of two parts or more'],
  [{ accessUrl: 'https://a.example.com', wildcardAccessUrl: 'apps.example.com' }, 'the wildcard access URL must be such as'],
  [{ accessUrl: 'https://a.example.com', wildcardAccessUrl: '*.a.*.example.com' }, 'the wildcard access URL must be such as'],
  [{ accessUrl: 'https://a.example.com', wildcardAccessUrl: `*.${'a.'.repeat(500_000)}com` }, 'the wildcard access URL must be such as'],
])('%j is told', (props, says) => {
  expect(messageOf(() => platformNames(props))).toContain(`- ${says}`);
}); // prettier-ignore

test('names that no certificate can be for are told by the library as well', () => {
  expect(
    messageOf(() =>
      ensure(newFolder(), { names: { coder: ['a b', 'ok.example.com'], gateway: ['300.1.1.1'] } }),
    ),
  ).toBe(
    'certificates that do not fit\n- no certificate can be for "a b": give a DNS name in lower case, *.name, or an address\n- no certificate can be for "300.1.1.1": give a DNS name in lower case, *.name, or an address',
  );
});

/** Certificates that a site has: taken as they are when they fit, and every fault told when they do not. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureCertificates, terraformVariables, type Certificates } from '../../certificates/ensure';
import { TlsFault } from '../../certificates/fault';
import { platformNames } from '../../certificates/names';
import { Site, stamp } from './support';

const folder = mkdtempSync(join(tmpdir(), 'site-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const site = new Site(folder);
const NAMES = 'DNS:coder.example.com,DNS:*.coder.example.com';

beforeAll(() => {
  site.issue('root', { isAuthority: true });
  site.issue('middle', { isAuthority: true, by: 'root' });
  site.issue('coder', { names: NAMES, by: 'middle' });
  site.join('chain.pem', 'coder.pem', 'middle.pem');
  site.join('reversed.pem', 'middle.pem', 'coder.pem');
  site.issue('direct', { names: NAMES, by: 'root' });
  site.issue('alone', { names: NAMES });
  site.issue('one-name', { names: 'DNS:coder.example.com', by: 'root' });
  site.issue('partial', { names: 'DNS:coder.example.com,DNS:a*.coder.example.com', by: 'root' });
  site.issue('no-names', { by: 'root' });
  site.issue('ended', { names: NAMES, by: 'root', from: stamp(-30), to: stamp(-3) });
  site.issue('early', { names: NAMES, by: 'root', from: stamp(3) });
  site.issue('client', { names: NAMES, by: 'root', usage: 'clientAuth' });
  site.issue('weak', { names: NAMES, by: 'root', key: ['-newkey', 'rsa:1024'] });
  site.issue('edwards', { names: NAMES, by: 'root', key: ['-newkey', 'ed25519'] });
  site.issue('short', { names: NAMES, by: 'root', to: stamp(9) });
  site.issue('long', { names: NAMES, by: 'root', to: stamp(1000) });
  site.issue('old-root', { isAuthority: true, from: stamp(-30), to: stamp(-3) });
  site.issue('of-old-root', { names: NAMES, by: 'old-root' });
  site.issue('gateway', { names: 'DNS:ai-gateway,DNS:litellm', by: 'root' });
  site.openssl(
    'pkcs8',
    '-topk8',
    '-in',
    'direct.key',
    '-out',
    'locked.key',
    '-passout',
    'pass:a-pass-phrase',
  );
  site.openssl('x509', '-in', 'direct.pem', '-outform', 'der', '-out', 'direct.der');
  site.join('open.key', 'direct.key');
  chmodSync(site.at('open.key'), 0o640);
  site.join('root-and-key.pem', 'root.pem', 'root.key');
  writeFileSync(
    site.at('broken.pem'),
    readFileSync(site.at('direct.pem'), 'utf8').replace(/\n(.{20})/, '\n'),
  );
  writeFileSync(
    site.at('broken.key'),
    readFileSync(site.at('direct.key'), 'utf8').replace(/\n(.{20})/, '\n'),
  );
  writeFileSync(site.at('empty.pem'), '');
  writeFileSync(site.at('huge.pem'), Buffer.alloc(1_100_000, 'x'));
  mkdirSync(site.at('folder.pem'));
});

const names = platformNames({
  accessUrl: 'https://coder.example.com:7443',
  wildcardAccessUrl: '*.coder.example.com',
});
let run = 0;

function take(certificate: string, key: string, authority?: string, gateway?: string): Certificates {
  return ensureCertificates({
    folder: join(folder, `made-${(run += 1)}`),
    names,
    site: {
      coder: { certificate: site.at(certificate), key: site.at(key) },
      ...(gateway !== undefined && {
        gateway: { certificate: site.at(`${gateway}.pem`), key: site.at(`${gateway}.key`) },
      }),
      ...(authority !== undefined && { authority: site.at(authority) }),
    },
  });
}

const faultsOf = (...files: Parameters<typeof take>): readonly string[] => {
  try {
    take(...files);
    return [];
  } catch (fault) {
    if (fault instanceof TlsFault) return fault.faults.map((each) => each.replaceAll(`${folder}/`, ''));
    throw fault;
  }
};

test.each([
  ['with what signed it below', 'chain.pem', 'coder.key', 'root.pem'],
  ['signed by the authority itself', 'direct.pem', 'direct.key', 'root.pem'],
  ['whose authority is the one between', 'coder.pem', 'coder.key', 'middle.pem'],
  ['that signed itself, and is trusted as it is', 'alone.pem', 'alone.key', 'alone.pem'],
])('one %s is taken where it lies, and the gateway gets one of ours', (_, certificate, key, authority) => {
  const made = take(certificate, key, authority);
  expect(made.coder).toMatchObject({
    certificate: site.at(certificate),
    key: site.at(key),
    done: 'of the site',
    names: ['coder.example.com', '*.coder.example.com'],
  });
  expect(made).toMatchObject({ gateway: { done: 'made' }, authority: { done: 'made' }, warnings: [] });
  const trusted = readFileSync(made.trusted, 'utf8');
  expect(trusted).toBe(
    readFileSync(made.authority?.certificate ?? '', 'utf8') + readFileSync(site.at(authority), 'utf8'),
  );
  expect(existsSync(join(made.folder, 'coder.pem'))).toBe(false);
  expect(terraformVariables(made)).toEqual({
    tls_certificate_file: site.at(certificate),
    tls_key_file: site.at(key),
    gateway_tls_certificate_file: join(made.folder, 'gateway.pem'),
    gateway_tls_key_file: join(made.folder, 'gateway-key.pem'),
    tls_authority_file: made.trusted,
  });
});

test('a site that has both needs no authority of ours', () => {
  const made = take('chain.pem', 'coder.key', 'root.pem', 'gateway');
  expect(made.authority).toBeUndefined();
  expect(existsSync(join(made.folder, 'authority-key.pem'))).toBe(false);
  expect(readFileSync(made.trusted, 'utf8')).toBe(readFileSync(site.at('root.pem'), 'utf8'));
  expect(made.warnings).toEqual([
    expect.stringMatching(
      /gateway\.pem is not for ai-gateway-admin, localhost, 127\.0\.0\.1, by which administrators/,
    ),
  ]);
});

test.each<[string, Parameters<typeof take>, readonly (string | RegExp)[]]>([
  ['a key of another', ['direct.pem', 'alone.key', 'root.pem'], ['the key of Coder alone.key does not belong to direct.pem: name the two that were made together']],
  ['a chain in the wrong order', ['reversed.pem', 'coder.key', 'root.pem'], [/^the certificate of Coder reversed\.pem begins with another certificate than the server's own/]],
  ['exchanged files', ['direct.key', 'direct.pem', 'root.pem'], ['the certificate of Coder direct.key holds the key, and direct.pem the certificate: exchange them', 'the key of Coder direct.pem holds a certificate and no private key']],
  ['a name missing', ['one-name.pem', 'one-name.key', 'root.pem'], ['the certificate of Coder one-name.pem is not for *.coder.example.com, but for DNS:coder.example.com: have one made for all of them']],
  ['half a wildcard', ['partial.pem', 'partial.key', 'root.pem'], [/is not for \*\.coder\.example\.com, but for DNS:coder\.example\.com, DNS:a\*\.coder/]],
  ['a name in the subject alone', ['no-names.pem', 'no-names.key', 'root.pem'], [/is not for coder\.example\.com, \*\.coder\.example\.com, but for no name/]],
  ['one that ended', ['ended.pem', 'ended.key', 'root.pem'], [/^the certificate of Coder ended\.pem ended on \d{4}-\d\d-\d\d: have it renewed$/]],
  ['one that does not hold yet', ['early.pem', 'early.key', 'root.pem'], [/^the certificate of Coder early\.pem begins to hold on .*: is the clock of this machine right\?$/]],
  ['what signed it left out', ['coder.pem', 'coder.key', 'root.pem'], ["the certificate of Coder coder.pem does not lead to an authority: CN=coder was signed by CN=middle, which is neither below it, nor among the site's authorities, nor public: put it below, or name the authority"]],
  ['the authority left out', ['chain.pem', 'coder.key'], [/does not lead to an authority: CN=middle was signed by CN=root/]],
  ['another authority', ['direct.pem', 'direct.key', 'alone.pem'], [/does not lead to an authority: CN=direct was signed by CN=root/]],
  ['an authority that ended', ['of-old-root.pem', 'of-old-root.key', 'old-root.pem'], [/^the authority old-root\.pem ended on/]],
  ['an authority that is none', ['direct.pem', 'direct.key', 'direct.pem'], ['the authority direct.pem holds a certificate that is no authority\'s (CN=direct): give the one that signed the others']],
  ['an authority with its key', ['direct.pem', 'direct.key', 'root-and-key.pem'], [/^the authority root-and-key\.pem holds a private key, and is handed to everybody/, /does not lead to an authority/]],
  ['one for clients', ['client.pem', 'client.key', 'root.pem'], [/^the certificate of Coder client\.pem is not for servers/]],
  ['a key that is too short', ['weak.pem', 'weak.key', 'root.pem'], ['the certificate of Coder weak.pem has a key that not every client takes (rsa 1024): have one made with ECDSA P-256, or RSA of 2048 bits or more']],
  ['a key browsers do not know', ['edwards.pem', 'edwards.key', 'root.pem'], [/has a key that not every client takes \(ed25519\)/]],
  ['a locked key', ['direct.pem', 'locked.key', 'root.pem'], [/^the key of Coder locked\.key holds a key that is locked with a password/]],
  ['a key others can read', ['direct.pem', 'open.key', 'root.pem'], ['the key of Coder open.key can be read by others (mode 640): chmod 600 open.key, and make a new key if somebody may have']],
  ['binary form', ['direct.der', 'direct.key', 'root.pem'], [/^the certificate of Coder direct\.der holds no certificate in PEM form/]],
  ['nothing in it', ['empty.pem', 'direct.key', 'root.pem'], [/^the certificate of Coder empty\.pem holds no certificate in PEM form/]],
  ['a certificate that is cut off', ['broken.pem', 'direct.key', 'root.pem'], ['the certificate of Coder broken.pem holds a certificate that cannot be read: it is cut off or was changed']],
  ['a key that is cut off', ['direct.pem', 'broken.key', 'root.pem'], ['the key of Coder broken.key holds a private key that cannot be read: it is cut off or was changed']],
  ['files that are not there', ['absent.pem', 'absent.key', 'absent-root.pem'], ['the authority absent-root.pem is not there', 'the certificate of Coder absent.pem is not there', 'the key of Coder absent.key is not there']],
  ['a folder', ['folder.pem', 'direct.key', 'root.pem'], ['the certificate of Coder folder.pem is a folder, where a file has to be']],
  ['a file that is something else', ['huge.pem', 'direct.key', 'root.pem'], ['the certificate of Coder huge.pem is longer than 1 MiB, which is no certificate and no key']],
  ['all at once', ['ended.pem', 'open.key', 'old-root.pem', 'one-name'], [/^the authority old-root/, /^the key of Coder open/, /the certificate of the gateway one-name\.pem is not for ai-gateway, litellm/, /of the gateway one-name\.pem does not lead to an authority/]],
])('%s is told', (_, files, told) => {
  expect(faultsOf(...files)).toEqual(
    told.map((each) => (typeof each === 'string' ? each : (expect.stringMatching(each) as string))),
  );
  expect(existsSync(join(folder, `made-${run}`))).toBe(false);
}); // prettier-ignore

test('what is well and will not stay so is told with it', () => {
  expect(take('short.pem', 'short.key', 'root.pem').warnings).toEqual([
    expect.stringMatching(/short\.pem ends on \d{4}-\d\d-\d\d: have it renewed$/),
  ]);
  expect(take('long.pem', 'long.key', 'root.pem').warnings).toEqual([
    expect.stringMatching(/long\.pem holds for more than 825 days, which Macs and iPhones refuse$/),
  ]);
});

test('the message is one list', () => {
  expect(() => take('direct.pem', 'alone.key', 'root.pem')).toThrow(
    /^certificates that do not fit\n- the key of Coder .*alone\.key does not belong to .*direct\.pem: [^\n]*$/,
  );
});

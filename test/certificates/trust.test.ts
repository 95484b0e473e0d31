/** What people are told to type so that their machine trusts the authority, typed. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureCertificates, type Certificates } from '../../certificates/ensure';
import { platformNames } from '../../certificates/names';
import { trustGuide } from '../../certificates/trust';

const root = mkdtempSync(join(tmpdir(), 'trust-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let made: Certificates;

/** Programs of other systems, which only say how they were called. */
const STAND_INS = [
  'security',
  'update-ca-certificates',
  'update-ca-trust',
  'trust',
  'certutil',
  'install',
  'mkdir',
];

beforeAll(() => {
  made = ensureCertificates({
    folder: join(root, "it's here"),
    names: platformNames({ accessUrl: 'https://coder.example.com' }),
  });
  const programs = join(root, 'programs');
  mkdirSync(programs);
  for (const name of STAND_INS) {
    writeFileSync(
      join(programs, name),
      `#!/bin/sh\nprintf '%s' ${name}; for word; do printf ' [%s]' "$word"; done; echo\n`,
    );
    chmodSync(join(programs, name), 0o755);
  }
  writeFileSync(join(programs, 'sudo'), '#!/bin/sh\nexec "$@"\n');
  chmodSync(join(programs, 'sudo'), 0o755);
});

/** Lines of a text that are to be typed, as a shell runs them. */
function typed(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.replace(/^ {2}(again without it: |for oneself alone, .*: )?/, ''))
    .filter((line) => /^(sudo|mkdir|certutil) /.test(line));
  const { stdout, stderr, status } = spawnSync('/bin/sh', ['-e'], {
    input: lines.join('\n'),
    encoding: 'utf8',
    env: { PATH: join(root, 'programs'), HOME: '/home/a b' },
  });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout;
}

test('each line gives each program what it needs, whatever the folder is called', () => {
  const { name = '', certificate = '' } = made.authority ?? {};
  const plain = name.toLowerCase().replaceAll(' ', '-');
  expect(typed(trustGuide(made, ['macos']))).toBe(
    `security [add-trusted-cert] [-d] [-r] [trustRoot] [-k] [/Library/Keychains/System.keychain] [${certificate}]
security [remove-trusted-cert] [-d] [${certificate}]
`,
  );
  expect(typed(trustGuide(made, ['linux']))).toBe(
    `install [-m] [644] [${certificate}] [/usr/local/share/ca-certificates/${plain}.crt]
update-ca-certificates
install [-m] [644] [${certificate}] [/etc/pki/ca-trust/source/anchors/${plain}.pem]
update-ca-trust
trust [anchor] [--store] [${certificate}]
mkdir [-p] [/home/a b/.pki/nssdb]
certutil [-d] [sql:/home/a b/.pki/nssdb] [-A] [-t] [C,,] [-n] [${name}] [-i] [${certificate}]
`,
  );
  expect(typed(trustGuide(made, ['windows']))).toBe(
    `certutil [-addstore] [-f] [Root] [authority.pem]
certutil [-user] [-addstore] [Root] [authority.pem]
`,
  );
});

test('it says by what people tell that they have the right one, and what it can do', () => {
  const text = trustGuide(made);
  expect(text).toContain(`SHA-256 ${made.authority?.fingerprint}`);
  expect(text).toContain('It can sign for coder.example.com, ai-gateway,');
  for (const system of [
    'macOS',
    'Debian, Ubuntu',
    'Fedora',
    'Arch',
    'Chrome and Chromium on Linux',
    'Firefox',
    'Windows',
  ])
    expect(text).toContain(system);
  expect(text).not.toMatch(/\{\{|undefined|PRIVATE/);
  expect(readFileSync(made.authority?.certificate ?? '', 'utf8')).not.toContain('PRIVATE');
});

test('where something in front of Coder has the certificate, browsers need nothing', () => {
  const inFront = ensureCertificates({ folder: join(root, 'front'), names: platformNames({}) });
  const text = trustGuide(inFront);
  expect(text).toContain("Coder's certificate is not this platform's");
  expect(text).toContain(inFront.trusted);
  expect(text).not.toContain('sudo');
});

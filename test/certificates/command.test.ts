/** `contractor-workspace certificates`, as a person types it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Certificates } from '../../certificates/ensure';
import { runProgram, type Ended } from '../cli/run';
import { Site } from './support';

const root = mkdtempSync(join(tmpdir(), 'certificates-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const folder = join(root, 'made');
const certificates = (...words: readonly string[]): Promise<Ended> =>
  runProgram(['certificates', ...words, '--folder', folder]);

test('make, check, renew and show, from nothing', async () => {
  const absent = await certificates('check');
  expect(absent).toEqual({
    code: 2,
    out: '',
    err: `There are no certificates in ${folder}: "contractor-workspace certificates make" makes them.\n`,
  });
  const made = await certificates('make', '--wildcard-access-url', '*.coder.example.com');
  expect(made.code).toBe(0);
  expect(made.out).toMatch(
    /^authority +made .*\nCoder +made .* host\.docker\.internal \*\.coder\.example\.com .*\ngateway +made/m,
  );
  expect(made.err).toContain('Who opens Coder has to trust its authority once.');
  expect(`${made.out}${made.err}`).not.toContain('PRIVATE');

  const again = await certificates('make', '--wildcard-access-url', '*.coder.example.com');
  expect(again).toMatchObject({ code: 0, err: '' });
  expect(again.out).toMatch(/^authority +kept .*\nCoder +kept .*\ngateway +kept/m);
  expect(await certificates('check')).toMatchObject({ code: 0, err: '' });

  const before = readFileSync(join(folder, 'coder.pem'), 'utf8');
  const other = await certificates('check', '--access-url', 'https://deep.in.coder.example.com', '--json');
  expect([other.code, other.err]).toEqual([
    1,
    `${folder}/coder.pem: to be made anew (not for deep.in.coder.example.com).\n`,
  ]);
  expect(JSON.parse(other.out)).toMatchObject({ isChanged: true, coder: { done: 'renewed' } });
  expect(readFileSync(join(folder, 'coder.pem'), 'utf8')).toBe(before);

  const renewed = await certificates('renew', '--json');
  expect(renewed).toMatchObject({ code: 0, err: '' });
  expect((JSON.parse(renewed.out) as Certificates).coder).toMatchObject({
    done: 'renewed',
    names: ['host.docker.internal', '*.coder.example.com', 'localhost', '127.0.0.1', '::1'],
  });
  expect(readFileSync(join(folder, 'coder.pem'), 'utf8')).not.toBe(before);

  const shown = await certificates('show', '--for', 'macos');
  expect(shown).toMatchObject({ code: 0, err: '' });
  expect(shown.out).toContain(
    `security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain ${folder}/authority.pem`,
  );
  expect(shown.out).not.toContain('addstore');
});

test('several at once make one authority, and what they leave fits', async () => {
  const at = join(root, 'at-once');
  const words = ['certificates', 'make', '--folder', at, '--json'];
  const ended = await Promise.all(Array.from({ length: 4 }, () => runProgram(words)));
  expect(ended.map(({ code, err }) => [code, err])).toEqual(ended.map(() => [0, '']));
  const made = ended.map(({ out }) => (JSON.parse(out) as Certificates).authority?.fingerprint);
  expect(new Set(made).size).toBe(1);
  const found = await runProgram(['certificates', 'check', '--folder', at]);
  expect(found).toMatchObject({ code: 0, err: '' });
  expect(readdirSync(at).sort()).toEqual([
    '.gitignore',
    'authority-key.pem',
    'authority.pem',
    'coder-key.pem',
    'coder.pem',
    'gateway-key.pem',
    'gateway.pem',
    'trusted.pem',
  ]);
});

test('what a site has is trusted on, by commands that do not name it', async () => {
  const site = new Site(root);
  site.issue('root', { isAuthority: true });
  site.issue('site', { names: 'DNS:coder.example.com', by: 'root' });
  const at = join(root, 'of-site');
  const ofSite = [
    '--coder-certificate',
    site.at('site.pem'),
    '--coder-key',
    site.at('site.key'),
    '--site-authority',
    site.at('root.pem'),
  ];
  const words = ['--folder', at, '--json'];
  const made = await runProgram([
    'certificates',
    'make',
    '--access-url',
    'https://coder.example.com',
    ...ofSite,
    ...words,
  ]);
  expect(made).toMatchObject({ code: 0, err: '' });
  const { trusted } = JSON.parse(made.out) as Certificates;
  expect(readFileSync(trusted, 'utf8')).toContain(readFileSync(site.at('root.pem'), 'utf8'));
  const before = readFileSync(trusted, 'utf8');
  expect(await runProgram(['certificates', 'check', ...words])).toMatchObject({ code: 0 });
  expect(await runProgram(['certificates', 'renew', ...words])).toMatchObject({ code: 0 });
  expect(readFileSync(trusted, 'utf8')).toBe(before);
  const shown = await runProgram(['certificates', 'show', '--folder', at]);
  expect(shown.out).toContain("Coder's certificate is not this platform's");
});

test.each([
  [['make', '--coder-certificate', 'a.pem'], '--coder-certificate and --coder-key go together, and --coder-key is missing.'],
  [['make', '--gateway-key', 'a.pem'], '--gateway-certificate and --gateway-key go together, and --gateway-certificate is missing.'],
  [['make', '--site-authority', 'a.pem'], "--site-authority is the one of the site's certificates"],
  [['make', '--tls-in-front', '--access-url', 'https://a.example.com'], '--tls-in-front needs no --access-url'],
  [['make', '--tls-in-front', '--coder-certificate', 'a', '--coder-key', 'b'], '--coder-certificate and --tls-in-front exclude each other'],
  [['check', '--wildcard-access-url', '*.a.example.com'], '--wildcard-access-url needs --access-url beside it.'],
  [['show', '--for', 'beos'], 'Allowed choices are macos, linux, windows'],
])('%j is told in a line, with exit code 2', async (words, says) => {
  const { code, out, err } = await certificates(...words);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(says);
}); // prettier-ignore

test('certificates that do not fit are told in a list, with exit code 1', async () => {
  const { code, out, err } = await certificates(
    'make',
    '--access-url',
    'ftp://coder',
    '--wildcard-access-url',
    '*.x',
  );
  expect([code, out]).toEqual([1, '']);
  expect(err).toMatch(
    /^certificates that do not fit\n- the access URL must be such as .*\n- the wildcard access URL must be such as .*\n$/,
  );
});

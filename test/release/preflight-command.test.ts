import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import {
  readText,
  removeFolders,
  runRelease,
  SNAPSHOT,
  templateFolder,
  temporaryFolder,
  type Run,
} from './support';

afterAll(removeFolders);

const preflight = (...args: readonly string[]): Run => runRelease('preflight', args);

/** A PATH with git's friends and a terraform of the test's own. */
function pathWith(terraform: string | undefined): string {
  const folder = temporaryFolder();
  symlinkSync(process.execPath, join(folder, 'node'));
  symlinkSync('/bin/bash', join(folder, 'bash'));
  if (terraform !== undefined) {
    writeFileSync(join(folder, 'terraform'), `#!/bin/bash\n${terraform}\n`);
    chmodSync(join(folder, 'terraform'), 0o755);
  }
  return [folder, ...(terraform === undefined ? [] : ['/usr/bin', '/bin'])].join(delimiter);
}

test('--help says what it does', () => {
  const { status, stdout } = preflight('--help');
  expect(status).toBe(0);
  for (const word of ['--variables-file', '--name', '--lock', '--json', 'exit code 1'])
    expect(stdout).toContain(word);
});

test('ends with the line that pushes', () => {
  const folder = templateFolder();
  const file = join(temporaryFolder(), 'my variables.yaml');
  writeFileSync(file, 'workspace_claim_secret: "a"\n', { mode: 0o600 });
  const { status, stdout, stderr } = preflight(folder, '--variables-file', file);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout.trim().split('\n').at(-1)).toBe(
    `ready: coder templates push contractor-workspace -d ${folder} --variables-file '${file}'`,
  );
});

test('synthesizes when no folder is given', () => {
  const outdir = temporaryFolder();
  const { status, stdout } = runRelease('preflight', ['--json'], { env: { CDKTF_OUTDIR: outdir } });
  const report = JSON.parse(stdout) as { ok: boolean; templates: { template: string; push?: string }[] };
  expect({ status, ok: report.ok }).toEqual({ status: 0, ok: true });
  expect(report.templates.map(({ template }) => template)).toEqual(['contractor-workspace']);
  expect(report.templates[0]?.push).toMatch(/^coder templates push contractor-workspace -d /);
});

test('an error is exit code 1 and no line that pushes', () => {
  const folder = templateFolder((template) =>
    template.append('versions.tf', 'terraform {\n  backend "local" {}\n}\n'),
  );
  const { status, stdout } = preflight(folder);
  expect(status).toBe(1);
  expect(stdout).toMatch(/ERROR {2}backend: /);
  expect(stdout).toMatch(/\n1 error: not ready to be pushed\n$/);
  expect(stdout).not.toContain('coder templates push');
});

describe('--lock', () => {
  test('makes the file for both platforms', () => {
    const folder = templateFolder();
    const lock = ['coder/coder', 'kreuzwerker/docker'].map(
      (source) => `provider "x/${source}" {\n  hashes = ["zh:a"]\n}`,
    );
    const path = pathWith(
      `echo "$@" > arguments.txt; printf '%s\\n' '${lock.join('\n')}' > .terraform.lock.hcl`,
    );
    const { status, stdout } = runRelease('preflight', [folder, '--lock'], { env: { PATH: path } });
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringContaining(
        'ok     lock file: .terraform.lock.hcl was made for linux_amd64 and linux_arm64',
      ) as string,
    });
    expect(readText(folder, 'arguments.txt')).toBe(
      'providers lock -platform=linux_amd64 -platform=linux_arm64\n',
    );
  });

  test.each([
    ['no terraform', undefined, /could not be made: terraform is not on the PATH/],
    [
      'no registry',
      'echo "│ Error: Could not retrieve providers for locking" >&2; echo "dial tcp: no such host" >&2; exit 1',
      /could not be made: no registry can be reached from here/,
    ],
    [
      'another fault',
      'echo "Error: Unsupported argument" >&2; exit 1',
      /terraform says "Unsupported argument"/,
    ],
  ])('%s is said, and no failure', (_, terraform, reason) => {
    const { status, stdout } = runRelease('preflight', [templateFolder(), '--lock'], {
      env: { PATH: pathWith(terraform) },
    });
    expect(status).toBe(0);
    expect(stdout).toMatch(reason);
  });
});

test.each([
  [['/nonexistent'], /there is no folder \/nonexistent: leave it out to synthesize/],
  [['a', 'b'], /one folder is checked at a time, got a b/],
  [[SNAPSHOT, '--variables-file', '/nonexistent.yaml'], /there is no file \/nonexistent\.yaml/],
  [[SNAPSHOT, '--push'], /Unknown option '--push': npm run preflight takes --variables-file/],
  [[join(SNAPSHOT, 'README.md')], /there is no folder .*README\.md/],
])('%j is refused with a reason', (args, reason) => {
  const { status, stdout, stderr } = preflight(...args);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(reason);
});

test('a folder in another place is named so that the line can be pasted', () => {
  const folder = join(temporaryFolder(), 'here', 'contractor-workspace');
  mkdirSync(dirname(folder), { recursive: true });
  symlinkSync(templateFolder(), folder);
  expect(runRelease('preflight', ['contractor-workspace'], { cwd: dirname(folder) }).stdout).toContain(
    'ready: coder templates push contractor-workspace -d contractor-workspace\n',
  );
});

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { removeFolders, runRelease, SNAPSHOT, templateFolder, temporaryFolder, type Run } from './support';

afterAll(removeFolders);

const preflight = (...args: readonly string[]): Run => runRelease('preflight', args);

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

test.each([
  [['/nonexistent'], /there is no folder \/nonexistent: leave it out to synthesize/],
  [[SNAPSHOT, '--variables-file', '/nonexistent.yaml'], /there is no file \/nonexistent\.yaml/],
  [[SNAPSHOT, '--push'], /Unknown option '--push'/],
])('%j is not understood, and says why', (args, reason) => {
  const { status, stdout, stderr } = preflight(...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
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

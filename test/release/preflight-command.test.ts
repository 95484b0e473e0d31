import { execFileSync } from 'node:child_process';
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

test('ends with the lines that push, and that set what people see in the list', () => {
  const folder = templateFolder();
  const file = join(temporaryFolder(), 'my variables.yaml');
  writeFileSync(file, 'workspace_claim_secret: "a"\n', { mode: 0o600 });
  const { status, stdout, stderr } = preflight(folder, '--variables-file', file);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout.trim().split('\n').slice(-2)).toEqual([
    `ready: coder templates push contractor-workspace -d ${folder} --variables-file '${file}'`,
    "then:  coder templates edit contractor-workspace --display-name 'Contractor workspace' --description " +
      "'A container with VS Code in the browser and an AI assistant that works from the first minute' --icon /icon/code.svg",
  ]);
});

test('what the README states reaches a shell as it is', () => {
  const folder = templateFolder((template) =>
    template
      .replace('README.md', /display_name: .*/, 'display_name: "Ada\'s $HOME `id`"')
      .replace('README.md', /icon: .*\n/, ''),
  );
  const line = preflight(folder).stdout.trim().split('\n').at(-1) ?? '';
  const words = execFileSync(
    'bash',
    ['-c', `coder() { printf '%s\\n' "$@"; }; ${line.replace('then:', '')}`],
    {
      encoding: 'utf8',
    },
  );
  expect(words.split('\n').slice(0, 5)).toEqual([
    'templates',
    'edit',
    'contractor-workspace',
    '--display-name',
    "Ada's $HOME `id`",
  ]);
  expect(words).not.toContain('--icon');
});

test.each([
  ['nothing', /^---\n[^]*?\n---\n/, '', 'README.md states no display name, description or icon'],
  [
    'an icon that is not there',
    '/icon/code.svg',
    '/icon/key.svg',
    'the icon /icon/key.svg, which Coder does not have',
  ],
  ['a list', /display_name: .*/, 'display_name: [a]', 'has for display_name what is no line of text'],
])('a README with %s is a note', (_, from, to, says) => {
  const { status, stdout } = preflight(templateFolder((template) => template.replace('README.md', from, to)));
  expect(status).toBe(0);
  expect(stdout).toContain(says);
  expect(stdout).not.toContain('coder templates edit');
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

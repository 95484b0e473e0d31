import { compare, type Question } from '../../release/diff/comparison';
import {
  editedTemplate,
  removeFolders,
  Repository,
  runRelease,
  templateFolder,
  temporaryFolder,
  type Run,
} from './support';

afterAll(removeFolders);

const repository = new Repository();
repository.git('commit', '--quiet', '--allow-empty', '-m', 'before any template');
repository.git('tag', 'empty');
repository.commit('first', { 'contractor-workspace': editedTemplate() });
repository.git('tag', 'first');
repository.commit('second', {
  'contractor-workspace': editedTemplate((template) =>
    template
      .replace('workspace.tf', 'contractor-workspace:1', 'contractor-workspace:2')
      .append('scripts/dotfiles.sh', "echo '```'\n"),
  ),
  minimal: editedTemplate(),
  image: new Map([['Dockerfile', 'FROM scratch\n']]),
});
repository.git('tag', 'second');
repository.commit('third', { minimal: editedTemplate() });
repository.git('tag', 'third');

const diff = (...args: readonly string[]): Run => runRelease('diff', args, { cwd: repository.folder });

test('--help says what it does, with every option and severity', () => {
  const { status, stdout } = diff('--help');
  expect(status).toBe(0);
  for (const word of [
    '--template',
    '--to',
    '--from-dir',
    '--markdown',
    '--json',
    '--fail-on',
    'loses-data',
  ]) {
    expect(stdout).toContain(word);
  }
});

test('two refs as text', () => {
  const { status, stdout, stderr } = diff('first', '--to', 'second', '--template', 'contractor-workspace');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^contractor-workspace, first → second: 2 changes\. No workspace notices/);
  expect(stdout).toMatch(
    /REPLACES THE CONTAINER AT THE NEXT START\n- image .*\n[^]*LANDS AT THE NEXT START\n- `scripts\/dotfiles.sh` changed/,
  );
  expect(stdout).toContain("      +echo '```'\n");
});

test('as Markdown, with a fence that the file cannot close', () => {
  const { stdout } = diff('first', '--to', 'second', '--template', 'contractor-workspace', '--markdown');
  expect(stdout).toMatch(/^## Template `contractor-workspace`: `first` → `second`\n/);
  expect(stdout).toContain('### Replaces the container at the next start');
  expect(stdout).toMatch(/\n {2}````diff\n {2}--- a\/scripts\/dotfiles\.sh\n[^]*\n {2}````\n/);
});

test('as JSON', () => {
  const { stdout } = diff('first', '--to', 'second', '--json');
  const report = JSON.parse(stdout) as {
    worst: string;
    templates: { template: string; changes: unknown[] }[];
  };
  expect(report.worst).toBe('replaces');
  expect(report.templates.map(({ template, changes }) => [template, changes.length])).toEqual([
    ['contractor-workspace', 2],
    ['minimal', 1],
  ]);
});

test('a template that is new, one that is gone, and no change', () => {
  expect(diff('first', '--to', 'second').stdout).toMatch(
    /minimal, first → second: 1 change\.[^]*the template is new/,
  );
  expect(diff('second', '--to', 'third').stdout).toMatch(/BREAKS RUNNING WORKSPACES\n- the template is gone/);
  expect(diff('second', '--to', 'second').stdout).toBe(
    'contractor-workspace, second → second: no change\n\nminimal, second → second: no change\n',
  );
});

test('two folders', () => {
  const [from, to] = [
    templateFolder(),
    templateFolder((template) => template.append('README.md', 'More.\n')),
  ];
  const { status, stdout } = diff('--from-dir', from, '--to-dir', to);
  expect(status).toBe(0);
  expect(stdout).toContain('- `README.md` changed');
});

test('what is synthesized now', () => {
  const { status, stdout, stderr } = runRelease('diff', ['HEAD', '--template', 'contractor-workspace']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^contractor-workspace, HEAD → now: /);
});

test('--fail-on refuses what is that bad or worse', () => {
  const refused = diff('first', '--to', 'second', '--fail-on', 'next-start');
  expect(refused.status).toBe(1);
  expect(refused.stdout).toContain('REPLACES THE CONTAINER');
  expect(refused.stderr).toBe('a change is "replaces", and --fail-on next-start refuses that\n');
  expect(diff('first', '--to', 'second', '--fail-on', 'loses-data').status).toBe(0);
});

describe('a question that cannot be answered', () => {
  test.each<[string, Omit<Question, 'repository'>, RegExp]>([
    [
      'an unknown ref',
      { ref: 'nonsense' },
      /git knows no commit "nonsense" here: give a branch, a tag or a commit/,
    ],
    ['an option for git', { ref: '--output=x' }, /git knows no commit "--output=x"/],
    ['a ref without a snapshot', { ref: 'empty' }, /"empty" has no snapshot of a template/],
    ['an unknown ref to compare with', { ref: 'second', to: 'nonsense' }, /git knows no commit "nonsense"/],
    [
      'a template that is newer than the ref',
      { ref: 'first', to: 'second', template: 'minimal' },
      /"first" has no snapshot of "minimal".*only of contractor-workspace/,
    ],
    [
      'an unknown template',
      { ref: 'second', to: 'second', template: 'nothing' },
      /no template "nothing": give one of contractor-workspace, minimal/,
    ],
    ['no ref', {}, /compare with what\?/],
    ['one folder', { fromDir: 'a' }, /belong together/],
    ['a ref and folders', { ref: 'first', fromDir: 'a', toDir: 'b' }, /either commits or folders/],
    [
      'no such folder',
      { fromDir: '/nonexistent', toDir: '/nonexistent' },
      /there is no folder \/nonexistent/,
    ],
  ])('%s', async (_, question, reason) => {
    await expect(compare({ ...question, repository: repository.folder })).rejects.toThrow(reason);
  });

  test('a folder that is no repository', async () => {
    const folder = temporaryFolder();
    await expect(compare({ ref: 'main', repository: folder })).rejects.toThrow(/git knows no commit "main"/);
  });
});

test.each([
  [['nonsense'], /git knows no commit "nonsense"/],
  [['first', 'second'], /one git ref is compared, got first second: give the other one with --to/],
  [['first', '--fail-on', 'everything'], /"everything" is no severity: give one of breaks, loses-data/],
  [['first', '--sideways'], /Unknown option '--sideways': npm run diff takes --template, --to/],
])('%j is refused with a reason', (args, reason) => {
  const { status, stdout, stderr } = diff(...args);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(reason);
  expect(stderr).not.toMatch(/\n {4}at /);
});

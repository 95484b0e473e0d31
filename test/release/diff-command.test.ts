import { join } from 'node:path';
import { compare, type Question } from '../../release/diff/comparison';
import { UsageError } from '../../terminal/fault';
import { editedDocument } from './policy-support';
import {
  editedTemplate,
  removeFolders,
  Repository,
  runRelease,
  templateFolder,
  temporaryFolder,
  writeTemplate,
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
  const same = diff('second', '--to', 'second').stdout;
  expect(same.split('\n').filter((line) => line.includes('→'))).toEqual([
    'contractor-workspace, second → second: no change of the template',
    'minimal, second → second: no change of the template',
  ]);
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
  expect({ status, stderr: stderr.replace(/^Synthesizing .*\n/gm, '') }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^contractor-workspace, HEAD → now: /);
});

test('--fail-on refuses what is that bad or worse', () => {
  const refused = diff('first', '--to', 'second', '--fail-on', 'next-start');
  expect(refused.status).toBe(1);
  expect(refused.stdout).toContain('REPLACES THE CONTAINER');
  expect(refused.stderr).toBe('a change is "replaces", and --fail-on next-start refuses that\n');
  expect(diff('first', '--to', 'second', '--fail-on', 'loses-data').status).toBe(0);
});

test('a version before the gateway document was part of the snapshot', () => {
  const says =
    /The version before has no gateway document in its snapshot \(test\/snapshots\/contractor-workspace\.gateway\.json\): policy and prices cannot be compared\./;
  const documents = { 'contractor-workspace': editedDocument() };
  repository.commit('fourth', { 'contractor-workspace': editedTemplate() }, documents);
  const args = ['first', '--to', 'HEAD', '--template', 'contractor-workspace'];
  const { status, stdout } = diff(...args);
  expect(status).toBe(0);
  expect(stdout).toMatch(says);
  expect(stdout).toMatch(/: no change of the template\n/);
  expect(diff(...args, '--markdown').stdout).toMatch(says);
  const report = JSON.parse(diff(...args, '--json').stdout) as { templates: { policyNote: string }[] };
  expect(report.templates[0]?.policyNote).toContain('policy and prices cannot be compared');
  expect(diff('HEAD', '--to', 'first', '--template', 'contractor-workspace').stdout).toContain(
    'The version after has no gateway document',
  );
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
  ])('%s is a usage error', async (_, question, reason) => {
    const answer = compare({ ...question, repository: repository.folder });
    await expect(answer).rejects.toThrow(reason);
    await expect(answer).rejects.toBeInstanceOf(UsageError);
  });

  test('in a folder that is no repository', async () => {
    const folder = temporaryFolder();
    const answer = compare({ ref: 'main', repository: folder });
    await expect(answer).rejects.toThrow(
      / is in no working copy of a git repository: go to the project's folder/,
    );
    await expect(answer).rejects.toBeInstanceOf(UsageError);
  });

  test('in a clone that has the newest commits only', async () => {
    const folder = join(temporaryFolder(), 'clone');
    repository.git('clone', '--quiet', '--depth=1', `file://${repository.folder}`, folder);
    const answer = compare({ ref: 'first', repository: folder });
    await expect(answer).rejects.toThrow(/this clone is shallow .* "git fetch --unshallow" gets the others/);
  });
});

test('from a folder in the project, and from a project that is a folder of a larger repository', () => {
  const args = ['first', '--to', 'second', '--template', 'contractor-workspace'];
  const inside = join(repository.folder, 'test');
  expect(runRelease('diff', args, { cwd: inside })).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('2 changes') as string,
  });
  const larger = new Repository();
  writeTemplate(join(larger.folder, 'coder', 'test', 'snapshots', 'minimal'), editedTemplate());
  larger.git('add', '--all');
  larger.git('commit', '--quiet', '-m', 'all');
  expect(
    runRelease('diff', ['HEAD', '--to', 'HEAD'], { cwd: join(larger.folder, 'coder') }).stdout,
  ).toContain('minimal, HEAD → HEAD: no');
  const outside = runRelease('diff', ['HEAD', '--to', 'HEAD'], { cwd: larger.folder });
  expect(outside).toMatchObject({ status: 2, stdout: '' });
  expect(outside.stderr).toMatch(/"HEAD" has no snapshot of a template \(test\/snapshots\/<template>\/ in /);
});

test.each([
  [['nonsense'], /git knows no commit "nonsense"/],
  [['--', '--output=x'], /git knows no commit "--output=x"/],
  [[], /compare with what\?/],
  [['first', 'second'], /Too many arguments/],
  [['first', '--fail-on', 'everything'], /"everything" is no severity: give one of breaks, loses-data/],
  [['first', '--json', '--markdown'], /either for a program or for a pull request/],
  [['first', '--template', 'nothing'], /there is no template "nothing"/],
  [['--from-dir', '/nonexistent', '--to-dir', '/nonexistent'], /there is no folder \/nonexistent/],
  [['first', '--sideways'], /Unknown option '--sideways'/],
])('%j is not understood, and says why', (args, reason) => {
  const { status, stdout, stderr } = diff(...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(reason);
  expect(stderr).not.toMatch(/\n {4}at /);
});

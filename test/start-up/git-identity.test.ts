/** Who commits: the owner where git knows nobody, and whoever the developer or a repository names before that. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ThrowAwayWorkspace } from '../harness/throw-away-workspace';
import { filesOf, Platform } from './support';

let platform: Platform;
beforeAll(async () => {
  platform = await Platform.start();
});
afterAll(() => platform.stop());

const NAME = 'Ca$h $HOME ${CODER_AGENT_TOKEN} "$$1" # ; \\ Ünal';
const OWNER = { ownerFullName: NAME, ownerEmail: 'ca$h@example.com' };

const author = async (workspace: ThrowAwayWorkspace, first = ''): Promise<string> => {
  const { output } = await workspace.runInShell(
    `touch ~/.bashrc; rm -rf ~/app; git init -q ~/app && cd ~/app && { ${first || ':'}; } && git commit -q --allow-empty -m first && git log --format="%an <%ae>, %cn <%ce>"`,
  );
  return output.split('\n').filter((line) => !line.includes('.bashrc'))[0] ?? '';
};
const both = (name: string, mail: string): string => `${name} <${mail}>, ${name} <${mail}>`;

test('commits carry the owner, letter for letter; a repository and the developer say otherwise and win', async () => {
  const workspace = await platform.workspace({ workspace: OWNER });
  expect(await workspace.runScript('git_identity')).toEqual({ status: 0, output: '' });
  expect(await author(workspace)).toBe(both(NAME, 'ca$h@example.com'));
  expect(await author(workspace, 'git config user.name Team && git config user.email team@example.com')).toBe(
    both('Team', 'team@example.com'),
  );
  const before = filesOf(workspace.home);
  expect(await workspace.runScript('git_identity')).toEqual({ status: 0, output: '' });
  expect(filesOf(workspace.home)).toEqual(before);
  await workspace.runInShell('git config --global user.name Ada');
  expect(await author(workspace)).toBe(both('Ada', 'ca$h@example.com'));
  expect((await workspace.runInShell('env')).output).not.toMatch(/^GIT_(AUTHOR|COMMITTER)/m);
});

test('another owner of the same home is the one who commits', async () => {
  const home = platform.newHome();
  for (const [ownerFullName, ownerEmail] of [
    ['prebuilds', 'prebuilds@example.com'],
    ['Ada', 'ada@example.com'],
  ] as const) {
    const workspace = await platform.workspace({ workspace: { ownerFullName, ownerEmail } }, home);
    await workspace.runScript('git_identity');
    expect(await author(workspace)).toBe(both(ownerFullName, ownerEmail));
  }
});

test('an image that includes the file needs nothing of the developer’s; what they have is left alone', async () => {
  const workspace = await platform.workspace({ workspace: OWNER });
  const system = `${workspace.home}-gitconfig`;
  execFileSync('git', [
    'config',
    '--file',
    system,
    'include.path',
    '~/.config/contractor-workspace/git-identity',
  ]);
  const finish = readFileSync(join(__dirname, '../../workspace-image/image/steps/finish.sh'), 'utf8');
  expect(finish).toContain("git config --system include.path '~/.config/contractor-workspace/git-identity'");
  expect(await workspace.runScript('git_identity', { GIT_CONFIG_SYSTEM: system })).toEqual({
    status: 0,
    output: '',
  });
  expect(Object.keys(filesOf(workspace.home))).toEqual(['.config/contractor-workspace/git-identity']);
  expect(await author(workspace, `export GIT_CONFIG_SYSTEM=${system}`)).toBe(both(NAME, 'ca$h@example.com'));
});

test('a configuration of their own stays as it is below ours', async () => {
  const workspace = await platform.workspace({ workspace: OWNER });
  mkdirSync(join(workspace.home, '.config/git'), { recursive: true });
  writeFileSync(join(workspace.home, '.config/git/config'), '[user]\n\tname = Ada\n[alias]\n\tst = status\n');
  await workspace.runScript('git_identity');
  expect(await author(workspace)).toBe(both('Ada', 'ca$h@example.com'));
  expect(filesOf(workspace.home)['.config/git/config']?.text).toContain('st = status');
});

test('nothing is written into dotfiles: it says what to do', async () => {
  const workspace = await platform.workspace({ workspace: OWNER });
  const dotfiles = `${workspace.home}/dotfiles`;
  execFileSync('git', ['init', '-q', dotfiles]);
  mkdirSync(join(dotfiles, 'git'));
  mkdirSync(join(workspace.home, '.config'));
  symlinkSync(join(dotfiles, 'git'), join(workspace.home, '.config/git'));
  const result = await workspace.runScript('git_identity');
  expect(result.status).toBe(1);
  expect(result.output).toContain('set user.name and user.email yourself');
  expect(execFileSync('git', ['-C', dotfiles, 'status', '--porcelain'], { encoding: 'utf8' })).toBe('');
});

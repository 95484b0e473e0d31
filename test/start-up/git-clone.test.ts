/** The repository's script with real git; an address of the form leads to a repository on this disk. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RepositoryAddress } from '../../constructs/workspace/repository-address';
import type { ThrowAwayWorkspace } from '../harness/throw-away-workspace';
import { Platform } from './support';

let platform: Platform;
beforeAll(async () => {
  platform = await Platform.start();
});
afterAll(() => platform.stop());

const git = (folder: string, ...args: string[]): void =>
  void execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args]);

/** @param known where the repository lies in it; by default all of it */
async function workspaceFor(
  address: string,
  known = address.replace(/\/$/, ''),
): Promise<ThrowAwayWorkspace> {
  const workspace = await platform.workspace({
    ...(address.startsWith('git@') && { props: { repositories: RepositoryAddress.anyHost({ ssh: true }) } }),
    parameters: { git_repo: address },
  });
  const origin = join(workspace.home, 'origin');
  mkdirSync(origin);
  git(origin, 'init', '-q');
  writeFileSync(join(origin, 'readme'), 'of the origin\n');
  git(origin, 'add', '.');
  git(origin, 'commit', '-qm', 'first');
  writeFileSync(
    join(workspace.home, '.gitconfig'),
    `[url "${origin}"]\n\tinsteadOf = ${known}/\n\tinsteadOf = ${known}\n`,
  );
  return workspace;
}

test.each([
  'https://git.example.com/team/app.git',
  'git@git.example.com:team/app',
  'https://git.example.com/team/app/',
])('%s is cloned at the first start, and left alone after', async (address) => {
  const workspace = await workspaceFor(address);
  expect(await workspace.runScript('git_clone[0]')).toMatchObject({ status: 0 });
  const file = join(workspace.home, 'app', 'readme');
  expect(readFileSync(file, 'utf8')).toBe('of the origin\n');
  writeFileSync(file, 'of the developer\n');
  expect((await workspace.runScript('git_clone[0]')).output).toContain('is already there');
  expect(readFileSync(file, 'utf8')).toBe('of the developer\n');
});

test('a clone that was cut off is made again', async () => {
  const workspace = await workspaceFor('https://git.example.com/team/app.git');
  git(workspace.home, 'init', '-q', 'app');
  expect(await workspace.runScript('git_clone[0]')).toMatchObject({ status: 0 });
  expect(existsSync(join(workspace.home, 'app', 'readme'))).toBe(true);
});

test('a repository that is not there is a fault of the script, and the folder is empty for the editor', async () => {
  const workspace = await workspaceFor('https://git.example.com/team/app.git');
  writeFileSync(
    join(workspace.home, '.gitconfig'),
    '[url "/nowhere"]\n\tinsteadOf = https://git.example.com/team/app.git\n',
  );
  const result = await workspace.runScript('git_clone[0]');
  expect(result.status).not.toBe(0);
  expect(existsSync(join(workspace.home, 'app'))).toBe(true);
});

describe('an address with a branch', () => {
  const REPOSITORY = 'https://git.example.com/team/app';
  const branchIn = (workspace: ThrowAwayWorkspace): string =>
    execFileSync('git', ['-C', join(workspace.home, 'app'), 'branch', '--show-current'], {
      encoding: 'utf8',
    }).trim();

  test.each([
    [`${REPOSITORY}.git#feat/x`, `${REPOSITORY}.git`],
    [`${REPOSITORY}/tree/feat/x`, REPOSITORY],
    [`${REPOSITORY}/tree/feat/x/docs/api?plain=1#L3`, REPOSITORY],
    [`${REPOSITORY}/-/tree/feat/x?ref_type=heads`, REPOSITORY],
    [`${REPOSITORY}/src/branch/feat%2Fx`, REPOSITORY],
  ])('%s gives that branch', async (address, known) => {
    const workspace = await workspaceFor(address, known);
    git(join(workspace.home, 'origin'), 'branch', 'feat/x');
    expect(await workspace.runScript('git_clone[0]')).toMatchObject({ status: 0 });
    expect(branchIn(workspace)).toBe('feat/x');
  });

  test('that is not there is a fault of the script, which names it', async () => {
    const workspace = await workspaceFor(`${REPOSITORY}/tree/gone/away`, REPOSITORY);
    const { status, output } = await workspace.runScript('git_clone[0]');
    expect(status).not.toBe(0);
    expect(output).toContain('gone/away');
  });

  test.each([
    '#--upload-pack=touch ran',
    '#-x',
    '#a..b',
    '#x~1',
    '/tree/--upload-pack=x',
    '/tree/%0a',
    '#$(touch ran)',
  ])('a branch "%s" is none, and does nothing', async (branch) => {
    const workspace = await workspaceFor(REPOSITORY);
    const { status, output } = await workspace.runScript('git_clone[0]', {
      WORKSPACE_GIT_REPO: `${REPOSITORY}${branch}`,
      WORKSPACE_GIT_REPO_PATTERN: '.*',
    });
    expect(status).toBe(1);
    expect(output).toContain('cannot be a branch');
    expect(existsSync(join(workspace.home, 'ran'))).toBe(false);
  });

  test.each(['/pull/7', '/blob/main/readme', '/-/merge_requests/3', '/issues'])(
    'another page (%s) is refused with the way to write it',
    async (page) => {
      const workspace = await workspaceFor(REPOSITORY);
      const { status, output } = await workspace.runScript('git_clone[0]', {
        WORKSPACE_GIT_REPO: `${REPOSITORY}${page}`,
      });
      expect(status).toBe(1);
      expect(output).toContain(
        'the address of a page in the browser; give that of the repository, or of a branch',
      );
    },
  );
});

test('submodules and large files, which no clone here brings, are said with what to do', async () => {
  const address = 'https://git.example.com/team/app.git';
  const workspace = await workspaceFor(address);
  const origin = join(workspace.home, 'origin');
  writeFileSync(join(origin, '.gitattributes'), '*.bin filter=lfs diff=lfs merge=lfs -text\n');
  writeFileSync(
    join(origin, '.gitmodules'),
    '[submodule "x"]\n\tpath = x\n\turl = https://elsewhere.example/x\n',
  );
  git(origin, 'add', '.');
  git(origin, 'commit', '-qm', 'second');
  const { status, output } = await workspace.runScript('git_clone[0]');
  expect(status).toBe(0);
  expect(output).toMatch(/app has submodules, which are not fetched; .*submodule update --init/);
  expect(output).toMatch(/app keeps files in Git LFS/);
});

/** The repository's script with real git; an address of the form leads to a repository on this disk. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ThrowAwayWorkspace } from '../harness/throw-away-workspace';
import { Platform } from './support';

let platform: Platform;
beforeAll(async () => {
  platform = await Platform.start();
});
afterAll(() => platform.stop());

const git = (folder: string, ...args: string[]): void =>
  void execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args]);

async function workspaceFor(address: string): Promise<ThrowAwayWorkspace> {
  const workspace = await platform.workspace({ parameters: { git_repo: address } });
  const origin = join(workspace.home, 'origin');
  mkdirSync(origin);
  git(origin, 'init', '-q');
  writeFileSync(join(origin, 'readme'), 'of the origin\n');
  git(origin, 'add', '.');
  git(origin, 'commit', '-qm', 'first');
  const known = address.replace(/\/$/, '');
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

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ThrowAwayWorkspace } from '../harness/throw-away-workspace';
import { filesOf, Platform } from './support';

let platform: Platform;
beforeAll(async () => {
  platform = await Platform.start();
});
afterAll(() => platform.stop());

const SETTINGS = '.config/roo-code/settings.json';
const KEY = '.config/ai-gateway/key';
const STATUS = '.config/ai-gateway/status';

/** Puts a git repository with these files into the home. */
function repositoryIn(
  workspace: ThrowAwayWorkspace,
  name: string,
  files: Record<string, string> = {},
): string {
  const folder = join(workspace.home, name);
  mkdirSync(folder, { recursive: true });
  execFileSync('git', ['init', '-q', folder]);
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  return folder;
}

/** Lets a folder of the home be one of the dotfiles, as dotfiles programs do. */
function linkFolder(workspace: ThrowAwayWorkspace, path: string, target: string): void {
  mkdirSync(target, { recursive: true });
  mkdirSync(join(workspace.home, path, '..'), { recursive: true });
  symlinkSync(target, join(workspace.home, path));
}

const textOf = (workspace: ThrowAwayWorkspace, path: string): string | undefined =>
  filesOf(workspace.home)[path]?.text;

const holdersOfKey = (workspace: ThrowAwayWorkspace): string[] =>
  Object.entries(filesOf(workspace.home))
    .filter(([, { text }]) => /sk-[\w-]{20,}/.test(text))
    .map(([path]) => path);

describe('a folder of the dotfiles repository', () => {
  test('gets no key: the file is named, the others are written, and it comes once the folder is put right', async () => {
    const workspace = await platform.workspace();
    const dotfiles = repositoryIn(workspace, 'dotfiles');
    linkFolder(workspace, '.config/roo-code', join(dotfiles, 'roo-code'));
    const result = await workspace.runScript('ai_setup');
    expect(result.status).toBe(1);
    expect(result.output).toContain(
      `${workspace.home}/${SETTINGS} would carry your key into the git repository ${dotfiles}: let `,
    );
    expect(result.output).toContain('.gitignore; then run ai-setup');
    expect(textOf(workspace, STATUS)).toBe('key kept out of a git repository\n');
    expect(holdersOfKey(workspace)).toEqual([KEY]);
    expect(textOf(workspace, '.config/opencode/opencode.json')).toContain('litellm');

    const before = filesOf(workspace.home);
    const { ino } = statSync(join(workspace.home, KEY));
    expect(await workspace.runScript('ai_setup')).toEqual({ status: 1, output: '' });
    expect(filesOf(workspace.home)).toEqual(before);
    // A key that was asked for again would lie in another file: the claim is too old for that one day.
    expect(statSync(join(workspace.home, KEY)).ino).toBe(ino);

    rmSync(join(workspace.home, '.config/roo-code'));
    expect(await workspace.runScript('ai_setup')).toMatchObject({ status: 0 });
    expect(holdersOfKey(workspace)).toEqual([KEY, SETTINGS]);
    expect(textOf(workspace, STATUS)).toMatch(/^ready: /);
  });

  test('gets the key when it ignores the file', async () => {
    const workspace = await platform.workspace();
    const dotfiles = repositoryIn(workspace, 'dotfiles', { '.gitignore': 'settings.json\n' });
    linkFolder(workspace, '.config/roo-code', join(dotfiles, 'roo-code'));
    expect(await workspace.runScript('ai_setup')).toMatchObject({ status: 0 });
    expect(existsSync(join(dotfiles, 'roo-code/settings.json'))).toBe(true);
  });

  test('keeps a file of its own there, also when AI is switched off', async () => {
    const home = platform.newHome();
    const workspace = await platform.workspace({}, home);
    const dotfiles = repositoryIn(workspace, 'dotfiles');
    linkFolder(workspace, '.config/roo-code', join(dotfiles, 'roo-code'));
    writeFileSync(join(dotfiles, 'roo-code/settings.json'), '{}');
    expect(await workspace.runScript('ai_setup')).toMatchObject({ status: 1 });
    const off = await platform.workspace({ parameters: { ai_assistant: 'none' } }, home);
    expect(await off.runScript('ai_setup')).toMatchObject({ status: 0 });
    expect(readFileSync(join(dotfiles, 'roo-code/settings.json'), 'utf8')).toBe('{}');
  });

  test('is not the place of the key itself either: nothing is set up', async () => {
    const workspace = await platform.workspace();
    const dotfiles = repositoryIn(workspace, 'dotfiles');
    linkFolder(workspace, '.config', join(dotfiles, 'config'));
    const result = await workspace.runScript('ai_setup');
    expect(result.status).toBe(1);
    expect(result.output).toContain(`${workspace.home}/${KEY} would carry your key`);
    expect(holdersOfKey(workspace)).toEqual([]);
  });
});

test('a home that is a git repository gets its files and a warning, until it ignores them', async () => {
  const workspace = await platform.workspace();
  repositoryIn(workspace, '.');
  const first = await workspace.runScript('ai_setup');
  expect(first).toMatchObject({ status: 0 });
  for (const path of [KEY, SETTINGS])
    expect(first.output).toContain(
      `${workspace.home}/${path} holds your key, and your home is a git repository`,
    );

  expect(first.output).toContain(
    `${workspace.home}/.bashrc is in the git repository ${workspace.home}, which is not for this script to change`,
  );
  expect(existsSync(join(workspace.home, '.bashrc'))).toBe(false);

  writeFileSync(join(workspace.home, '.gitignore'), '.config/\n.bashrc\n');
  const again = await workspace.runInShell('ai-setup');
  expect(again).toMatchObject({ status: 0 });
  expect(again.output).not.toContain('git repository');
});

test.each([
  ['a folder', 'mkdir -- "$1"'],
  ['a pipe', 'mkfifo -- "$1"'],
  ['a link to nowhere', 'ln -s -- /nowhere/bashrc "$1"'],
])(
  'a .bashrc that is %s: the log says what is missing and what to do, the rest works',
  async (_, command) => {
    const workspace = await platform.workspace();
    const bashrc = join(workspace.home, '.bashrc');
    execFileSync('sh', ['-c', command, 'sh', bashrc]);
    const result = await workspace.runScript('ai_setup');
    expect(result).toMatchObject({ status: 0 });
    expect(result.output).toContain(`${bashrc} is not a file that can be read and written`);
    expect(result.output).toContain('then run ai-setup');
    expect(readFileSync(join(workspace.home, STATUS), 'utf8')).toMatch(/^ready: /);
  },
);

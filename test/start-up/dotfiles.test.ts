/**
 * Dotfiles and repository with real git. `coder dotfiles` is a stand-in that does what Coder's does: clones once,
 * updates later by `pull --ff-only`, goes on when that fails, and links what begins with a dot into the home.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandResult, ThrowAwayWorkspace } from '../harness/throw-away-workspace';
import { Platform } from './support';

let platform: Platform;
beforeAll(async () => {
  platform = await Platform.start();
});
afterAll(() => platform.stop());

const CODER = `#!/usr/bin/env bash
[ "$1 $2 $3" = 'dotfiles --yes --' ] || exit 2
[ ! -e ~/hold ] || sleep 1000
folder=~/.config/coderv2/dotfiles
if [ -d "$folder" ]; then
  git -C "$folder" pull --ff-only || echo 'Failed to update repo, continuing...'
else
  mkdir -p "\${folder%/*}" && git clone "$4" "$folder" || exit 1
fi
for file in "$folder"/.[!.]*; do
  case \${file##*/} in .git*) [ "\${file##*/}" = .gitconfig ] || continue ;; esac
  ln -sf "$file" ~/
done
`;

const git = (folder: string, ...args: string[]): string =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
    encoding: 'utf8',
  });

function commit(folder: string, files: Record<string, string>): void {
  if (!existsSync(folder)) {
    mkdirSync(folder);
    git(folder, 'init', '-q');
  }
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  git(folder, 'add', '.');
  git(folder, 'commit', '-qm', 'change');
}

const ADDRESS = 'https://git.example.com/ada/dotfiles.git';
const LINE = '[ -r "$HOME/.config/ai-gateway/env.sh" ] && . "$HOME/.config/ai-gateway/env.sh"\n';
const COPY = '.config/coderv2/dotfiles';

/** A workspace with dotfiles, and what git asks for their address and for the repository. */
async function open(parameters: Record<string, string> = {}): Promise<{
  workspace: ThrowAwayWorkspace;
  origin: string;
  run: (script: string, extra?: Record<string, string>) => Promise<CommandResult>;
}> {
  const workspace = await platform.workspace({ parameters: { dotfiles: ADDRESS, ...parameters } });
  const origin = `${workspace.home}-dotfiles`;
  const programs = `${workspace.home}-programs`;
  mkdirSync(programs);
  writeFileSync(join(programs, 'coder'), CODER, { mode: 0o755 });
  const system = `${workspace.home}-gitconfig`;
  writeFileSync(system, `[url "${origin}"]\n\tinsteadOf = ${ADDRESS}\n`);
  const extra = { PATH: `${programs}:${process.env.PATH}`, GIT_CONFIG_SYSTEM: system };
  return {
    workspace,
    origin,
    run: (script, more = {}) => workspace.runScript(script, { ...extra, ...more }),
  };
}

test('dotfiles come before the repository, whose address only they can resolve', async () => {
  const { workspace, origin, run } = await open({ git_repo: 'https://git.internal/team/app.git' });
  const app = `${workspace.home}-app`;
  commit(app, { readme: 'of the team\n' });
  commit(origin, { '.gitconfig': `[url "${app}"]\n\tinsteadOf = https://git.internal/team/app.git\n` });
  // As the agent does, all at once; the clone has the head start.
  const clone = run('git_clone[0]');
  await new Promise((done) => setTimeout(done, 300));
  const [dotfiles, cloned] = await Promise.all([run('dotfiles[0]'), clone]);
  expect(dotfiles).toMatchObject({ status: 0 });
  expect(cloned).toEqual({
    status: 0,
    output: `https://git.internal/team/app.git is cloned to ${workspace.home}/app\n`,
  });
  expect(readFileSync(join(workspace.home, 'app/readme'), 'utf8')).toBe('of the team\n');
});

test('dotfiles that hang, fail or are refused hold the clone up for a while at most', async () => {
  const { workspace, run } = await open({ git_repo: 'https://git.internal/team/app.git' });
  const app = `${workspace.home}-app`;
  commit(app, { readme: 'of the team\n' });
  const rule = `[url "${app}"]\n\tinsteadOf = https://git.internal/team/app.git\n`;
  writeFileSync(join(workspace.home, '.gitconfig'), rule);
  const late = await run('git_clone[0]', { WORKSPACE_DOTFILES_WAIT: '1' });
  expect(late.status).toBe(0);
  expect(late.output).toContain('the dotfiles were not there within 1 s: cloning without them');
  expect(existsSync(join(workspace.home, 'app/readme'))).toBe(true);

  const other = await open({ git_repo: 'https://git.internal/team/app.git' });
  writeFileSync(join(other.workspace.home, '.gitconfig'), rule);
  expect((await other.run('dotfiles[0]')).status).not.toBe(0);
  const after = await other.run('git_clone[0]');
  expect(after.output).not.toContain('cloning without them');
  expect(after.status).toBe(0);
});

test('the AI set-up writes nothing into the dotfiles, which are updated at the next start', async () => {
  const { workspace, origin, run } = await open();
  commit(origin, { '.bashrc': 'alias ll=ls\n' });
  expect(await run('dotfiles[0]')).toMatchObject({ status: 0 });
  const setUp = await run('ai_setup');
  expect(setUp).toMatchObject({ status: 0 });
  expect(setUp.output).toContain(
    `${workspace.home}/.bashrc leads to ${workspace.home}/${COPY}/.bashrc, which is not for this script to change`,
  );
  expect(setUp.output).toContain(LINE);
  expect(git(join(workspace.home, COPY), 'status', '--porcelain')).toBe('');
  commit(origin, { '.bashrc': 'alias ll="ls -l"\n' });
  expect(await run('dotfiles[0]')).toMatchObject({ status: 0 });
  expect(readFileSync(join(workspace.home, '.bashrc'), 'utf8')).toBe('alias ll="ls -l"\n');

  // An image whose terminals read the variables by themselves needs no line, and no word on it.
  const bashrc = `${workspace.home}-bash.bashrc`;
  writeFileSync(bashrc, LINE);
  const quiet = await run('ai_setup', { AI_SETUP_AGAIN: '1', AI_SETUP_BASHRC: bashrc });
  expect(quiet.status).toBe(0);
  expect(quiet.output).not.toContain('.bashrc');
});

test.each([
  ['alias ll=ls\n', LINE],
  ['alias ll=ls', `\n${LINE}`],
])('what an earlier start wrote into %j is taken out by either script', async (text, added) => {
  const { workspace, origin, run } = await open();
  commit(origin, { '.bashrc': text });
  await run('dotfiles[0]');
  const file = join(workspace.home, COPY, '.bashrc');
  for (const script of ['ai_setup', 'dotfiles[0]']) {
    writeFileSync(file, text + added);
    const { mode } = lstatSync(file);
    expect(await run(script)).toMatchObject({ status: 0 });
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(lstatSync(file).mode).toBe(mode);
    expect(git(join(workspace.home, COPY), 'status', '--porcelain')).toBe('');
  }
});

test('a developer’s own change stays, and dotfiles that cannot be updated are said so', async () => {
  const { workspace, origin, run } = await open();
  commit(origin, { '.bashrc': 'alias ll=ls\n' });
  await run('dotfiles[0]');
  const own = `alias ll=ls\n# mine\n${LINE}`;
  writeFileSync(join(workspace.home, COPY, '.bashrc'), own);
  commit(origin, { '.bashrc': 'alias ll="ls -l"\n' });
  expect(await run('ai_setup')).toMatchObject({ status: 0 });
  const result = await run('dotfiles[0]');
  expect(result.status).toBe(1);
  expect(result.output).toContain(
    `the dotfiles could not be updated and stay as they were: .bashrc changed in ${workspace.home}/${COPY}; commit or`,
  );
  expect(readFileSync(join(workspace.home, '.bashrc'), 'utf8')).toBe(own);
});

test('what git says on its way is no error: nothing of it is on stderr, a real fault is', async () => {
  const { workspace, origin } = await open({ git_repo: 'https://git.internal/team/app.git' });
  commit(origin, { '.gitconfig': `[url "${origin}"]\n\tinsteadOf = https://git.internal/team/app.git\n` });
  for (const script of ['dotfiles[0]', 'git_clone[0]'])
    writeFileSync(`${workspace.home}-${script}`, workspace.scriptText(script));
  const errors = async (script: string): Promise<string> =>
    (
      await workspace.runInShell(
        `touch ~/.bashrc; export PATH=~-programs:${workspace.home}-programs:$PATH GIT_CONFIG_SYSTEM=${workspace.home}-gitconfig; bash '${workspace.home}-${script}' 2>&1 >/dev/null`,
      )
    ).output
      .split('\n')
      .filter((line) => !line.includes('/.bashrc: No such file'))
      .join('\n');
  expect(await errors('dotfiles[0]')).toBe('');
  expect(await errors('git_clone[0]')).toBe('');
  const broken = await open({ git_repo: 'https://git.internal/team/app.git' });
  writeFileSync(
    join(broken.workspace.home, '.gitconfig'),
    '[url "/nowhere"]\n\tinsteadOf = https://git.internal/\n',
  );
  const { status, output } = await broken.run('git_clone[0]', { WORKSPACE_DOTFILES_WAIT: '0' });
  expect(status).not.toBe(0);
  expect(output).toContain('/nowhere');
});

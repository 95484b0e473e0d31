/** The repository's script with real git; an address of the form leads to a repository on this disk. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RepositoryAddress } from '../../constructs/workspace/repository-address';
import type { ContractorWorkspaceProps } from '../../constructs/workspace/contractor-workspace';
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
  props: Partial<ContractorWorkspaceProps> | undefined = address.startsWith('git@')
    ? { repositories: RepositoryAddress.anyHost({ ssh: true }) }
    : undefined,
): Promise<ThrowAwayWorkspace> {
  const workspace = await platform.workspace({
    ...(props && { props }),
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

describe('a site that wants submodules and large files', () => {
  const ADDRESS = 'https://git.example.com/team/app.git';
  const PROPS = {
    repositories: RepositoryAddress.onHosts(['git.example.com']),
    clone: { submodules: true, largeFiles: true },
  };

  /** A repository on this disk that the workspace reaches as `https://git.example.com/<name>`. */
  function reachable(home: string, name: string, files: Record<string, string>): string {
    const folder = join(home, `of ${name}`);
    mkdirSync(folder);
    git(folder, 'init', '-q');
    for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
    git(folder, 'add', '.');
    git(folder, 'commit', '-qm', 'first');
    const config = join(home, '.gitconfig');
    const more = `[url "${folder}"]\n\tinsteadOf = https://git.example.com/${name}\n[protocol "file"]\n\tallow = always\n`;
    writeFileSync(config, `${readFileSync(config, 'utf8')}${more}`);
    return folder;
  }
  const holding = (folder: string, path: string, of: string, url: string): void => {
    git(folder, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', of, path);
    git(folder, 'config', '--file', '.gitmodules', `submodule.${path}.url`, url);
    git(folder, 'add', '.');
    git(folder, 'commit', '-qm', 'with a submodule');
  };

  test('gets submodules, and those in them', async () => {
    const workspace = await workspaceFor(ADDRESS, undefined, PROPS);
    const inner = reachable(workspace.home, 'inner', { deep: 'down\n' });
    const outer = reachable(workspace.home, 'outer', { mid: 'way\n' });
    holding(outer, 'in', inner, 'https://git.example.com/inner');
    holding(join(workspace.home, 'origin'), 'out', outer, 'https://git.example.com/outer');
    const { status, output } = await workspace.runScript('git_clone[0]');
    expect([status, output]).toEqual([0, expect.stringContaining('its submodules are fetched') as string]);
    expect(readFileSync(join(workspace.home, 'app/out/in/deep'), 'utf8')).toBe('down\n');
  });

  test('gets none from elsewhere, however deep it lies, and is told what is missing', async () => {
    const workspace = await workspaceFor(ADDRESS, undefined, PROPS);
    const inner = reachable(workspace.home, 'inner', { deep: 'down\n' });
    const outer = reachable(workspace.home, 'outer', { mid: 'way\n' });
    holding(outer, 'in', inner, 'https://elsewhere.example/inner');
    holding(join(workspace.home, 'origin'), 'out', outer, 'https://git.example.com/outer');
    const { status, output } = await workspace.runScript('git_clone[0]');
    expect(status).toBe(1);
    expect(output).toMatch(
      /app has submodules that are not all fetched: one has an address that repositories may not have here; .*submodule update/,
    );
    expect(existsSync(join(workspace.home, 'app/out/mid'))).toBe(true);
    expect(existsSync(join(workspace.home, 'app/out/in/deep'))).toBe(false);
    expect(existsSync(join(workspace.home, 'app/readme'))).toBe(true);
  });

  /** Stands in for git-lfs: notes what it was asked. */
  const withLfs = (workspace: ThrowAwayWorkspace): Record<string, string> => {
    const programs = join(workspace.home, 'programs');
    mkdirSync(programs);
    writeFileSync(join(programs, 'git-lfs'), '#!/bin/sh\necho "$*" >>"$HOME/lfs"\n');
    chmodSync(join(programs, 'git-lfs'), 0o755);
    return { PATH: `${programs}:${process.env.PATH}` };
  };

  test.each([
    ['none', 0, 'version\ninstall --local\npull\n'],
    ['[lfs]\n\turl = https://git.example.com/lfs\n', 0, 'version\ninstall --local\npull\n'],
    ['[lfs]\n\turl = https://elsewhere.example/lfs\n', 1, 'version\n'],
    ['[remote "origin"]\n\tlfsurl = https://elsewhere.example/lfs\n', 1, 'version\n'],
  ])('gets large files from its own hosts alone (.lfsconfig: %j)', async (config, expected, asked) => {
    const workspace = await workspaceFor(ADDRESS, undefined, PROPS);
    const origin = join(workspace.home, 'origin');
    writeFileSync(join(origin, '.gitattributes'), '*.bin filter=lfs diff=lfs merge=lfs -text\n');
    if (config !== 'none') writeFileSync(join(origin, '.lfsconfig'), config);
    git(origin, 'add', '.');
    git(origin, 'commit', '-qm', 'second');
    const { status, output } = await workspace.runScript('git_clone[0]', withLfs(workspace));
    expect(status).toBe(expected);
    expect(output).toMatch(expected === 0 ? /Git LFS are fetched/ : /not all fetched: its \.lfsconfig names/);
    expect(readFileSync(join(workspace.home, 'lfs'), 'utf8')).toBe(asked);
  });
});

describe('what a repository, a server or an address may try', () => {
  const ADDRESS = 'https://git.example.com/team/app.git';
  const run = (workspace: ThrowAwayWorkspace, address: string, environment: Record<string, string> = {}) =>
    workspace.runScript('git_clone[0]', {
      WORKSPACE_GIT_REPO: address,
      WORKSPACE_GIT_REPO_PATTERN: '.*',
      ...environment,
    });
  const SECRET = 'ghp_0123456789abcdefghij';

  test.each([
    `https://ann:${SECRET}@git.example.com/team/app`,
    `https://ann:${SECRET}/x@git.example.com/team/app`,
    `https://${SECRET}@git.example.com/team/app/tree/feat/x`,
    `https://ann:${SECRET}@git.example.com/team/app/pull/7`,
    `https://ann:${SECRET}@git.example.com/team/app#a..b`,
    `https://ann:${SECRET}@git.example.com/team/`,
  ])('a token in an address (%s) is in no line of the log, whatever comes of it', async (address) => {
    const workspace = await workspaceFor(ADDRESS);
    // As a server may say, and as versions of git do.
    const programs = join(workspace.home, 'programs');
    mkdirSync(programs);
    const says = 'for word; do echo "fatal: cannot reach $word" >&2; done; printf "\\033[2J" >&2; exit 128';
    writeFileSync(
      join(programs, 'git'),
      `#!/bin/sh\ncase $1 in clone | ls-remote) ${says} ;; esac\nexec /usr/bin/git "$@"\n`,
    );
    chmodSync(join(programs, 'git'), 0o755);
    const { status, output } = await run(workspace, address, { PATH: `${programs}:${process.env.PATH}` });
    expect(status).not.toBe(0);
    expect(output).not.toContain(SECRET);
    expect(output).not.toContain('\u001b');
  });

  test('control characters and endless addresses are refused, and not shown as they are', async () => {
    const workspace = await workspaceFor(ADDRESS);
    const odd = await run(workspace, 'https://git.example.com/team/\u001b[2Japp');
    expect(odd).toMatchObject({ status: 1, output: expect.stringContaining('control character') as string });
    expect(odd.output).not.toContain('\u001b');
    const long = await run(workspace, `https://git.example.com/${'a/'.repeat(20_000)}app`);
    expect(long.status).toBe(1);
    expect(long.output.length).toBeLessThan(300);
  });

  test('a server that names branches without end does not fill the workspace', async () => {
    const address = 'https://git.example.com/team/app/tree/feat/x';
    const workspace = await workspaceFor(address, 'https://git.example.com/team/app');
    git(join(workspace.home, 'origin'), 'branch', 'feat/x');
    const programs = join(workspace.home, 'programs');
    mkdirSync(programs);
    const endless = 'yes "0123456789abcdef	refs/heads/feat"';
    writeFileSync(
      join(programs, 'git'),
      `#!/bin/sh\n[ "$1" != ls-remote ] || exec ${endless}\nexec /usr/bin/git "$@"\n`,
    );
    chmodSync(join(programs, 'git'), 0o755);
    const { output } = await run(workspace, address, { PATH: `${programs}:${process.env.PATH}` });
    // By its word the branch is "feat", which is not there.
    expect(output).toContain('feat');
  });

  test('a link in the place of a list of the repository is not followed: it can lead to what has no end', async () => {
    const workspace = await workspaceFor(ADDRESS);
    const origin = join(workspace.home, 'origin');
    symlinkSync('/dev/zero', join(origin, '.gitattributes'));
    symlinkSync('/dev/zero', join(origin, '.lfsconfig'));
    git(origin, 'add', '.');
    git(origin, 'commit', '-qm', 'second');
    const { status, output } = await workspace.runScript('git_clone[0]');
    expect(status).toBe(0);
    expect(output).not.toMatch(/LFS|submodules/);
  });
});

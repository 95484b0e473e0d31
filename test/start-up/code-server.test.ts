/** The editor's script with a small server in its place: when it starts, when it starts again. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastingPort } from '../harness/lasting-port';
import { PushedTemplate } from '../harness/platform';
import { ThrowAwayWorkspace } from '../harness/throw-away-workspace';
import { RepositoryAddress } from '../../constructs/workspace/repository-address';
import { EDITOR_PORT } from '../../workspace-image/image/pins';
import { Platform } from './support';

let platform: Platform;
beforeAll(async () => {
  platform = await Platform.start();
});
afterAll(() => platform.stop());

/** Answers the health check on the port of the script and says with which owner it was started. */
const SERVER = `#!/usr/bin/env node
require('node:fs').writeFileSync(process.env.HOME + '/umask', process.umask().toString(8).padStart(4, '0'));
require('node:fs').writeFileSync(process.env.HOME + '/started', JSON.stringify({
  options: process.argv.slice(2), trusted: process.env.CODE_SERVER_TRUSTED_FOLDER ?? null,
}));
require('node:http').createServer((_, answer) => answer.end(process.env.GIT_AUTHOR_NAME)).listen(
  Number(process.argv[process.argv.indexOf('--bind-addr') + 1].split(':')[1]), '127.0.0.1');
`;

/** Runs the script on a port of the test's own, as one container does twice. */
class Editor {
  /** @param port @default - one of the test's own */
  constructor(
    private readonly workspace: ThrowAwayWorkspace,
    readonly port: Promise<number> = lastingPort(),
  ) {
    const programs = join(workspace.home, 'programs');
    mkdirSync(programs, { recursive: true });
    writeFileSync(join(programs, 'code-server'), SERVER);
    chmodSync(join(programs, 'code-server'), 0o755);
  }

  async start(environment: Record<string, string> = {}): Promise<{ status: number; output: string }> {
    const script = this.workspace
      .scriptText('code_server')
      .replaceAll('/home/coder', this.workspace.home)
      .replace(`readonly port=${EDITOR_PORT}`, `readonly port=${await this.port}`);
    const file = join(this.workspace.home, 'editor.sh');
    writeFileSync(file, script);
    const assignments = Object.entries(environment).map(([name, value]) => `${name}='${value}'`);
    return this.workspace.runInShell(
      `export PATH=~/programs:$PATH CODE_SERVER_RUN_DIR=~/run CODE_SERVER_CHOICES=~/choices ${assignments.join(' ')}; bash ~/editor.sh`,
    );
  }

  async owner(): Promise<string> {
    return (await fetch(`http://127.0.0.1:${await this.port}/healthz`)).text();
  }

  /** How the server was started last. */
  started(): { options: string[]; trusted: string | null } {
    const text = readFileSync(join(this.workspace.home, 'started'), 'utf8');
    return JSON.parse(text) as { options: string[]; trusted: string | null };
  }

  stop(): void {
    execFileSync('bash', ['-c', `kill "$(cat "${this.workspace.home}/run/pid")"`]);
  }
}

test('it is started once, and again when it is another owner’s', async () => {
  const workspace = await platform.workspace();
  writeFileSync(join(workspace.home, '.bashrc'), '');
  const editor = new Editor(workspace);
  expect(await editor.start({ GIT_AUTHOR_NAME: 'prebuilds' })).toMatchObject({
    status: 0,
    output: 'code-server is ready\n',
  });
  expect((await editor.start({ GIT_AUTHOR_NAME: 'prebuilds' })).output).toBe(
    'code-server is already running\n',
  );
  const again = await editor.start({ GIT_AUTHOR_NAME: 'ada' });
  expect(again).toMatchObject({ status: 0 });
  expect(again.output).toContain('starting it again');
  expect(await editor.owner()).toBe('ada');
  // What the editor's terminals make belongs to the repository's readers as git wants it, not to the set-up.
  expect((await workspace.runInShell('umask; cat ~/umask')).output.trim().split('\n')).toEqual([
    '0022',
    '0022',
  ]);
  editor.stop();
});

test('a pipe in the place of its log keeps nobody from the editor', async () => {
  const workspace = await platform.workspace();
  mkdirSync(join(workspace.home, '.local/state'), { recursive: true });
  execFileSync('mkfifo', [join(workspace.home, '.local/state/code-server.log')]);
  writeFileSync(join(workspace.home, '.bashrc'), '');
  const editor = new Editor(workspace);
  expect(await editor.start()).toMatchObject({ status: 0, output: 'code-server is ready\n' });
  editor.stop();
});

/** The option that says what the editor comes with, or nothing. */
const comesWith = ({ options }: { options: string[] }): string | undefined =>
  options[options.indexOf('--builtin-extensions-dir') + 1]?.replace(/^--.*/, '');

test.each([
  ['roo-code', true],
  ['opencode', false],
  ['none', false],
])(
  'chosen was %s: it starts with the folder of that choice, where the image has one',
  async (choice, has) => {
    const workspace = await platform.workspace({ parameters: { ai_assistant: choice } });
    writeFileSync(join(workspace.home, '.bashrc'), '');
    for (const one of ['roo-code', 'zoo-code'])
      mkdirSync(join(workspace.home, 'choices', one), { recursive: true });
    const editor = new Editor(workspace);
    expect(await editor.start()).toMatchObject({ status: 0, output: 'code-server is ready\n' });
    const started = editor.started();
    expect(started.options.includes('--builtin-extensions-dir')).toBe(has);
    if (has) expect(comesWith(started)).toBe(join(workspace.home, 'choices', choice));
    editor.stop();
  },
);

test('another choice starts it again', async () => {
  const home = platform.newHome();
  writeFileSync(join(home, '.bashrc'), '');
  for (const one of ['roo-code', 'zoo-code']) mkdirSync(join(home, 'choices', one), { recursive: true });
  const roo = new Editor(await platform.workspace({ parameters: { ai_assistant: 'roo-code' } }, home));
  expect(await roo.start()).toMatchObject({ status: 0 });
  const zoo = new Editor(
    await platform.workspace({ parameters: { ai_assistant: 'zoo-code' } }, home),
    roo.port,
  );
  const again = await zoo.start();
  expect(again).toMatchObject({ status: 0 });
  expect(again.output).toContain('starting it again');
  expect(comesWith(zoo.started())).toBe(join(home, 'choices', 'zoo-code'));
  zoo.stop();
});

test.each([
  ['', 'project', true],
  ['https://git.example.com/team/bin', 'project', true],
  ['https://git.example.com/team/app.git', 'app', false],
])('for the repository "%s" terminals begin in ~/%s', async (address, name, isMade) => {
  const workspace = await platform.workspace({ parameters: { git_repo: address } });
  writeFileSync(join(workspace.home, '.bashrc'), '');
  const editor = new Editor(workspace);
  expect(await editor.start()).toMatchObject({ status: 0, output: 'code-server is ready\n' });
  const folder = join(workspace.home, name);
  expect(readFileSync(join(workspace.home, 'run', 'folder'), 'utf8')).toBe(`${folder}\n`);
  expect(existsSync(folder)).toBe(isMade);
  expect(editor.started().trusted).toBeNull();
  editor.stop();
});

describe('where a site trusts the repositories of a host', () => {
  const TRUSTED = 'https://git.example.com/team/app.git';
  let own: string;
  let template: PushedTemplate;
  beforeAll(async () => {
    own = mkdtempSync(join(tmpdir(), 'start-up-trust-'));
    const props = { trustedRepositories: RepositoryAddress.onHosts(['git.example.com']) };
    template = await PushedTemplate.push({ outdir: own, gateway: platform.gateway, props });
  });
  afterAll(() => rmSync(own, { recursive: true, force: true }));

  const git = (folder: string, ...args: string[]): void =>
    void execFileSync('git', ['-C', folder, ...args], { stdio: 'ignore' });
  const clone = (folder: string, origin: string): void => {
    mkdirSync(folder);
    git(folder, 'init', '-q');
    git(folder, 'remote', 'add', 'origin', origin);
    writeFileSync(join(folder, 'readme'), '');
  };

  test.each([
    ['is not cloned yet', TRUSTED, () => {}, true],
    ['is cloned', TRUSTED, (folder: string) => clone(folder, TRUSTED), true],
    [
      'was cloned from elsewhere',
      TRUSTED,
      (folder: string) => clone(folder, 'https://x.example.net/a'),
      false,
    ],
    [
      'is no clone',
      TRUSTED,
      (folder: string) => {
        mkdirSync(folder);
        writeFileSync(join(folder, 'readme'), '');
      },
      false,
    ],
    ['is of another host', 'https://git.example.com.example.net/team/app.git', () => {}, false],
    ['is named before another host', 'https://git.example.com@x.example.net/team/app', () => {}, false],
  ])('a folder that %s', async (_, address, prepare, isTrusted) => {
    const build = await template.planStart({ parameters: { git_repo: address } });
    const workspace = new ThrowAwayWorkspace(platform.newHome(), build);
    writeFileSync(join(workspace.home, '.bashrc'), '');
    const folder = join(workspace.home, 'app');
    prepare(folder);
    const editor = new Editor(workspace);
    expect(await editor.start()).toMatchObject({ status: 0 });
    expect(editor.started().trusted).toBe(isTrusted ? folder : null);
    expect(editor.started().options).not.toContain('--disable-workspace-trust');
    editor.stop();
  });
});

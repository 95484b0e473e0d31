/** The editor's script with a small server in its place: when it starts, when it starts again. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { lastingPort } from '../harness/lasting-port';
import type { ThrowAwayWorkspace } from '../harness/throw-away-workspace';
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
require('node:http').createServer((_, answer) => answer.end(process.env.GIT_AUTHOR_NAME)).listen(
  Number(process.argv[process.argv.indexOf('--bind-addr') + 1].split(':')[1]), '127.0.0.1');
`;

/** Runs the script on a port of the test's own, as one container does twice. */
class Editor {
  readonly port: Promise<number> = lastingPort();

  constructor(private readonly workspace: ThrowAwayWorkspace) {
    const programs = join(workspace.home, 'programs');
    mkdirSync(programs);
    writeFileSync(join(programs, 'code-server'), SERVER);
    chmodSync(join(programs, 'code-server'), 0o755);
  }

  async start(environment: Record<string, string> = {}): Promise<{ status: number; output: string }> {
    const script = this.workspace
      .scriptText('code_server')
      .replace(`readonly port=${EDITOR_PORT}`, `readonly port=${await this.port}`);
    const file = join(this.workspace.home, 'editor.sh');
    writeFileSync(file, script);
    const assignments = Object.entries(environment).map(([name, value]) => `${name}='${value}'`);
    return this.workspace.runInShell(
      `export PATH=~/programs:$PATH CODE_SERVER_RUN_DIR=~/run ${assignments.join(' ')}; bash ~/editor.sh`,
    );
  }

  async owner(): Promise<string> {
    return (await fetch(`http://127.0.0.1:${await this.port}/healthz`)).text();
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

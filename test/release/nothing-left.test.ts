import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, Running, until } from './running';
import { removeFolders, ROOT, temporaryFolder } from './support';

afterAll(removeFolders);

/** Takes snapshots of a folder of the test's own, not of the one under review. */
function snapshotOf(project: string, env: NodeJS.ProcessEnv = {}): Running {
  const call = `require(${JSON.stringify(join(ROOT, 'release/snapshot/take'))}).takeSnapshots({}, ${JSON.stringify(project)})`;
  return new Running(['--require', join(ROOT, 'scripts/register-typescript.cjs'), '-e', call], env);
}

const COMMANDS: Readonly<Record<string, (env?: NodeJS.ProcessEnv) => Running>> = {
  diff: (env) => new Running([START, 'diff', 'HEAD', '--template', 'minimal'], env),
  preflight: (env) => new Running([START, 'preflight'], { CDKTF_OUTDIR: temporaryFolder(), ...env }),
  snapshot: (env) => snapshotOf(temporaryFolder(), env),
};
const START = join(ROOT, 'bin', 'start.cjs');

describe.each(Object.keys(COMMANDS))('%s', (name) => {
  const start = (env?: NodeJS.ProcessEnv): Running => (COMMANDS[name] as (typeof COMMANDS)[string])(env);

  test('says that it synthesizes, while it does, and leaves nothing when it is done', async () => {
    const running = start();
    await until(() => /^Synthesizing [a-z ]+ …/m.test(running.stderr));
    expect(running.synths()).not.toEqual([]);
    running.letGo();
    const { status, stdout } = await running.ended;
    expect({ status, left: running.leftovers() }).toEqual({ status: 0, left: [] });
    expect(stdout).not.toContain('Synthesizing');
  });

  test('leaves nothing when it fails', async () => {
    const running = start({ RELEASE_TEST_FAILS: 'yes' });
    running.letGo();
    const { status, stdout } = await running.ended;
    expect({ status, stdout, left: running.leftovers() }).toEqual({ status: 1, stdout: '', left: [] });
    expect(running.stderr).toContain('the template could not be synthesized');
    expect(running.stderr).toContain('this program is broken');
  });

  test.each(['pressCtrlC', 'terminate'] as const)('leaves nothing, nor anybody, after %s', async (stop) => {
    const running = start();
    await until(() => running.synths().length > 0);
    running[stop]();
    const { signal, stdout } = await running.ended;
    expect({ signal, stdout, left: running.leftovers() }).toEqual({
      signal: stop === 'terminate' ? 'SIGTERM' : 'SIGINT',
      stdout: '',
      left: [],
    });
    expect(running.synths().filter(isAlive)).toEqual([]);
    expect(running.stderr.replace(/^Synthesizing .*\n/gm, '')).toBe('stopped: nothing is left behind\n');
  });
});

test('two programs synthesize at once, no more', async () => {
  const project = temporaryFolder();
  cpSync(join(ROOT, 'test', 'snapshots'), join(project, 'test', 'snapshots'), { recursive: true });
  const running = snapshotOf(project);
  await until(() => running.synths().length === 2);
  // The third one would have been started together with them.
  await until(() => running.stderr.includes('Synthesizing'));
  expect(running.synths()).toHaveLength(2);
  running.letGo();
  expect((await running.ended).status).toBe(0);
  expect(running.synths()).toHaveLength(4);
});

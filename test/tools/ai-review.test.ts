/** `ai-review` in a workspace that its start-up script has set up. */
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { REVIEW_FOLDER, reviewProgram } from '../../workspace-image/image/review-program';
import { answerWith, finding, textOf } from '../review/support/model';
import { makeRepository, type TestRepository } from '../review/support/repository';
import { Platform } from '../start-up/support';
import {
  always,
  describeTools,
  listen,
  startWorkspace,
  TOOLS,
  type Result,
  type Stranger,
  type Terminal,
} from './support';

describeTools('ai-review', ['bash', 'curl', 'jq', 'git'], () => {
  const folder = mkdtempSync(join(tmpdir(), 'ai-review-'));
  /** As the image has them: the tools, and the program below. */
  const tools = join(folder, 'commands');
  /** What git was started with, a file a time. */
  const seen = join(folder, 'seen');
  let platform: Platform;
  let terminal: Terminal;
  let stranger: Stranger;
  let repository: TestRepository;

  beforeAll(async () => {
    cpSync(TOOLS, tools, { recursive: true });
    for (const [path, text] of reviewProgram()) {
      const file = join(tools, REVIEW_FOLDER, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    mkdirSync(seen);
    mkdirSync(join(folder, 'bin'));
    const git = execFileSync('bash', ['-c', 'type -P git'], { encoding: 'utf8' }).trim();
    // Its own command line and environment, and those of the program that has started it.
    writeFileSync(
      join(folder, 'bin', 'git'),
      `#!/bin/sh\ncat /proc/$$/cmdline /proc/$$/environ /proc/$PPID/cmdline /proc/$PPID/environ >${seen}/$$\nexec ${git} "$@"\n`,
      { mode: 0o755 },
    );
    platform = await Platform.start();
    terminal = await startWorkspace(platform);
    terminal = terminal.with({ PATH: `${join(folder, 'bin')}:${terminal.environment['PATH']}` });
    stranger = await listen(always({}));
    repository = makeRepository({ 'src/load.ts': 'export function load(id: string) {\n  return id;\n}\n' });
    repository.commit('load from the database', {
      'src/load.ts': 'export function load(id: string) {\n  return db.query("select " + id);\n}\n',
    });
  });
  afterAll(async () => {
    repository?.remove();
    await stranger?.close();
    await platform?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => platform.standin.reset());

  function run(at: Terminal, args: readonly string[], from = tools, tool = 'ai-review'): Promise<Result> {
    const child = spawn(join(from, tool), args, {
      cwd: repository.folder,
      env: at.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (part: Buffer) => (stdout += part.toString()));
    child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
    return new Promise((done, failed) => {
      child.once('error', failed);
      child.once('close', (status) => done({ status: status ?? 1, stdout, stderr }));
    });
  }

  test('reviews what is committed, with the key of the workspace, which no command line and no environment holds', async () => {
    answerWith(platform.standin, { findings: [finding()] });
    const { status, stdout, stderr } = await run(terminal, ['--no-cache']);
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: 'Reviewing main...HEAD: what is committed here, and main has not.\n',
    });
    expect(stdout).toContain('src/load.ts:2');
    const started = readdirSync(seen).map((name) => readFileSync(join(seen, name), 'utf8'));
    expect(started.length).toBeGreaterThan(3);
    expect(started.some((text) => text.includes('AI_GATEWAY_KEY_FILE='))).toBe(true);
    expect(started.filter((text) => text.includes(terminal.key))).toEqual([]);
    expect(terminal.environment['OPENAI_API_KEY']).toBe(terminal.key);
  });

  test('--staged reviews what is staged', async () => {
    answerWith(platform.standin, {});
    repository.write({ 'src/load.ts': 'export const load = 1;\n' });
    repository.git('add', '--all');
    const { status } = await run(terminal, ['--staged', '--no-cache']);
    repository.git('reset', '--quiet', '--hard');
    expect(status).toBe(0);
    expect(textOf(platform.standin.requests[0]?.body)).toContain('+ export const load = 1;');
  });

  test('whatever the terminal names, it asks the gateway that the key is for, and runs nothing else', async () => {
    answerWith(platform.standin, {});
    const preload = join(folder, 'preload.cjs');
    writeFileSync(preload, `require('fs').writeFileSync(${JSON.stringify(join(folder, 'ran'))}, '');`);
    const { status } = await run(
      terminal.with({
        AI_GATEWAY_URL: stranger.url,
        OPENAI_API_BASE: `${stranger.url}/v1`,
        OPENAI_API_KEY: 'sk-of-another-place-0000000000',
        HTTP_PROXY: stranger.url,
        NODE_USE_ENV_PROXY: '1',
        NODE_OPTIONS: `--require=${preload}`,
      }),
      ['--no-cache'],
    );
    expect(status).toBe(0);
    expect(stranger.contacts).toEqual([]);
    expect(readdirSync(folder)).not.toContain('ran');
    expect(platform.standin.requests.length).toBeGreaterThan(0);
  });

  test('the model is that of the workspace', async () => {
    answerWith(platform.standin, {});
    const { stdout } = await run(terminal.with({ AI_MODEL: 'claude-haiku-4-5' }), ['--json', '--no-cache']);
    expect(JSON.parse(stdout)).toMatchObject({ models: { review: 'claude-haiku-4-5' } });
  });

  test('explains itself and shows what it would send without a key; without one it asks nothing and says why', async () => {
    const keyless = terminal.copy(join(folder, 'keyless'));
    rmSync(join(keyless.home, '.config/ai-gateway/key'));
    expect(await run(keyless, ['--help'])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Usage: ai-review') as string,
    });
    expect(await run(keyless, ['--dry-run'])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Nothing was sent.') as string,
    });
    expect(await run(keyless, [])).toEqual({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^ai-review: there is no key: .*\n {2}what to do: run ai-setup\n$/,
      ) as string,
    });
    expect(platform.standin.requests).toEqual([]);
  });

  test('ai-doctor says that it runs', async () => {
    const image = join(folder, 'image.json');
    writeFileSync(image, JSON.stringify({ review: join(tools, REVIEW_FOLDER) }));
    const changed = terminal.with({
      CONTRACTOR_WORKSPACE_IMAGE: image,
      // In their place: each guard looks for the program behind it, and must not find the other.
      PATH: terminal.environment['PATH']?.replace(TOOLS, tools),
    });
    const { stdout } = await run(changed, ['--json'], tools, 'ai-doctor');
    const { checks } = JSON.parse(stdout) as { checks: { section: string }[] };
    expect(checks.filter(({ section }) => section === 'review')).toEqual([
      {
        section: 'review',
        check: 'ai-review',
        state: 'ok',
        message: expect.stringMatching(/^ai-review \d+\.\d+\.\d+ runs$/) as string,
      },
    ]);
  });

  test('an image without the program says so', async () => {
    expect(await run(terminal, ['--help'], TOOLS)).toMatchObject({
      status: 127,
      stderr: expect.stringContaining('ask your platform team for an image with ai-review') as string,
    });
  });
});

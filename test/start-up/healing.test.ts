import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastingPort } from '../harness/lasting-port';
import { makeSecret, startGateway, type RunningGateway } from '../harness/platform';
import type { CommandResult, ThrowAwayWorkspace } from '../harness/throw-away-workspace';
import { filesOf, Platform } from './support';

/** A gateway that can go away and come back under its address, with its store. */
class MovingGateway {
  private readonly folder = mkdtempSync(join(tmpdir(), 'healing-'));
  private readonly claimSecret = makeSecret();
  private running: RunningGateway | undefined;
  private port: number | undefined;

  constructor() {
    chmodSync(this.folder, 0o711);
  }

  async start(store = 'gateway'): Promise<RunningGateway> {
    await this.stop();
    this.port ??= await lastingPort();
    this.running = await startGateway({
      dataDir: join(this.folder, store),
      provider: {},
      claimSecret: this.claimSecret,
      environment: { GATEWAY_PORT: String(this.port) },
    });
    return this.running;
  }

  async stop(): Promise<void> {
    await this.running?.stop();
    this.running = undefined;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

let platform: Platform;
/** Of a workspace whose gateway is down as it starts. That takes a minute, in which the other scenarios are tried. */
let lonely: {
  readonly workspace: ThrowAwayWorkspace;
  readonly gateway: MovingGateway;
  readonly start: Promise<{ readonly result: CommandResult; readonly milliseconds: number }>;
};
beforeAll(async () => {
  platform = await Platform.start();
  const gateway = new MovingGateway();
  const workspace = await platform.workspace({ gateway: await gateway.start() });
  await gateway.stop();
  const began = Date.now();
  const start = workspace
    .runScript('ai_setup')
    .then((result) => ({ result, milliseconds: Date.now() - began }));
  lonely = { workspace, gateway, start };
  // Awaited at the end.
  lonely.start.catch(() => {});
});
afterAll(async () => {
  await lonely.start;
  await lonely.gateway.remove();
  await platform.stop();
});

const file = (workspace: ThrowAwayWorkspace, path: string): string | undefined =>
  filesOf(workspace.home)[path]?.text;
const status = (workspace: ThrowAwayWorkspace): string | undefined =>
  file(workspace, '.config/ai-gateway/status')?.trim();
const key = (workspace: ThrowAwayWorkspace): string =>
  file(workspace, '.config/ai-gateway/key')?.trim() ?? '';

describe('a gateway that goes and comes', () => {
  const gateway = new MovingGateway();
  afterAll(() => gateway.remove());

  test('away while the workspace runs: the dashboard says so, and the key is the same after', async () => {
    const workspace = await platform.workspace({ gateway: await gateway.start() });
    await workspace.runScript('ai_setup');
    const before = filesOf(workspace.home);
    await gateway.stop();
    const away = await workspace.runScript('ai_setup');
    expect(away).toMatchObject({ status: 0 });
    expect(status(workspace)).toBe('gateway not reachable');
    expect((await workspace.runScript('ai_setup')).output).toBe('');
    await gateway.start();
    expect(await workspace.runScript('ai_setup')).toMatchObject({ status: 0 });
    expect(filesOf(workspace.home)).toEqual(before);
  });

  test('a key that is refused from now on is replaced, in every file that holds it', async () => {
    const workspace = await platform.workspace({ gateway: await gateway.start() });
    await workspace.runScript('ai_setup');
    const old = key(workspace);
    await gateway.stop();
    // A store that never saw this key.
    await gateway.start('gateway-without-the-key');
    const healed = await workspace.runScript('ai_setup');
    expect(healed).toMatchObject({ status: 0 });
    expect(healed.output).not.toContain(old);
    // What is open has the one before.
    expect(healed.output).toMatch(/the key of this workspace is a new one: .*Reload Window/);
    expect(key(workspace)).toMatch(/^sk-/);
    expect(key(workspace)).not.toBe(old);
    expect(JSON.stringify(filesOf(workspace.home))).not.toContain(old);
    expect(file(workspace, '.config/roo-code/settings.json')).toContain(key(workspace));
  });
});

describe('while all is well', () => {
  test('a file that was removed comes back; one that was changed stays as the developer wants it', async () => {
    const workspace = await platform.workspace();
    await workspace.runScript('ai_setup');
    await workspace.runInShell(
      'rm ~/.config/roo-code/settings.json; echo "{}" > ~/.config/opencode/opencode.json',
    );
    const run = await workspace.runScript('ai_setup');
    const path = `${workspace.home}/.config/roo-code/settings.json`;
    expect(run).toEqual({ status: 0, output: `${path} was missing and is back\n` });
    expect(file(workspace, '.config/roo-code/settings.json')).toContain(key(workspace));
    expect(file(workspace, '.config/opencode/opencode.json')).toBe('{}\n');
  });

  test('ai-setup does all of it again, and fails when it fails', async () => {
    const workspace = await platform.workspace();
    expect(await workspace.runInShell('touch ~/.bashrc; ai-setup')).toMatchObject({
      status: 1,
      output: expect.stringContaining('start the workspace again') as string,
    });
    await workspace.runScript('ai_setup');
    const before = filesOf(workspace.home);
    await workspace.runInShell('echo "{}" > ~/.config/opencode/opencode.json; rm ~/.config/ai-gateway/key');
    const again = await workspace.runInShell('ai-setup');
    expect(again).toMatchObject({ status: 0 });
    expect(again.output).toContain('AI is ready');
    expect(filesOf(workspace.home)).toEqual(before);

    // What the build said counts, whatever the terminal's environment says, or lacks.
    const stripped = `env -i HOME="$HOME" PATH="$PATH" AI_SETUP_RUN_DIR="$AI_SETUP_RUN_DIR" ai-setup`;
    for (const command of ['AI_GATEWAY_URL=http://elsewhere.example AI_ASSISTANT=none ai-setup', stripped]) {
      expect(await workspace.runInShell(command)).toMatchObject({ status: 0 });
      expect(filesOf(workspace.home)).toEqual(before);
    }
    expect((await workspace.runInShell('ai-setup now')).output).toContain('got "now"');
    expect((await workspace.runInShell('ai-setup --help')).output).toMatch(/^ai-setup\n/);
  });

  test('dotfiles that replace .bashrc lose the variables for a while, not for good', async () => {
    const workspace = await platform.workspace();
    await workspace.runScript('ai_setup');
    await workspace.runInShell('echo "alias ll=ls" > ~/.bashrc');
    expect(await workspace.runScript('ai_setup')).toMatchObject({ status: 0 });
    expect(file(workspace, '.bashrc')).toMatch(/^alias ll=ls\n\[ -r .*env\.sh"\n$/);
  });

  test('pipes in the place of its files hang nothing', async () => {
    const workspace = await platform.workspace();
    await workspace.runScript('ai_setup');
    const before = filesOf(workspace.home);
    await workspace.runInShell(
      'cd ~/.config/ai-gateway && for one in key status written; do rm $one; mkfifo $one; done',
    );
    expect(await workspace.runScript('ai_setup')).toMatchObject({ status: 0 });
    expect(filesOf(workspace.home)).toEqual(before);
  });

  test('while another run is at work, ai-setup says so instead of nothing', async () => {
    const workspace = await platform.workspace();
    await workspace.runScript('ai_setup');
    const held = await workspace.runInShell(
      'exec 8>"$AI_SETUP_RUN_DIR/lock"; flock 8; AI_SETUP_LOCK_WAIT=1 ai-setup 8>&-',
    );
    expect(held.status).toBe(1);
    expect(held.output).toContain('another run of it has been at work');
  });

  test('the editor’s own shell gets the address and no key', async () => {
    const workspace = await platform.workspace();
    await workspace.runScript('ai_setup');
    const { output } = await workspace.runInShell(
      "env -u OPENAI_API_KEY -u LITELLM_API_KEY VSCODE_RESOLVING_ENVIRONMENT=1 bash -c '. ~/.bashrc; env'",
    );
    expect(output).toContain(`OPENAI_API_BASE=${platform.gateway.url}/v1`);
    expect(output).not.toContain(key(workspace));
  });

  test('a folder that somebody else prepared for what is kept is not used', async () => {
    const workspace = await platform.workspace();
    const folder = `${workspace.home}-elsewhere`;
    mkdirSync(folder);
    writeFileSync(join(folder, 'run'), 'echo never');
    symlinkSync(folder, `${folder}-link`);
    const result = await workspace.runScript('ai_setup', { AI_SETUP_RUN_DIR: `${folder}-link` });
    expect(result.status).toBe(1);
    expect(result.output).toContain('belongs to somebody else');
  });
});

test('a workspace built ahead waits for its owner without a fault', async () => {
  const workspace = await platform.workspace({ workspace: { owner: 'prebuilds', prebuild: true } });
  expect(await workspace.runScript('ai_setup')).toMatchObject({ status: 0 });
  expect(status(workspace)).toBe('waiting for an owner');
  expect(key(workspace)).toBe('');
});

test('down for a minute at the start: the workspace comes up, says so, and heals by itself', async () => {
  const { workspace, gateway } = lonely;
  const { result: start, milliseconds } = await lonely.start;
  expect(start).toMatchObject({ status: 0 });
  expect(milliseconds).toBeGreaterThan(50_000);
  expect(start.output).toContain('does not answer');
  expect(start.output).toContain('this is tried again by itself, every other minute at first');
  expect(status(workspace)).toBe('gateway not reachable');
  expect(key(workspace)).toBe('');

  expect(await workspace.runScript('ai_setup')).toEqual({ status: 0, output: '' });

  await gateway.start();
  const healed = await workspace.runScript('ai_setup');
  expect(healed).toMatchObject({ status: 0 });
  expect(healed.output).toContain('AI is ready');
  expect(status(workspace)).toBe('ready: claude-sonnet-5-5, standard');
  expect(file(workspace, '.config/roo-code/settings.json')).toContain(key(workspace));

  expect(await workspace.runScript('ai_setup')).toEqual({ status: 0, output: '' });
});

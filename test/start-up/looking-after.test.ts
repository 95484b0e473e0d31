/** The process that looks after the set-up while the workspace runs. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ThrowAwayWorkspace } from '../harness/throw-away-workspace';
import { filesOf, Platform } from './support';

let platform: Platform;
beforeAll(async () => {
  platform = await Platform.start();
});
afterAll(() => platform.stop());

const real = (program: string): string =>
  execFileSync('bash', ['-c', `type -P ${program}`], { encoding: 'utf8' }).trim();

/** How long the slowest machine may take. */
const LONGEST_MS = 120_000;

async function until(what: string, holds: () => boolean): Promise<void> {
  const end = Date.now() + LONGEST_MS;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`not within ${LONGEST_MS / 1000} s: ${what}`);
    await delay(50);
  }
}

/** Processes whose environment names this folder of the set-up. */
const processesOf = (runDir: string): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`AI_SETUP_RUN_DIR=${runDir}\0`);
      } catch {
        return false;
      }
    });

/** A workspace in which time passes as the test says. */
class Watched {
  readonly runDir: string;
  private readonly programs: string;

  private constructor(readonly workspace: ThrowAwayWorkspace) {
    this.runDir = `${workspace.home}-watched`;
    this.programs = `${workspace.home}-clock`;
    mkdirSync(this.programs);
    const program = (name: string, text: string): void =>
      writeFileSync(join(this.programs, name), `#!${real('bash')}\n${text}\n`, { mode: 0o755 });
    // Each pause of the process takes until the test lets it pass; other pauses are none.
    program(
      'sleep',
      `[ "$1" = 7200 ] || exit 0
folder=${this.programs}
echo >>"$folder/pauses"
n=$(wc -l <"$folder/pauses")
until [ "$(cat "$folder/passed" 2>/dev/null || echo 0)" -ge "$n" ]; do
  [ ! -e "$folder/over" ] || exit 1
  ${real('sleep')} 0.02
done`,
    );
    program('curl', `echo >>${this.programs}/asked; exec ${real('curl')} "$@"`);
  }

  static async open(options: Parameters<Platform['workspace']>[0] = {}): Promise<Watched> {
    return new Watched(await platform.workspace(options));
  }

  start(): Promise<{ status: number; output: string }> {
    return this.workspace.runScript('ai_setup', {
      AI_SETUP_HEAL: '7200',
      AI_SETUP_RUN_DIR: this.runDir,
      AI_SETUP_WAIT: '0',
      PATH: `${this.programs}:${process.env.PATH}`,
    });
  }

  /** Lets so many pauses pass, and what comes after each. */
  async pass(steps: number): Promise<void> {
    const goal = this.count('pauses') + steps;
    await until('the process pauses', () => this.count('pauses') > 0);
    writeFileSync(join(this.programs, 'passed'), String(goal - (goal === steps ? 0 : 1)));
    await until(`${steps} steps`, () => this.count('pauses') >= goal + (goal === steps ? 1 : 0));
  }

  /** Questions to the gateway so far. */
  get asked(): number {
    return this.count('asked');
  }

  /** Processes that look, pauses left out. */
  get lookers(): string[] {
    return processesOf(this.runDir).filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return words.includes(`${this.runDir}/run`);
      } catch {
        return false;
      }
    });
  }

  status(): string | undefined {
    return filesOf(this.workspace.home)['.config/ai-gateway/status']?.text.trim();
  }

  async end(): Promise<void> {
    writeFileSync(join(this.programs, 'over'), '');
    await until('it ends', () => processesOf(this.runDir).length === 0);
  }

  private count(name: string): number {
    const file = join(this.programs, name);
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;
  }
}

test('a healthy workspace is looked at after two minutes, after ten more, and once an hour', async () => {
  const watched = await Watched.open();
  expect(await watched.start()).toMatchObject({ status: 0 });
  const atStart = watched.asked;
  const looks: number[] = [];
  for (const steps of [1, 4, 1, 29, 1, 29, 1]) {
    await watched.pass(steps);
    looks.push(watched.asked - atStart);
  }
  expect(looks).toEqual([1, 1, 2, 2, 3, 3, 4]);
  expect(watched.status()).toMatch(/^ready: /);
  await watched.end();
});

test('it is out of the reach of the script that began it, and there is one of it', async () => {
  const watched = await Watched.open();
  // The script has ended, and nothing of it holds its log open: else this would wait for ever.
  expect(await watched.start()).toMatchObject({ status: 0 });
  await until('it is there', () => watched.lookers.length === 1);
  const [pid = ''] = watched.lookers;
  const [, group, session] = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
    .slice(1);
  expect(group).toBe(session);
  for (const descriptor of ['0', '1', '2'])
    expect(readlinkSync(`/proc/${pid}/fd/${descriptor}`)).toBe('/dev/null');
  expect(await watched.start()).toMatchObject({ status: 0 });
  await watched.pass(3);
  expect(watched.lookers).toEqual([pid]);
  // The container's own files are gone: so is what it was about.
  rmSync(watched.runDir, { recursive: true });
  writeFileSync(`${watched.workspace.home}-clock/passed`, '1000000');
  await until('it ends', () => watched.lookers.length === 0);
  await watched.end();
});

test('what is wrong is looked at every time, then less often; once mended, it says so by itself', async () => {
  const watched = await Watched.open();
  expect(await watched.start()).toMatchObject({ status: 0 });
  const { home } = watched.workspace;
  const gatewayFile = join(home, '.config/ai-gateway/key');
  await watched.pass(1);
  // Between two looks, a file that is gone is seen all the same.
  rmSync(join(home, '.config/roo-code/settings.json'));
  await watched.pass(1);
  expect(existsSync(join(home, '.config/roo-code/settings.json'))).toBe(true);
  // A key that no gateway gave out: another is asked for.
  writeFileSync(gatewayFile, `sk-${'x'.repeat(40)}\n`);
  await watched.pass(31);
  expect(readFileSync(gatewayFile, 'utf8')).not.toContain('xxxx');
  expect(watched.status()).toMatch(/^ready: /);
  await watched.end();
});

test('a gateway that refuses is asked every time for half an hour, and every fifth time after that', async () => {
  const refused = await Watched.open({
    gateway: { ...platform.gateway, claimSecret: 'another-secret-of-more-than-32-characters' },
  });
  expect(await refused.start()).toMatchObject({ status: 1 });
  const atStart = refused.asked;
  await refused.pass(16);
  expect(refused.asked - atStart).toBe(16);
  await refused.pass(50);
  expect(refused.asked - atStart).toBe(16 + 10);
  await refused.end();
});

test('a workspace without AI has nothing to look after', async () => {
  const none = await Watched.open({ parameters: { ai_assistant: 'none' } });
  expect(await none.start()).toMatchObject({ status: 0 });
  expect(processesOf(none.runDir)).toEqual([]);
});

import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { processesIn } from '../../gateway/store/embedded-process';
import { startAnthropicStandin, text, type AnthropicStandin } from '../standins/anthropic';
import { CLAIM_SECRET, makeClaim, signClaim } from './support/claims';
import { makeGate } from './support/gate';
import { eventually, MASTER_KEY } from './support/gateway';

const ROOT = resolve(__dirname, '../..');
/** Milliseconds after which something hangs, however busy the machine is. */
const LIMIT_MS = 120_000;

let folder: string;
let standin: AnthropicStandin;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'npm-run-'));
  // Run by root, the store runs as another user and has to pass.
  await chmod(folder, 0o711);
  standin = await startAnthropicStandin();
});
afterEach(() => standin.reset());
afterAll(async () => {
  await standin.close();
  await rm(folder, { recursive: true, force: true });
});

/** `npm run gateway` as the README has it, in a process group of its own as a terminal gives it one. */
class NpmRun {
  out = '';
  readonly ended: Promise<number | NodeJS.Signals | null>;

  private constructor(private readonly npm: ChildProcess) {
    npm.stdout?.on('data', (chunk: Buffer) => (this.out += chunk.toString()));
    npm.stderr?.on('data', (chunk: Buffer) => (this.out += chunk.toString()));
    this.ended = new Promise((done) => npm.once('exit', (code, signal) => done(signal ?? code)));
  }

  static start(): NpmRun {
    return new NpmRun(
      spawn('npm', ['run', 'gateway'], {
        cwd: ROOT,
        detached: true,
        env: {
          PATH: process.env['PATH'] ?? '',
          HOME: folder,
          npm_config_update_notifier: 'false',
          GATEWAY_PORT: '0',
          GATEWAY_ADMIN_PORT: '0',
          GATEWAY_MASTER_KEY: MASTER_KEY,
          GATEWAY_DATA_DIR: join(folder, 'data'),
          WORKSPACE_CLAIM_SECRET: CLAIM_SECRET,
          ANTHROPIC_API_KEY: standin.apiKey,
          ANTHROPIC_BASE_URL: standin.url,
        },
      }),
    );
  }

  get pid(): number {
    if (this.npm.pid === undefined) throw new Error('npm did not start');
    return this.npm.pid;
  }

  says(words: RegExp): Promise<RegExpExecArray> {
    return eventually(() => words.exec(this.out) ?? undefined, LIMIT_MS);
  }

  hearNoMore(): void {
    this.npm.stdout?.destroy();
    this.npm.stderr?.destroy();
  }

  /** Whether one of its processes is there, the store's included. */
  get isThere(): boolean {
    if (processesIn(join(folder, 'data', 'postgres')).length > 0) return true;
    try {
      return process.kill(-this.pid, 0);
    } catch {
      return false;
    }
  }

  /** Once everything of it is gone; the last to go are not npm's children, so it is no moment's matter. */
  gone(): Promise<true> {
    return eventually(() => (this.isThere ? undefined : true), LIMIT_MS);
  }

  async remove(): Promise<void> {
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // It has ended, as it should.
    }
    await this.gone();
  }
}

/** A call whose answer has begun and goes on once the gate is open. */
async function callUnderWay(url: string) {
  const { opened, open } = makeGate();
  standin.answer({ content: [text('a', 'b', 'c')], until: opened });
  const issued = await fetch(`${url}/api/v1/keys/workspace`, {
    method: 'POST',
    headers: { authorization: `Bearer ${signClaim(makeClaim())}` },
    body: '{}',
  });
  const { key } = (await issued.json()) as { key: string };
  const answer = fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({
      model: 'claude-haiku',
      stream: true,
      messages: [{ role: 'user', content: 'hi' }],
    }),
  }).then((response) => response.text());
  // That it fails is what one of the tests is about.
  answer.catch(() => {});
  await eventually(() => standin.requests[0], LIMIT_MS);
  return { answer, open };
}

const running = async (use: (run: NpmRun, url: string) => Promise<void>): Promise<void> => {
  const run = NpmRun.start();
  try {
    const [, url = ''] = await run.says(/"data_url":"([^"]+)"/);
    await use(run, url);
  } finally {
    await run.remove();
  }
};

const SIGNALS: readonly [string, (npm: number) => void][] = [
  ['SIGTERM to npm alone, as a supervisor sends it', (npm) => process.kill(npm, 'SIGTERM')],
  ['SIGTERM to all of its processes', (npm) => process.kill(-npm, 'SIGTERM')],
  ['Ctrl-C, which a terminal sends to all and npm hands on', (npm) => process.kill(-npm, 'SIGINT')],
];

test.each(SIGNALS)('`npm run gateway` finishes the call under way at %s', async (_, send) => {
  await running(async (run, url) => {
    const call = await callUnderWay(url);
    send(run.pid);
    await run.says(/"msg":"stopping"/);
    // Time for what npm hands on; without it, the test finds less and is no less right.
    await delay(300);
    call.open();
    expect(await call.answer).toMatch(/data: \[DONE\]\n\n$/);
    expect(await run.ended).toBe(0);
    expect(run.out).toMatch(/"msg":"stopped"/);
    await run.gone();
  });
});

test('so it does when the other side of its pipe has ended at the same Ctrl-C', async () => {
  await running(async (run, url) => {
    const call = await callUnderWay(url);
    run.hearNoMore();
    process.kill(-run.pid, 'SIGINT');
    // Both listeners are closed to new connections first.
    await eventually(
      () =>
        fetch(`${url}/health`).then(
          () => undefined,
          () => true,
        ),
      LIMIT_MS,
    );
    call.open();
    expect(await call.answer).toMatch(/data: \[DONE\]\n\n$/);
    expect(await run.ended).toBe(0);
    await run.gone();
  });
});

test('asked a second time some seconds later, it goes at once and leaves nothing', async () => {
  await running(async (run, url) => {
    const call = await callUnderWay(url);
    process.kill(-run.pid, 'SIGINT');
    await run.says(/"msg":"stopping"/);
    await delay(2_500);
    process.kill(run.pid, 'SIGTERM');
    expect(await run.ended).toBe(1);
    await expect(call.answer).rejects.toThrow();
    call.open();
    expect(run.out).not.toMatch(/"msg":"stopped"/);
    await run.gone();
  });
});

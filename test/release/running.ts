import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, ROOT } from './support';

/** A command whose synths wait until they are let go, in a process group of its own, with a TMPDIR of its own. */
export class Running {
  private readonly folder = temporaryFolder();
  readonly tmpdir = temporaryFolder();
  private readonly child: ChildProcess;
  private stdout = '';
  stderr = '';
  readonly ended: Promise<{
    readonly status: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly stdout: string;
  }>;

  /** @param args of Node.js */
  constructor(args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = ROOT) {
    this.child = spawn(process.execPath, args, {
      cwd,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        NODE_OPTIONS: `--require ${join(__dirname, 'waiting-synth.cjs')}`,
        RELEASE_TEST_STARTED: join(this.folder, 'started'),
        RELEASE_TEST_GO: join(this.folder, 'go'),
        TMPDIR: this.tmpdir,
        ...env,
      },
    });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.ended = new Promise((resolve) =>
      this.child.on('close', (status, signal) => resolve({ status, signal, stdout: this.stdout })),
    );
  }

  static command(command: string, ...args: readonly string[]): Running {
    return new Running([join(ROOT, 'bin', 'start.cjs'), command, ...args]);
  }

  /** Numbers of the processes that have begun to synthesize. */
  synths(): number[] {
    const file = join(this.folder, 'started');
    if (!existsSync(file)) return [];
    // Without the last line: it may be half written.
    return readFileSync(file, 'utf8').split('\n').slice(0, -1).map(Number);
  }

  letGo(): void {
    writeFileSync(join(this.folder, 'go'), '');
  }

  /** As a terminal does: to everybody in the group. */
  pressCtrlC(): void {
    process.kill(-(this.child.pid ?? 0), 'SIGINT');
  }

  terminate(): void {
    this.child.kill('SIGTERM');
  }

  leftovers(): string[] {
    return readdirSync(this.tmpdir);
  }
}

/** Looks again until it is so; jest's own limit ends a wait for what never comes. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** One replay process that serves every Terraform command of this Node process, each with its own environment. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Socket } from 'node:net';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

const MAIN = path.join(__dirname, 'replay-provider', 'main.ts');
/** Starting takes well under a second; a machine under load may take many. */
const START_TIMEOUT_MS = 120_000;

/** Providers opened for one command. */
export interface ReplaySession {
  /** Value for TF_REATTACH_PROVIDERS. */
  readonly reattach: string;
  readonly close: () => void;
}

interface Pending {
  readonly resolve: (reattach: string) => void;
  readonly reject: (error: Error) => void;
}

interface Reply {
  readonly id: number;
  readonly reattach: unknown;
}

/** The child process and the requests it has not answered yet. */
class ReplayHost {
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  private readonly pending = new Map<number, Pending>();
  private nextId = 1;
  private errors = '';
  public alive = true;

  public constructor() {
    const args = ['--require', require.resolve('tsx/cjs'), MAIN, '--sessions'];
    const env = { ...process.env };
    delete env['NODE_OPTIONS'];
    this.child = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    createInterface({ input: this.child.stdout }).on('line', (line) =>
      this.answer(JSON.parse(line) as Reply),
    );
    this.child.stderr.on('data', (chunk: Buffer) => (this.errors += chunk.toString('utf8')));
    this.child.stdin.on('error', () => this.fail());
    this.child.on('error', (error) => this.fail(error.message));
    this.child.on('exit', () => this.fail());
    this.hold(false);
  }

  /** Opens providers that see exactly this environment. */
  public async open(env: Readonly<Record<string, string>>): Promise<ReplaySession> {
    const id = this.nextId++;
    let timer: NodeJS.Timeout | undefined;
    const answered = new Promise<string>((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      timer = setTimeout(
        () => reject(new Error('the replay provider did not start in time')),
        START_TIMEOUT_MS,
      );
    });
    this.hold(true);
    this.send({ id, env });
    try {
      return { reattach: await answered, close: () => this.send({ id, close: true }) };
    } finally {
      clearTimeout(timer);
      this.pending.delete(id);
      if (this.pending.size === 0) this.hold(false);
    }
  }

  private send(message: object): void {
    if (this.alive) this.child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  private answer({ id, reattach }: Reply): void {
    this.pending.get(id)?.resolve(JSON.stringify(reattach));
  }

  private fail(reason = this.errors.trim() || 'it ended'): void {
    this.alive = false;
    for (const { reject } of this.pending.values())
      reject(new Error(`the replay provider failed: ${reason}`));
  }

  /** Keeps this process running only while an answer is awaited; the child ends when our end of its input closes. */
  private hold(on: boolean): void {
    const handles = [
      this.child,
      this.child.stdin,
      this.child.stdout,
      this.child.stderr,
    ] as unknown as Socket[];
    for (const handle of handles) {
      if (on) handle.ref();
      else handle.unref();
    }
  }
}

let host: ReplayHost | undefined;

/**
 * Opens the replayed providers for one Terraform command.
 *
 * @param env environment that the providers see
 */
export async function openReplay(env: Readonly<Record<string, string>>): Promise<ReplaySession> {
  const reused = host?.alive === true;
  if (!reused || host === undefined) host = new ReplayHost();
  try {
    return await host.open(env);
  } catch (error) {
    // An idle host ends by itself and may do so the moment it is asked.
    if (!reused) throw error;
    host = new ReplayHost();
    return host.open(env);
  }
}

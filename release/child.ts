import { spawn, type ChildProcess } from 'node:child_process';

/** Bytes of one program's output. */
const LONGEST_OUTPUT = 64 * 1024 * 1024;
/** Milliseconds a program has to end by itself once it was asked to. */
const PATIENCE = 5_000;

export interface ChildOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** What it reads from its standard input. @default - nothing */
  readonly input?: string;
  /** Milliseconds after which it is ended. @default - it may take as long as it likes */
  readonly timeout?: number;
}

/** How a program ended and what it said. */
export interface ChildEnd {
  /** Undefined: it could not be started, or was ended. */
  readonly status: number | undefined;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** Why it could not be run to its end: `ENOENT` when there is no such program. */
  readonly fault?: string;
  /** What ended it, when that was a signal. */
  readonly signal?: NodeJS.Signals;
}

/** A program that is run for what it says. */
export class Child {
  private constructor(
    private readonly process: ChildProcess,
    readonly end: Promise<ChildEnd>,
  ) {}

  static start(command: string, args: readonly string[], options: ChildOptions): Child {
    const { input, timeout, ...rest } = options;
    const child = spawn(command, args, { ...rest, stdio: ['pipe', 'pipe', 'pipe'] });
    const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    let bytes = 0;
    let fault: string | undefined;
    const giveUp = (why: string): void => {
      fault ??= why;
      child.kill('SIGKILL');
    };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > LONGEST_OUTPUT) giveUp(`it says more than ${LONGEST_OUTPUT} bytes`);
        else output[name].push(chunk);
      });
    // Whoever does not read what it is told has ended, which is said by its exit code.
    child.stdin.on('error', () => {}).end(input ?? '');
    const timer =
      timeout === undefined ? undefined : setTimeout(() => giveUp(`it took over ${timeout} ms`), timeout);
    const end = new Promise<ChildEnd>((resolve) => {
      child.on('error', (error: NodeJS.ErrnoException) => (fault ??= error.code ?? error.message));
      child.on('close', (code, signal) => {
        clearTimeout(timer);
        resolve({
          status: fault === undefined ? (code ?? undefined) : undefined,
          stdout: Buffer.concat(output.stdout),
          stderr: Buffer.concat(output.stderr).toString('utf8'),
          ...(fault === undefined ? {} : { fault }),
          ...(signal === null ? {} : { signal }),
        });
      });
    });
    return new Child(child, end);
  }

  /** Asks it to end, then makes it. */
  async stop(): Promise<void> {
    this.process.kill('SIGTERM');
    const timer = setTimeout(() => this.process.kill('SIGKILL'), PATIENCE);
    await this.end;
    clearTimeout(timer);
  }
}

import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

/** Milliseconds after which a start counts as hanging, however busy the machine is. */
const LIMIT_MS = 240_000;

/** Found from here: the command may be called in any folder. */
const TSX = pathToFileURL(require.resolve('tsx')).href;

/** A program of ours that runs beside the demo, and how to be sure it ends with it. */
export class Child {
  private static readonly all = new Set<Child>();

  private constructor(
    private readonly process: ChildProcess,
    private readonly ended: Promise<void>,
  ) {
    Child.all.add(this);
    void ended.then(() => Child.all.delete(this));
  }

  /** Ends those that are still starting, too. */
  static async stopAll(): Promise<void> {
    await Promise.all([...Child.all].map((child) => child.stop()));
  }

  /**
   * Starts a TypeScript program and waits for the JSON line on its output that `ready` accepts.
   *
   * @throws with the program's own words when it ends first, or after `timeout` milliseconds
   */
  static async start<T>(
    program: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv,
    ready: (line: Record<string, unknown>) => T | undefined,
    timeout = LIMIT_MS,
  ): Promise<[Child, T]> {
    // A pipe for stdin: the program sees its end when this process dies in whatever way.
    const child = spawn(process.execPath, ['--import', TSX, program, ...args], {
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const words: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => words.push(chunk.toString()));
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const started = new Child(child, ended);
    const value = await new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        reject(new Error(`${program} was not ready after ${timeout / 1000} s\n${words.join('')}`));
      }, timeout);
      createInterface({ input: child.stdout }).on('line', (text) => {
        let line: unknown;
        try {
          line = JSON.parse(text);
        } catch {
          return;
        }
        const result = ready(line as Record<string, unknown>);
        words.push(`${text}\n`);
        if (result !== undefined) {
          clearTimeout(timer);
          resolve(result);
        }
      });
      child.once('exit', (code) => {
        clearTimeout(timer);
        reject(new Error(`${program} ended (exit code ${code})\n${words.join('')}`));
      });
    });
    return [started, value];
  }

  /** Asks it to end, then makes it. */
  async stop(): Promise<void> {
    this.process.kill('SIGTERM');
    const timer = setTimeout(() => this.process.kill('SIGKILL'), 15_000);
    await this.ended;
    clearTimeout(timer);
  }
}

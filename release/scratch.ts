import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onStopSignal } from '../terminal/stop-signals';
import { Child, type ChildEnd, type ChildOptions } from './child';

const NEVER = new Promise<never>(() => {});

/** What a command makes and starts for as long as it works: temporary folders and other programs. */
export class Scratch {
  private readonly folders: string[] = [];
  private readonly children = new Set<Child>();
  private isEnding = false;

  private constructor() {}

  /** Gives work a scratch of its own; nothing of it is left when the work is done, has failed, or is told to stop. */
  static async with<T>(work: (scratch: Scratch) => Promise<T>): Promise<T> {
    const scratch = new Scratch();
    const unhear = onStopSignal((signal) => {
      void scratch.end().then(() => {
        unhear();
        process.stderr.write('stopped: nothing is left behind\n');
        // As if nobody had listened: whoever started this process is told by which signal it ended.
        process.kill(process.pid, signal);
      });
    });
    try {
      return await work(scratch);
    } finally {
      await scratch.end();
      unhear();
    }
  }

  /** @throws Error when it is over */
  folder(): string {
    if (this.isEnding) throw new Error('the work is over: nothing more is begun');
    const folder = mkdtempSync(join(tmpdir(), 'release-'));
    this.folders.push(folder);
    return folder;
  }

  /** Runs a program to its end. */
  async run(command: string, args: readonly string[], options: ChildOptions): Promise<ChildEnd> {
    if (this.isEnding) return NEVER;
    const child = Child.start(command, args, options);
    this.children.add(child);
    const end = await child.end;
    this.children.delete(child);
    // What it was ended for is no fault of its own: nobody is to be told of one.
    if (this.isEnding) return NEVER;
    if (end.signal !== 'SIGINT') return end;
    // Ctrl-C is for everybody at the terminal, and it may have heard it before this process does.
    process.kill(process.pid, 'SIGINT');
    return NEVER;
  }

  private async end(): Promise<void> {
    this.isEnding = true;
    await Promise.all([...this.children].map((child) => child.stop()));
    for (const folder of this.folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  }
}

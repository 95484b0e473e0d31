/** Contents of files from git's objects, one long-lived git for all of them. */
import type { ChildProcess } from 'node:child_process';
import type { FileChange } from './file-change';
import { startGit, type Repository } from './git';

/** Bytes of a file that are read; of a longer one nothing. */
const LONGEST = 2 * 1024 * 1024;
/** Milliseconds for one answer. */
const PATIENCE_MS = 30_000;

export interface Objects {
  /** @returns undefined: there is none of that name, it is no file, or it is too long */
  read(name: string): Promise<Buffer | undefined>;
  /** A file of a tree or commit. */
  readFile(tree: string, path: string): Promise<Buffer | undefined>;
  close(): void;
}

export function openObjects(repository: Repository, extra: Readonly<Record<string, string>> = {}): Objects {
  const sizes = new Conversation(startGit(repository, ['cat-file', '--batch-check'], { extra }));
  const contents = new Conversation(startGit(repository, ['cat-file', '--batch'], { extra }));

  async function read(name: string): Promise<Buffer | undefined> {
    // A question is a line.
    if (/[\n\0]/.test(name)) return undefined;
    const [, kind, size] = (await sizes.ask(name, () => 0)).head.split(' ');
    if (kind !== 'blob' || Number(size) > LONGEST) return undefined;
    const { body } = await contents.ask(name, (head) =>
      / blob \d+$/.test(head) ? Number(head.slice(head.lastIndexOf(' ') + 1)) + 1 : 0,
    );
    return body.subarray(0, -1);
  }

  return {
    read,
    readFile: (tree, path) => read(`${tree}:${path}`),
    close: () => {
      sizes.end();
      contents.end();
    },
  };
}

/** All of a file after its change. */
export const contentOf = (
  { content, object }: Pick<FileChange, 'content' | 'object'>,
  objects: Objects,
): Promise<Buffer | undefined> =>
  content !== undefined || object === undefined ? Promise.resolve(content) : objects.read(object);

interface Heard {
  readonly head: string;
  readonly body: Buffer;
}

/** One question at a time: a line, and then as many bytes as it says. */
class Conversation {
  private parts: Buffer[] = [];
  private length = 0;
  private hear: (() => void) | undefined;
  private isEnded = false;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly child: ChildProcess) {
    child.stdout?.on('data', (part: Buffer) => {
      this.parts.push(part);
      this.length += part.length;
      this.hear?.();
    });
    const end = (): void => {
      this.isEnded = true;
      this.hear?.();
    };
    child.once('error', end).once('close', end);
    child.stdin?.on('error', () => {});
    child.stderr?.resume();
  }

  ask(line: string, bodyAfter: (head: string) => number): Promise<Heard> {
    const answer = this.turn.then(async () => {
      this.child.stdin?.write(`${line}\n`);
      const head = await this.until((all) => all.indexOf(10) + 1);
      const size = bodyAfter(head.subarray(0, -1).toString('utf8'));
      const body = size === 0 ? Buffer.alloc(0) : await this.until(() => size);
      return { head: head.subarray(0, -1).toString('utf8'), body };
    });
    this.turn = answer.catch(() => {});
    return answer;
  }

  /** @param enough how many bytes are wanted, 0 while that is not known */
  private async until(enough: (all: Buffer) => number): Promise<Buffer> {
    const end = Date.now() + PATIENCE_MS;
    let wanted = 0;
    for (;;) {
      if (wanted === 0) wanted = enough(this.joined());
      if (wanted > 0 && this.length >= wanted) break;
      if (this.isEnded || Date.now() > end) throw new Error('git gives no more objects');
      await this.more(end - Date.now());
    }
    const all = this.joined();
    this.parts = [all.subarray(wanted)];
    this.length = all.length - wanted;
    return all.subarray(0, wanted);
  }

  private joined(): Buffer {
    if (this.parts.length !== 1) this.parts = [Buffer.concat(this.parts)];
    return this.parts[0] ?? Buffer.alloc(0);
  }

  private more(ms: number): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(done, ms);
      this.hear = () => {
        this.hear = undefined;
        clearTimeout(timer);
        done();
      };
    });
  }

  end(): void {
    this.child.stdin?.end();
    this.child.kill('SIGKILL');
  }
}

import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../terminal/fault';
import type { Scratch } from './scratch';
import { SNAPSHOTS } from './snapshots';

/** A repository of git's, with the project in it. */
export class Repository {
  private constructor(
    /** Folder that holds the snapshots. */
    readonly project: string,
    /** Whether it has the newest commits only. */
    readonly isShallow: boolean,
    private readonly scratch: Scratch,
  ) {}

  /**
   * @param folder where somebody stands: the project, or somewhere in it
   * @throws UsageError that says why there is none
   */
  static async around(folder: string, scratch: Scratch): Promise<Repository> {
    const asked = ['rev-parse', '--is-shallow-repository', '--is-inside-work-tree', '--show-toplevel'];
    const { status, stdout, stderr, fault } = await scratch.run('git', asked, {
      cwd: folder,
      env: plainWords(),
    });
    if (fault === 'ENOENT')
      throw new UsageError(
        'git is not installed: the template of another version is read with it; --from-dir takes a folder instead',
      );
    const [isShallow, isInside, top] = stdout.toString('utf8').split('\n');
    if (status !== 0 || isInside !== 'true' || top === undefined)
      throw new UsageError(whyNone(folder, stderr));
    return new Repository(projectAround(folder, top), isShallow === 'true', scratch);
  }

  /**
   * @returns the output
   * @throws Error with git's own words
   */
  async git(args: readonly string[], input?: string): Promise<Buffer> {
    const end = await this.ask(args, input);
    if (end.status === 0) return end.stdout;
    throw new Error(`git ${args[0] ?? ''} failed: ${end.fault ?? firstLine(end.stderr)}`);
  }

  /** @returns the id of a commit; nothing when git knows none of that name */
  async commit(ref: string): Promise<string | undefined> {
    const words = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`];
    const { status, stdout } = await this.ask(words);
    return status === 0 ? stdout.toString('utf8').trim() : undefined;
  }

  private ask(args: readonly string[], input?: string): ReturnType<Scratch['run']> {
    return this.scratch.run('git', args, {
      cwd: this.project,
      env: plainWords(),
      ...(input === undefined ? {} : { input }),
    });
  }
}

const plainWords = (): NodeJS.ProcessEnv => ({ ...process.env, LC_ALL: 'C' });

/** Characters of git's words that are shown. */
const LONGEST_WORDS = 300;

const firstLine = (text: string): string => text.slice(0, LONGEST_WORDS).trim().split('\n')[0] ?? '';

function whyNone(folder: string, stderr: string): string {
  const isNone = stderr === '' || /not a git repository|must be run in a work tree/.test(stderr);
  const why = isNone
    ? 'is in no working copy of a git repository'
    : `cannot be read by git (${firstLine(stderr)})`;
  return `${folder} ${why}: go to the project's folder, or compare two folders with --from-dir and --to-dir`;
}

/** The nearest folder with snapshots: the project may be a folder of a larger repository, and one may stand anywhere in it. */
function projectAround(folder: string, top: string): string {
  const [start, end] = [realpathSync(folder), realpathSync(top)];
  for (let at = start; at !== dirname(at); at = dirname(at)) {
    if (existsSync(join(at, SNAPSHOTS))) return at;
    if (at === end) break;
  }
  return start;
}

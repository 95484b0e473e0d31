import { spawnSync } from 'node:child_process';
import { isTerraformFile, type TemplateFiles } from './configuration';

/** Snapshots of templates in a repository, one folder each. */
export const SNAPSHOTS = 'test/snapshots';

/**
 * Folders that hold a template: other things are kept as snapshots too.
 * @param paths of files, relative to the folder of the snapshots
 */
export const templatesAmong = (paths: readonly string[]): string[] => [
  ...new Set(
    paths.flatMap((path) => {
      const [name = '', ...inside] = path.split('/');
      return isTerraformFile(inside.join('/')) ? [name] : [];
    }),
  ),
];

/** The files of one commit, read without a checkout. */
export class GitTree {
  private constructor(
    private readonly repository: string,
    /** As it was asked for: `main`, `HEAD~1`. */
    readonly ref: string,
    private readonly commit: string,
  ) {}

  /** @throws Error when git or the ref is not there */
  static at(ref: string, repository: string): GitTree {
    const found = git(repository, [
      'rev-parse',
      '--verify',
      '--quiet',
      '--end-of-options',
      `${ref}^{commit}`,
    ]);
    if (found.status !== 0) {
      throw new Error(
        found.status === null
          ? 'git is not installed: the template of another version is read with it; --from-dir takes a folder instead'
          : `git knows no commit "${ref}" here: give a branch, a tag or a commit ("git log --oneline" lists them); ` +
              'what is only on the server is known after "git fetch"',
      );
    }
    return new GitTree(repository, ref, found.stdout.trim());
  }

  /** Names of the templates that have a snapshot. */
  templates(): string[] {
    const paths = this.paths(['-r', '--name-only', this.commit, '--', `${SNAPSHOTS}/`]);
    return templatesAmong(paths.map((path) => path.slice(SNAPSHOTS.length + 1)));
  }

  /** The snapshot of a template: text by path; nothing when there is none. */
  template(name: string): TemplateFiles | undefined {
    const folder = `${SNAPSHOTS}/${name}/`;
    const paths = this.paths(['-r', '--name-only', this.commit, '--', folder]);
    if (paths.length === 0) return undefined;
    return new Map(
      paths.map((path) => [
        path.slice(folder.length),
        // "./" because the project may be a folder of a larger repository.
        this.output(['show', `${this.commit}:./${path}`]),
      ]),
    );
  }

  private paths(args: readonly string[]): string[] {
    return this.output(['ls-tree', '-z', ...args])
      .split('\0')
      .filter((path) => path !== '');
  }

  private output(args: readonly string[]): string {
    const { status, stdout, stderr } = git(this.repository, args);
    if (status !== 0) throw new Error(`git ${args.join(' ')} failed: ${stderr.trim()}`);
    return stdout;
  }
}

function git(
  repository: string,
  args: readonly string[],
): { status: number | null; stdout: string; stderr: string } {
  const result = spawnSync('git', args, {
    cwd: repository,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status: result.status, stdout: result.stdout ?? '', stderr: result.stderr ?? '' };
}

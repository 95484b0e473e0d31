import { UsageError } from '../terminal/fault';
import type { TemplateFiles } from './configuration';
import type { Repository } from './repository';
import { documentPath, SNAPSHOTS, templatesAmong } from './snapshots';

/** The snapshots of one commit, read without a checkout. */
export class GitTree {
  private constructor(
    private readonly repository: Repository,
    /** As it was asked for: `main`, `HEAD~1`. */
    readonly ref: string,
    /** Ids of what every file holds, by path. */
    private readonly blobs: ReadonlyMap<string, string>,
  ) {}

  /** @throws UsageError when the ref is not there */
  static async at(ref: string, repository: Repository): Promise<GitTree> {
    const commit = await repository.commit(ref);
    if (commit === undefined)
      throw new UsageError(
        `git knows no commit "${ref}" here: give a branch, a tag or a commit ("git log --oneline" lists them); ` +
          (repository.isShallow
            ? 'this clone is shallow and holds the newest commits only: "git fetch --unshallow" gets the others ' +
              '(in CI: a checkout with fetch-depth 0)'
            : 'what is only on the server is known after "git fetch"'),
      );
    const listed = await repository.git(['ls-tree', '-r', '-z', commit, '--', `${SNAPSHOTS}/`]);
    return new GitTree(repository, ref, blobsIn(listed.toString('utf8')));
  }

  /** Names of the templates that have a snapshot. */
  templates(): string[] {
    return templatesAmong([...this.blobs.keys()].map((path) => path.slice(SNAPSHOTS.length + 1)));
  }

  /** The snapshot of a template: text by path; nothing when there is none. */
  async template(name: string): Promise<TemplateFiles | undefined> {
    const folder = `${SNAPSHOTS}/${name}/`;
    const paths = [...this.blobs.keys()].filter((path) => path.startsWith(folder));
    if (paths.length === 0) return undefined;
    const texts = await this.read(paths);
    return new Map(paths.map((path, at) => [path.slice(folder.length), texts[at] ?? '']));
  }

  /** The gateway's document of a template; nothing when there is none. */
  async document(name: string): Promise<string | undefined> {
    const path = documentPath(name);
    return this.blobs.has(path) ? (await this.read([path]))[0] : undefined;
  }

  /** All in one go: to start git for each file would take longer than to compare them. */
  private async read(paths: readonly string[]): Promise<string[]> {
    const ids = paths.map((path) => this.blobs.get(path) ?? '');
    const output = await this.repository.git(['cat-file', '--batch'], `${ids.join('\n')}\n`);
    let at = 0;
    return ids.map((id) => {
      const end = output.indexOf('\n', at);
      // "<id> blob <bytes>", or "<id> missing" in a clone that was made without them.
      const [, kind, size] = output.toString('utf8', at, end).split(' ');
      if (kind !== 'blob')
        throw new Error(`git has no content of ${id}, which "${this.ref}" names: "git fetch" gets it`);
      const start = end + 1;
      at = start + Number(size) + 1;
      return output.toString('utf8', start, at - 1);
    });
  }
}

/** @param listed lines of `git ls-tree -z`: mode, type and id, then the path after a tab */
function blobsIn(listed: string): Map<string, string> {
  const blobs = new Map<string, string>();
  for (const line of listed.split('\0')) {
    const [entry = '', path] = line.split('\t', 2);
    const [, type, id] = entry.split(' ');
    if (type === 'blob' && id !== undefined && path !== undefined) blobs.set(path, id);
  }
  return blobs;
}

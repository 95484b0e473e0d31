/** What is compared: two trees, by their object names. Nothing is read from the working tree for it. */
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CliError, UsageError } from '../../terminal/fault';
import { askGit, complaintOf, type Repository } from './git';

export interface Sides {
  /** Tree or commit that configuration is read from, and what was there before. @default - nothing was there */
  readonly base: string | undefined;
  /** Tree or commit that is reviewed. */
  readonly head: string;
  /** Commits between them, for their messages: `BASE..HEAD`. @default - none */
  readonly commits?: { readonly from: string; readonly to: string };
  /** Variables that git needs to read the head's objects. */
  readonly extra: Readonly<Record<string, string>>;
}

/** UTF-16 units of a revision that somebody may type. */
const LONGEST_REVISION = 1_000;

/**
 * @param range `BASE...HEAD`, as git has it: what HEAD has that BASE had not when they parted
 * @throws UsageError that says what to fetch
 */
export async function sidesOfRange(repository: Repository, range: string): Promise<Sides> {
  const [from = '', to = '', more] = range.split('...');
  if (more !== undefined || from === '')
    throw new UsageError(`"${range.slice(0, 200)}" is no range: write BASE...HEAD, as main...HEAD.`);
  const base = await commitOf(repository, from);
  const head = await commitOf(repository, to === '' ? 'HEAD' : to);
  const said = await askGit(repository, ['merge-base', base, head]);
  const merged = said.out.toString('latin1').trim();
  if (said.code !== 0 || merged === '') throw unrelated(repository, from, to === '' ? 'HEAD' : to);
  return { base: merged, head, commits: { from: merged, to: head }, extra: {} };
}

/** Staged changes, as a tree in an object folder of ours: the repository is not written to. */
export async function sidesOfStaged(repository: Repository): Promise<Sides> {
  const objects = join(repository.scratch, 'objects');
  mkdirSync(objects, { recursive: true });
  const index = join(repository.gitDir, 'index');
  const copy = join(repository.scratch, 'index');
  if (existsSync(index)) copyFileSync(index, copy);
  const extra = {
    GIT_OBJECT_DIRECTORY: objects,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: `"${join(repository.commonDir, 'objects').replace(/["\\]/g, '\\$&')}"`,
  };
  const said = await askGit(repository, ['write-tree'], { extra: { ...extra, GIT_INDEX_FILE: copy } });
  if (said.code !== 0)
    throw new CliError(
      `What is staged cannot be read (${complaintOf(said)}): resolve conflicts first, then stage again.`,
    );
  const head = await askGit(repository, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  return {
    base: head.code === 0 ? head.out.toString('latin1').trim() : undefined,
    head: said.out.toString('latin1').trim(),
    extra,
  };
}

/** Named files are reviewed as they lie there; configuration is the last commit's. */
export async function sidesOfFiles(repository: Repository): Promise<Sides> {
  const head = await askGit(repository, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  const commit = head.code === 0 ? head.out.toString('latin1').trim() : undefined;
  return { base: commit, head: commit ?? (await emptyTree(repository)), extra: {} };
}

/** The tree without files, which every repository knows; its name depends on how objects are named there. */
export async function emptyTree(repository: Repository): Promise<string> {
  const said = await askGit(repository, ['hash-object', '-t', 'tree', '--stdin'], { input: '' });
  return said.out.toString('latin1').trim();
}

async function commitOf(repository: Repository, name: string): Promise<string> {
  const isPlain = name.length <= LONGEST_REVISION && !/[\0-\x20\x7f]/.test(name);
  const said = isPlain
    ? await askGit(repository, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`])
    : undefined;
  const commit = said?.out.toString('latin1').trim() ?? '';
  if (said?.code === 0 && /^[0-9a-f]{40,64}$/.test(commit)) return commit;
  const shown = name.slice(0, 200);
  throw new UsageError(
    `There is no commit "${shown}" in this clone: fetch it first, as "git fetch origin ${branchOf(shown)}", or name another one.`,
  );
}

const branchOf = (name: string): string =>
  (/^(?:origin\/)?([\w./-]+)$/.exec(name)?.[1] ?? 'main').slice(0, 100);

function unrelated(repository: Repository, from: string, to: string): CliError {
  const isShallow = existsSync(join(repository.commonDir, 'shallow'));
  return new UsageError(
    isShallow
      ? `This clone is shallow: it does not reach back to where "${from}" and "${to}" parted. Fetch the rest with ` +
          `"git fetch --unshallow" (GitHub's checkout: fetch-depth: 0; GitLab: GIT_DEPTH: 0), or deeper with "git fetch --deepen=200".`
      : `"${from}" and "${to}" have no commit in common: name a base that the change was made from.`,
  );
}

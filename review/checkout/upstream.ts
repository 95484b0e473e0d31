/** What a branch is to be merged into, where nobody names it: the default branch of its upstream, as the clone knows it. */
import { UsageError } from '../../terminal/fault';
import { askGit, type Repository } from './git';
import { sidesOfRange, type Sides } from './sides';

/** The remote that a fork's clone names so is where the change is going. */
const UPSTREAM = 'upstream';
const USUAL_REMOTE = 'origin';
/** Default branches, where a clone has not noted which it is. */
const USUAL_BRANCHES = ['main', 'master'];

/** As git takes them; none of them begins an option. */
const NAME = /^\w[\w./-]{0,199}$/;

/** @throws UsageError when the clone knows no such branch */
export async function sidesOfUpstream(repository: Repository): Promise<Sides> {
  for (const branch of await candidates(repository)) {
    const said = await askGit(repository, [
      'rev-parse',
      '--verify',
      '--quiet',
      '--end-of-options',
      `${branch}^{commit}`,
    ]);
    if (said.code !== 0) continue;
    const sides = await sidesOfRange(repository, `${branch}...HEAD`);
    return { ...sides, upstream: branch.replace(/^refs\/(?:remotes|heads)\//, '') };
  }
  throw new UsageError(
    'This clone knows no default branch of an upstream to compare with: name a range, as main...HEAD, or review what is staged with --staged. ("git remote set-head origin --auto" makes it known.)',
  );
}

/** Full names of branches, in the order they are tried. */
async function candidates(repository: Repository): Promise<string[]> {
  const own = await lineOf(repository, ['symbolic-ref', '--quiet', 'HEAD']);
  const remotes = [UPSTREAM, await remoteOf(repository, own), USUAL_REMOTE].filter((name) => NAME.test(name));
  const branches: string[] = [];
  for (const remote of new Set(remotes)) {
    const folder = `refs/remotes/${remote}/`;
    const head = await lineOf(repository, ['symbolic-ref', '--quiet', `${folder}HEAD`]);
    if (head.startsWith(folder)) branches.push(head);
    branches.push(...USUAL_BRANCHES.map((name) => folder + name));
  }
  // Without a remote, what was branched off here.
  const local = USUAL_BRANCHES.map((name) => `refs/heads/${name}`).filter((name) => name !== own);
  return [...branches, ...local];
}

/** @returns the one that the branch follows, or '' */
const remoteOf = (repository: Repository, branch: string): Promise<string> =>
  branch.startsWith('refs/heads/')
    ? lineOf(repository, ['for-each-ref', '--count=1', '--format=%(upstream:remotename)', '--', branch])
    : Promise.resolve('');

async function lineOf(repository: Repository, args: readonly string[]): Promise<string> {
  const said = await askGit(repository, args);
  return said.code === 0 ? (said.out.toString('utf8').split('\n', 1)[0] ?? '') : '';
}

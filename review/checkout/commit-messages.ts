/** What the authors said of the change. */
import { askGit, type Repository } from './git';
import type { Sides } from './sides';

/** Commits whose messages are read, the newest first. */
const COMMITS = 20;
/** Bytes of all of them. */
const BYTES = 64 * 1024;
/** UTF-16 units of each. */
const LONGEST = 1_000;

export async function readMessages(repository: Repository, { commits, extra }: Sides): Promise<string[]> {
  if (commits === undefined) return [];
  const said = await askGit(
    repository,
    [
      'log',
      '-z',
      '--format=%B',
      '--no-show-signature',
      '--no-patch',
      '--no-color',
      `--max-count=${COMMITS}`,
      `${commits.from}..${commits.to}`,
    ],
    { extra, limits: { bytes: BYTES, ms: 30_000 } },
  );
  return said.out
    .toString('utf8')
    .split('\0')
    .map((message) => message.trim().slice(0, LONGEST))
    .filter((message) => message !== '');
}

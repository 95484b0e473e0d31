/** The difference between two trees, by git, parsed while it comes. */
import { CliError } from '../../terminal/fault';
import { DIFF_LIMITS, DiffParser, type Diff, type DiffLimits } from './diff-parser';
import { startGit, type Repository } from './git';
import { emptyTree, type Sides } from './sides';

/** Milliseconds; renames among thousands of files take their time. */
const PATIENCE_MS = 120_000;
/** Lines around a change. */
const AROUND = 3;
/** Files among which renames are looked for; the time grows with its square. */
const RENAME_LIMIT = 1_000;

/** @throws CliError when git fails, or takes too long */
export async function readDiff(
  repository: Repository,
  { base, head, extra }: Sides,
  limits: DiffLimits = DIFF_LIMITS,
): Promise<Diff> {
  const child = startGit(
    repository,
    [
      'diff-tree',
      '-r',
      '-p',
      `-U${AROUND}`,
      '-M',
      `-l${RENAME_LIMIT}`,
      '--full-index',
      '--no-ext-diff',
      '--no-textconv',
      '--no-color',
      '--src-prefix=a/',
      '--dst-prefix=b/',
      '--submodule=short',
      '--ignore-submodules=none',
      base ?? (await emptyTree(repository)),
      head,
    ],
    { extra, signal: AbortSignal.timeout(PATIENCE_MS) },
  );
  const parser = new DiffParser(limits);
  let err = '';
  child.stdin?.on('error', () => {}).end();
  child.stderr?.on('data', (part: Buffer) => (err = (err + part.toString('utf8')).slice(0, 4_096)));
  const ended = new Promise<number | null>((done, failed) => {
    child.once('error', failed);
    child.once('close', done);
  });
  try {
    child.stdout?.on('data', (chunk: Buffer) => parser.push(chunk));
    const code = await ended;
    if (code !== 0) throw new CliError(`The difference cannot be read (${firstLineOf(err)}).`);
  } catch (fault) {
    if (fault instanceof Error && fault.name === 'AbortError')
      throw new CliError(`Git did not say within ${PATIENCE_MS / 1_000} s what has changed.`);
    throw fault;
  }
  return parser.end();
}

/** A partial clone lacks objects, and none are fetched here. */
const firstLineOf = (err: string): string => {
  const line = err.split('\n', 1)[0]?.replace(/^(fatal|error): /, '') ?? '';
  return /lazy|promisor|missing|protocol|transport|unable to read/i.test(err)
    ? `${line}; this may be a partial clone, which lacks objects: fetch them first, as "git fetch --refetch --no-filter"`
    : line;
};

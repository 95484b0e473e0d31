import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { VARIABLES } from '../../gateway/config/variables';
import { saying } from '../../terminal/progress';
import { Scratch } from '../scratch';
import { ok, type Finding } from './check';
import { isRandom } from './secrets';

/**
 * Files that hold secrets, as git's own patterns; `!` takes one back. `.gitignore` has the same lines, in this order: a
 * test holds them together.
 */
export const SECRET_FILES: readonly string[] = [
  '.env*',
  '!.env.example',
  '*.env',
  'variables*.yaml',
  'variables*.yml',
  '*.tfvars',
  '*.tfvars.json',
  '*.key',
  '*key.pem',
  '*.p12',
  '*.pfx',
];

const CHECK = 'files in git';

/** Milliseconds for one question to git. */
const PATIENCE = 20_000;
/** Bytes of one answer of git, which are names and single values. */
const LONGEST_ANSWER = 4 * 1024 * 1024;
/** Places that are shown; the rest is counted. */
const MOST_PLACES = 20;

/** Names in front of a secret, at the beginning of a line: of the gateway, its command line and the template. */
const NAMES = [
  ...Object.values(VARIABLES)
    .filter(({ secret }) => secret === true)
    .flatMap(({ name, aliases = [] }) => [name, ...aliases]),
  'GATEWAY_ADMIN_KEY',
  'workspace_claim_secret',
];
const LINE = `^(export +)?(${NAMES.join('|')})(=|: *)["']?[A-Za-z0-9+/=_-]{24,200}`;

/** Git could not be asked, and why. */
class GitFault extends Error {}

/** Asks git in a folder: its output, or nothing when it found nothing. */
type Ask = (folder: string, args: readonly string[]) => Promise<string | undefined>;

const asking =
  (scratch: Scratch): Ask =>
  async (folder, args) => {
    const { status, stdout, stderr, fault } = await scratch.run('git', ['--literal-pathspecs', ...args], {
      cwd: folder,
      timeout: PATIENCE,
      env: { ...process.env, LC_ALL: 'C' },
    });
    if (stdout.length > LONGEST_ANSWER) throw new GitFault('git: its answer is too long');
    if (status === 0) return stdout.toString('utf8');
    if (status === 1) return undefined;
    throw new GitFault(fault === undefined ? stderr.slice(0, 200).split('\n')[0] : `git: ${fault}`);
  };

/** @returns the top folder of the repository a folder lies in; nothing when it lies in none */
async function repositoryOf(folder: string, git: Ask): Promise<string | undefined> {
  try {
    return (await git(folder, ['rev-parse', '--show-toplevel']))?.trimEnd();
  } catch (fault) {
    if (
      fault instanceof GitFault &&
      /ENOENT|not a git repository|must be run in a work tree/.test(fault.message)
    )
      return undefined;
    throw fault;
  }
}

const records = (output: string | undefined, end: string): string[] =>
  output === undefined ? [] : output.split(end).filter((record) => record !== '');

/** Files of a repository that git has, committed or staged, and whose names say that they hold secrets. */
const byName = async (repository: string, git: Ask): Promise<string[]> =>
  records(
    await git(repository, [
      'ls-files',
      '-z',
      '--cached',
      '--ignored',
      ...SECRET_FILES.map((pattern) => `--exclude=${pattern}`),
    ]),
    '\0',
  );

/** Files in which a line begins with the name of a secret, and a value follows that a machine has made. */
async function byContent(repository: string, git: Ask): Promise<string[]> {
  const output = await git(repository, ['grep', '--cached', '-IEzo', '--full-name', '-e', LINE]);
  const found = records(output, '\n').flatMap((record) => {
    const [path = '', match = ''] = record.split('\0');
    const value = match.slice(match.search(/[=:]/) + 1).replace(/^[ "']+/, '');
    return isRandom(value) ? [path] : [];
  });
  return [...new Set(found)];
}

/** Whether git has the file that was named, whatever it is called. */
async function isKnown(file: string, git: Ask): Promise<boolean> {
  const path = realpathSync(file);
  return records(await git(dirname(path), ['ls-files', '-z', '--', basename(path)]), '\0').length > 0;
}

const plain = (path: string): string => (/^[\x20-\x7e]+$/.test(path) ? path : JSON.stringify(path));

/**
 * Whether git has a file with a secret in it: whoever gets the repository gets the secret. No value is ever shown.
 *
 * @param folders whose repositories are looked at, beside the one of the working folder and the one of the file
 * @param variablesFile a file with secrets, whatever it is called
 */
export const checkSecretFiles = (folders: readonly string[], variablesFile?: string): Promise<Finding> =>
  Scratch.with((scratch) =>
    saying('Looking for files with secrets in git', () => look(folders, variablesFile, asking(scratch))),
  );

async function look(
  folders: readonly string[],
  variablesFile: string | undefined,
  git: Ask,
): Promise<Finding> {
  // That it is not there is said where its values are looked for.
  const file = variablesFile !== undefined && existsSync(variablesFile) ? resolve(variablesFile) : undefined;
  const reasons = new Map<string, string>();
  const repositories = new Set<string>();
  try {
    for (const place of ['.', ...folders, ...(file === undefined ? [] : [dirname(file)])])
      if (existsSync(place)) repositories.add((await repositoryOf(place, git)) ?? '');
    repositories.delete('');
    for (const repository of repositories) {
      const add = (reason: string) => (path: string) => {
        const name = relative(process.cwd(), join(repository, path));
        if (!reasons.has(name)) reasons.set(name, reason);
      };
      (await byName(repository, git)).forEach(add('has the name of a file with secrets'));
      (await byContent(repository, git)).forEach(add('holds a value under the name of a secret'));
    }
    const isInRepository = file !== undefined && (await repositoryOf(dirname(file), git)) !== undefined;
    if (isInRepository && (await isKnown(file, git))) {
      const name = relative(realpathSync(process.cwd()), realpathSync(file));
      if (!reasons.has(name)) reasons.set(name, 'holds the values of variables');
    }
  } catch (fault) {
    if (!(fault instanceof GitFault)) throw fault;
    return {
      check: CHECK,
      state: 'note',
      says: `git could not be asked for files with secrets: ${fault.message}`,
    };
  }
  if (reasons.size === 0)
    return ok(CHECK, repositories.size === 0 ? 'no git repository here' : 'git has no file with secrets');
  const places = [...reasons].map(([name, reason]) => `${plain(name)} ${reason}`);
  const rest = places.length - MOST_PLACES;
  return {
    check: CHECK,
    state: 'error',
    says: `git has ${reasons.size === 1 ? 'a file' : `${reasons.size} files`} with secrets: whoever gets the repository gets them`,
    todo:
      'git rm --cached <file>, which leaves the file itself, and name it in .gitignore; ' +
      'what was committed once stays in the history, so replace the secrets in it',
    places: rest > 0 ? [...places.slice(0, MOST_PLACES), `and ${rest} more`] : places,
  };
}

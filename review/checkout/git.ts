/**
 * Git, run so that nothing in the repository decides what else runs.
 *
 * It stands in an empty folder as its work tree, so that no attributes of the reviewed side count; it reads neither the
 * system's nor the person's settings, runs no hook, filter, external diff or text conversion, and reaches no network.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { devNull } from 'node:os';
import { CliError } from '../../terminal/fault';
import { forTerminal } from '../../terminal/terminal-text';

/** Where a repository lies. */
export interface Repository {
  /** Its git directory: absolute. */
  readonly gitDir: string;
  /** What is shared by all its work trees: absolute. */
  readonly commonDir: string;
  /** The checkout's own top folder: absolute; where names of files begin. */
  readonly top: string;
  /** A folder of ours, for as long as the review takes. */
  readonly scratch: string;
  /** An empty one in it, the work tree that git is shown. */
  readonly empty: string;
  /** Folders whose owner somebody else may be, as the person has said to git. */
  readonly safe: readonly string[];
}

export interface GitLimits {
  /** Bytes of output; what comes after is not read. */
  readonly bytes: number;
  /** Milliseconds. */
  readonly ms: number;
}

export interface Said {
  readonly code: number | null;
  readonly out: Buffer;
  readonly err: string;
  /** It had more to say, or took longer, than it was given. */
  readonly isCut: boolean;
}

const USUAL: GitLimits = { bytes: 4 * 1024 * 1024, ms: 60_000 };
/** Bytes of its complaints that are kept. */
const COMPLAINT = 4_096;

/** By command line: what a repository's own settings say does not count then. */
const SETTINGS: readonly string[] = [
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'core.attributesFile=/dev/null',
  'core.excludesFile=/dev/null',
  'core.quotePath=true',
  'core.pager=cat',
  'core.useReplaceRefs=false',
  'core.commitGraph=false',
  'diff.external=',
  'diff.orderFile=/dev/null',
  'diff.suppressBlankEmpty=false',
  'log.showSignature=false',
  'submodule.recurse=false',
  'grep.fallbackToNoIndex=false',
  'protocol.allow=never',
  'gc.auto=0',
  'maintenance.auto=false',
];

/** Nothing of the caller's GIT_… variables, so that none of them leads elsewhere. */
const environment = (extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
  HOME: devNull,
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: devNull,
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_PAGER: 'cat',
  GIT_LITERAL_PATHSPECS: '1',
  ...extra,
});

const settings = (safe: readonly string[]): string[] =>
  [...SETTINGS, ...safe.map((folder) => `safe.directory=${folder}`)].flatMap((each) => ['-c', each]);

/** The variables by which git finds that repository, wherever it is run. */
const placeOf = ({ gitDir, commonDir, empty, scratch }: Repository): Record<string, string> => ({
  GIT_DIR: gitDir,
  GIT_COMMON_DIR: commonDir,
  GIT_WORK_TREE: empty,
  // Attributes are looked for there as well, and none of the reviewed side may count.
  GIT_INDEX_FILE: `${scratch}/no-index`,
});

export interface GitProps {
  readonly extra?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** Starts git within a repository; its output is the caller's to read and to bound. */
export const startGit = (
  repository: Repository,
  args: readonly string[],
  { extra = {}, signal }: GitProps = {},
): ChildProcess =>
  spawn('git', ['--no-pager', ...settings(repository.safe), ...args], {
    cwd: repository.empty,
    env: environment({ ...placeOf(repository), ...extra }),
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(signal === undefined ? {} : { signal }),
  });

/** Asks before it is known where the repository lies: it is looked for from that folder upwards. */
export const askFrom = (folder: string, args: readonly string[], safe: readonly string[]): Promise<Said> =>
  hear(
    spawn('git', ['--no-pager', ...settings(safe), ...args], {
      cwd: folder,
      env: environment(),
      stdio: ['pipe', 'pipe', 'pipe'],
    }),
  );

/** The person's own settings alone, from a folder that is no repository. */
export const askSettings = (empty: string, args: readonly string[]): Promise<Said> =>
  hear(
    spawn('git', ['--no-pager', ...args], {
      cwd: empty,
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'] ?? devNull,
        XDG_CONFIG_HOME: process.env['XDG_CONFIG_HOME'],
        GIT_CONFIG_GLOBAL: process.env['GIT_CONFIG_GLOBAL'],
        GIT_CONFIG_COUNT: process.env['GIT_CONFIG_COUNT'],
        ...numbered(),
        LC_ALL: 'C',
        GIT_CEILING_DIRECTORIES: empty,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    }),
  );

/** GIT_CONFIG_KEY_0 and the like, as CI machines set them. */
const numbered = (): Record<string, string | undefined> =>
  Object.fromEntries(
    Array.from({ length: 20 }, (_, at) => [`GIT_CONFIG_KEY_${at}`, `GIT_CONFIG_VALUE_${at}`])
      .flat()
      .map((name) => [name, process.env[name]]),
  );

/**
 * Runs git to its end, within limits.
 *
 * @throws CliError when there is no git
 */
export const askGit = (
  repository: Repository,
  args: readonly string[],
  props: GitProps & { readonly limits?: GitLimits; readonly input?: string } = {},
): Promise<Said> => hear(startGit(repository, args, props), props.limits, props.input);

export function hear(child: ChildProcess, limits: GitLimits = USUAL, input?: string): Promise<Said> {
  const parts: Buffer[] = [];
  let [length, err, isCut] = [0, '', false];
  const stop = (): void => {
    isCut = true;
    child.kill('SIGKILL');
  };
  const timer = setTimeout(stop, limits.ms);
  child.stdout?.on('data', (part: Buffer) => {
    if (isCut) return;
    parts.push(part.subarray(0, limits.bytes - length));
    length += part.length;
    if (length > limits.bytes) stop();
  });
  child.stderr?.on('data', (part: Buffer) => {
    if (err.length < COMPLAINT) err += part.toString('utf8').slice(0, COMPLAINT);
  });
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  return new Promise((done, failed) => {
    child.once('error', (fault: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      failed(
        fault.code === 'ENOENT'
          ? new CliError('There is no "git" on the PATH: install git 2.30 or newer.')
          : fault,
      );
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      done({ code, out: Buffer.concat(parts), err, isCut });
    });
  });
}

/** What git complained of, for a message: one line. */
export const complaintOf = ({ err }: Said): string =>
  forTerminal(err.replace(/^(fatal|error|warning): /, '').split('\n', 1)[0] ?? '').slice(0, 300);

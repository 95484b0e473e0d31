/** Node.js in several versions, from npm, and a clean clone to try them in. */
import { execFile, type ExecFileException } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** Of npm's packages of Node.js itself. npm 10 comes with all of them. */
export const OLD = { n18: '18.20.8', n2018: '20.18.1' };
export const NEW = { n22: '22', n24: '24' };
const NPM = '10.8.2';

/** What `npm run` adds would make the npm within as silent as the one around it. */
const ENVIRONMENT: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)),
);

export interface Ended {
  readonly status: number;
  readonly output: string;
}

export interface Versions {
  /** The program of a version. */
  readonly program: (name: string) => string;
  /** With it, and its npm, before all others on the PATH. */
  readonly environment: (name: string) => NodeJS.ProcessEnv;
  readonly npm: (name: string, cwd: string, ...args: string[]) => Promise<Ended>;
}

/** @param limitMs after which it is ended, and counts as failed */
export function run(
  file: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = ENVIRONMENT,
  limitMs = 600_000,
): Promise<Ended> {
  return new Promise((done) =>
    execFile(file, [...args], { cwd, env, timeout: limitMs, maxBuffer: 1 << 26 }, (fault, stdout, stderr) => {
      const { code } = (fault ?? { code: 0 }) as ExecFileException;
      done({ status: typeof code === 'number' ? code : 1, output: `${stdout}${stderr}` });
    }),
  );
}

export function expected(what: string, { status, output }: Ended, wanted: number, words: RegExp): void {
  if (status === wanted && words.test(output)) return void process.stdout.write(`✓ ${what}\n`);
  throw new Error(
    `${what}: exit code ${status} instead of ${wanted}, or not ${words}:\n${output.slice(-4_000)}`,
  );
}

/** The programs, installed once. NODE_VERSIONS_FOLDER keeps them from run to run. */
export async function installVersions(): Promise<Versions> {
  const folder = process.env['NODE_VERSIONS_FOLDER'] ?? join(tmpdir(), 'node-versions');
  const program = (name: string): string => join(folder, 'node_modules', name, 'bin', 'node');
  const versions = Object.entries({ ...OLD, ...NEW });
  if (versions.some(([name]) => !existsSync(program(name)))) {
    mkdirSync(folder, { recursive: true });
    const platform = `node-${process.platform}-${process.arch}`;
    const packages = versions.map(([name, version]) => `${name}@npm:${platform}@${version}`);
    const options = ['--prefix', folder, '--no-audit', '--no-fund', '--no-save', '--prefer-offline'];
    const ended = await run('npm', ['install', ...options, ...packages, `npm@${NPM}`], folder);
    expected('Node.js in several versions is there', ended, 0, /^/);
  }
  const environment = (name: string): NodeJS.ProcessEnv => ({
    ...ENVIRONMENT,
    PATH: [join(program(name), '..'), process.env['PATH']].join(delimiter),
  });
  const npm = (name: string, cwd: string, ...args: string[]): Promise<Ended> =>
    run(program(name), [join(folder, 'node_modules/npm/bin/npm-cli.js'), ...args], cwd, environment(name));
  return { program, environment, npm };
}

/** @param use is given a clone of what is committed, which is gone afterwards */
export async function inClone(use: (clone: string) => Promise<void>): Promise<void> {
  const own = mkdtempSync(join(tmpdir(), 'node-versions-clone-'));
  try {
    const clone = join(own, 'clone');
    expected('a clone', await run('git', ['clone', '--quiet', '--local', ROOT, clone], own), 0, /^/);
    await use(clone);
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

/** npm has Node.js of all these versions for Linux only. */
export function isLinux(name: string): boolean {
  if (process.platform === 'linux') return true;
  process.stdout.write(`${name}: not run here: npm has Node.js of all these versions for Linux only\n`);
  return false;
}

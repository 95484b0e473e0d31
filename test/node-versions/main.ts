/** Installs and starts a clean clone of the project with versions of Node.js that are too old, and with newer ones. */
import { execFile, type ExecFileException } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { runProgram } from '../../terminal/program';
import { OLDEST_NODE } from '../../terminal/set-up.cjs';

const ROOT = resolve(__dirname, '../..');
const HELP = `npm run test:node-versions

Clones what is committed and installs it with several versions of Node.js, which come from npm: the old ones are
refused in one clear line, with the newer ones the program starts and synthesizes.

  NODE_VERSIONS_FOLDER   keeps the programs from run to run (${join('<temp>', 'node-versions')}); remove it at will
`;

/** Of npm's packages of Node.js itself. npm 10 comes with all of them. */
const OLD = { n18: '18.20.8', n2018: '20.18.1' };
const NEW = { n22: '22', n24: '24' };
const NPM = '10.8.2';

const LIMIT_MS = 600_000;

/** What `npm run` adds would make the npm within as silent as the one around it. */
const ENVIRONMENT: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)),
);

interface Ended {
  readonly status: number;
  readonly output: string;
}

function run(file: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((done) =>
    execFile(
      file,
      [...args],
      { cwd, env, timeout: LIMIT_MS, maxBuffer: 1 << 26 },
      (fault, stdout, stderr) => {
        const { code } = (fault ?? { code: 0 }) as ExecFileException;
        done({ status: typeof code === 'number' ? code : 1, output: `${stdout}${stderr}` });
      },
    ),
  );
}

function expected(what: string, { status, output }: Ended, wanted: number, words: RegExp): void {
  if (status === wanted && words.test(output)) return void process.stdout.write(`✓ ${what}\n`);
  throw new Error(
    `${what}: exit code ${status} instead of ${wanted}, or not ${words}:\n${output.slice(-4_000)}`,
  );
}

/** The programs, installed once. */
async function installVersions(folder: string): Promise<(name: string) => string> {
  const program = (name: string): string => join(folder, 'node_modules', name, 'bin', 'node');
  const versions = Object.entries({ ...OLD, ...NEW });
  if (versions.some(([name]) => !existsSync(program(name)))) {
    mkdirSync(folder, { recursive: true });
    const platform = `node-${process.platform}-${process.arch}`;
    const packages = versions.map(([name, version]) => `${name}@npm:${platform}@${version}`);
    const options = ['--prefix', folder, '--no-audit', '--no-fund', '--no-save', '--prefer-offline'];
    const ended = await run('npm', ['install', ...options, ...packages, `npm@${NPM}`], folder, ENVIRONMENT);
    expected('Node.js in several versions is there', ended, 0, /^/);
  }
  return program;
}

async function check(clone: string, program: (name: string) => string, folder: string): Promise<void> {
  const npm = join(folder, 'node_modules/npm/bin/npm-cli.js');
  const withNode = (name: string): NodeJS.ProcessEnv => ({
    ...ENVIRONMENT,
    PATH: [join(program(name), '..'), process.env['PATH']].join(delimiter),
  });
  const npmCi = (name: string, ...more: string[]): Promise<Ended> =>
    run(program(name), [npm, 'ci', '--prefer-offline', ...more], clone, withNode(name));
  const start = (name: string, ...args: string[]): Promise<Ended> =>
    run(join(clone, 'bin/contractor-workspace'), args, clone, withNode(name));
  const escaped = OLDEST_NODE.replaceAll('.', '\\.');
  const refused = new RegExp(`EBADENGINE[^]*Required: \\{"node":">=${escaped}"\\}`);

  for (const [name, version] of Object.entries(OLD))
    expected(`npm ci with Node.js ${version} is refused`, await npmCi(name), 1, refused);
  const [first, ...others] = Object.keys(NEW) as (keyof typeof NEW)[];
  if (first === undefined) return;
  expected(`npm ci with Node.js ${NEW[first]}`, await npmCi(first), 0, /added \d+ packages/);
  if (!existsSync(join(clone, 'providers/coder/src/.inputs')))
    throw new Error('npm ci did not make the bindings of the coder provider');
  for (const name of others)
    expected(`npm ci with Node.js ${NEW[name]} would do`, await npmCi(name, '--dry-run'), 0, /./);
  for (const name of [first, ...others]) {
    expected(`--version with Node.js ${NEW[name]}`, await start(name, '--version'), 0, /^\d+\.\d+\.\d+\n$/);
    expected(
      `synth with Node.js ${NEW[name]}`,
      await start(name, 'synth'),
      0,
      /^wrote .*contractor-workspace\n/,
    );
  }
  // Installed with a newer one, then started with an older one, as when a shell has another on its PATH.
  for (const [name, version] of Object.entries(OLD)) {
    const line = new RegExp(
      `^Node\\.js ${version.replaceAll('.', '\\.')} is too old: install ${escaped} or newer\\.\n$`,
    );
    expected(`synth with Node.js ${version} is refused`, await start(name, 'synth'), 1, line);
  }
}

runProgram(async () => {
  if (process.argv.includes('--help')) return void process.stdout.write(HELP);
  if (process.platform !== 'linux') {
    process.stdout.write(
      'test:node-versions: not run here: npm has Node.js of all these versions for Linux only\n',
    );
    return;
  }
  const folder = process.env['NODE_VERSIONS_FOLDER'] ?? join(tmpdir(), 'node-versions');
  const program = await installVersions(folder);
  const own = mkdtempSync(join(tmpdir(), 'node-versions-clone-'));
  try {
    const clone = join(own, 'clone');
    expected(
      'a clone',
      await run('git', ['clone', '--quiet', '--local', ROOT, clone], own, ENVIRONMENT),
      0,
      /^/,
    );
    await check(clone, program, folder);
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
});

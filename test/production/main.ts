/** `npm ci --omit=dev` in a copy of what git knows: the gateway, the command line and the synth need no more. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { runProgram } from '../../terminal/program';
import { tryGateway } from './gateway';

const ROOT = resolve(__dirname, '..', '..');
const HELP = `npm run test:production

Copies what git knows into a temporary folder, runs "npm ci --omit=dev" there, and then what must work with that: synth of
the template and of the platform, an example, preflight, the gateway on its embedded store, the gateway's program.
`;

function run(folder: string, program: string, args: readonly string[]): string {
  const begin = Date.now();
  const { status, stdout, stderr, error } = spawnSync(program, [...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: '' },
  });
  if (error !== undefined || status !== 0)
    throw new Error(
      `${program} ${args.join(' ')} ended with ${status}: ${error?.message ?? ''}\n${stdout}${stderr}`,
    );
  process.stdout.write(`${program} ${args.join(' ')}: ${((Date.now() - begin) / 1000).toFixed(1)} s\n`);
  return stdout;
}

function copy(folder: string): void {
  const { stdout, status } = spawnSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    {
      cwd: ROOT,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  if (status !== 0) throw new Error('git does not say which files it knows');
  for (const path of stdout.split('\0').filter((each) => each !== '' && existsSync(join(ROOT, each)))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(ROOT, path), join(folder, path), { verbatimSymlinks: true });
  }
}

runProgram(async () => {
  if (process.argv.includes('--help')) return void process.stdout.write(HELP);
  const folder = mkdtempSync(join(tmpdir(), 'production-'));
  // The store's own account must be able to pass.
  chmodSync(folder, 0o711);
  try {
    copy(folder);
    run(folder, 'npm', ['ci', '--omit=dev', '--no-fund', '--no-audit']);
    const ours = 'bin/contractor-workspace';
    for (const args of [['--help'], ['gateway', '--help'], ['synth'], ['example', 'examples/minimal.ts']])
      run(folder, ours, args);
    run(folder, 'npm', ['run', '--silent', 'keys', '--', '--help']);
    run(folder, process.execPath, ['--require', './scripts/register-typescript.cjs', 'src/platform.ts']);
    run(folder, ours, ['gateway-image', '--context-only']);
    await tryGateway(folder, [ours, 'gateway']);
    await tryGateway(folder, [
      process.execPath,
      'cdktf.out/gateway-image/app/lib/program/main.js',
      'gateway',
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

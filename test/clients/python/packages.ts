/** The clients in Python, installed with their hashes into an environment of their own below a folder for temporary things. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const REQUIREMENTS = join(__dirname, 'requirements.txt');
/** The oldest that the packages were pinned with. */
const OLDEST: readonly [number, number] = [3, 11];
/** Milliseconds; it is some sixty packages. */
const LONGEST_INSTALL = 900_000;

const run = promisify(execFile);

/** What keeps them from being installed here, or nothing. */
export async function obstacle(python: string): Promise<string | undefined> {
  const script = 'import sys, ensurepip, venv; print(*sys.version_info[:2])';
  const found = await run(python, ['-c', script]).catch((fault: Error) => fault);
  if (found instanceof Error)
    return `${python} is not here, or cannot make environments (Debian: apt-get install python3-venv)`;
  const [major = 0, minor = 0] = found.stdout.trim().split(' ').map(Number);
  const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
  return isOld ? `${python} is ${major}.${minor}, and these need ${OLDEST.join('.')}` : undefined;
}

/**
 * @param folder keeps them from run to run
 * @returns the path of a Python that has them
 */
export async function installPackages(python: string, folder: string): Promise<string> {
  const pins = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 16);
  const environment = join(folder, pins);
  const program = join(environment, 'bin', 'python');
  const whole = join(environment, 'whole');
  if (existsSync(whole)) return program;
  rmSync(environment, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input'];
  const strict = ['--require-hashes', '--only-binary', ':all:', '--no-deps'];
  await run(python, ['-m', 'venv', environment]);
  await run(program, ['-m', 'pip', 'install', ...quiet, ...strict, '-r', REQUIREMENTS], {
    timeout: LONGEST_INSTALL,
  });
  writeFileSync(whole, '');
  return program;
}

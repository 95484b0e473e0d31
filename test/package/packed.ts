/** The package as `npm pack` makes it, and folders that install it. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '../..');

/** What `npm run` adds is about this project. */
const ENVIRONMENT: NodeJS.ProcessEnv = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name))),
  NODE_ENV: '',
};

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function ended(
  folder: string,
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Ended {
  const { status, stdout, stderr, error } = spawnSync(program, [...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...ENVIRONMENT, ...environment },
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined) throw error;
  return { status, stdout, stderr };
}

/** Runs what must succeed, and says how long it took. */
export function run(
  folder: string,
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): string {
  const begin = Date.now();
  const { status, stdout, stderr } = ended(folder, program, args, environment);
  if (status !== 0)
    throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`.slice(0, 8_000));
  process.stdout.write(`${program} ${args.join(' ')}: ${((Date.now() - begin) / 1000).toFixed(1)} s\n`);
  return stdout;
}

export function check(what: string, holds: boolean, otherwise: unknown = ''): void {
  if (!holds) throw new Error(`not so: ${what}\n${String(otherwise)}`.slice(0, 8_000));
  process.stdout.write(`✓ ${what}\n`);
}

/**
 * @param folder gets the archive
 * @returns its path. `PACKAGE_ARCHIVE` names one that is there already
 */
export function pack(folder: string): string {
  const given = process.env['PACKAGE_ARCHIVE'];
  if (given !== undefined && given !== '') return resolve(given);
  run(ROOT, 'npm', ['pack', '--silent', '--pack-destination', folder]);
  const name = readdirSync(folder).find((each) => each.endsWith('.tgz'));
  if (name === undefined) throw new Error('npm pack left no archive');
  return join(folder, name);
}

/** An empty folder of somebody who installs the package. */
export function install(
  folder: string,
  archive: string,
  packages: Readonly<Record<string, string>> = {},
): void {
  mkdirSync(folder, { recursive: true });
  const dependencies = { 'contractor-workspace': `file:${archive}`, ...packages };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  run(folder, 'npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']);
}

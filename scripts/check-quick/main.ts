/** Types, lint and the nearest tests of what differs from main: what a contributor runs before a commit. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { chooseTests } from './choose-tests';

const ROOT = resolve(__dirname, '../..');
/** So many take some minutes on a quiet machine with two cores. */
const MOST_TESTS = 20;

const HELP = `npm run check:quick

Checks what differs from a branch: types, lint, format, what may import what, and the ${MOST_TESTS} nearest of the tests that reach
it. "npm run check" is all of it.

  CHECK_BASE    the branch (origin/main, else main)
`;

function output(program: string, ...args: string[]): string | undefined {
  const { status, stdout } = spawnSync(program, args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 26 });
  return status === 0 ? stdout : undefined;
}

const lines = (text = ''): string[] => text.split('\n').filter((line) => line !== '');

function baseOf(): string {
  const named = [process.env.CHECK_BASE, 'origin/main', 'main'].filter((name) => name !== undefined);
  const found = named.find((name) => output('git', 'rev-parse', '--verify', '--quiet', `${name}^{commit}`));
  const base = found === undefined ? undefined : output('git', 'merge-base', found, 'HEAD')?.trim();
  if (base !== undefined) return base;
  process.stderr.write(`No branch to compare with: set CHECK_BASE to one (tried ${named.join(', ')}).\n`);
  process.exit(2);
}

const failed: string[] = [];
function check(what: string, program: string, ...args: string[]): void {
  process.stdout.write(`\n== ${what}\n`);
  const { status } = spawnSync(program, args, { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) failed.push(what);
}

function checkAll(): void {
  const base = baseOf();
  const changed = [
    ...lines(output('git', 'diff', '--name-only', base)),
    ...lines(output('git', 'ls-files', '--others', '--exclude-standard')),
  ].filter((path) => existsSync(join(ROOT, path)));
  if (changed.length === 0) return void process.stdout.write('Nothing differs.\n');
  const bin = (name: string): string => join(ROOT, 'node_modules/.bin', name);
  const code = changed.filter((path) => /\.(c|m)?(js|ts)$/.test(path));
  check('types', bin('tsc'));
  if (code.length > 0) check('lint', bin('eslint'), '--no-warn-ignored', ...code);
  check('what may import what', bin('depcruise'), '--config', '.dependency-cruiser.cjs', '.');
  check('format', bin('prettier'), '--check', '--ignore-unknown', ...changed);
  if (changed.some((path) => /^(constructs|src)\//.test(path)))
    check('prop shapes', process.execPath, '--import', 'tsx', 'scripts/prop-shapes/main.ts', '--check');
  const related = lines(output(bin('jest'), '--listTests', '--findRelatedTests', ...changed));
  const { run, left } = chooseTests(
    related.map((path) => relative(ROOT, path)),
    changed,
    MOST_TESTS,
  );
  if (run.length > 0) check(`tests (${run.length})`, bin('jest'), '--runTestsByPath', ...run);
  if (left > 0) process.stdout.write(`\n${left} more test files reach what changed: CI runs them.\n`);
}

if (process.argv.includes('--help')) process.stdout.write(HELP);
else {
  checkAll();
  process.stdout.write(failed.length === 0 ? '\nAll well.\n' : `\nfailed: ${failed.join(', ')}\n`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

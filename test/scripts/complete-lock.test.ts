import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

interface Lock {
  packages: Record<string, { integrity?: string; inBundle?: boolean; link?: boolean; dev?: boolean }>;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
  mkdirSync(join(folder, 'scripts'));
  copyFileSync(join(ROOT, 'scripts/complete-lock.mjs'), join(folder, 'scripts/complete-lock.mjs'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Checks the project's lock file after a change to it. */
function check(change: (lock: Lock) => void) {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lock;
  change(lock);
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock));
  const { status, stderr } = spawnSync(process.execPath, ['scripts/complete-lock.mjs', '--check'], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, stderr };
}

test('the lock file as it is passes', () => {
  expect(check(() => {})).toEqual({ status: 0, stderr: '' });
});

test.each(['node_modules/pg', 'node_modules/jest', 'node_modules/@swc/core-darwin-arm64'])(
  'without the hash of %s it does not',
  (path) => {
    const { status, stderr } = check(({ packages }) => delete packages[path]?.integrity);
    expect(status).toBe(1);
    expect(stderr).toContain(`has no integrity hash for ${path}`);
  },
);

test('everything that is deployed has a hash, or lies in an archive that has one', () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lock;
  const without = Object.entries(packages).filter(
    ([path, each]) =>
      path.includes('node_modules/') && !each.integrity && !each.inBundle && !each.link && !each.dev,
  );
  expect(without).toEqual([]);
});

import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { DOWNLOADS, PAGES } from '../../gateway/ui/pages';

const run = promisify(execFile);
const ROOT = resolve(__dirname, '../..');
const LIMIT_MS = 280_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-test-'));
  // As root, Postgres runs under another account.
  await chmod(folder, 0o711);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const bench = (program: string, ...args: string[]) =>
  run(process.execPath, ['--import', 'tsx', join('bench', program), ...args], {
    cwd: ROOT,
    timeout: LIMIT_MS,
    env: { ...process.env, TMPDIR: folder },
  });

test('calls are measured without and with somebody at the dashboard, and every page is visited', async () => {
  const { stdout } = await bench(
    'beside-dashboard-main.ts',
    ...['--rows', '3000', '--keys', '20', '--rounds', '1', '--seconds', '1', '--rate', '20', '--pause', '1'],
  );
  expect(stdout).toMatch(/^calls a second +[\d.]+ +[\d.]+$/m);
  expect(stdout).toMatch(/^p99, ms +[\d.]+ +[\d.]+$/m);
  expect(stdout).toMatch(/^slowest page: \/ui\S*, [\d.]+ ms$/m);
  expect(stdout).not.toContain('NaN');
  const [, clicks, pages, refused] =
    /^(\d+) clicks over (\d+) pages, (\d+) of them refused$/m.exec(stdout) ?? [];
  expect(Number(clicks)).toBeGreaterThan(0);
  expect(refused).toBe('0');
  const missed = stdout.match(/^not visited/gm)?.length ?? 0;
  expect(Number(pages) + missed).toBe(PAGES.length + DOWNLOADS.length);
  const left = (await readdir(folder)).filter((name) => name.startsWith('gateway-bench'));
  expect(left).toEqual([]);
});

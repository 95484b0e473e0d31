import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

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

const bench = (...args: string[]) =>
  run(process.execPath, ['bin/start.cjs', 'bench', ...args], {
    cwd: ROOT,
    timeout: LIMIT_MS,
    env: { ...process.env, TMPDIR: folder },
  });

/** Every number an object holds, however deep. */
const numbersIn = (value: unknown): number[] =>
  typeof value === 'number'
    ? [value]
    : value !== null && typeof value === 'object'
      ? Object.values(value).flatMap(numbersIn)
      : [];

interface Report {
  readonly connections: number;
  readonly cases: readonly {
    readonly name: string;
    readonly contestants: Record<string, { requests: number; cpu_us: number }>;
    readonly gateway_over: Record<string, { cpu_ratio: number; rate_ratio: number }>;
    readonly gateway_cpu_shares: readonly { part: string; share: number }[];
  }[];
}

test('measures relays and gateway with every call answered, and leaves nothing behind', async () => {
  const file = join(folder, 'figures.json');
  const cases = ['whole-1k', 'stream-100k', 'messages-stream-1k'];
  const { stdout } = await bench(
    ...cases.flatMap((name) => ['--case', name]),
    ...['--seconds', '0.2', '--profile', '--json', file],
  );
  for (const name of cases) expect(stdout).toContain(`${name}: `);
  const report = JSON.parse(await readFile(file, 'utf8')) as Report;
  expect(report.connections).toBe(16);
  expect(report.cases.map(({ name }) => name)).toEqual(cases);
  for (const each of report.cases) {
    expect(Object.keys(each.contestants)).toEqual(['bare', 'json', 'gateway']);
    // Every connection has asked once at least.
    for (const { requests, cpu_us } of Object.values(each.contestants)) {
      expect(requests).toBeGreaterThanOrEqual(16);
      expect(cpu_us).toBeGreaterThan(0);
    }
    for (const { cpu_ratio, rate_ratio } of Object.values(each.gateway_over))
      expect(Math.min(cpu_ratio, rate_ratio)).toBeGreaterThan(0);
    const shares = each.gateway_cpu_shares.map(({ share }) => share);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
    expect(numbersIn(each).every(Number.isFinite)).toBe(true);
  }
  const left = (await readdir(folder)).filter((name) => name.startsWith('gateway-bench'));
  expect(left).toEqual([]);
});

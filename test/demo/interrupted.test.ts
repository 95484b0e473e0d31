import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { eventually } from '../gateway/support/gateway';

const ROOT = resolve(__dirname, '../..');
/** Milliseconds after which something hangs, however busy the machine is. */
const LIMIT_MS = 240_000;

let temporary: string;
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'interrupted-'));
  // Run by root, the store runs as another user and has to pass.
  chmodSync(temporary, 0o711);
});
afterEach(() => rmSync(temporary, { recursive: true, force: true }));

const stillThere = (): string[] =>
  execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(temporary));

const folders = (): string[] => readdirSync(temporary).filter((name) => /^(contractor|gateway)-/.test(name));

// The store's folder is there before the store is: what runs then has never said that it is ready.
test.each([
  ['demo', 'SIGTERM', 143],
  ['bench', 'SIGTERM', 143],
] as const)(
  '`npm run %s` that gets %s while its gateway starts takes it and its store along',
  async (script, signal, status) => {
    const npm = spawn('npm', ['run', script], {
      cwd: ROOT,
      detached: true,
      stdio: 'ignore',
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: temporary,
        TMPDIR: temporary,
        npm_config_update_notifier: 'false',
      },
    });
    const ended = new Promise((done) => npm.once('exit', (code, by) => done(by ?? code)));
    try {
      await eventually(
        () => (stillThere().some((line) => /(initdb|postgres) -D/.test(line)) ? true : undefined),
        LIMIT_MS,
      );
      npm.kill(signal);
      expect(await ended).toBe(status);
      expect([stillThere(), folders()]).toEqual([[], []]);
    } finally {
      try {
        if (npm.pid !== undefined) process.kill(-npm.pid, 'SIGKILL');
      } catch {
        // It has ended, as it should.
      }
    }
  },
);

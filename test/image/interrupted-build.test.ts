import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { isAlive } from '../../gateway/store/embedded-process';
import { eventually } from '../gateway/support/gateway';

const ROOT = resolve(__dirname, '../..');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interrupted-build-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('told to stop, it takes the Docker client along: the build ends with it', async () => {
  const pidFile = join(folder, 'pid');
  // Stands in for a build that takes long.
  writeFileSync(
    join(folder, 'docker'),
    `#!/bin/sh\necho $$ > '${pidFile}.new' && mv '${pidFile}.new' '${pidFile}'\nexec sleep 600\n`,
  );
  chmodSync(join(folder, 'docker'), 0o755);
  const npm = spawn('npm', ['run', 'image', '--', '--outdir', join(folder, 'context')], {
    cwd: ROOT,
    stdio: 'ignore',
    env: {
      PATH: [folder, process.env['PATH']].join(delimiter),
      HOME: folder,
      npm_config_update_notifier: 'false',
    },
  });
  const ended = new Promise((done) => npm.once('exit', (code, signal) => done(signal ?? code)));
  const docker = Number(
    await eventually(() => (existsSync(pidFile) ? readFileSync(pidFile, 'utf8') : undefined), 120_000),
  );
  expect(isAlive(docker)).toBe(true);
  npm.kill('SIGTERM');
  expect(await ended).toBe(143);
  expect(isAlive(docker)).toBe(false);
});

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run, runOrThrow } from '../../image/with-engine/commands';

const IMAGE = process.env.TEST_STANDALONE_IMAGE ?? 'platform-test-standalone:1';
const NAME = `plat-alone-${randomBytes(4).toString('hex')}`;
const KEY = `sk-${randomBytes(24).toString('hex')}`;
const folder = mkdtempSync(join(tmpdir(), 'standalone-'));

beforeAll(() => writeFileSync(join(folder, 'gateway.env'), `GATEWAY_MASTER_KEY=${KEY}\n`, { mode: 0o600 }));
afterAll(async () => {
  await run('docker', ['rm', '--force', NAME]);
  await run('docker', ['volume', 'rm', NAME]);
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<number> {
  const begin = Date.now();
  await runOrThrow('docker', [
    'run', '--detach', '--name', NAME, '--read-only', '--tmpfs', '/tmp', '--cap-drop=ALL', '--init',
    '--security-opt=no-new-privileges', '--memory=1g', '--volume', `${NAME}:/var/lib/gateway`,
    '--env-file', join(folder, 'gateway.env'), '--health-interval=1s', IMAGE,
  ]); // prettier-ignore
  for (let tries = 0; tries < 600; tries += 1) {
    const state = await runOrThrow('docker', [
      'inspect',
      NAME,
      '--format',
      '{{.State.Status}} {{.State.Health.Status}}',
    ]);
    if (state.includes('healthy') && !state.includes('unhealthy')) return (Date.now() - begin) / 1000;
    if (state.startsWith('exited')) break;
    await sleep(100);
  }
  throw new Error(`it is not well: ${(await run('docker', ['logs', NAME])).output}`);
}

const ask = async (method: string, path: string, body = ''): Promise<string> => {
  const script = `fetch('http://127.0.0.1:4001${path}', { method: '${method}', headers: { authorization: 'Bearer ' + process.env.GATEWAY_MASTER_KEY, 'content-type': 'application/json' }, ${body && `body: ${JSON.stringify(body)}`} }).then((r) => r.text()).then((t) => process.stdout.write(t))`;
  return runOrThrow('docker', ['exec', NAME, 'node', '-e', script]);
};

test('with its own store it needs nothing but a key and a volume, and what it keeps outlives it', async () => {
  const first = await start();
  const { key } = JSON.parse(await ask('POST', '/key/generate', JSON.stringify({ user_id: 'ada' }))) as {
    key: string;
  };
  expect(key).toMatch(/^sk-/);
  const used = await runOrThrow('docker', ['stats', '--no-stream', '--format', '{{.MemUsage}}', NAME]);
  await runOrThrow('docker', ['stop', '--time', '60', NAME]);
  expect((await runOrThrow('docker', ['inspect', NAME, '--format', '{{.State.ExitCode}}'])).trim()).toBe('0');
  await runOrThrow('docker', ['rm', NAME]);
  const second = await start();
  process.stdout.write(
    `alone: well after ${first.toFixed(1)} s, again after ${second.toFixed(1)} s, ${used}`,
  );
  expect(await ask('GET', `/user/info?user_id=ada`)).toContain('ada');
});

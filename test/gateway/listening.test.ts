import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { processesIn } from '../../gateway/store/embedded-process';
import { eventually, MASTER_KEY } from './support/gateway';
import { runGateway } from './support/gateway-run';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'listening-'));
  // Run by root, the store runs as another user and has to pass.
  chmodSync(folder, 0o711);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const settings = (data: string) => ({
  GATEWAY_PORT: '0',
  GATEWAY_ADMIN_PORT: '0',
  GATEWAY_MASTER_KEY: MASTER_KEY,
  GATEWAY_DATA_DIR: join(folder, data),
});

test('the log says where it listens: addresses for names, ports for 0, and every way in', async () => {
  const run = runGateway({ ...settings('data'), GATEWAY_HOST: 'localhost', GATEWAY_ADMIN_HOST: '0.0.0.0' });
  const line = await eventually(() => /^.*"msg":"listening".*$/m.exec(run.out())?.[0], 60_000);
  const said = JSON.parse(line) as Record<string, string> & { admin_ways_in: string[] };
  expect(said['data_address']).toMatch(/^(127\.0\.0\.1|\[::1\]):[1-9]\d*$/);
  expect(said['data_url']).toMatch(/^http:\/\/localhost:[1-9]\d*$/);
  expect(said['data_ways_in']).toBeUndefined();
  const [, port = ''] = /^0\.0\.0\.0:(\d+)$/.exec(said['admin_address'] ?? '') ?? [];
  expect(said['admin_url']).toBe(`http://127.0.0.1:${port}`);
  const own = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ family }) => family === 'IPv4');
  expect(said.admin_ways_in).toEqual(own.map(({ address }) => `${address}:${port}`));
  for (const way of said.admin_ways_in)
    expect((await fetch(`http://${way}/health/liveness`)).status).toBe(200);
  run.child.kill('SIGTERM');
  expect(await run.code).toBe(0);
});

test('stopped while its store is being made, it leaves nothing running and ends with 0', async () => {
  const run = runGateway(settings('starting'));
  await eventually(() => /Creating the database/.exec(run.out()) ?? undefined, 60_000);
  run.child.kill('SIGINT');
  expect(await run.code).toBe(0);
  expect(run.out()).toMatch(/"msg":"stopped"\}\n$/);
  expect(run.out()).not.toContain('"msg":"listening"');
  expect(run.err()).toBe('');
  expect(processesIn(join(folder, 'starting', 'postgres'))).toEqual([]);
});

test('a data folder that cannot be written is named in one line', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const failed = runGateway({ ...settings('any'), GATEWAY_DATA_DIR: join(file, 'data') });
  expect(await failed.code).toBe(1);
  expect(failed.err()).toMatch(
    /^GATEWAY_DATA_DIR: .*file.* cannot be used: something on the way to it is a file.*\n$/,
  );
});

// Only root can make folders of somebody else's, and then become another.
const asRoot = process.getuid?.() === 0 ? test : test.skip;

asRoot('nor one of root, to another user', async () => {
  const data = join(folder, 'of-root');
  mkdirSync(data, { mode: 0o755 });
  chownSync(data, 0, 0);
  const failed = runGateway({ ...settings('of-root'), HOME: folder }, [], [], { uid: 65_534, gid: 65_534 });
  expect(await failed.code).toBe(1);
  expect(failed.err()).toMatch(
    /^GATEWAY_DATA_DIR: .* cannot be used: .*of-root belongs to root, and you are user 65534\. .*\n$/,
  );
});

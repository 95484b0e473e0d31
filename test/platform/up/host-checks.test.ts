/** What a host lacks is told before anything is made: one line, with what to do. */
import { createServer, type AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlatformOutline } from '../../../constructs/platform/platform-outline';
import { Engine } from '../../../platform/engine';
import { HOST_CHECKS } from '../../../platform/host-checks';
import { FakeEngine, WELL, type Answers } from './fake-engine';
import { OUTLINE, withPort } from './outline';

async function faultOf(
  engine: Engine,
  outline: PlatformOutline = OUTLINE,
  needsImages = false,
): Promise<string> {
  for (const { find, name } of HOST_CHECKS) {
    if (name === 'Terraform') continue;
    try {
      await find({ engine, outline, needsImages });
    } catch (fault) {
      return (fault as Error).message;
    }
  }
  return '';
}

async function withEngine<T>(answers: Answers, work: (engine: Engine) => Promise<T>): Promise<T> {
  const fake = await FakeEngine.start(answers);
  try {
    return await work(fake.engine);
  } finally {
    fake.close();
  }
}

const info = (changed: object): Answers => ({
  ...WELL,
  '/info': { ...(WELL['/info'] as object), ...changed },
});

test.each<[string, Answers, string]>([
  ['an engine that is well', WELL, ''],
  [
    'an old one',
    { ...WELL, '/version': { Version: '19.03.1', ApiVersion: '1.40' } },
    'is 19.03.1, which is too old: install 20.10 or newer',
  ],
  ['one of Windows', info({ OSType: 'windows' }), 'runs windows containers: switch it to Linux containers.'],
  [
    'too little memory',
    info({ MemTotal: 1024 ** 3 }),
    'has 1.0 GB of memory, and the services may take 2.0 GB: give it more, or lower "memory"',
  ],
  [
    'another clock',
    info({ SystemTime: new Date(Date.now() - 600_000).toISOString() }),
    "The Docker engine's clock is 600 s behind this machine's: set it",
  ],
])('%s', async (_, answers, expected) => {
  const fault = await withEngine(answers, (engine) => faultOf(engine));
  if (expected === '') expect(fault).toBe('');
  // A second may have gone by.
  else expect(fault.replace(/60[1-9] s/, '600 s')).toContain(expected);
});

test('too little room on the disk for what has to be built', async () => {
  // Memory the size of nothing: /proc has no blocks that are free.
  const fault = await withEngine(info({ DockerRootDir: '/proc' }), (engine) =>
    faultOf(engine, OUTLINE, true),
  );
  expect(fault).toContain(
    'The disk with /proc has 0.0 GB free, and 12.0 GB are needed to build the images: make room',
  );
});

test('no engine, none with a right to, and one that is something else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'no-engine-'));
  expect(await faultOf(new Engine(`unix://${folder}/none.sock`))).toMatch(
    /^No Docker engine answers at unix:.*none\.sock: start it .*, install it .*, or name another by DOCKER_HOST\.$/,
  );
  writeFileSync(join(folder, 'dead.sock'), '');
  expect(await faultOf(new Engine(`unix://${folder}/dead.sock`))).toContain('No Docker engine answers');
  expect(() => new Engine('ssh://host')).toThrow('DOCKER_HOST must be "unix:///path/of/a.sock"');
  rmSync(folder, { recursive: true });
});

test('a socket that one may not use', async () => {
  const engine = new Engine('unix:///nowhere.sock');
  Object.assign(engine, {
    send: () =>
      Promise.reject(
        (engine as unknown as { unreachable: (f: object) => Error }).unreachable({ code: 'EACCES' }),
      ),
  });
  expect(await faultOf(engine)).toContain(
    'You may not use the Docker engine at unix:///nowhere.sock: join its group (sudo usermod -aG docker',
  );
});

test('a port that is taken, by whom', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const fault = await withEngine(WELL, (engine) => faultOf(engine, withPort(port)));
  expect(fault).toMatch(
    new RegExp(`^Port ${port} of 127\\.0\\.0\\.1 is taken.*: stop that, or choose another port`),
  );
  if (process.platform === 'linux') expect(fault).toContain(`(process ${process.pid})`);
  server.close();

  const container = { Names: ['/web'], Labels: {}, Ports: [{ IP: '0.0.0.0', PublicPort: port }] };
  const held = { ...WELL, '/containers/json': [container] };
  expect(await withEngine(held, (engine) => faultOf(engine, withPort(port)))).toContain(
    'by the container web',
  );
  const ours = { ...WELL, '/containers/json': [{ ...container, Labels: { 'ai-platform.name': 'plat' } }] };
  expect(await withEngine(ours, (engine) => faultOf(engine, withPort(port)))).toBe('');
});

test('an address that the host does not have', async () => {
  const at = (address: string): Promise<string> =>
    withEngine(WELL, (engine) => faultOf(engine, withPort(40_999, address)));
  expect(await at('203.0.113.7')).toContain('203.0.113.7 is no address of this host');
});

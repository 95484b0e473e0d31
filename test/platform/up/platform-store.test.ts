/** A backup of a platform whose Postgres publishes nothing, and the way back, by the commands that people type. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, connect, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { PlatformFolder } from '../../../platform/folder';
import { openStoreOf } from '../../../platform/platform-store';
import { addToRecord } from '../../../platform/record';
import { writeSecrets } from '../../../platform/secrets';
import { newFolder, everyRow, startSite, type Folder, type Site } from '../../backup/support';
import { runProgram, type Ended } from '../../cli/run';
import { startStore, type TestStore } from '../../gateway/support/store';
import { FakeEngine, WELL, type Answers } from './fake-engine';
import { OUTLINE } from './outline';

const outline = { ...OUTLINE, coder: { ...OUTLINE.coder, isOwn: true } };
const DOOR = 'plat-gateway-door';
const LABELS = { 'ai-platform.name': 'plat', 'ai-platform.service': 'gateway_door' };
const running = (status: string): Answers => ({
  ...WELL,
  '/containers/json': [{ Id: 'door' }],
  '/containers/door/json': {
    Id: 'door',
    Name: `/${DOOR}`,
    Config: { Image: 'i', Labels: LABELS },
    HostConfig: { RestartPolicy: { Name: 'unless-stopped' } },
    State: { Status: status, ExitCode: 0, StartedAt: '' },
    NetworkSettings: {},
  },
});

let site: Site;
let other: TestStore;
let folder: Folder;
let platform: PlatformFolder;
let inner: Server;
let engine: FakeEngine;
/** Which store the name "postgres" leads to in the inner network. */
let leadsTo: TestStore;
beforeAll(async () => {
  folder = newFolder();
  chmodSync(folder.path, 0o711);
  platform = new PlatformFolder(folder.file('platform'));
  platform.make();
  addToRecord(platform, { made: { folder: folder.path, outline } });
  writeSecrets(platform.secrets, { gateway_database_password: 'of-nobody' });
  site = await startSite();
  other = await startStore();
  leadsTo = site.gateway.store;
  inner = createServer((socket) => {
    const { searchParams } = new URL(leadsTo.url.replace('postgres:///', 'postgres://x/'));
    const server = connect(join(searchParams.get('host') ?? '', `.s.PGSQL.${searchParams.get('port')}`));
    for (const [from, to] of [[socket, server], [server, socket]] as const)
      from.pipe(to).on('error', () => from.destroy());
  }); // prettier-ignore
  await new Promise<void>((resolve) => inner.listen(0, '127.0.0.1', resolve));
  const { port } = inner.address() as AddressInfo;
  engine = await FakeEngine.start(
    running('running'),
    (container, [node = '', flag = '', text = '', ...place]) => {
      expect([container, node, flag, ...place]).toEqual([DOOR, 'node', '--eval', 'postgres', '5432']);
      return [process.execPath, flag, text, '127.0.0.1', String(port)];
    },
  );
  const bin = folder.file('bin');
  mkdirSync(bin);
  writeFileSync(
    join(bin, 'docker'),
    '#!/bin/sh\n[ "$*" = "exec -i plat-postgres sh -s coder" ] || { echo "no: $*" >&2; exit 1; }\necho "PGDMP of Coder"\n',
  );
  chmodSync(join(bin, 'docker'), 0o755);
});
afterAll(async () => {
  engine.close();
  inner.close();
  await site.close();
  await other.remove();
  folder.remove();
});

const run = (...args: string[]): Promise<Ended> =>
  runProgram([...args, '--folder', platform.path], {
    env: {
      PATH: `${folder.file('bin')}:${process.env['PATH'] ?? ''}`,
      HOME: process.env['HOME'] ?? '',
      DOCKER_HOST: engine.address,
      TMPDIR: folder.path,
    },
  });

test('what holds the platform’s account is taken along, with Coder’s database, and put back elsewhere', async () => {
  const { code, out, err } = await run('backup', '--to', `${platform.backups}/`);
  expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining('bytes of site-') as string });
  expect(out).toContain('coder.dump');
  const [name = ''] = readdirSync(platform.backups);
  const file = join(platform.backups, name);
  expect(statSync(file).mode & 0o777).toBe(0o600);

  leadsTo = other;
  const dump = folder.file('coder.dump');
  const back = await run('restore', file, '--coder-dump-to', dump);
  expect({ code: back.code, err: back.err }).toMatchObject({ code: 0 });
  expect(back.err).toContain('is in the Postgres of plat as it was at');
  expect(readFileSync(dump, 'utf8')).toBe('PGDMP of Coder\n');
  const rows = (store: TestStore) => everyRow((text) => store.query<{ row: string }>(text));
  const [here, there] = [await rows(site.gateway.store), await rows(other)];
  expect(there['keys']).toEqual(here['keys']);
  expect(there['calls']).toEqual(here['calls']);
  expect(there['calls']?.length).toBeGreaterThan(0);
  // No socket of this host is left.
  expect(readdirSync(folder.path).filter((each) => each.startsWith('platform-relay-'))).toEqual([]);
  leadsTo = site.gateway.store;
});

test('where nothing leads into the inner network, and where the server is gone, it is told', async () => {
  const props = (each: FakeEngine) => ({ engine: each.engine, outline, secrets: {} });
  const stop = new AbortController().signal;
  const down = await FakeEngine.start(running('exited'));
  await expect(openStoreOf(props(down), stop)).rejects.toThrow(
    /^Neither the door nor a gateway of plat runs, .*"contractor-workspace up" starts them\.$/,
  );
  down.close();
  const lost = await FakeEngine.start(running('running'), (_, [, flag = '', text = '']) => [
    process.execPath, flag, text, '127.0.0.1', '1',
  ]); // prettier-ignore
  await expect(openStoreOf(props(lost), stop)).rejects.toThrow(
    'the Postgres of plat is not reached: 127.0.0.1:1: ECONNREFUSED',
  );
  lost.close();
});

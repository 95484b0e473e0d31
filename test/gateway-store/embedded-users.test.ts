import { execFileSync } from 'node:child_process';
import { chownSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, waitUntil } from '../../gateway/store/embedded-process';
import { Stores, isRoot, needsRoot, nobody, query, repository, testUnless } from './support';

const stores = Stores.forTests();

testUnless(
  needsRoot,
  'a data folder below a closed one: the error names the folder that blocks and what to do',
  async () => {
    // mkdtemp makes it 0700.
    const dataDir = join(stores.folder, 'a', 'data');
    await expect(stores.start({ dataDir })).rejects.toThrow(
      new RegExp(`cannot pass ${stores.folder} \\(.*GATEWAY_DATA_DIR.*/var/lib/`),
    );
    expect(statSync(stores.folder).mode & 0o777).toBe(0o700);
  },
);

testUnless(needsRoot, 'a data folder with things of others in it is not opened to anybody', async () => {
  writeFileSync(join(stores.folder, 'diary'), '');
  await expect(stores.start()).rejects.toThrow(/GATEWAY_DATA_DIR/);
  expect(statSync(stores.folder).mode & 0o777).toBe(0o700);
});

/** Why no plain user can be tried here. */
function noPlainUser(): string | undefined {
  if (!isRoot) return 'the tests run as a plain user already';
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

testUnless(noPlainUser(), 'works as a plain user', async () => {
  const ids = nobody();
  chownSync(stores.folder, ids.uid, ids.gid);
  const dataDir = join(stores.folder, 'data');
  const { child, answer } = stores.hold(dataDir, ids);
  const { pid, connection, error } = await answer;
  expect(error).toBeUndefined();
  if (pid === undefined || !connection) throw new Error('the holder did not start');
  expect(statSync(`/proc/${pid}`).uid).toBe(ids.uid);
  expect(statSync(dataDir).mode & 0o777).toBe(0o700);
  // Root is not among the users this server knows: only who started it gets in.
  await expect(query(connection, 'select 1')).rejects.toThrow(/peer authentication failed/i);
  child.stdin?.end();
  expect(await waitUntil(() => !isAlive(pid), 60_000)).toBe(true);
});

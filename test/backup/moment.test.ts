import { writeBackup } from '../../backup/backup-file';
import { checkFile } from '../../backup/check-file';
import { restore } from '../../backup/restore';
import type { WhichStore } from '../../backup/which-store';
import { startStore, type TestStore } from '../gateway/support/store';
import {
  bookLate,
  bookOld,
  everyRow,
  newFolder,
  openUrl,
  startSite,
  type Folder,
  type Site,
} from './support';

let site: Site;
let other: TestStore;
let folder: Folder;
beforeAll(async () => {
  folder = newFolder();
  site = await startSite();
  other = await startStore();
});
afterAll(async () => {
  await site.close();
  await other.remove();
  folder.remove();
});
beforeEach(async () => {
  await other.query('drop schema public cascade; create schema public');
});

const callsIn = async (store: TestStore) =>
  (await everyRow((text) => store.query<{ row: string }>(text)))['calls'];

/** @param wrap what is done to the store before it is read */
async function backUp(name: string, wrap: (store: WhichStore) => WhichStore): Promise<void> {
  const store = await openUrl(site.gateway.store.url, 'read');
  try {
    await writeBackup(wrap(store), folder.file(name));
  } finally {
    await store.close();
  }
}

async function putBack(name: string): Promise<void> {
  const store = await openUrl(other.url, 'write');
  try {
    await restore(store, await checkFile(folder.file(name)));
  } finally {
    await store.close();
  }
}

/** Calls back when a statement that begins like that is about to run. */
const before =
  (words: string, work: () => Promise<unknown>) =>
  (store: WhichStore): WhichStore => ({
    ...store,
    statements: {
      async run(name, text, values) {
        if (text.includes(words)) await work();
        return store.statements.run(name, text, values);
      },
    },
  });
/** Between the calls that are read in pieces and the moment. */
const AFTER_CALLS = 'max(id)::text as last from admin_audit';

test('an estimate whose exact cost comes while the backup is taken is there once, as it is at the moment', async () => {
  await bookOld(site.gateway.store, 200);
  const corrected = async () =>
    site.gateway.store.query(
      `update calls set estimated = false, account_windows = null, finished_at = clock_timestamp()
       where request_id in (select request_id from calls where estimated order by request_id limit 2)`,
    );
  await backUp('corrected.backup', before(AFTER_CALLS, corrected));
  await putBack('corrected.backup');
  expect(await callsIn(other)).toEqual(await callsIn(site.gateway.store));
});

test('a call that comes late, as one of long ago, has all of them read anew at the moment', async () => {
  const late = jest.fn(async () => {
    if (late.mock.calls.length === 1) await bookLate(site.gateway.store, 7);
  });
  await backUp('late.backup', before(AFTER_CALLS, late));
  await putBack('late.backup');
  expect(await callsIn(other)).toEqual(await callsIn(site.gateway.store));
});

test('calls do not become sums while a backup is read', async () => {
  const rolled = jest.fn<Promise<void>, []>(async () => {
    await bookLate(site.gateway.store, 5, 300);
    expect(await site.gateway.gateway.services.retention.run()).toBe(0);
  });
  await backUp('rolled.backup', before(AFTER_CALLS, rolled));
  expect(rolled).toHaveBeenCalled();
  expect(await site.gateway.gateway.services.retention.run()).toBeGreaterThan(0);
});

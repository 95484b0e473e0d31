import { createLogger } from '../../gateway/log';
import { openDatabase } from '../../gateway/store/database';
import { eventually } from './support/gateway';
import { startStore, type TestStore } from './support/store';

let store: TestStore;
beforeAll(async () => {
  store = await startStore();
});
afterAll(() => store.remove());

const connections = async (): Promise<number> =>
  (await store.query("select from pg_stat_activity where application_name = 'ai-gateway'")).length;

/** Milliseconds. Ten servers' starts and a wait take longer on a busy machine than callers of a gateway are kept waiting. */
const PATIENCE = {
  connectionTimeoutMillis: 120_000,
  query_timeout: 120_000,
  statement_timeout: 120_000,
};

test('a gateway process has ten connections at most; who finds none free waits for one', async () => {
  const silent = createLogger('error', () => {});
  const database = openDatabase({ connectionString: store.url, ...PATIENCE }, silent);
  let release = (): void => {};
  const released = new Promise<void>((done) => (release = done));
  const held = Array.from({ length: 10 }, () => database.transaction(() => released));
  await eventually(async () => (await connections()) === 10 || undefined);
  let answered = 0;
  const waiting = Array.from({ length: 20 }, () =>
    database.run('', 'select 1', []).then(() => (answered += 1)),
  );
  expect([await connections(), answered]).toEqual([10, 0]);
  release();
  await Promise.all([...held, ...waiting]);
  expect([await connections(), answered]).toEqual([10, 20]);
  await database.close();
});

import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createLogger } from '../../gateway/log';
import { openDatabase, type Database } from '../../gateway/store/database';
import { migrate } from '../../gateway/store/migrate';
import { startStore, type TestStore } from './support/store';

const MIGRATIONS = resolve(__dirname, '../../gateway/store/migrations');
const logger = createLogger('error', () => {});

let folder: string;
let store: TestStore;
let database: Database;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gateway-migrations-'));
  store = await startStore();
  database = openDatabase({ connectionString: store.url }, logger);
});
afterAll(async () => {
  await database.close();
  await store.remove();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => store.query('drop schema public cascade; create schema public'));

async function migrateTo(count: number): Promise<void> {
  const names = (await readdir(MIGRATIONS)).sort().slice(0, count);
  const directory = join(folder, String(count));
  await mkdir(directory, { recursive: true });
  for (const name of names) await cp(join(MIGRATIONS, name), join(directory, name));
  await migrate(database, logger, directory);
}

const shape = () =>
  store.query(
    `select table_name, column_name, data_type, is_nullable from information_schema.columns
     where table_schema = 'public' order by 1, 2`,
  );

test('the tables become the same from every earlier version', async () => {
  await migrate(database, logger);
  const whole = await shape();
  const versions = (await readdir(MIGRATIONS)).length;
  for (let version = 1; version < versions; version += 1) {
    await store.query('drop schema public cascade; create schema public');
    await migrateTo(version);
    await migrate(database, logger);
    expect(await shape()).toEqual(whole);
  }
});

test('what was reserved before processes had names is booked in full and marked', async () => {
  await migrateTo(3);
  await store.query(
    `with a as (
       insert into accounts (label, spent_nano, reserved_nano) values ('workspace/w/o', 100, 30) returning id
     ), k as (
       insert into keys (hash, prefix, last_four, scope, account_id, owner_id, owner_name, valid_from)
       select 'h', 'sk-abcd', 'wxyz', 'workspace', id, 'o', 'ann', now() from a
     )
     insert into reservations (request_id, account_id, amount_nano)
     select gen_random_uuid(), id, amount from a, (values (10), (20)) as amounts (amount)`,
  );
  await migrate(database, logger);
  expect(await store.query('select * from reservations')).toEqual([]);
  expect(await store.query('select spent_nano, reserved_nano, open_calls from accounts')).toEqual([
    { spent_nano: '130', reserved_nano: '0', open_calls: 0 },
  ]);
  const calls = await store.query('select cost_nano, estimated, owner_id from calls order by cost_nano');
  expect(calls).toEqual([
    { cost_nano: '10', estimated: true, owner_id: 'o' },
    { cost_nano: '20', estimated: true, owner_id: 'o' },
  ]);
});

import { createLogger } from '../../gateway/log';
import { Collision, openDatabase, type Database } from '../../gateway/store/database';
import { makeGate } from './support/gate';
import { startStore, type TestStore } from './support/store';

describe('transactions that come in the way of each other', () => {
  let store: TestStore;
  let database: Database;
  beforeAll(async () => {
    store = await startStore();
    database = openDatabase(
      { connectionString: store.url },
      createLogger('error', () => {}),
    );
    await store.query('create table things (id integer primary key, seen integer not null default 0)');
  });
  afterAll(async () => {
    await database.close();
    await store.remove();
  });
  beforeEach(() => store.query('truncate things'));

  const SEE = 'update things set seen = seen + 1 where id = $1';

  test('are done again after a deadlock, from the start', async () => {
    await store.query('insert into things values (1), (2)');
    const gates = [makeGate(), makeGate()];
    const tries = [0, 0];
    const seeBoth = (me: 0 | 1) =>
      database.transaction(async (statements) => {
        tries[me] = (tries[me] ?? 0) + 1;
        await statements.run('see', SEE, [me + 1]);
        gates[me]?.open();
        await gates[1 - me]?.opened;
        await statements.run('see', SEE, [2 - me]);
      });
    await Promise.all([seeBoth(0), seeBoth(1)]);
    expect(await store.query('select seen from things')).toEqual([{ seen: 2 }, { seen: 2 }]);
    expect([...tries].sort()).toEqual([1, 2]);
  });

  test.each<[string, number, () => Promise<unknown>]>([
    ['what was read is gone', 3, () => Promise.reject(new Collision('the row is gone'))],
    [
      'a serialization failure',
      3,
      () => database.run('', "do $$ begin raise exception using errcode = '40001'; end $$", []),
    ],
    [
      'a row that somebody else has just made',
      3,
      () =>
        database.transaction((statements) => statements.run('', 'insert into things values (9), (9)', [])),
    ],
  ])('are done again: %s', async (_, failures, fail) => {
    let tries = 0;
    const result = await database.transaction(async () => {
      tries += 1;
      if (tries <= failures)
        await fail().catch((fault: unknown) => {
          throw unwrapped(fault);
        });
      return 'done';
    });
    expect([result, tries]).toEqual(['done', failures + 1]);
  });

  /** As the statement's own fault, which the inner database has tried to mend by itself. */
  const unwrapped = (fault: unknown): unknown =>
    (fault as { code?: unknown }).code === 'store_busy' ? (fault as Error).cause : fault;

  test('are refused after a few times, as busy, and leave nothing', async () => {
    let tries = 0;
    const work = database.transaction(async (statements) => {
      tries += 1;
      await statements.run('', 'insert into things values (5)', []);
      throw new Collision('the row is gone');
    });
    await expect(work).rejects.toMatchObject({ code: 'store_busy', status: 503 });
    expect(tries).toBe(8);
    expect(await store.query('select from things')).toEqual([]);
  });

  test('are not done again for any other fault', async () => {
    let tries = 0;
    const work = database.transaction(() => {
      tries += 1;
      return Promise.reject(new Error('of ours'));
    });
    await expect(work).rejects.toThrow('of ours');
    expect(tries).toBe(1);
  });
});

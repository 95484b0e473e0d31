import { createLogger } from '../../gateway/log';
import { openDatabase, type Database } from '../../gateway/store/database';
import { changePassword, withNewPassword } from '../../rotation/database-password';
import { startPasswordStore, type PasswordStore } from './password-store';

let postgres: PasswordStore;
let url: string;
beforeAll(async () => {
  postgres = await startPasswordStore();
  url = postgres.url;
});
afterAll(() => postgres.close());

const silent = createLogger('error', () => {});
const open: Database[] = [];
afterEach(async () => {
  for (const database of open.splice(0)) await database.close();
});
function connect(connectionString: string, previousUrl?: string): Database {
  const database = openDatabase({ connectionString, previousUrl, max: 4 }, silent);
  open.push(database);
  return database;
}
const ask = (database: Database): Promise<unknown> => database.run('', 'select 1 as one', []);
/** Statements side by side, each on a connection of its own. */
const askMany = (database: Database): Promise<unknown> =>
  Promise.all(
    Array.from({ length: 4 }, () =>
      database.transaction((each) => each.run('', 'select pg_sleep(0.05)', [])),
    ),
  );
const endConnections = (): Promise<unknown> =>
  postgres.superuser.query(
    "select pg_terminate_backend(pid, 10000) from pg_stat_activity where usename = 'gateway'",
  );

test('whichever of the two the server takes, new connections find their way in, many at once too', async () => {
  const next = withNewPassword(url);
  const [forward, backward, alone] = [connect(next, url), connect(url, next), connect(url)];
  for (const each of [forward, backward, alone]) await askMany(each);
  expect([forward.isOnPrevious?.(), backward.isOnPrevious?.()]).toEqual([true, false]);
  expect(await changePassword(url, next)).toBe('the server takes the new one');
  // Those that are open go on.
  for (const each of [forward, backward, alone]) await askMany(each);
  await endConnections();
  for (const each of [forward, backward]) {
    // The pool may still have to learn that its connections are gone.
    await ask(each).catch(() => {});
    await askMany(each);
  }
  expect([forward.isOnPrevious?.(), backward.isOnPrevious?.()]).toEqual([false, true]);
  await expect(askMany(alone)).rejects.toThrow();
  await expect(askMany(alone)).rejects.toMatchObject({ code: '28P01' });
  // Stopped after the change and run again.
  expect(await changePassword(url, next)).toBe('the server takes the new one already');
  url = next;
});

test('with neither of them it says what the one in force is refused for, without either', async () => {
  const [one, other] = [withNewPassword(url), withNewPassword(url)];
  const fault = await ask(connect(one, other)).then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  expect(fault).toMatchObject({ code: '28P01' });
  const said = await changePassword(one, other).catch((thrown: Error) => thrown.message);
  expect(said).toMatch(
    /^The password of "gateway" at .* cannot be changed: it refuses the former password and the new one\.$/,
  );
  for (const each of [one, other, url])
    expect(`${said} ${String(fault)} ${JSON.stringify(fault)}`).not.toContain(new URL(each).password);
});

test('an address without user or password is refused before anything is changed', () => {
  for (const each of ['postgres:///gateway?host=/run', 'postgres://gateway@host/gateway', 'x'])
    expect(() => withNewPassword(each)).toThrow('write user and password before the host');
});

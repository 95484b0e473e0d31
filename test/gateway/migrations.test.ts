import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { checkAccounts } from '../../gateway/admin/account-check';
import { KEY_COLUMNS, toKeyRecord, type KeyRow } from '../../gateway/keys/key-record';
import { ownerOfName } from '../../gateway/keys/owner-names';
import { createLogger } from '../../gateway/log';
import { openDatabase, type Database } from '../../gateway/store/database';
import { migrate, MigrationError } from '../../gateway/store/migrate';
import { startStore, type TestStore } from './support/store';

const ROOT = resolve(__dirname, '../..');
const MIGRATIONS = join(ROOT, 'gateway/store/migrations');
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
beforeEach(() => empty());

const empty = () => store.query('drop schema public cascade; create schema public');
const one = async <T>(sql: string): Promise<T> => (await store.query(sql))[0] as T;

/** The migrations up to one of that number, in a folder of their own. */
async function upTo(version: number): Promise<string> {
  const directory = join(folder, String(version));
  await mkdir(directory, { recursive: true });
  for (const name of await readdir(MIGRATIONS))
    if (Number(name.slice(0, 4)) <= version) await cp(join(MIGRATIONS, name), join(directory, name));
  return directory;
}

const shape = () =>
  store.query(
    `select table_name, column_name, data_type, is_nullable from information_schema.columns
     where table_schema = 'public' order by 1, 2`,
  );

const CALL_COLUMNS = `scope, owner_id, owner_name, workspace_id, workspace_name, template_name, level, protocol, model`;
const CALL_VALUES = `'workspace', 'o', 'Ann', 'w', 'dev', 't', 'standard', 'openai-chat', 'm'`;

/**
 * What a gateway of that version leaves behind: a workspace's key, a booked call of 100, and two that are under way for
 * 10 and 20; where there are such, a sum of old calls of 7, and what an administrator laid down.
 */
async function leaveData(version: number): Promise<void> {
  const spent = version >= 7 ? 107 : 100;
  await store.query(`
    insert into owner_names (name, owner_id) values ('${version >= 10 ? 'ann' : 'Ann'}', 'o');
    insert into workspaces (id, name, deployment, owner_id, template_name, template_version, generation, newest_claim_at)
      values ('w', 'dev', 'd', 'o', 't', 'v1', 3, '2026-11-01');
    insert into accounts (label, spent_nano, reserved_nano) values ('workspace/w/o', ${spent}, 30);
    insert into keys (hash, prefix, last_four, scope, account_id, owner_id, owner_name, owner_groups, workspace_id,
        workspace_name, template_name, level, valid_from)
      select 'h', 'sk-abcd', 'wxyz', 'workspace', id, 'o', 'Ann', '{g}', 'w', 'dev', 't', 'design-first', now()
      from accounts;
    insert into calls (request_id, key_id, account_id, ${CALL_COLUMNS}, model_asked, attempts, streamed, input_tokens,
        output_tokens, cache_write_tokens, cache_read_tokens, cost_nano, estimated, latency_ms, status, client)
      select gen_random_uuid(), keys.id, account_id, ${CALL_VALUES}, 'm', 1, false, 1, 2, 3, 4, 100, false, 5, 200, 'c'
      from keys`);
  if (version >= 3) await store.query("insert into names_of_owners (owner_id, name) values ('o', 'ann')");
  await store.query(
    version < 4
      ? `insert into reservations (request_id, account_id, amount_nano)
         select gen_random_uuid(), id, amount from accounts, (values (10), (20)) as amounts (amount)`
      : `update calls set account_ids = array[account_id];
         update accounts set open_calls = 2;
         insert into gateway_processes (heartbeat_at) values (now() - interval '1 hour');
         insert into reservations (request_id, process_id, account_ids, amount_nano, call)
         select gen_random_uuid(), p.id, array[k.account_id], amount, jsonb_build_object('key_id', k.id, 'scope', k.scope,
           'owner_id', 'o', 'owner_name', 'Ann', 'level', 'standard', 'protocol', 'openai-chat', 'model', 'm',
           'model_asked', 'm', 'streamed', true, 'client', 'c')
         from gateway_processes p, keys k, (values (10), (20)) as amounts (amount)`,
  );
  if (version >= 7)
    await store.query(
      `insert into daily_sums (day, ${version >= 13 ? 'starts_at, account_ids,' : ''} key_id, account_id, ${CALL_COLUMNS},
         client, calls, failed_calls, estimated_calls, estimated_nano, input_tokens, output_tokens, cache_write_tokens,
         cache_read_tokens, cost_nano, latency_ms)
       select '2026-01-02', ${version >= 13 ? "'2026-01-02T00:00Z', array[account_id]," : ''} id, account_id,
         ${CALL_VALUES}, 'c', 2, 0, 1, 3, 1, 2, 3, 4, 7, 5
       from keys`,
    );
  if (version >= 10)
    await store.query(`
      insert into budgets (id, rpm_limit, created_by) values ('small', 5, 'master');
      insert into owners (id, name, max_budget_nano, suspended_at${version >= 11 ? ', suspended_by' : ''})
        values ('o', 'ann', 9, now()${version >= 11 ? ", 'an administrator'" : ''});
      update keys set alias = 'laptop', budget_id = 'small', max_budget_nano = 8, metadata = '{"a": 1}';
      insert into admin_keys (name, hash, last_four, role, created_by) values ('eve', 'e', 'four', 'viewer', 'master');
      insert into admin_audit (actor, action, target) values ('master', 'key/update', 'h')`);
}

/** The same, whatever version it came from: the two calls under way are booked in full sooner or later. */
async function expectData(version: number): Promise<void> {
  const [sums, spent] = version >= 7 ? [7, 137] : [0, 130];
  const open = version < 4 ? { reserved_nano: '0', open_calls: 0 } : { reserved_nano: '30', open_calls: 2 };
  expect([version, await one('select reserved_nano, open_calls from accounts')]).toEqual([version, open]);
  expect((await checkAccounts(database)).findings).toEqual([]);
  await store.query("select * from sweep_dead_process(interval '1 minute', 100)");
  expect([version, await store.query('select spent_nano, reserved_nano, open_calls from accounts')]).toEqual([
    version,
    [{ spent_nano: String(spent), reserved_nano: '0', open_calls: 0 }],
  ]);
  expect(await store.query('select cost_nano, estimated, owner_id from calls order by cost_nano')).toEqual([
    { cost_nano: '10', estimated: true, owner_id: 'o' },
    { cost_nano: '20', estimated: true, owner_id: 'o' },
    { cost_nano: '100', estimated: false, owner_id: 'o' },
  ]);
  expect(await one('select sum(cost_nano)::int as nano from spend_lines')).toEqual({ nano: 130 + sums });
  if (version >= 7)
    expect(await one('select client, calls from daily_sums')).toEqual({ client: 'c', calls: '2' });
  expect((await checkAccounts(database)).findings).toEqual([]);

  const key = toKeyRecord(await one<KeyRow>(`select ${KEY_COLUMNS} from keys where hash = 'h'`));
  expect(key).toMatchObject({
    scope: 'workspace',
    ownerId: 'o',
    ownerNames: ['ann'],
    ownerGroups: ['g'],
    workspaceId: 'w',
    level: 'design-first',
    revokedAt: null,
    ...(version >= 10
      ? {
          alias: 'laptop',
          limits: { maxBudget: 8, rpmLimit: 5 },
          ownerLimits: { maxBudget: 9 },
          ownerSuspendedAt: expect.any(Date) as Date,
          metadata: { a: 1 },
        }
      : { alias: null, limits: {}, ownerSuspendedAt: null, metadata: {}, createdBy: 'workspace claim' }),
  });
  expect(await ownerOfName(database, 'ANN')).toBe('o');
  expect(await one('select generation, ended_at, revoked_at from workspaces')).toEqual({
    generation: 3,
    ended_at: null,
    revoked_at: null,
  });
  if (version < 10) return;
  expect(await one('select suspended_by from owners')).toEqual({ suspended_by: 'an administrator' });
  expect(await one('select actor, target from admin_audit')).toEqual({ actor: 'master', target: 'h' });
}

test('from every earlier version the tables become the same and the data keeps its meaning', async () => {
  await migrate(database, logger);
  const whole = await shape();
  const versions = (await readdir(MIGRATIONS)).map((name) => Number(name.slice(0, 4))).sort((a, b) => a - b);
  for (const version of versions) {
    await empty();
    await migrate(database, logger, await upTo(version));
    await leaveData(version);
    await migrate(database, logger);
    expect([version, await shape()]).toEqual([version, whole]);
    await expectData(version);
    // Once more changes nothing.
    await migrate(database, logger);
    expect(await store.query('select from schema_migrations')).toHaveLength(versions.length);
  }
});

test('two processes that start at once migrate once', async () => {
  const run = () =>
    new Promise<[code: number | null, out: string]>((done) => {
      const child = spawn(
        process.execPath,
        ['--import', 'tsx', 'test/gateway/support/migrate-child.ts', store.url],
        {
          cwd: ROOT,
          env: { PATH: process.env['PATH'] ?? '' },
        },
      );
      let out = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (out += chunk.toString()));
      child.once('close', (code) => done([code, out]));
    });
  const runs = await Promise.all([run(), run()]);
  expect(runs.map(([code]) => code)).toEqual([0, 0]);
  const names = runs.flatMap(([, out]) =>
    [...out.matchAll(/"migration":"([^"]+)"/g)].map(([, name]) => name),
  );
  expect(names.sort()).toEqual((await readdir(MIGRATIONS)).sort());
});

test('a store that a newer gateway migrated is refused by name, and left alone', async () => {
  await migrate(database, logger);
  await store.query("insert into schema_migrations (name, checksum) values ('9999_later.sql', 'x')");
  const before = await shape();
  const fault = await migrate(database, logger).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(MigrationError);
  expect((fault as Error).message).toMatch(/"9999_later\.sql".*Run that version or a newer one/);
  expect(await shape()).toEqual(before);
});

test('a migration that was changed after it was applied is refused by name', async () => {
  await migrate(database, logger);
  await store.query("update schema_migrations set checksum = 'x' where name like '0001%'");
  await expect(migrate(database, logger)).rejects.toThrow(/"0001_keys_and_ledger\.sql".*another text/);
});

test('all or nothing: one that fails takes back those before it', async () => {
  const directory = await upTo(3);
  await writeFile(join(directory, '0004_broken.sql'), 'create table half (n int); select nonsense');
  await expect(migrate(database, logger, directory)).rejects.toThrow(/nonsense/);
  expect(await shape()).toEqual([]);
});

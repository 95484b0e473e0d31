import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { renderGatewayDocument } from '../../src/gateway-document';
import { noonPolicy as policy } from './support/calendar';
import { secondsFromNow } from './support/claims';
import { startTestGateway, type TestGateway } from './support/gateway';
import { lastingCatalog as catalog } from './support/lasting-catalog';

const MIGRATION = resolve(__dirname, '../../gateway/store/migrations/0003_names_of_owners.sql');

describe('a floor by name', () => {
  let folder: string;
  let gateway: TestGateway;
  let seconds = -1_000;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gateway-names-'));
    const path = join(folder, 'config.json');
    const people = { Dora: 'design-first', bob: 'standard', 'OWNER-Z': 'design-first' } as const;
    const document = renderGatewayDocument(catalog, { ...policy, floors: { ...policy.floors, people } });
    await writeFile(path, JSON.stringify(document));
    gateway = await startTestGateway({ env: { GATEWAY_CONFIG: path } });
  });
  afterAll(async () => {
    await gateway.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** The level of a workspace's key after its owner's next start under that name. */
  const start = async (id: string, name: string): Promise<string> => {
    const key = await gateway.workspaceKey({
      workspace: { id: `w-${id}`, name: 'dev' },
      owner: { id, name, groups: [] },
      level: 'unrestricted',
      issued_at: secondsFromNow((seconds += 1)),
    });
    return (await gateway.request('/api/v1/keys/info', { key })).json.level;
  };

  test('holds whatever the capitals, by name and by id', async () => {
    expect(await start('owner-1', 'dora')).toBe('design-first');
    expect(await start('owner-2', 'BOB')).toBe('standard');
    expect(await start('owner-z', 'zoe')).toBe('design-first');
    expect(await start('owner-3', 'doran')).toBe('unrestricted');
  });

  test('stays with its holder under every later name', async () => {
    expect(await start('owner-4', 'dora')).toBe('design-first');
    expect(await start('owner-4', 'dora-2')).toBe('design-first');
    expect(await start('owner-4', 'ann')).toBe('design-first');
    // The strictest of all the names there were.
    expect(await start('owner-4', 'bob')).toBe('design-first');
  });

  test('holds for who takes the freed name as well, and for both from then on', async () => {
    expect(await start('owner-5', 'bob')).toBe('standard');
    expect(await start('owner-5', 'rob')).toBe('standard');
    expect(await start('owner-6', 'carl')).toBe('unrestricted');
    expect(await start('owner-6', 'bob')).toBe('standard');
    expect(await start('owner-6', 'carl')).toBe('standard');
    expect(await start('owner-5', 'rob')).toBe('standard');
  });

  test('is known from the keys and calls of before names were noted', async () => {
    await start('owner-7', 'dora');
    await gateway.store.query('delete from names_of_owners');
    await gateway.store.query('drop table names_of_owners');
    await gateway.store.query(await readFile(MIGRATION, 'utf8'));
    expect(await start('owner-7', 'ann')).toBe('design-first');
  });
});

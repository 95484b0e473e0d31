/** A real Postgres for a test file, in a folder of its own that goes away with it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool, type QueryResultRow } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../../gateway/store/embedded';

export interface TestStore {
  /** For DATABASE_URL. */
  readonly url: string;
  query<Row extends QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Takes the server away, as a crash or a restart would. */
  stop(): Promise<void>;
  /** Brings it back with the same data under the same URL. */
  start(): Promise<void>;
  /** Ends it for good. */
  remove(): Promise<void>;
}

export async function startStore(): Promise<TestStore> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-store-'));
  let server: EmbeddedPostgres | undefined;
  let pool: Pool | undefined;
  const start = async (): Promise<void> => {
    server = await startEmbeddedPostgres({ dataDir: folder });
    pool = new Pool({ ...server.connection, max: 2 });
    pool.on('error', () => {});
  };
  const stop = async (): Promise<void> => {
    await pool?.end();
    await server?.stop();
    pool = server = undefined;
  };
  await start();
  const { host, port, user, database } = (server as unknown as EmbeddedPostgres).connection;
  return {
    url: `postgres:///${database}?host=${encodeURIComponent(host)}&port=${port}&user=${user}`,
    async query<Row extends QueryResultRow>(text: string, values: readonly unknown[] = []) {
      if (!pool) throw new Error('the store is stopped');
      return (await pool.query<Row>(text, [...values])).rows;
    },
    stop,
    start,
    async remove() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

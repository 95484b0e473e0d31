/** A Postgres that can be killed as the power going out would, and comes back with what it had confirmed. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type QueryResultRow } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../gateway/store/embedded';

export interface KillableStore {
  readonly url: string;
  query<Row extends QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  killAndRestart(): Promise<void>;
  remove(): Promise<void>;
}

export async function startKillableStore(): Promise<KillableStore> {
  const folder = await mkdtemp(join(tmpdir(), 'money-store-'));
  await chmod(folder, 0o711);
  let server: EmbeddedPostgres = await startEmbeddedPostgres({ dataDir: folder });
  const { host, port, user, database } = server.connection;
  return {
    url: `postgres:///${database}?host=${encodeURIComponent(host)}&port=${port}&user=${user}`,
    async query<Row extends QueryResultRow>(text: string, values: readonly unknown[] = []) {
      const client = new Client(server.connection);
      client.on('error', () => {});
      await client.connect();
      try {
        return (await client.query<Row>(text, [...values])).rows;
      } finally {
        await client.end();
      }
    },
    async killAndRestart() {
      process.kill(server.pid, 'SIGKILL');
      await server.ended;
      await server.stop();
      server = await startEmbeddedPostgres({ dataDir: folder });
    },
    async remove() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A real Postgres that wants a password of the gateway, as a site's does. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Client } from 'pg';
import { startStore, type TestStore } from '../gateway/support/store';

export interface PasswordStore {
  readonly store: TestStore;
  /** For what the gateway's user may not do. */
  readonly superuser: Client;
  /** For DATABASE_URL. */
  readonly url: string;
  close(): Promise<void>;
}

export async function startPasswordStore(): Promise<PasswordStore> {
  const store = await startStore();
  const { searchParams } = new URL(store.url.replace('postgres:///', 'postgres://x/'));
  const [host, port] = [searchParams.get('host') ?? '', searchParams.get('port') ?? ''];
  const superuser = new Client({ host, port: Number(port), user: 'postgres', database: 'gateway' });
  superuser.on('error', () => {});
  await superuser.connect();
  const password = randomBytes(32).toString('hex');
  await superuser.query(`alter role gateway password '${password}'`);
  const { rows } = await superuser.query<{ hba_file: string }>('show hba_file');
  writeFileSync(
    rows[0]?.hba_file ?? '',
    'local all postgres peer map=gateway\nlocal all gateway scram-sha-256\n',
  );
  await superuser.query('select pg_reload_conf()');
  return {
    store,
    superuser,
    url: `postgres://gateway:${password}@localhost/gateway?host=${encodeURIComponent(host)}&port=${port}`,
    async close() {
      await superuser.end();
      await store.remove();
    },
  };
}

/** Whether a site's Postgres lets a service make its tables: asked before anything is built. */
import type { Socket } from 'node:net';
import { Client } from 'pg';
import { CliError } from '../terminal/fault';

const PATIENCE_MS = 15_000;
/** Oldest major version that gateway and Coder work with. */
const OLDEST = 13;

interface Rights {
  readonly version: string;
  readonly may_create: boolean;
}

/** @throws CliError that names the variable, and what to do; never the address, which holds a password */
export async function checkDatabase(variable: string, url: string, stop?: AbortSignal): Promise<void> {
  const where = placeOf(variable, url);
  const client = new Client({ connectionString: url, connectionTimeoutMillis: PATIENCE_MS });
  client.on('error', () => {});
  const end = (): void =>
    void (
      client as unknown as { readonly connection: { readonly stream: Socket } }
    ).connection.stream.destroy();
  stop?.addEventListener('abort', end);
  try {
    stop?.throwIfAborted();
    await client.connect();
  } catch (fault) {
    stop?.removeEventListener('abort', end);
    stop?.throwIfAborted();
    const { code, message } = fault as NodeJS.ErrnoException;
    throw new CliError(
      `${variable}: ${where} is not reached from this host: ${(message || code || 'no reason').slice(0, 300)}. Let this host in, or mend the address.`,
    );
  }
  try {
    const { rows } = await client.query<Rights>(
      `select current_setting('server_version_num') as version,
              has_schema_privilege(coalesce(current_schema(), 'public'), 'create')
                and has_database_privilege(current_database(), 'create') as may_create`,
    );
    const [{ version, may_create: mayCreate } = { version: '0', may_create: false }] = rows;
    const major = Math.floor(Number(version) / 10_000);
    if (major < OLDEST)
      throw new CliError(`${variable}: ${where} is Postgres ${major}: ${OLDEST} or newer is needed.`);
    if (!mayCreate)
      throw new CliError(
        `${variable}: its user may not make tables at ${where}: make it the owner of its database (alter database … owner to …).`,
      );
  } finally {
    stop?.removeEventListener('abort', end);
    await client.end();
  }
}

function placeOf(variable: string, url: string): string {
  if (!URL.canParse(url) || !/^postgres(ql)?:$/.test(new URL(url).protocol))
    throw new CliError(`${variable} must be "postgresql://user:password@host:5432/name", and it is not.`);
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

/** How the embedded Postgres is set up: what it may use, who may connect, what it may log. */
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerAccount } from './embedded-account';

/** The gateway's role: owns its database and nothing else. */
export const ROLE = 'gateway';
export const DATABASE = 'gateway';
/** Used only to create the two above. */
export const SUPERUSER = 'postgres';
/** Part of the socket's file name; no TCP port is opened. */
export const PORT = 5432;

/** Code-point order and Unicode case rules that do not change with the system's libraries. */
export const INITDB_ARGUMENTS: readonly string[] = [
  `--username=${SUPERUSER}`,
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--auth-local=peer',
  '--auth-host=reject',
  '--data-checksums',
  '--no-instructions',
];

/**
 * Given on the command line, where they win over every file in the data folder: an edit there cannot open a port
 * or switch durability off.
 */
export function serverArguments(home: string, dataFolder: string, socketFolder: string): string[] {
  const settings: Record<string, string> = {
    listen_addresses: '',
    port: String(PORT),
    unix_socket_directories: quoteListItem(socketFolder),
    unix_socket_permissions: '0700',
    hba_file: join(home, 'pg_hba.conf'),
    ident_file: join(home, 'pg_ident.conf'),

    // The ledger decides about money: a commit that was confirmed is on the disk.
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',

    // One gateway on one machine, beside whatever else that machine does.
    max_connections: '50',
    shared_buffers: '32MB',
    work_mem: '4MB',
    maintenance_work_mem: '32MB',
    max_wal_size: '256MB',
    min_wal_size: '32MB',
    autovacuum_max_workers: '1',
    max_worker_processes: '2',
    max_parallel_workers: '0',
    max_parallel_workers_per_gather: '0',
    io_method: 'sync',
    jit: 'off',
    huge_pages: 'off',
    wal_level: 'minimal',
    max_wal_senders: '0',

    // Statements and the values in errors could hold a person's data; the log keeps neither.
    logging_collector: 'off',
    log_destination: 'stderr',
    log_statement: 'none',
    log_min_duration_statement: '-1',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_parameter_max_length: '0',
    log_parameter_max_length_on_error: '0',
    log_checkpoints: 'off',
    log_connections: '',
    log_disconnections: 'off',
    log_line_prefix: '%m [%p] ',
    log_timezone: 'UTC',
    timezone: 'UTC',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', dataFolder, ...flags];
}

/** The setting is a list of names: a comma or a space in a path would otherwise split it. */
function quoteListItem(value: string): string {
  return `"${value.replaceAll('"', '""')}"`;
}

/**
 * Who may connect: the gateway's system user and the server's own, told by the kernel (peer). The 0700 socket
 * folder already keeps everybody else out; this holds even if somebody opens that folder. No password exists.
 * Written at each start, since the gateway's user may have changed, and outside the server's own folder: what
 * root writes must not follow a link that the server's account has put there.
 */
export async function writeAccessFiles(home: string, account: ServerAccount): Promise<void> {
  const names = account.clients.map((name) => `"${name.replaceAll('"', '""')}"`);
  const pairs = names.flatMap((name) => [ROLE, SUPERUSER].map((role) => `gateway ${name} ${role}\n`));
  await write(join(home, 'pg_hba.conf'), 'local all all peer map=gateway\n');
  await write(join(home, 'pg_ident.conf'), [...new Set(pairs)].join(''));
}

async function write(file: string, text: string): Promise<void> {
  await writeFile(file, text);
  // Holds no secret, and the server's account must be able to read it whatever the umask.
  await chmod(file, 0o644);
}

/** The store that the environment names, as the gateway finds it: a Postgres by URL, or the embedded one of a data folder. */
import { existsSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, type ClientConfig, type QueryResultRow } from 'pg';
import { withSecretFiles } from '../gateway/config/secret-files';
import { VARIABLES } from '../gateway/config/variables';
import { checkVersion, explainConnection, StoreError } from '../gateway/store/connect-fault';
import type { Statements } from '../gateway/store/database';
import { startEmbeddedPostgres } from '../gateway/store/embedded';
import { DATABASE, PORT, ROLE } from '../gateway/store/embedded-settings';
import { answers } from '../gateway/store/embedded-socket';
import { standBack } from '../gateway/store/stand-back';
import { CliError, EXIT, UsageError } from '../terminal/fault';
import { messageOf } from '../terminal/message';

type Environment = Readonly<Record<string, string | undefined>>;

export interface WhichStore {
  readonly client: Client;
  readonly statements: Statements;
  /** For messages; without a password. */
  readonly place: string;
  /** `server_version`. */
  readonly version: string;
  /** Ends the connection, and an embedded server that was started for it. */
  close(): Promise<void>;
}

const CONNECT_LIMIT_MS = 10_000;
const END_LIMIT_MS = 2_000;

/** So that what one server writes as text, another one reads as the same; no helpers that take processors from calls. */
const SAME_WORDS = `
  set datestyle = 'ISO, MDY'; set intervalstyle = 'postgres'; set timezone = 'UTC'; set bytea_output = 'hex';
  set extra_float_digits = 1; set statement_timeout = 0; set lock_timeout = '20s'; set jit = off;
  set idle_in_transaction_session_timeout = 0; set max_parallel_workers_per_gather = 0`;

/**
 * @param use `read`: a running gateway's embedded store is read beside it; `write`: the store is taken over, and made
 * where there is none
 * @throws CliError that says what is wrong with the settings or the store
 */
export async function openWhichStore(environment: Environment, use: 'read' | 'write'): Promise<WhichStore> {
  const { url, dataDir } = readPlace(environment);
  return url === undefined ? openEmbedded(dataDir, use) : openByUrl(url);
}

function readPlace(asGiven: Environment): { url: string | undefined; dataDir: string } {
  const { databaseUrl, dataDir } = VARIABLES;
  const names = [databaseUrl.name, ...(databaseUrl.aliases ?? [])];
  const { environment, faults } = withSecretFiles(asGiven, names);
  if (faults[0] !== undefined) throw new UsageError(faults[0]);
  const name = names.find((each) => (environment[each] ?? '') !== '');
  const folder = environment[dataDir.name];
  try {
    return {
      url: name === undefined ? undefined : databaseUrl.parse(environment[name] ?? ''),
      dataDir: resolve(folder === undefined || folder === '' ? dataDir.fallback : folder),
    };
  } catch (fault) {
    throw new UsageError(`${name ?? dataDir.name} ${messageOf(fault)}`);
  }
}

/** @throws whatever the server or the way to it says */
export async function openStoreBy(config: ClientConfig, place: string): Promise<WhichStore> {
  return connect(config, place);
}

async function openByUrl(url: string): Promise<WhichStore> {
  try {
    const opened = await connect({ connectionString: url }, `the database of ${VARIABLES.databaseUrl.name}`);
    const [row] = await opened.statements.run<{ number: string }>(
      '',
      "select current_setting('server_version_num') as number",
      [],
    );
    checkVersion(Number(row?.number), url);
    return opened;
  } catch (fault) {
    const explained = explainConnection(fault, url);
    throw explained instanceof StoreError ? new CliError(explained.message, EXIT.failed) : explained;
  }
}

async function openEmbedded(dataDir: string, use: 'read' | 'write'): Promise<WhichStore> {
  const place = `the embedded store in ${dataDir}`;
  const data = join(dataDir, 'postgres');
  const host = use === 'read' ? await runningIn(data) : undefined;
  if (host !== undefined) {
    const running = await connect({ host, port: PORT, user: ROLE, database: DATABASE }, place);
    // Its gateway answers calls meanwhile.
    standBack((running.client as unknown as { readonly processID: number }).processID);
    return running;
  }
  if (use === 'read' && !existsSync(data))
    throw new CliError(
      `There is no store in ${dataDir}. Set ${VARIABLES.databaseUrl.name}, or ${VARIABLES.dataDir.name} to the folder that the gateway keeps its data in.`,
    );
  const server = await startEmbeddedPostgres({ dataDir }).catch((fault: unknown) => {
    throw new CliError(`${VARIABLES.dataDir.name}: ${messageOf(fault)}`);
  });
  try {
    const opened = await connect(server.connection, place);
    const close = async (): Promise<void> => {
      await opened.close();
      await server.stop();
    };
    return { ...opened, close };
  } catch (fault) {
    await server.stop();
    throw fault;
  }
}

/** The folder of its socket: the fifth line of what a server writes down about itself. */
async function runningIn(data: string): Promise<string | undefined> {
  try {
    const host = readFileSync(join(data, 'postmaster.pid'), 'utf8').slice(0, 10_000).split('\n')[4];
    return host !== undefined && host !== '' && (await answers(host)) ? host : undefined;
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'EACCES')
      throw new CliError(
        `${data} may not be read by you: run this as the user that runs the gateway, or as root.`,
      );
    return undefined;
  }
}

async function connect(config: ClientConfig, place: string): Promise<WhichStore> {
  const client = new Client({
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    application_name: 'ai-gateway-backup',
    keepAlive: true,
    ...config,
  });
  // Whatever runs then fails by itself.
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query(SAME_WORDS);
    const { rows } = await client.query<{ version: string }>(
      "select current_setting('server_version') as version",
    );
    return {
      client,
      statements: statementsOn(client),
      place,
      version: rows[0]?.version ?? '',
      // A server that still sends what nobody takes any more would never come to its end.
      close: async () => {
        const over = new AbortController();
        await Promise.race([
          client.end(),
          delay(END_LIMIT_MS, undefined, { signal: over.signal }).catch(() => {}),
        ]);
        over.abort();
        (client as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
      },
    };
  } catch (fault) {
    await client.end();
    throw fault;
  }
}

const statementsOn = (client: Client): Statements => ({
  async run<Row extends QueryResultRow>(_: string, text: string, values: readonly unknown[]) {
    // Without values the text goes by the simple protocol, which takes several statements.
    const result = await (values.length === 0
      ? client.query<Row>(text)
      : client.query<Row>(text, [...values]));
    return result.rows;
  },
});

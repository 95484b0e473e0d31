/** Opens the store that the settings name: a Postgres by URL, or the embedded one in the data folder. */
import { fileFault } from '../../terminal/file-fault';
import type { Settings } from '../config/environment';
import type { Logger } from '../log';
import { checkVersion, explainConnection, StoreError } from './connect-fault';
import { openDatabase, type Database } from './database';
import { startEmbeddedPostgres } from './embedded';
import { migrate } from './migrate';
import type { StoreConnection } from './pool';
import { openReportStore, type ReportStore, type ReportStoreOptions } from './report-store';

export interface Store {
  readonly database: Database;
  /** For a connection beside the database's own. May hold a password. */
  readonly connection: StoreConnection;
  /** Whether no other gateway can be using it: the embedded one belongs to the process that started it. */
  readonly isExclusive: boolean;
  /** Connections for reports, beside those of calls. Close it before the store. */
  openReports(options: Omit<ReportStoreOptions, 'isLocal'>): ReportStore;
  /** Closes the connections and ends an embedded server. */
  close(): Promise<void>;
}

export async function openStore(settings: Settings, logger: Logger): Promise<Store> {
  const embedded =
    settings.databaseUrl === undefined
      ? await startEmbeddedPostgres({
          dataDir: settings.dataDir,
          log: (message) => logger.info('embedded store', { detail: message }),
        }).catch((fault: unknown) => {
          const says = fileFault(fault);
          throw says === undefined ? fault : new StoreError(`GATEWAY_DATA_DIR: ${says}`, { cause: fault });
        })
      : undefined;
  const connection: StoreConnection = embedded?.connection ?? {
    connectionString: settings.databaseUrl,
    previousUrl: settings.databaseUrlPrevious,
  };
  const database = openDatabase(connection, logger);
  const close = async () => {
    await database.close();
    await embedded?.stop();
  };
  try {
    if (settings.databaseUrl !== undefined) await checkServer(database, settings.databaseUrl);
    await migrate(database, logger);
  } catch (fault) {
    await close();
    throw settings.databaseUrl === undefined ? fault : explainConnection(fault, settings.databaseUrl);
  }
  const isExclusive = embedded !== undefined;
  return {
    database,
    connection,
    isExclusive,
    openReports: (options) => openReportStore(connection, logger, { ...options, isLocal: isExclusive }),
    close,
  };
}

async function checkServer(database: Database, url: string): Promise<void> {
  const [row] = await database.run<{ version: string }>(
    '',
    "select current_setting('server_version_num') as version",
    [],
  );
  checkVersion(Number(row?.version), url);
}

/** Opens the store that the settings name: a Postgres by URL, or the embedded one in the data folder. */
import type { PoolConfig } from 'pg';
import type { Settings } from '../config/environment';
import type { Logger } from '../log';
import { openDatabase, type Database } from './database';
import { startEmbeddedPostgres } from './embedded';
import { migrate } from './migrate';
import { openReportStore, type ReportStore, type ReportStoreOptions } from './report-store';

export interface Store {
  readonly database: Database;
  /** For a connection beside the database's own. May hold a password. */
  readonly connection: PoolConfig;
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
        })
      : undefined;
  const connection = embedded?.connection ?? { connectionString: settings.databaseUrl };
  const database = openDatabase(connection, logger);
  const close = async () => {
    await database.close();
    await embedded?.stop();
  };
  try {
    await migrate(database, logger);
  } catch (fault) {
    await close();
    throw fault;
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

import { made } from '../common/made-values';
import type { ServiceImage } from './service-image';
import type { ServiceLimits } from './service';

/**
 * @example
 * Database.own({ memory: 2048 });
 */
export interface OwnDatabaseProps extends ServiceLimits {
  /** Postgres 15 or newer, in the layout of the official image. @default - the pinned one */
  readonly image?: ServiceImage;
  /** Megabytes, swap included. @default 1024 */
  readonly memory?: number;
  /** @default 2 */
  readonly cpus?: number;
}

/** Where Coder, the gateway and Langfuse keep their data. */
export class Database {
  /** A Postgres of the platform's own. Its volume outlives the platform. */
  static own(props: OwnDatabaseProps = {}): Database {
    return made(new Database(props), 'Database', 'own', props);
  }

  /**
   * The site's. Each service's address is a sensitive variable: `gateway_database_url`, `coder_database_url`,
   * `langfuse_database_url` (`postgresql://user:password@host:5432/name?sslmode=verify-full`). Each user must own its
   * database: the services make and migrate their tables themselves.
   */
  static existing(): Database {
    return made(new Database(undefined), 'Database', 'existing');
  }

  private constructor(readonly own: OwnDatabaseProps | undefined) {}
}

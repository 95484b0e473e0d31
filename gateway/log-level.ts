/**
 * The least level of the log: what LOG_LEVEL says, or what an administrator has set for a while. That is in the store, so
 * that it holds in every process; a process whose store is away keeps what it knows until the while is over.
 */
import type { AdjustableLogger, LogLevel } from './log';
import type { Database, Statements } from './store/database';

/** What was set. */
export interface SetLevel {
  readonly level: LogLevel;
  readonly until: Date;
  readonly setBy: string;
}

export interface LogLevelSource {
  /** Undefined: nothing is set, or what was is over. */
  readonly set: SetLevel | undefined;
  /** What LOG_LEVEL says. */
  readonly usual: LogLevel;
  /** Milliseconds until every process has what is set. */
  readonly withinMs: number;
  /** Looks at once. @throws GatewayError `store_unavailable` */
  refresh(): Promise<void>;
  close(): void;
}

export interface LogLevelOptions {
  readonly database: Database;
  readonly logger: AdjustableLogger;
  /** Milliseconds between two looks. */
  readonly pollMs: number;
  readonly now: () => Date;
}

export function startLogLevel({ database, logger, pollMs, now }: LogLevelOptions): LogLevelSource {
  const usual = logger.threshold;
  let set: SetLevel | undefined;

  function apply(): void {
    if (set !== undefined && set.until <= now()) set = undefined;
    const level = set?.level ?? usual;
    if (level === logger.threshold) return;
    logger.threshold = level;
    // At a level that is written whatever was set.
    logger.error('the least level of the log has changed', {
      to: level,
      ...(set === undefined ? {} : { until: set.until.toISOString(), by: set.setBy }),
    });
  }

  async function refresh(): Promise<void> {
    set = await readLevel(database);
    apply();
  }

  const timer = setInterval(() => {
    apply();
    // A store that is away is told by those who need it.
    refresh().catch(() => {});
  }, pollMs).unref();
  refresh().catch(() => {});

  return {
    get set() {
      return set;
    },
    usual,
    withinMs: pollMs,
    refresh,
    close: () => clearInterval(timer),
  };
}

export async function readLevel(statements: Statements): Promise<SetLevel | undefined> {
  const [row] = await statements.run<{ level: LogLevel; until: Date; set_by: string }>(
    'log-level-read',
    'select level, until, set_by from log_level',
    [],
  );
  return row && { level: row.level, until: row.until, setBy: row.set_by };
}

/** @param set undefined: what LOG_LEVEL says holds again */
export async function writeLevel(statements: Statements, set: SetLevel | undefined): Promise<void> {
  if (set === undefined) await statements.run('log-level-clear', 'delete from log_level', []);
  else
    await statements.run(
      'log-level-set',
      `insert into log_level (level, until, set_by) values ($1, $2, $3)
       on conflict (id) do update set level = excluded.level, until = excluded.until, set_by = excluded.set_by`,
      [set.level, set.until, set.setBy],
    );
}

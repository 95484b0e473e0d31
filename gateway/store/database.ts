/** The store: a pool of Postgres connections, and the one place that tells "away" from "wrong". */
import { types } from 'node:util';
import { Pool, type PoolClient, type PoolConfig, type QueryResultRow } from 'pg';
import { GatewayError } from '../errors';
import { describeFault, type Logger } from '../log';

/** Runs statements on one connection, in a transaction or on its own. */
export interface Statements {
  /** Runs a prepared statement and returns its rows. `name` identifies the text for as long as the process lives. */
  run<Row extends QueryResultRow>(name: string, text: string, values: readonly unknown[]): Promise<Row[]>;
}

export interface Database extends Statements {
  /** All or nothing; rolled back when `work` throws. */
  transaction<T>(work: (statements: Statements) => Promise<T>): Promise<T>;
  /** Whether the store answers just now. */
  isReachable(): Promise<boolean>;
  close(): Promise<void>;
}

/** Milliseconds; a caller is told soon that the store is away rather than kept waiting. */
const CONNECT_LIMIT_MS = 3_000;
const STATEMENT_LIMIT_MS = 10_000;
const POOL_SIZE = 10;

export function openDatabase(connection: PoolConfig, logger: Logger): Database {
  const pool = new Pool({
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    query_timeout: STATEMENT_LIMIT_MS,
    statement_timeout: STATEMENT_LIMIT_MS,
    application_name: 'ai-gateway',
    keepAlive: true,
    // A timer set and taken back at each statement costs more than a few connections kept open.
    idleTimeoutMillis: 0,
    ...connection,
  });
  // A connection that breaks while idle must not end the process; the pool opens another.
  let isClosing = false;
  pool.on(
    'error',
    (fault) =>
      isClosing || logger.warn('store connection lost', { ...describeFault(fault), stack: undefined }),
  );

  const statementsOn = (client: Pool | PoolClient): Statements => ({
    async run<Row extends QueryResultRow>(name: string, text: string, values: readonly unknown[]) {
      try {
        const result = await client.query<Row>({ name, text, values: [...values] });
        return result.rows;
      } catch (fault) {
        throw translateFault(fault);
      }
    },
  });

  async function transaction<T>(work: (statements: Statements) => Promise<T>): Promise<T> {
    let client: PoolClient;
    try {
      client = await pool.connect();
    } catch (fault) {
      throw translateFault(fault);
    }
    let broken = false;
    try {
      await client.query('begin');
      const result = await work(statementsOn(client));
      await client.query('commit');
      return result;
    } catch (fault) {
      await client.query('rollback').catch(() => (broken = true));
      throw translateFault(fault);
    } finally {
      client.release(broken);
    }
  }

  return {
    ...statementsOn(pool),
    transaction,
    isReachable: () =>
      pool.query('select 1').then(
        () => true,
        () => false,
      ),
    close: () => {
      isClosing = true;
      return pool.end();
    },
  };
}

// SQLSTATE classes: connection trouble, out of resources, operator intervention (shutdown, cancel by limit).
const AWAY_CLASSES = ['08', '53', '57'];
const AWAY_MESSAGES =
  /timeout|terminated|connection|ECONN|ENOENT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|not queryable/i;

/** A fault of the connection becomes `store_unavailable`; a fault of ours stays what it is. */
export function translateFault(fault: unknown): unknown {
  if (fault instanceof GatewayError || !types.isNativeError(fault)) return fault;
  const code = (fault as { code?: unknown }).code;
  // EPIPE has five letters too; no class of SQLSTATE begins with an E.
  const isSqlState = typeof code === 'string' && /^[0-9A-DF-Z][0-9A-Z]{4}$/.test(code);
  const isAway = isSqlState
    ? AWAY_CLASSES.includes(code.slice(0, 2)) || code === '25006'
    : AWAY_MESSAGES.test(`${typeof code === 'string' ? code : ''} ${fault.message}`);
  return isAway ? new GatewayError('store_unavailable', { cause: fault }) : fault;
}

/** Whether a statement failed because a row with that unique value is already there. */
export function isDuplicate(fault: unknown): boolean {
  return types.isNativeError(fault) && (fault as { code?: unknown }).code === '23505';
}

/** Whether a statement failed because it names a row of that table that is not there. */
export function isMissingReference(fault: unknown, table: string): boolean {
  if (!types.isNativeError(fault)) return false;
  const { code, constraint } = fault as { code?: unknown; constraint?: unknown };
  return code === '23503' && typeof constraint === 'string' && constraint.includes(table);
}
